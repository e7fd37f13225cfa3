"""Tells when an output of ours is wired to our input: nearly all that leaves it comes back. No thread, no clock."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import dropwhile, takewhile
from typing import Final

from realtime.player.clock import MS_NS

# So many of our own note-ons come back within so long, and of those that have left since the first of them hardly one
# stays away. A musician who plays along with us hits a note, its velocity and its 30 ms now and then, but not four
# times a second without a miss; and a part that plays quavers at 120 BPM is known for a loop within a second.
LOOP_NOTES: Final = 4
LOOP_NS: Final = 1_000 * MS_NS
LOOP_SHARE: Final = 0.9
# A device on the way may change velocities or channels: then it is the pitches that come back, each as long after it
# has left as the others. A musician in unison is at least as often ahead as behind, and never so even.
CHANGED_NOTES: Final = 8
CHANGED_NS: Final = 2_000 * MS_NS
EVEN_NS: Final = 6 * MS_NS  # the longest delay less the shortest
GONE_NS: Final = 2_000 * MS_NS  # nothing of ours has come back for so long: the wire has been pulled, or nothing plays
MAX_REMEMBERED: Final = 256  # note-ons of one output


@dataclass(slots=True)
class Left:
    """A message that has left."""

    port: str  # output of its own; empty: the common one
    sent_ns: int
    pitch: int = -1  # of a note-on
    came_back: bool = False  # as it was
    delay_ns: int | None = None  # until it came back, or a note-on of its pitch


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
        left.came_back, left.delay_ns = True, time_ns - left.sent_ns
        self._judge(left.port, time_ns)

    def heard(self, pitch: int, time_ns: int) -> None:
        """A note-on has come in that did not leave so. It may be what a device has made of ours."""
        for port, all_left in self._left.items():
            young = takewhile(lambda left: left.sent_ns > time_ns - self._settle_ns, reversed(all_left))
            left_before = (left for left in young if left.sent_ns <= time_ns)
            alike = [left for left in left_before if left.pitch == pitch and left.delay_ns is None]
            for left in alike:
                left.delay_ns = time_ns - left.sent_ns
            if alike:
                self._judge(port, time_ns)

    def wired(self, now_ns: int) -> str | None:
        """The output that is wired to the input; None: there is none."""
        if self._port is not None and now_ns - self._last_ns >= GONE_NS:
            self._port = None
            self._left.clear()
        return self._port

    def _judge(self, port: str, now_ns: int) -> None:
        if self._port is None and (self._is_loop(port, now_ns) or self._is_changing_loop(port, now_ns)):
            self._port = port
        if self._port == port:
            self._last_ns = now_ns

    def _is_loop(self, port: str, now_ns: int) -> bool:
        recent = self._recent(port, now_ns, LOOP_NS, lambda left: left.came_back)
        returned = sum(left.came_back for left in recent)
        return returned >= LOOP_NOTES and returned >= LOOP_SHARE * len(recent)

    def _is_changing_loop(self, port: str, now_ns: int) -> bool:
        recent = self._recent(port, now_ns, CHANGED_NS, lambda left: left.delay_ns is not None)
        delays_ns = [left.delay_ns for left in recent if left.delay_ns is not None]
        enough = len(delays_ns) >= CHANGED_NOTES and len(delays_ns) >= LOOP_SHARE * len(recent)
        return enough and max(delays_ns) - min(delays_ns) <= EVEN_NS

    def _recent(self, port: str, now_ns: int, within_ns: int, is_back: Callable[[Left], bool]) -> list[Left]:
        """What has left since the first that is back, and is back or should be: before that there was no wire."""
        recent = [left for left in self._left.get(port, ()) if left.sent_ns > now_ns - within_ns]
        since_first = dropwhile(lambda left: not is_back(left), recent)
        return [left for left in since_first if is_back(left) or left.sent_ns <= now_ns - self._settle_ns]
