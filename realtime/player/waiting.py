"""Waiting for the moment at which a message is due."""

import time
from typing import Final

# The system wakes a sleeper late: by 40 us as a rule, on a busy machine by 300 us once in a hundred times, even at
# real-time priority. So the player wakes early, chooses what to send, which takes some 250 us, and has the rest of the
# time go by in a busy loop; what is left is too short for another sleep. With 30 such moments a second this takes 1 %
# of a core.
LEAD_NS: Final = 600_000
SPIN_NS: Final = 300_000  # what is further away is slept for, up to here


def wait_until(time_ns: int) -> None:
    """Return when `time.monotonic_ns()` has reached `time_ns`, at once if it has."""
    asleep_ns = time_ns - SPIN_NS - time.monotonic_ns()
    if asleep_ns > 0:
        time.sleep(asleep_ns / 1e9)
    while time.monotonic_ns() < time_ns:
        pass
