"""What the sketch network is told of each cell: what it is, or what is known nearest to it in its voice.

Shapes: B windows, V voices, S steps, F things told of a cell.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from realtime.music.chorale import STEPS, SYMBOLS

MASK: Final = SYMBOLS  # a cell that is not known
NONE: Final = MASK + 1  # nothing is known on that side
CELLS: Final = NONE + 1
# Rows of the network's tables for each thing told: the cell, the nearest known one before and behind, how far they are.
TOLD: Final = (CELLS, CELLS, CELLS, STEPS + 1, STEPS + 1)
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


def told_of(cell_BVS: IntArray) -> IntArray:
    """[B, V, F, S]. A known cell is its own neighbour at distance 0; where there is none it is `NONE` at `STEPS`."""
    step_S = np.arange(STEPS)
    known = cell_BVS != MASK
    before = np.maximum.accumulate(np.where(known, step_S, -1), axis=-1)
    behind = np.minimum.accumulate(np.where(known, step_S, STEPS)[..., ::-1], axis=-1)[..., ::-1]
    left = np.where(before >= 0, np.take_along_axis(cell_BVS, np.maximum(before, 0), axis=-1), NONE)
    right = np.where(behind < STEPS, np.take_along_axis(cell_BVS, np.minimum(behind, STEPS - 1), axis=-1), NONE)
    far_left = np.where(before >= 0, step_S - before, STEPS)
    far_right = np.where(behind < STEPS, behind - step_S, STEPS)
    return np.stack([cell_BVS, left, right, far_left, far_right], axis=2)
