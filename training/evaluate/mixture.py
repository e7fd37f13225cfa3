"""The strongest baseline: n-grams of several views of a line, counted on training tunes and on the tune so far, mixed.

Long- and short-term models of several viewpoints (Conklin and Witten 1995), mixed with weights by expectation
maximisation on training tunes that are held out from counting. Only the probability of what came is asked for, so
contexts are numbers and counts are arrays. (Intervals that lead out of the codec's range keep their share of the
probability; the plain n-gram would lose 0.0006 nats by that.)

Shapes: N events of all tunes one after another, M models, E elements of a context.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from realtime.music.melody_codec import DURATIONS, INTERVAL_CLIP, PITCH_IDS, PITCHES, POSITION_TICKS, POSITIONS, REST
from training.data.augment import IntArray, TuneArrays
from training.evaluate.melody import Sums, add_nats, scores_of
from training.evaluate.ngram import folds

ORDER: Final = 6  # contexts of up to 5 elements
INTERVALS: Final = 2 * INTERVAL_CLIP + 2  # the last one is the rest
GROUP_STARTS: Final = (16, 48)  # weights by how many events of the tune are past: what it says itself grows useful
FIT_EVERY: Final = 10  # every so many training tunes one is held out to fit the weights
ROUNDS: Final = 60
RIVAL: Final = "nats_per_note_memory"  # the score to set beside: the network's with its memory of the tune
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
Elements = Sequence[IntArray]  # of a context, the nearest first; -1 where there is none


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """Tunes one after another. `tune_N`: its number; `index_N`: of the event in it."""

    tune_N: IntArray
    index_N: IntArray
    style_N: IntArray
    place_N: IntArray  # meter and place in the bar
    pitch_N: IntArray
    last_N: IntArray  # the pitch that sounded last, -1 if none did
    interval_N: IntArray
    duration_N: IntArray

    def past(self, values_N: IntArray, back: int) -> IntArray:
        """The values so many events before in the same tune, -1 before its start."""
        return np.where(self.index_N >= back, np.roll(values_N, back), -1)

    def of(self, kept_N: BoolArray) -> "Events":
        """Some of the events."""
        return Events(**{name: getattr(self, name)[kept_N] for name in self.__slots__})


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """Contexts of one length. `pair_N`: context and what came in it; `known_N`: whether the tune is that long."""

    context_N: IntArray
    pair_N: IntArray
    known_N: BoolArray


def to_events(tunes: Sequence[TuneArrays]) -> Events:
    """All events of the tunes."""
    sizes = [len(tune) for tune in tunes]
    bars = {bar: number for number, bar in enumerate(dict.fromkeys(tune.meter for tune in tunes))}
    places = [
        bars[tune.meter] * POSITIONS + tune.tick_N1[:-1] % tune.meter.bar_ticks // POSITION_TICKS for tune in tunes
    ]
    return Events(
        tune_N=np.repeat(np.arange(len(tunes)), sizes),
        index_N=np.concatenate([np.arange(size) for size in sizes]),
        style_N=np.repeat([tune.style for tune in tunes], sizes),
        place_N=np.concatenate(places),
        pitch_N=np.concatenate([tune.pitch_N for tune in tunes]),
        last_N=np.concatenate([_last_sounding(tune.pitch_N) for tune in tunes]),
        interval_N=np.concatenate([tune.interval_N for tune in tunes]),
        duration_N=np.concatenate([tune.duration_N for tune in tunes]),
    )


def _last_sounding(pitch_N: IntArray) -> IntArray:
    place_N = np.maximum.accumulate(np.where(pitch_N != REST, np.arange(len(pitch_N)), -1))
    return np.concatenate([[-1], np.where(place_N >= 0, pitch_N[place_N], -1)[:-1]])


def numbered(*columns: IntArray) -> IntArray:
    """One number for each combination of values."""
    number_N = np.zeros(len(columns[0]), np.int64)
    for column_N in columns:
        value_N = np.unique(column_N, return_inverse=True)[1]
        number_N = np.unique(number_N * (value_N.max() + 1) + value_N, return_inverse=True)[1]
    return number_N


def pitch_views(events: Events) -> list[Elements]:
    """Intervals; intervals with durations; the place in the bar, then intervals."""
    backs = range(1, ORDER)
    intervals = [events.past(events.interval_N, back) for back in backs]
    pairs = [events.past(events.interval_N * len(DURATIONS) + events.duration_N, back) for back in backs]
    return [intervals, pairs, [events.place_N, *intervals[:-1]]]


def duration_views(events: Events) -> list[Elements]:
    """Durations; the place in the bar, then durations; the interval just chosen among intervals with durations."""
    backs = range(1, ORDER)
    durations = [events.past(events.duration_N, back) for back in backs]
    pairs = [events.past(events.interval_N * len(DURATIONS) + events.duration_N, back) for back in backs]
    rests = (events.pitch_N == REST).astype(np.int64)
    return [
        [rests, *durations],
        [rests, events.place_N, *durations[:-1]],
        [rests, pairs[0], events.interval_N, *pairs[1:]],
    ]


def levels(tops: Sequence[IntArray], elements: Elements, symbol_N: IntArray) -> Iterator[Level]:
    """From the most general context to the longest: each of `tops`, then the last one with more and more elements."""
    known_N = np.ones(len(symbol_N), bool)
    context_N = np.zeros(len(symbol_N), np.int64)
    for depth, column_N in enumerate([*tops, *elements]):
        if depth >= len(tops):
            known_N = known_N & (column_N >= 0)
        context_N = numbered(context_N, column_N)
        yield Level(context_N=context_N, pair_N=numbered(context_N, symbol_N), known_N=known_N)


def _witten_bell(p_N: FloatArray, count_N: IntArray, total_N: IntArray, kinds_N: IntArray) -> FloatArray:
    """Interpolated with the shorter context's `p_N`, which stands where the context was never seen."""
    return np.where(total_N > 0, (count_N + kinds_N * p_N) / np.maximum(total_N + kinds_N, 1), p_N)


