"""Bar lines of tunes whose files do not say where they are.

Files made from scores often begin at tick 0 also where the tune begins with a pick-up, so every bar line is off by its
length. Here each tune gets the shift under which its rhythm and contour sound most like the others' in its set and
meter: hard expectation maximisation of two tables, P(duration | place in the bar, duration before) and
P(interval class | place in the bar). The tables are made from training tunes alone.

Shapes: N events of a tune, Q places in the bar (eighths), L durations, C interval classes.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from realtime.music.melody_codec import DURATIONS, INTERVAL_CLIP, NO_DURATION
from realtime.music.units import PPQ
from training.data.augment import IntArray, TuneArrays

PLACE_TICKS: Final = PPQ // 2  # pick-ups are counted in eighths
SOURCES: Final = ("irish-cre", "openscore-lieder", "music21-folk")  # sets whose files drop the rest before a pick-up
MIN_TUNES: Final = 20  # of a meter: fewer give no table
ROUNDS: Final = 12
SMOOTHING: Final = 2.0  # events of the plainer table mixed into each row
CLASS_EDGES: Final = np.array([-7, -3, -1, 0, 1, 3, 8])  # semitones: interval classes of like size, down to up

Float = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Seen:
    """What of a tune the tables speak of."""

    place_N: IntArray
    before_N: IntArray
    duration_N: IntArray
    class_N: IntArray


class BarTables:
    """The two tables of one set and meter."""

    def __init__(self, places: int, seen: Sequence[_Seen], shifts: Sequence[int]) -> None:
        durations = len(DURATIONS)
        counts_QBL = np.zeros((places, durations + 1, durations))
        counts_QC = np.full((places, len(CLASS_EDGES) + 1), 0.5)
        starts_Q = np.full(places, 1.0)
        for tune, shift in zip(seen, shifts, strict=True):
            place_N = (tune.place_N + shift) % places
            np.add.at(counts_QBL, (place_N, tune.before_N, tune.duration_N), 1.0)
            np.add.at(counts_QC, (place_N, tune.class_N), 1.0)
            starts_Q[shift] += 1.0
        plain_QL = counts_QBL.sum(1) + 0.1
        plain_QL /= plain_QL.sum(-1, keepdims=True)
        mixed_QBL = counts_QBL + SMOOTHING * plain_QL[:, None]
        self._rhythm_QBL = np.log(mixed_QBL / mixed_QBL.sum(-1, keepdims=True))
        self._contour_QC = np.log(counts_QC / counts_QC.sum(-1, keepdims=True))
        self._start_Q = np.log(starts_Q / starts_Q.sum())

    def best_shift(self, tune: _Seen) -> int:
        """How many eighths into its bar the tune most likely begins."""
        places = len(self._start_Q)
        scores = [self._score(tune, shift, places) for shift in range(places)]
        return int(np.argmax(scores))

    def _score(self, tune: _Seen, shift: int, places: int) -> float:
        place_N = (tune.place_N + shift) % places
        rhythm = self._rhythm_QBL[place_N, tune.before_N, tune.duration_N].sum()
        return float(rhythm + self._contour_QC[place_N, tune.class_N].sum() + self._start_Q[shift])


def with_bar_lines(
    train: Sequence[TuneArrays], others: Sequence[TuneArrays]
) -> tuple[list[TuneArrays], list[TuneArrays]]:
    """Both lists with the tunes of `SOURCES` shifted to their likely bar lines; tables come from `train` alone."""
    groups: dict[tuple[str, int, int], list[TuneArrays]] = defaultdict(list)
    for tune in train:
        if tune.source in SOURCES and tune.meter.bar_ticks % PLACE_TICKS == 0:
            groups[_group(tune)].append(tune)
    tables = {key: _learn(tunes) for key, tunes in groups.items() if len(tunes) >= MIN_TUNES}
    return [_shifted(tune, tables) for tune in train], [_shifted(tune, tables) for tune in others]


def _group(tune: TuneArrays) -> tuple[str, int, int]:
    return tune.source, tune.meter.numerator, tune.meter.denominator


def _learn(tunes: Sequence[TuneArrays]) -> BarTables:
    places = tunes[0].meter.bar_ticks // PLACE_TICKS
    seen = [_see(tune, places) for tune in tunes]
    shifts = [0] * len(seen)
    tables = BarTables(places, seen, shifts)
    for _ in range(ROUNDS):
        better = [tables.best_shift(tune) for tune in seen]
        if better == shifts:
            break
        shifts = better
        tables = BarTables(places, seen, shifts)
    return tables


def _see(tune: TuneArrays, places: int) -> _Seen:
    interval_N = np.clip(tune.interval_N, 0, 2 * INTERVAL_CLIP) - INTERVAL_CLIP
    return _Seen(
        place_N=tune.tick_N1[:-1] // PLACE_TICKS % places,
        before_N=np.concatenate([[NO_DURATION], tune.duration_N[:-1]]),
        duration_N=tune.duration_N,
        class_N=np.searchsorted(CLASS_EDGES, interval_N),
    )


def _shifted(tune: TuneArrays, tables: dict[tuple[str, int, int], BarTables]) -> TuneArrays:
    table = tables.get(_group(tune))
    if table is None:
        return tune
    shift = table.best_shift(_see(tune, tune.meter.bar_ticks // PLACE_TICKS))
    return replace(tune, tick_N1=tune.tick_N1 + shift * PLACE_TICKS)
