"""Tells when an output of ours is wired to our input: nearly all that leaves it comes back. No thread, no clock."""

from collections import deque
from dataclasses import dataclass
from itertools import dropwhile
from typing import Final

from realtime.player.clock import MS_NS

# So many of our own note-ons come back within so long, and of those that have left since the first of them hardly one
# stays away. A musician who plays along with us hits a note, its velocity and its 30 ms now and then, but not four
# times a second without a miss; and a part that plays quavers at 120 BPM is known for a loop within a second.
LOOP_NOTES: Final = 4
LOOP_NS: Final = 1_000 * MS_NS
LOOP_SHARE: Final = 0.9
GONE_NS: Final = 2_000 * MS_NS  # nothing of ours has come back for so long: the wire has been pulled, or nothing plays
MAX_REMEMBERED: Final = 256  # note-ons of one output


@dataclass(slots=True)
class Left:
    """A message that has left."""

    port: str  # output of its own; empty: the common one
    sent_ns: int
    came_back: bool = False


class Feedback:
    """Follows what leaves and what comes back. `settle_ns`: how long something may be under way."""

    def __init__(self, settle_ns: int) -> None:
        self._settle_ns = settle_ns
        self._left: dict[str, deque[Left]] = {}  # note-ons, by output
        self._port: str | None = None  # the output that is wired to the input
        self._last_ns = 0  # when something of it came back last

    def sent(self, note_on: Left) -> None:
        """A note-on has left."""
        self._left.setdefault(note_on.port, deque(maxlen=MAX_REMEMBERED)).append(note_on)

    def came_back(self, left: Left, time_ns: int) -> None:
        """A message of ours has come in."""
        left.came_back = True
        if self._port is None and self._is_loop(left.port, time_ns):
            self._port = left.port
        if self._port == left.port:
            self._last_ns = time_ns

    def wired(self, now_ns: int) -> str | None:
        """The output that is wired to the input; None: there is none."""
        if self._port is not None and now_ns - self._last_ns >= GONE_NS:
            self._port = None
            self._left.clear()
        return self._port

    def _is_loop(self, port: str, now_ns: int) -> bool:
        recent = [left for left in self._left.get(port, ()) if left.sent_ns > now_ns - LOOP_NS]
        since_first = list(dropwhile(lambda left: not left.came_back, recent))  # before it there was no wire
        settled = [left for left in since_first if left.came_back or left.sent_ns <= now_ns - self._settle_ns]
        returned = sum(left.came_back for left in settled)
        return returned >= LOOP_NOTES and returned >= LOOP_SHARE * len(settled)