def long_term(at: Sequence[Level], size: int, counted_N: BoolArray) -> FloatArray:
    """Probability of what came at every event, by counts of those of `counted_N`."""
    p_N = np.full(len(counted_N), 1.0 / size)
    for level in at:
        use_N = counted_N & level.known_N
        count_K = np.bincount(level.pair_N[use_N], minlength=int(level.pair_N.max()) + 1)
        total_K = np.bincount(level.context_N[use_N], minlength=int(level.context_N.max()) + 1)
        _, first = np.unique(level.pair_N[use_N], return_index=True)
        kinds_K = np.bincount(level.context_N[use_N][first], minlength=len(total_K))
        total_N = np.where(level.known_N, total_K[level.context_N], 0)
        p_N = _witten_bell(p_N, count_K[level.pair_N], total_N, kinds_K[level.context_N])
    return p_N


def short_term(at: Sequence[Level], size: int) -> FloatArray:
    """Probability of what came at every event, by counts of the events before with the same first of `tops`."""
    p_N = np.full(len(at[0].context_N), 1.0 / size)
    for level in at:
        order_N, start_N = _runs(level.context_N)
        pair_order_N, pair_start_N = _runs(level.pair_N)
        place_N = np.arange(len(p_N))
        total_N, count_N, kinds_N = (np.empty(len(p_N), np.int64) for _ in range(3))
        total_N[order_N] = place_N - start_N
        count_N[pair_order_N] = place_N - pair_start_N
        new_N = (count_N == 0)[order_N].astype(np.int64)
        before_N = np.cumsum(new_N) - new_N
        kinds_N[order_N] = before_N - before_N[start_N]
        p_N = _witten_bell(p_N, count_N, np.where(level.known_N, total_N, 0), kinds_N)
    return p_N


def _runs(number_N: IntArray) -> tuple[IntArray, IntArray]:
    """The order that brings equal numbers together, and where in it each one's run starts."""
    order_N = np.argsort(number_N, kind="stable")
    begins_N = np.diff(number_N[order_N], prepend=-1) != 0
    return order_N, np.maximum.accumulate(np.where(begins_N, np.arange(len(number_N)), 0))


