"""The key frame of the sketch model: all music is moved to where it has as few accidentals as can be, and back.

Shapes: B windows, V voices, S steps, C pitch classes.

A network that sees everything in one key needs a twelfth of the music to learn the same. Which key it is, is read off
the cells it may see and nothing else, so nothing is given away of what it is asked for.
"""

from typing import Final

import numpy as np

from realtime.generators.sketch_cells import MASK, IntArray
from realtime.music.chorale import PITCH_LOW, PITCHES, REST
from realtime.music.scales import Scale

SHIFTS: Final = 12  # semitones -5..6
LOWEST_SHIFT: Final = -5
UNKNOWN_FRAME: Final = SHIFTS  # the frame was read off some cells, or nothing is known of it
# How often each degree sounds in 229 chorales (the train split), with all windows moved to the same signature.
DEGREE_SHARES: Final = (0.180, 0.010, 0.129, 0.004, 0.155, 0.097, 0.008, 0.158, 0.021, 0.142, 0.006, 0.090)
_WEIGHT_CC: Final = np.array([np.roll(np.log(DEGREE_SHARES), tonic) for tonic in range(12)])  # [tonic, pitch class]


def best_shifts(cell_BVS: IntArray) -> IntArray:
    """[B]: by how many semitones to move each window; 0 where nothing sounds. Cells at `MASK` are not looked at."""
    sounding = (cell_BVS != REST) & (cell_BVS != MASK)
    window, _, _ = np.nonzero(sounding)
    pitch_class = (cell_BVS[sounding] - 1 + PITCH_LOW) % 12
    count_BC = np.bincount(window * 12 + pitch_class, minlength=12 * len(cell_BVS)).reshape(-1, 12)
    return np.where(count_BC.any(-1), _shifts(count_BC), 0)


def scale_shift(scale: Scale) -> int:
    """By how many semitones to move music in a scale."""
    count_1C = np.array([[scale.contains(pitch_class) for pitch_class in range(12)]], np.int64)
    return int(_shifts(count_1C)[0])


def _shifts(count_BC: IntArray) -> IntArray:
    """The shorter way from the signature that fits best to none."""
    tonic_B = (count_BC @ _WEIGHT_CC.T).argmax(-1)
    return np.asarray((-tonic_B - LOWEST_SHIFT) % SHIFTS + LOWEST_SHIFT)


def moved(cell_BVS: IntArray, shift_B: IntArray) -> IntArray:
    """The cells so many semitones up; what would leave the grid at one end stays in by octaves."""
    sounding = (cell_BVS != REST) & (cell_BVS != MASK)
    up = cell_BVS + shift_B[:, None, None]
    low, high = np.minimum(up - 1, 0) // 12, -(np.minimum(PITCHES - up, 0) // 12)
    return np.where(sounding, up - 12 * (low + high), cell_BVS)
