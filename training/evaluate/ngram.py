"""The baseline: interpolated Witten-Bell n-grams on the same events, for the same nats per note event.

Pitch is predicted as the interval from the last sounding pitch, so that no transposition is unseen; duration from
whether the pitch is a rest, the durations before, and, last, the place in the bar with two durations. (The place
before the durations was 0.10 nats worse on valid.)
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from realtime.generators.tune_memory import TuneMemory
from realtime.music.melody_codec import (
    DURATIONS,
    INTERVAL_CLIP,
    PITCH_IDS,
    PITCHES,
    POSITION_TICKS,
    REST,
    Event,
    interval_id,
)
from training.data.augment import TuneArrays
from training.evaluate.melody import Sums, add_nats

ORDERS: Final = (2, 3, 4, 5)
SYMBOLS: Final = 2 * INTERVAL_CLIP + 2  # intervals, then the rest: the ids of the interval feature
PLACE_DURATIONS: Final = 2
Contexts = Sequence[Hashable]  # from the most general to the longest


class WittenBell:
    """P(x | c_n) = (count(x, c_n) + kinds(c_n) P(x | c_n-1)) / (total(c_n) + kinds(c_n)), down to the uniform."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._counts: dict[Hashable, dict[int, int]] = {}

    def add(self, contexts: Contexts, symbol: int) -> None:
        """Count the symbol in each of its contexts."""
        for context in contexts:
            counts = self._counts.setdefault(context, {})
            counts[symbol] = counts.get(symbol, 0) + 1

    def distribution(self, contexts: Contexts) -> npt.NDArray[np.float64]:
        """Probabilities of all symbols; contexts never seen say nothing."""
        p = np.full(self.size, 1.0 / self.size)
        for context in contexts:
            counts = self._counts.get(context)
            if counts is None:
                break
            total, kinds = sum(counts.values()), len(counts)
            p *= kinds / (total + kinds)
            for symbol, count in counts.items():
                p[symbol] += count / (total + kinds)
        return p


@dataclass(frozen=True, slots=True, kw_only=True)
class NGramConfig:
    """Longest context is `order` - 1 events. `styled`: styles are told apart in all but the most general context."""

    order: int
    styled: bool = True


class MelodyNGram:
    """A pitch and a duration model, counted on training tunes in their original key."""

    def __init__(self, config: NGramConfig, tunes: Iterable[TuneArrays]) -> None:
        self.config = config
        self._first, self._pitch = WittenBell(PITCH_IDS), WittenBell(SYMBOLS)
        self._duration = WittenBell(len(DURATIONS))
        for tune in tunes:
            for step in _steps(tune, config):
                if step.last is None:
                    self._first.add(step.pitch_contexts, step.pitch)
                else:
                    self._pitch.add(step.pitch_contexts, interval_id(step.pitch, step.last))
                self._duration.add(step.duration_contexts, step.duration)

    def pitch_distribution(self, contexts: Contexts, last: int | None) -> npt.NDArray[np.float64]:
        """Probabilities of all pitch ids, given the pitch that sounded last."""
        if last is None:
            return self._first.distribution(contexts)
        symbols, shares = _PITCH_TABLE[last]
        p = self._pitch.distribution(contexts)[symbols] * shares
        return p / p.sum()

    def duration_distribution(self, contexts: Contexts) -> npt.NDArray[np.float64]:
        """Probabilities of all duration ids."""
        return self._duration.distribution(contexts)

    def nats(self, tune: TuneArrays, order: int | None = None) -> npt.NDArray[np.float64]:
        """[N, 4]: -log p of each event's pitch, and of its duration given the pitch; the same with the tune memory.

        By a lower order if given: its counts are among those of a higher one, it only leaves the longest contexts out.
        """
        n = 1 + (order or self.config.order)  # how many contexts: the general one, histories of 0..order - 1 events
        heard, out = TuneMemory(), []
        for step in _steps(tune, self.config):
            pitch_P = self.pitch_distribution(step.pitch_contexts[:n], step.last)
            duration_D = self.duration_distribution([*step.duration_contexts[:-1][:n], step.duration_contexts[-1]])
            out.append(
                (
                    pitch_P[step.pitch],
                    duration_D[step.duration],
                    heard.pitch(pitch_P)[step.pitch],
                    heard.duration(duration_D, step.pitch)[step.duration],
                )
            )
            heard.add(Event(step.pitch, step.duration))
        return -np.log(np.array(out))

    def score(self, tunes: Iterable[TuneArrays], order: int | None = None) -> Sums:
        """(pitch nats, duration nats, both with the tune memory, events) by data set."""
        sums: Sums = {}
        for tune in tunes:
            add_nats(sums, [tune], self.nats(tune, order))
        return sums


