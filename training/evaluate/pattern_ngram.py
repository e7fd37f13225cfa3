"""How surprising two-bar patterns are to a plain n-gram that was counted on the training patterns.

Of each note or rest: its interval from the note before given three intervals, and its length given what it is, the
two lengths before and its place in the bar. In intervals, so that no key is unseen. Shapes: N patterns, S steps.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np

from realtime.music.pattern_codec import FIRST_ONSET, HOLD, REST, STEPS, IntArray
from training.evaluate.ngram import Contexts, WittenBell

WIDEST: Final = 14  # semitones; wider leaps count as this one
SILENCE: Final = 2 * WIDEST + 1
INTERVALS, LENGTHS = 3, 2  # of the past that are looked at
COUNTED: Final = 20_000  # patterns at most
STEPS_PER_BAR: Final = 16


class PatternNGram:
    """Witten-Bell models of intervals and of lengths."""

    def __init__(self, patterns_NS: IntArray) -> None:
        self._interval, self._length = WittenBell(SILENCE + 1), WittenBell(STEPS + 1)
        for symbols_S in patterns_NS[:: max(1, len(patterns_NS) // COUNTED)]:
            for model, contexts, symbol in self._events(symbols_S):
                model.add(contexts, symbol)

    def nats(self, patterns_NS: Iterable[IntArray]) -> float:
        """Nats a note or rest, over all the patterns; the pitch of a pattern's first note is not asked for."""
        total, events = 0.0, 0
        for symbols_S in patterns_NS:
            for model, contexts, symbol in self._events(symbols_S):
                total -= float(np.log(model.distribution(contexts)[symbol]))
                events += model is self._length
        return total / max(1, events)

    def _events(self, symbols_S: IntArray) -> Iterator[tuple[WittenBell, Contexts, int]]:
        heard: list[int] = []
        lengths: list[int] = []
        last: int | None = None
        for start, length in runs(symbols_S):
            symbol = int(symbols_S[start])
            silent = symbol == REST
            if silent or last is not None:
                moved = SILENCE if silent or last is None else int(np.clip(symbol - last, -WIDEST, WIDEST)) + WIDEST
                yield self._interval, ["all", *_pasts(heard, INTERVALS)], moved
                heard.append(moved)
            past = [(silent, past) for past in _pasts(lengths, LENGTHS)]
            yield self._length, [silent, *past, (silent, start % STEPS_PER_BAR, past[-1])], length
            lengths.append(length)
            last = last if silent else symbol


def runs(symbols_S: IntArray) -> list[tuple[int, int]]:
    """(first step, steps) of each note and each rest of a canonical pattern."""
    begins_S = (symbols_S >= FIRST_ONSET) | ((symbols_S == REST) & (np.append(HOLD, symbols_S[:-1]) != REST))
    starts = np.flatnonzero(begins_S)
    return list(zip(starts.tolist(), np.diff(np.append(starts, len(symbols_S))).tolist(), strict=True))


def _pasts(values: Sequence[int], most: int) -> list[tuple[int, ...]]:
    """The last 0, 1, ... values."""
    return [tuple(values[len(values) - n :]) for n in range(min(most, len(values)) + 1)]
