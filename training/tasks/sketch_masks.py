"""Which cells are hidden in training: at random, and as a musician will ask for them.

Shapes: B windows, V voices, S steps.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from realtime.music.chorale import STEPS, VOICES

BoolArray = npt.NDArray[np.bool_]
BEAT: Final = 4
KINDS: Final = ("cells", "voices", "time", "voices and time", "voices, and cells of the rest")
KIND_SHARES: Final = (0.55, 0.12, 0.18, 0.05, 0.10)
WHOLE: Final = 0.35  # of what is asked for as a block is hidden altogether, else a part of it: on the way to the end


def random_cells(size: int, rng: np.random.Generator) -> BoolArray:
    """Any number of cells from 1 to all, each number as often: what the bound is an average over."""
    return some_of(np.ones((size, VOICES, STEPS), bool), rng)


def some_of(region_BVS: BoolArray, rng: np.random.Generator) -> BoolArray:
    """Of each region a number of cells from 1 to all of it, drawn at random."""
    shape = region_BVS.shape
    order = np.where(region_BVS, rng.random(shape), 2.0).reshape(len(region_BVS), -1).argsort(-1)
    rank = np.empty_like(order)
    np.put_along_axis(rank, order, np.arange(order.shape[1])[None], axis=1)
    count_B = region_BVS.sum((1, 2))
    wanted_B = 1 + np.floor(rng.random(len(region_BVS)) * count_B).astype(int)
    return (rank < np.minimum(wanted_B, count_B)[:, None]).reshape(shape)


def some_voices(size: int, rng: np.random.Generator) -> BoolArray:
    """[B, V, 1]: one to three voices."""
    order = rng.random((size, VOICES)).argsort(-1).argsort(-1)
    return (order < rng.integers(1, VOICES, size)[:, None])[..., None]


def some_time(size: int, rng: np.random.Generator) -> BoolArray:
    """[B, 1, S]: one to seven beats in a row; of two, one reaches to the end or begins at the start."""
    beats = rng.integers(1, STEPS // BEAT, size)
    first = rng.integers(0, STEPS // BEAT - beats + 1)
    at = rng.random(size)
    first = np.where(at < 0.35, STEPS // BEAT - beats, np.where(at < 0.5, 0, first)) * BEAT
    step_S = np.arange(STEPS)
    return ((step_S >= first[:, None]) & (step_S < (first + beats * BEAT)[:, None]))[:, None]


def drawn_masks(size: int, rng: np.random.Generator) -> BoolArray:
    """[B, V, S]: True where hidden; at least one cell of each window."""
    cells, voices, time = random_cells(size, rng), some_voices(size, rng), some_time(size, rng)
    everywhere = np.ones((size, VOICES, STEPS), bool)
    regions = (voices & everywhere, time & everywhere, voices & time)
    whole = (rng.random(size) < WHOLE)[:, None, None]
    masks = (cells, *(np.where(whole, region, some_of(region, rng)) for region in regions), voices | cells)
    kind = rng.choice(len(KINDS), size, p=KIND_SHARES)
    return np.asarray(np.stack(masks)[kind, np.arange(size)])