def best_ngram(train: Sequence[TuneArrays], valid: Sequence[TuneArrays]) -> tuple[NGramConfig, Sums]:
    """The order, with or without styles, that is best on valid, and its sums there."""
    results = []
    for styled in (False, True):
        model = MelodyNGram(NGramConfig(order=max(ORDERS), styled=styled), train)
        for order in ORDERS:
            sums = model.score(valid, order)
            total = sum(sums.values(), start=np.zeros(4))
            results.append(((total[0] + total[1]) / total[-1], NGramConfig(order=order, styled=styled), sums))
    _, config, sums = min(results, key=lambda result: result[0])
    return config, sums


def cross_validated(tunes: Sequence[TuneArrays], config: NGramConfig) -> Sums:
    """Scores where there is nothing else to count on: each fold by a model of the other folds."""
    sums: Sums = {}
    for others, fold in folds(tunes):
        for source, part in MelodyNGram(config, others).score(fold).items():
            sums[source] = sums.get(source, np.zeros(4)) + part
    return sums


def folds(tunes: Sequence[TuneArrays], count: int = 5) -> Iterator[tuple[Sequence[TuneArrays], Sequence[TuneArrays]]]:
    """Each fold of the tunes, after all the others."""
    for fold in range(min(count, len(tunes))):
        yield [tune for i, tune in enumerate(tunes) if i % count != fold], tunes[fold::count]


def _pitch_table(last: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Of each pitch id: its interval symbol, and its share of that symbol (the outermost stand for several pitches)."""
    symbols = np.array([interval_id(pitch, last) for pitch in range(PITCH_IDS)])
    kinds = np.bincount(symbols, minlength=SYMBOLS)
    return symbols, 1.0 / kinds[symbols]


_PITCH_TABLE: Final = [_pitch_table(last) for last in range(PITCHES)]


@dataclass(frozen=True, slots=True)
class _Step:
    pitch: int
    duration: int
    last: int | None
    pitch_contexts: Contexts
    duration_contexts: Contexts


def _steps(tune: TuneArrays, config: NGramConfig) -> Iterator[_Step]:
    back, style = config.order - 1, tune.style if config.styled else 0
    bar = (tune.meter.numerator, tune.meter.denominator)
    positions = tune.tick_N1 % tune.meter.bar_ticks // POSITION_TICKS
    intervals, durations = tune.interval_N.tolist(), tune.duration_N.tolist()
    last: int | None = None
    for i, pitch in enumerate(tune.pitch_N.tolist()):
        history = tuple(intervals[max(0, i - back) : i])
        lengths = tuple(durations[max(0, i - back) : i])
        kind = (style, pitch == REST)
        place = (kind, bar, int(positions[i]), tuple(durations[max(0, i - PLACE_DURATIONS) : i]))
        yield _Step(
            pitch,
            durations[i],
            last,
            ["all", *((style, history[len(history) - n :]) for n in range(len(history) + 1))],
            [pitch == REST, *((kind, lengths[len(lengths) - n :]) for n in range(len(lengths) + 1)), place],
        )
        last = last if pitch == REST else pitch
