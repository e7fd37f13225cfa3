"""Time: ticks, beats, bars, seconds. A tick is an int, 1/480 of a beat; a beat is a quarter note."""

from bisect import bisect_right
from dataclasses import dataclass
from math import floor

from realtime.errors import UsageError

PPQ = 480  # ticks a beat, everywhere
STEP_TICKS = PPQ // 4  # a step is a sixteenth, the grid of rolls
MIN_BPM, MAX_BPM = 20.0, 400.0
NS_PER_MINUTE = 60_000_000_000


@dataclass(frozen=True, slots=True)
class Meter:
    """A time signature, e.g. 6/8."""

    numerator: int = 4
    denominator: int = 4

    def __post_init__(self) -> None:
        if not 1 <= self.numerator <= 64 or self.denominator not in (1, 2, 4, 8, 16, 32, 64):
            raise UsageError(f"no such meter: {self.numerator}/{self.denominator} (e.g. 4/4, 6/8)")

    @classmethod
    def of(cls, text: str) -> "Meter":
        """`"6/8"` -> Meter(6, 8)."""
        numerator, _, denominator = text.partition("/")
        if not all(part.isascii() and part.isdigit() and len(part) < 4 for part in (numerator, denominator)):
            raise UsageError(f"no such meter: {text[:20]!r} (e.g. 4/4, 6/8)")
        return cls(int(numerator), int(denominator))

    def __str__(self) -> str:
        return f"{self.numerator}/{self.denominator}"

    @property
    def bar_ticks(self) -> int:
        """Length of one bar in ticks."""
        return PPQ * 4 * self.numerator // self.denominator


def check_bpm(bpm: float) -> float:
    """Return `bpm`, or raise `UsageError` outside 20..400."""
    if not MIN_BPM <= bpm <= MAX_BPM:
        raise UsageError(f"tempo must be {MIN_BPM:g}..{MAX_BPM:g} beats a minute, got {bpm:g}")
    return bpm


@dataclass(frozen=True, slots=True)
class TempoAnchor:
    """A moment at which tick and monotonic time are both known, and the tempo from there on.

    Ticks are always computed from the last anchor, never summed, so no error builds up.
    """

    tick: int
    time_ns: int  # time.monotonic_ns()
    bpm: float

    def tick_at(self, time_ns: int) -> int:
        """The tick that `time_ns` falls in. `time_of` rounds to a ns, so one ns is given: a tick begins in itself."""
        return self.tick + int((time_ns - self.time_ns + 1) * self.bpm * PPQ // NS_PER_MINUTE)

    def time_of(self, tick: int) -> int:
        """Monotonic nanoseconds at which `tick` begins."""
        return self.time_ns + round((tick - self.tick) * NS_PER_MINUTE / (self.bpm * PPQ))

    @classmethod
    def through(cls, position: float, time_ns: int, bpm: float) -> "TempoAnchor":
        """The anchor of a line that passes a fractional tick at `time_ns`."""
        tick = floor(position)
        return cls(tick, time_ns - round((position - tick) * NS_PER_MINUTE / (bpm * PPQ)), bpm)

    def position_at(self, time_ns: int) -> float:
        """The fractional tick at `time_ns`."""
        return self.tick + (time_ns - self.time_ns) * self.bpm * PPQ / NS_PER_MINUTE

    def retempo(self, time_ns: int, bpm: float) -> "TempoAnchor":
        """The anchor from `time_ns` on at a new tempo; the tick does not jump."""
        return TempoAnchor(self.tick_at(time_ns), time_ns, check_bpm(bpm))


@dataclass(frozen=True, slots=True)
class TempoMap:
    """Tempo changes of a file: (tick, bpm) pairs in order, the first at tick 0."""

    changes: tuple[tuple[int, float], ...] = ((0, 120.0),)

    def __post_init__(self) -> None:
        ticks = [tick for tick, _ in self.changes]
        if not ticks or ticks[0] != 0 or ticks != sorted(set(ticks)):
            raise ValueError(f"tempo changes must start at tick 0 and rise, got {self.changes[:4]}")

    def bpm_at(self, tick: int) -> float:
        """Tempo in force at `tick`."""
        return self.changes[bisect_right(self.changes, (tick, float("inf"))) - 1][1]

    def seconds_at(self, tick: int) -> float:
        """Seconds from tick 0 to `tick`."""
        total = 0.0
        for (start, bpm), (end, _) in zip(self.changes, (*self.changes[1:], (tick, 0.0)), strict=True):
            if tick > start:
                total += (min(tick, end) - start) * 60.0 / (bpm * PPQ)
        return total
