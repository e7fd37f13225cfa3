"""What sounds together in four voices: does it fit one chord, do voices cross, do two move in parallel fifths.

Shapes: N grids, V voices, S steps. Symbols as in `realtime.music.chorale`.
"""

from itertools import combinations
from typing import Final

import numpy as np
import numpy.typing as npt

from realtime.music.chorale import REST, VOICES

Symbols = npt.NDArray[np.integer]
Floats = npt.NDArray[np.float64]
CLASSES: Final = 12
CHORDS: Final = ((0, 4, 7), (0, 3, 7), (0, 3, 6), (0, 4, 8), (0, 4, 7, 10), (0, 4, 7, 11), (0, 3, 7, 10), (0, 3, 6, 10),
                 (0, 3, 6, 9))  # fmt: skip
PAIRS: Final = tuple(combinations(range(VOICES), 2))
PERFECT: Final = (0, 7)  # intervals, in semitones within an octave, that two voices do not keep while both move
_ROOTED: Final = [sum(1 << (root + tone) % CLASSES for tone in chord) for chord in CHORDS for root in range(CLASSES)]
_MASKS: Final = np.array(_ROOTED)
FITS_CHORD: Final = ((np.arange(1 << CLASSES)[:, None] & ~_MASKS) == 0).any(-1)  # by the bits of what sounds


QUALITIES: Final = 3  # major, minor, other
CHORD_IDS: Final = CLASSES * QUALITIES + 1  # and none
_QUALITY: Final = (0, 1, 2, 2, 0, 0, 1, 2, 2)  # of each of CHORDS


def _chord_of_bits() -> npt.NDArray[np.int64]:
    """[4096]: the first chord that holds all that sounds, or the one past the last."""
    table = np.full(1 << CLASSES, CHORD_IDS - 1)
    for place in reversed(range(len(_MASKS))):
        chord, root = divmod(place, CLASSES)
        inside = (np.arange(1, 1 << CLASSES) & ~_MASKS[place]) == 0
        table[1:][inside] = root * QUALITIES + _QUALITY[chord]
    return table


CHORD_OF_BITS: Final = _chord_of_bits()


def chord_fits(symbol_NVS: Symbols) -> npt.NDArray[np.bool_]:
    """[N, S]: whether what sounds is part of one triad or seventh chord."""
    return np.asarray(FITS_CHORD[_bits(symbol_NVS)])


def crossings(symbol_NVS: Symbols) -> npt.NDArray[np.bool_]:
    """[N, S]: whether a voice sounds above the one that should be over it."""
    upper, lower = symbol_NVS[:, :-1].astype(int), symbol_NVS[:, 1:].astype(int)
    return np.asarray(((lower > upper) & (upper != REST) & (lower != REST)).any(1))


def mean_moves(symbol_NVS: Symbols) -> Floats:
    """[N]: by how many semitones a voice that moves from one pitch to another moves, on average; 0 if none does."""
    before, after = symbol_NVS[..., :-1].astype(int), symbol_NVS[..., 1:].astype(int)
    size = np.where((before != REST) & (after != REST), np.abs(after - before), 0)
    return np.asarray(size.sum((1, 2)) / np.maximum(1, (size > 0).sum((1, 2))))


def parallels(before_NV: Symbols, after_NV: Symbols) -> npt.NDArray[np.bool_]:
    """[N]: whether two voices are a fifth, octave or unison apart on both sides and both move the same way."""
    before, after = before_NV.astype(int), after_NV.astype(int)
    moved = np.where((before == REST) | (after == REST), 0, after - before)
    found = np.zeros(len(before), bool)
    for a, b in PAIRS:
        first, second = (x[:, a] - x[:, b] for x in (before, after))
        perfect = np.isin(first % CLASSES, PERFECT) & (first % CLASSES == second % CLASSES)
        found |= perfect & (moved[:, a] * moved[:, b] > 0)
    return found


def chord_ids(symbol_NV: Symbols) -> npt.NDArray[np.int64]:
    """[N]: root * 3 + quality (major, minor, other) of what sounds together, CHORD_IDS - 1 for what is no chord."""
    return np.asarray(CHORD_OF_BITS[_bits(symbol_NV[..., None])[..., 0]])


def _bits(symbol_NVS: Symbols) -> npt.NDArray[np.int64]:
    """[N, S]: which pitch classes sound, as a number of twelve bits."""
    bits = np.where(symbol_NVS == REST, 0, 1 << ((np.maximum(symbol_NVS, 1).astype(np.int64) - 1) % CLASSES))
    return np.asarray(np.bitwise_or.reduce(bits, axis=1))
