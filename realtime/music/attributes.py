"""What a pattern is like, in six numbers: pure functions of symbol sequences.

Shapes: N patterns, S steps, A attributes.
"""

from collections.abc import Callable
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from realtime.music.pattern_codec import FIRST_ONSET, PITCH_LOW, REST, STEPS, IntArray

FloatArray = npt.NDArray[np.float64]

# Metrical weakness of each sixteenth of a bar: 0 the bar line, 1/4 its half, 2/4 beats, 3/4 eighths, 1 sixteenths.
WEAKNESS_S: Final = np.array([(0, 4, 3, 4, 2, 4, 3, 4, 1, 4, 3, 4, 2, 4, 3, 4)[s % 16] / 4 for s in range(STEPS)])
WEAKNESSES: Final[list[float]] = WEAKNESS_S.tolist()


def density(symbols_NS: IntArray) -> FloatArray:
    """Notes that begin."""
    return np.asarray(_onsets(symbols_NS).sum(-1), np.float64)


def register(symbols_NS: IntArray) -> FloatArray:
    """Mean MIDI pitch of the notes; 60 if there are none."""
    total = np.where(_onsets(symbols_NS), _pitches(symbols_NS), 0).sum(-1)
    count = density(symbols_NS)
    return np.where(count > 0, total / np.maximum(count, 1), 60.0)


def pitch_range(symbols_NS: IntArray) -> FloatArray:
    """Semitones from the lowest to the highest note."""
    on, pitch = _onsets(symbols_NS), _pitches(symbols_NS)
    highest, lowest = np.where(on, pitch, -1).max(-1), np.where(on, pitch, 1000).min(-1)
    return np.asarray(np.maximum(0, highest - lowest), np.float64)


def syncopation(symbols_NS: IntArray) -> FloatArray:
    """Mean metrical weakness of the places where notes begin (`WEAKNESS_S`); 0 if there are none."""
    return np.asarray((_onsets(symbols_NS) * WEAKNESS_S).sum(-1) / np.maximum(density(symbols_NS), 1))


def mean_interval(symbols_NS: IntArray) -> FloatArray:
    """Mean size in semitones of the steps and leaps from note to note; 0 with fewer than two notes."""
    patterns = symbols_NS.reshape(-1, symbols_NS.shape[-1])
    out = np.zeros(len(patterns))
    for i, symbols_S in enumerate(patterns):
        pitches = symbols_S[symbols_S >= FIRST_ONSET]
        if len(pitches) > 1:
            out[i] = np.abs(np.diff(pitches)).mean()
    return out.reshape(symbols_NS.shape[:-1])


def rest_share(symbols_NS: IntArray) -> FloatArray:
    """Share of the steps that are silent, in a canonical pattern."""
    return np.asarray((symbols_NS == REST).mean(-1))


ATTRIBUTES: Final[dict[str, Callable[[IntArray], FloatArray]]] = {
    "density": density,
    "register": register,
    "range": pitch_range,
    "syncopation": syncopation,
    "interval": mean_interval,
    "rests": rest_share,
}


def attributes_of(symbols_NS: IntArray) -> FloatArray:
    """All attributes [N, A], in the order of `ATTRIBUTES`."""
    return np.stack([function(symbols_NS) for function in ATTRIBUTES.values()], axis=-1)


def attributes_of_one(symbols_S: IntArray) -> tuple[float, ...]:
    """The same of one pattern, in plain Python: a search for sliders asks for it nine times a move, and numpy takes
    seven times as long for so few numbers."""
    symbols = symbols_S.tolist()
    onsets = [(step, symbol) for step, symbol in enumerate(symbols) if symbol >= FIRST_ONSET]
    rests = symbols.count(REST) / len(symbols)
    if not onsets:
        return 0.0, 60.0, 0.0, 0.0, 0.0, rests
    pitches, count = [symbol for _, symbol in onsets], len(onsets)
    return (
        float(count),
        sum(pitches) / count - FIRST_ONSET + PITCH_LOW,
        float(max(pitches) - min(pitches)),
        sum(WEAKNESSES[step] for step, _ in onsets) / count,
        sum(abs(b - a) for a, b in pairwise(pitches)) / max(1, count - 1),
        rests,
    )


def _onsets(symbols_NS: IntArray) -> npt.NDArray[np.bool_]:
    return symbols_NS >= FIRST_ONSET


def _pitches(symbols_NS: IntArray) -> IntArray:
    return symbols_NS - FIRST_ONSET + PITCH_LOW
