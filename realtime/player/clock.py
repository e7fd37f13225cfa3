"""The player's clock: ticks from the monotonic time and the last tempo change."""

from collections.abc import Callable

from realtime.messages import Clock
from realtime.music.units import TempoAnchor, check_bpm

MS_NS = 1_000_000


class PlayerClock:
    """Converts between ticks and `time.monotonic_ns()`; tick 0 is the moment it was made."""

    def __init__(self, bpm: float, now: Callable[[], int]) -> None:
        self._now = now
        self.anchor = TempoAnchor(0, now(), check_bpm(bpm))

    def now_ns(self) -> int:
        """Monotonic nanoseconds."""
        return self._now()

    def tick(self) -> int:
        """The tick that is now."""
        return self.anchor.tick_at(self._now())

    def tick_at(self, time_ns: int) -> int:
        """The tick that `time_ns` falls in."""
        return self.anchor.tick_at(time_ns)

    def time_of(self, tick: int) -> int:
        """When `tick` begins, in monotonic nanoseconds."""
        return self.anchor.time_of(tick)

    def set_bpm(self, bpm: float) -> None:
        """Change the tempo now; `UsageError` outside 20..400 beats a minute.

        The part of the current tick that has passed is kept, so a tempo slider moved a thousand times does
        not push the beat back by a thousand half ticks.
        """
        check_bpm(bpm)
        now_ns, old = self._now(), self.anchor
        tick = old.tick_at(now_ns)
        passed_ns = max(0, now_ns - old.time_of(tick))
        self.anchor = TempoAnchor(tick, now_ns - int(passed_ns * old.bpm / bpm), bpm)

    def message(self) -> Clock:
        """The anchor as a message."""
        return Clock(tick=self.anchor.tick, time_ns=self.anchor.time_ns, bpm=self.anchor.bpm)
