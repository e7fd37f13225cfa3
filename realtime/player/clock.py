"""The player's clock: ticks from the monotonic time and the last tempo change."""

from collections.abc import Callable
from typing import Final

from realtime.music.units import MAX_BPM, MIN_BPM, NS_PER_MINUTE, PPQ, TempoAnchor, check_bpm

MS_NS: Final = 1_000_000
NEVER_NS: Final = 1 << 62  # a time that does not come
# A beat from outside is approached within this time: slow enough that jitter does not become a wobbling tempo.
STEER_NS: Final = 100 * MS_NS
ON_LINE_TICKS: Final = 0.1  # so close to the beat, at the right tempo, nothing is changed
SAME_TEMPO: Final = 1e-4


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
        """Change the tempo now; `UsageError` outside 20..400 beats a minute."""
        self._turn(self._now(), check_bpm(bpm))

    def steer(self, line: TempoAnchor) -> None:
        """Come closer to the line of a beat from outside: never a jump, never backwards, only another tempo."""
        now_ns, old = self._now(), self.anchor
        missing = line.position_at(now_ns) - old.position_at(now_ns)
        if abs(missing) < ON_LINE_TICKS and abs(line.bpm - old.bpm) < SAME_TEMPO * line.bpm:
            return
        bpm = line.bpm + missing * NS_PER_MINUTE / (PPQ * STEER_NS)
        self._turn(now_ns, min(max(bpm, MIN_BPM, line.bpm / 2), MAX_BPM, 2 * line.bpm))

    def jump(self, line: TempoAnchor) -> None:
        """Be on a line at once: a relocation, the only way in which a tick may come twice."""
        self.anchor = line

    def _turn(self, now_ns: int, bpm: float) -> None:
        # The part of the current tick that has passed is kept, so a tempo slider moved a thousand times does not
        # push the beat back by a thousand half ticks.
        old = self.anchor
        tick = old.tick_at(now_ns)
        passed_ns = max(0, now_ns - old.time_of(tick))
        self.anchor = TempoAnchor(tick, now_ns - int(passed_ns * old.bpm / bpm), bpm)
