"""The true times of a clock's pulses, from arrivals with jitter. Pure: times in, a line out.

A second-order delay-locked loop (F. Adriaensen, "Using a DLL to filter time", Linux Audio Conference 2005) is a g-h
filter with fixed gains. Here the gains begin as those of a growing least squares fit (E. Brookner, "Tracking and Kalman
Filtering Made Easy", 1998) and stop shrinking at `MAX_MEMORY` pulses: a lock within some pulses, a calm tempo later.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf
from statistics import linear_regression
from typing import Final

MAX_MEMORY: Final = 96  # pulses, 4 beats: uniform jitter of +-5 ms leaves 0.5 ms of standard deviation
MIN_MEMORY: Final = 8  # while the tempo is on the move
GAP_MEMORY: Final = 8  # after a gap: where the pulses are is new, how fast they come is not
LOCK_PULSES: Final = 6
SMOOTHING_PULSES: Final = 16  # of the residuals' means
# Jitter alone keeps the mean residual below this share of their mean size (four standard deviations).
BIAS_SHARE: Final = 0.75
BIAS_FLOOR_NS: Final = 50_000.0
STRAY_SIZES, STRAY_FLOOR_NS = 3.5, 2_000_000.0  # a pulse further off is a stray; uniform jitter reaches 2.5 sizes
STRAY_PERIODS, UNKNOWN_NS = 0.75, 12_000_000.0  # the same while the jitter is not known yet
GAP_FIT: Final = 0.3  # of the period: so well must a pulse after lost ones fit, or it is another tempo
DROPOUT_PULSES: Final = 3  # lost at once: too many to say where exactly the next one had to be
OFF_PULSES_OF_A_JUMP, WINDOW_PULSES = 4, 8  # so many of so many: another tempo, whatever was thought of each
JUDGED_PULSES: Final = 7  # after a gap: so many tell whether pulses were lost or only became slower ...
SLOWER_MISFIT: Final = 0.6  # ... by a line that misses them by this much less


@dataclass(frozen=True, slots=True)
class _Arrival:
    """A pulse of late, and which one it was taken for."""

    time_ns: int
    number: int
    is_off: bool


class PulseFilter:
    """Numbers the pulses and fits a line through their times. Lost pulses are counted, late bunches unravelled."""

    def __init__(self, period_ns: float) -> None:
        self.number = -1  # of the last pulse, from 0
        self.time_ns = 0.0  # when it was truly due
        self.period_ns = period_ns  # a guess, until two pulses have come
        self._fitted = 0  # pulses in the memory
        self._judged = 0  # residuals since the line was begun
        self._bias_ns = self._size_ns = 0.0  # mean residual, and mean absolute residual
        self._late: list[_Arrival] = []  # the last one; while some are off the line, from the one before them on
        self._owed = 0  # pulses taken for lost that may still come late

    @property
    def locked(self) -> bool:
        """Whether enough pulses lie on the line."""
        return self._fitted >= LOCK_PULSES

    def add(self, time_ns: int) -> int:
        """Take a pulse; by how much the number of the last one changes: 1, or else after gaps and corrections."""
        before = self.number
        if self._fitted < 2:
            self._begin(time_ns)
            return self.number - before
        late_ns = time_ns - (self.time_ns + self.period_ns)
        is_off = abs(late_ns) > self._stray_ns()
        if is_off and self._owed and late_ns < -self.period_ns / 2:
            self._owed -= 1  # one of a bunch that was held up: counted when the first of them came
            return 0
        if is_off:
            self._take_off_line(time_ns, late_ns)
        else:
            self._owed = 0
            self._fit(late_ns)
        self._look_back(_Arrival(time_ns, self.number, is_off))
        return self.number - before

    def settle(self) -> None:
        """The pulses so far are counted for good: another tempo that comes to light later changes what follows."""
        first = self.number - len(self._late) + 1
        self._late = [replace(one, number=first + place) for place, one in enumerate(self._late)]

    def _look_back(self, arrival: _Arrival) -> None:
        """Keep the pulses from the last good one before trouble on, and see whether they tell of another tempo."""
        late = [*self._late, arrival][-WINDOW_PULSES - 1 :]
        while len(late) > 1 and not late[1].is_off:
            del late[0]
        self._late = late
        offs = sum(one.is_off for one in late[1:])
        if offs >= OFF_PULSES_OF_A_JUMP or (offs and len(late) > JUDGED_PULSES and _is_slower(late)):
            self._begin_again(late[1:])

    def _stray_ns(self) -> float:
        if self._judged < OFF_PULSES_OF_A_JUMP and len(self._late) < 2:
            return inf  # a line through so few pulses judges nobody
        known_ns = max(STRAY_SIZES * self._size_ns, STRAY_FLOOR_NS)
        is_known = self._judged >= SMOOTHING_PULSES
        return known_ns if is_known else max(known_ns, STRAY_PERIODS * self.period_ns, UNKNOWN_NS)

    def _begin(self, time_ns: int) -> None:
        if self._fitted:
            self.period_ns = max(1.0, time_ns - self.time_ns)
        self.number += 1
        self._fitted += 1
        self.time_ns = float(time_ns)

    def _fit(self, late_ns: float) -> None:
        self._judged = min(self._judged + 1, SMOOTHING_PULSES)
        self._bias_ns += (late_ns - self._bias_ns) / self._judged
        self._size_ns += (abs(late_ns) - self._size_ns) / self._judged
        is_biased = abs(self._bias_ns) > max(BIAS_SHARE * self._size_ns, BIAS_FLOOR_NS)
        if is_biased and self._judged == SMOOTHING_PULSES and self._fitted > MIN_MEMORY:
            self._fitted = max(MIN_MEMORY, self._fitted * 3 // 4)
        else:
            self._fitted = min(self._fitted + 1, MAX_MEMORY)
        n = self._fitted
        self.number += 1
        self.time_ns += self.period_ns + late_ns * 2 * (2 * n - 1) / (n * (n + 1))
        self.period_ns = max(1.0, self.period_ns + late_ns * 6 / (n * (n + 1)))

    def _begin_again(self, late: list[_Arrival]) -> None:
        """Another tempo: each of these was one pulse."""
        self.number = self._late[0].number + len(late)
        self.period_ns = max(1.0, (late[-1].time_ns - late[0].time_ns) / (len(late) - 1))
        self._restart(late[-1].time_ns, memory=len(late))
        self._late = [_Arrival(late[-1].time_ns, self.number, False)]

    def _take_off_line(self, time_ns: int, late_ns: float) -> None:
        """The first after lost ones, or a stray: the beat goes on by the line."""
        lost = round(late_ns / self.period_ns) if late_ns > 0 else 0
        rest_ns = late_ns - lost * self.period_ns
        if lost and abs(rest_ns) <= min(self._stray_ns(), GAP_FIT * self.period_ns):
            self.number += lost
            self.time_ns += lost * self.period_ns
            self._owed = lost
            self._fit(rest_ns)
        elif lost >= DROPOUT_PULSES:
            self.number += lost + 1
            self._owed = lost
            self._restart(time_ns, memory=GAP_MEMORY)
        else:
            self.number += 1
            self.time_ns += self.period_ns

    def _restart(self, time_ns: int, *, memory: int) -> None:
        self.time_ns, self._fitted = float(time_ns), memory
        self._judged = 0
        self._bias_ns = self._size_ns = 0.0


def _is_slower(late: list[_Arrival]) -> bool:
    """Whether the pulses make a better line as one after the other than as what they were taken for."""
    numbers = [arrival.number - late[0].number for arrival in late]
    times_ns = [float(arrival.time_ns - late[0].time_ns) for arrival in late]
    return numbers[-1] >= len(late) and _misfit(range(len(late)), times_ns) < SLOWER_MISFIT * _misfit(numbers, times_ns)


def _misfit(numbers: Sequence[int], times_ns: Sequence[float]) -> float:
    """Sum of squared residuals of the best line."""
    slope, start = linear_regression(numbers, times_ns)
    return sum((time_ns - start - slope * number) ** 2 for number, time_ns in zip(numbers, times_ns, strict=True))
