"""How often the player looks at its input. A wake-up costs about 40 us: a thousand a second are 4 % of a core."""

from typing import Final

from realtime.player.clock import MS_NS
from realtime.player.ports import MidiIO

SILENT_POLL_NS: Final = 50 * MS_NS  # while no port is open
QUIET_NS: Final = 10_000 * MS_NS  # after a while without input half will do


def next_poll_ns(io: MidiIO | None, now_ns: int, last_input_ns: int) -> int:
    """When to look again."""
    poll_ns = io.poll_ns if io else SILENT_POLL_NS
    return now_ns + (2 * poll_ns if now_ns - last_input_ns > QUIET_NS else poll_ns)
