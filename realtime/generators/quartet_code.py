"""What a quartet's code and condition are made of.

Shapes: N pieces, V voices, S steps, Z axes of a code, C condition.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from realtime.music.chorale import REST, SYMBOLS, VOICES
from realtime.music.keys import CLASSES, Key

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
CONDITION: Final = CLASSES + 2  # the key's place, minor, density
SHARED: Final = ("chords", "style")
OWN: Final = ("melody", "groove")
INPUTS: Final = (*SHARED, *(f"{name}_{voice + 1}" for name in OWN for voice in range(VOICES)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What a piece is to be like. `density`: changes of pitch, in spreads from the mean of the training music."""

    key: Key
    density: float = 0.0

    @property
    def row(self) -> Floats:
        """As the graphs take it."""
        key = self.key
        return condition_rows(np.array([key.offset]), np.array([key.minor]), np.array([self.density]))[0, :]


def condition_rows(offset_N: Ints, minor_N: Bools, density_N: npt.NDArray[np.floating]) -> Floats:
    """[N, CONDITION]. `offset_N`: semitones from C major or A minor."""
    rows = np.zeros((len(offset_N), CONDITION), np.float32)
    rows[np.arange(len(offset_N)), offset_N % CLASSES] = 1
    rows[:, CLASSES] = minor_N
    rows[:, CLASSES + 1] = density_N
    return rows


def spans_of(sizes: Mapping[str, int]) -> dict[str, slice]:
    """Where in a code each input lies, given the sizes of one of each: chords, style, all melodies, all grooves."""
    spans, start = {}, 0
    for name in INPUTS:
        size = sizes[name.split("_")[0]]
        spans[name] = slice(start, start + size)
        start += size
    return spans


def moved(symbol_NVS: npt.NDArray[np.integer], semitones: int | Ints) -> Ints:
    """The cells so many semitones up, by an octave less or more at the ends of the grid; rests stay."""
    up = symbol_NVS.astype(np.int64) + semitones
    up = np.where(up < 1, up + CLASSES, np.where(up >= SYMBOLS, up - CLASSES, up))
    return np.where(symbol_NVS == REST, REST, up)


def held(symbol_NVS: Ints, change_NVS: Bools) -> Ints:
    """At each step the symbol of the last change; the first step is one."""
    steps = symbol_NVS.shape[-1]
    last_NVS = np.maximum.accumulate(np.where(change_NVS, np.arange(steps), 0), axis=-1)
    return np.take_along_axis(symbol_NVS, last_NVS, axis=-1)