def fit_weights(p_NM: FloatArray) -> FloatArray:
    """[M] weights under which the mixture is likeliest, by expectation maximisation from equal ones."""
    weight_M = np.full(p_NM.shape[1], 1.0 / p_NM.shape[1])
    for _ in range(ROUNDS):
        part_NM = p_NM * weight_M
        weight_M = (part_NM / part_NM.sum(1, keepdims=True)).mean(0)
    return weight_M


def mixture(
    events: Events, views: Sequence[Elements], symbol_N: IntArray, size: int, roles: tuple[BoolArray, BoolArray]
) -> FloatArray:
    """Probability of what came. `roles`: which events fit the weights, and which are to be scored; the rest counts.

    Those that fit the weights are counted for those that are scored.
    """
    fit_N, scored_N = roles
    columns = []
    for elements in views:
        at = list(levels([np.zeros_like(symbol_N), events.style_N], elements, symbol_N))
        fitting_N = long_term(at, size, ~fit_N & ~scored_N)
        columns.append(np.where(scored_N, long_term(at, size, ~scored_N), fitting_N))
        columns.append(short_term(list(levels([events.tune_N], elements, symbol_N)), size))
    p_NM = np.stack(columns, 1)
    group_N = np.digitize(events.index_N, GROUP_STARTS)
    p_N = np.empty(len(symbol_N))
    for group in range(len(GROUP_STARTS) + 1):
        here_N = group_N == group
        fitting_N = fit_N & here_N if (fit_N & here_N).any() else fit_N
        p_N[here_N] = p_NM[here_N] @ fit_weights(p_NM[fitting_N])
    return p_N


def pitch_probabilities(events: Events, roles: tuple[BoolArray, BoolArray]) -> FloatArray:
    """Of every pitch: as an interval, or, while nothing has sounded, by how often tunes of the style begin with it."""
    first_N = events.last_N < 0
    p_N = np.empty(len(first_N))
    openings = events.of(first_N)
    at = list(levels([np.zeros_like(openings.pitch_N), openings.style_N], [], openings.pitch_N))
    p_N[first_N] = long_term(at, PITCH_IDS, ~roles[1][first_N])
    views = [[column_N[~first_N] for column_N in elements] for elements in pitch_views(events)]
    rest = events.of(~first_N)
    followed = mixture(rest, views, rest.interval_N, INTERVALS, (roles[0][~first_N], roles[1][~first_N]))
    p_N[~first_N] = followed / _pitches_of_interval(rest)
    return p_N


def _pitches_of_interval(events: Events) -> IntArray:
    """For how many pitches each interval stands: the outermost ones stand for all beyond them, too."""
    lowest_N = events.interval_N == 0
    highest_N = events.interval_N == 2 * INTERVAL_CLIP
    below_N, above_N = events.last_N - INTERVAL_CLIP + 1, PITCHES - INTERVAL_CLIP - events.last_N
    return np.where(lowest_N, below_N, np.where(highest_N, above_N, 1))


def mixture_nats(train: Sequence[TuneArrays], scored: Sequence[TuneArrays]) -> FloatArray:
    """[n, 4]: -log p of each scored event's pitch, and of its duration given it; twice, as a memory is inside."""
    fit = [tune for number, tune in enumerate(train) if number % FIT_EVERY == 0]
    events = to_events([*fit, *(tune for number, tune in enumerate(train) if number % FIT_EVERY), *scored])
    scored_N = events.tune_N >= len(train)
    roles = (events.tune_N < len(fit), scored_N)
    duration_N = mixture(events, duration_views(events), events.duration_N, len(DURATIONS), roles)
    nats_N2 = -np.log(np.stack([pitch_probabilities(events, roles)[scored_N], duration_N[scored_N]], 1))
    return np.concatenate([nats_N2, nats_N2], 1)


def mixture_scores(train: Sequence[TuneArrays], scored: Sequence[TuneArrays]) -> dict[str, float]:
    """Nats per event of all sets and of each, by the names of the scores to set beside.

    Without training tunes each fold of the scored ones is left to a mixture of the other folds.
    """
    sums: Sums = {}
    for others, tunes in [(train, scored)] if train else folds(scored):
        if len(others) > 1:  # one to count, one to fit the weights
            add_nats(sums, tunes, mixture_nats(others, tunes))
    return {name: value for name, value in scores_of(sums).items() if name.endswith(RIVAL)}
