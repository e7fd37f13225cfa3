"""Drawing hidden cells: in one run of the network or in many, by way of a latent or without.

Shapes: B windows, V voices, S steps, T beats, Z latent axes a beat, K symbols.

One run draws every cell as if the others were not there, so they clash, whatever the network has learned. Two remedies:
a latent that all cells have in common (few steps), or revealing a few cells at a time, in random order (many steps;
the surest cells first would be held notes, and the music would stand still).
"""

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import numpy.typing as npt

from realtime.generators.sketch_cells import MASK, BoolArray, IntArray
from realtime.music.chorale import SYMBOLS

FloatArray = npt.NDArray[np.float32]

CHANCE = 0.5  # in which cells count as the least sure ones, in nats: always the same ones would freeze the rest


class Network(Protocol):
    """What a sampler needs: of the bundle's graphs, or of the networks in torch."""

    @property
    def latent_shape(self) -> tuple[int, int]:
        """(T, Z)."""

    def denoise(self, cell_BVS: IntArray, frame_B: IntArray, latent_BTZ: FloatArray | None) -> FloatArray:
        """logits_BVSK of every cell; with or without a latent."""

    def imagine(self, noise_BTZ: FloatArray, cell_BVS: IntArray, frame_B: IntArray) -> FloatArray:
        """A latent for each window from noise, given what is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How to draw. `latent`: by way of one, or by order. `bias_BK` is added to a window's logits (a scale's pull)."""

    steps: int = 4
    latent: bool = True
    temperature: float = 1.0
    spread: float = 1.0  # of the noise that a latent is drawn from; its cells are the likeliest ones
    redrawn: tuple[float, ...] = (0.4, 0.25, 0.15)  # share of the cells that each further run draws again
    bias_BK: FloatArray | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """Windows to be filled in, in their frame. `hidden_BVS`: what is drawn; other cells at `MASK` stay unknown."""

    cell_BVS: IntArray
    hidden_BVS: BoolArray
    frame_B: IntArray


def fill(network: Network, task: Task, sampling: Sampling, rng: np.random.Generator) -> IntArray:
    """cell_BVS with the hidden cells drawn."""
    return (by_latent if sampling.latent else by_order)(network, task, sampling, rng)


def by_order(network: Network, task: Task, sampling: Sampling, rng: np.random.Generator) -> IntArray:
    """Without a latent: the same share of the hidden cells at each step, in random order."""
    cell_BVS = np.where(task.hidden_BVS, MASK, task.cell_BVS)
    rank, count_B11 = random_ranks(task.hidden_BVS, rng), task.hidden_BVS.sum((1, 2))[:, None, None]
    for step in range(sampling.steps):
        wanted = np.ceil(count_B11 * (step + 1) / sampling.steps)
        now = task.hidden_BVS & (cell_BVS == MASK) & (rank < wanted)
        if now.any():
            logits = network.denoise(cell_BVS, task.frame_B, None)
            cell_BVS = drawn(logits, now, cell_BVS, sampling, rng)
    return cell_BVS


def by_latent(network: Network, task: Task, sampling: Sampling, rng: np.random.Generator) -> IntArray:
    """All hidden cells at once, the likeliest for a drawn latent; each further run draws again, from the rest, those
    that the network was least sure of."""
    cell_BVS, count_B11 = np.where(task.hidden_BVS, MASK, task.cell_BVS), task.hidden_BVS.sum((1, 2))[:, None, None]
    noise_BTZ = sampling.spread * rng.standard_normal((len(cell_BVS), *network.latent_shape)).astype(np.float32)
    latent_BTZ = network.imagine(noise_BTZ, cell_BVS, task.frame_B)
    logits = network.denoise(cell_BVS, task.frame_B, latent_BTZ)
    cell_BVS = drawn(logits, task.hidden_BVS, cell_BVS, replace(sampling, temperature=0.0), rng)
    sure_BVS = confidence(logits)
    for share in sampling.redrawn[: sampling.steps - 1]:
        again = task.hidden_BVS & (unsure_ranks(sure_BVS, task.hidden_BVS, rng) < np.ceil(count_B11 * share))
        logits = network.denoise(np.where(again, MASK, cell_BVS), task.frame_B, None)
        cell_BVS = drawn(logits, again, cell_BVS, sampling, rng)
        sure_BVS = np.where(again, confidence(logits), sure_BVS)
    return cell_BVS


def redraw(network: Network, task: Task, sampling: Sampling, share: float, rng: np.random.Generator) -> IntArray:
    """A part of the hidden cells drawn again from all others, in one run (blocked Gibbs sampling)."""
    count_B11 = task.hidden_BVS.sum((1, 2))[:, None, None]
    again = task.hidden_BVS & (random_ranks(task.hidden_BVS, rng) < np.ceil(count_B11 * share))
    logits = network.denoise(np.where(again, MASK, task.cell_BVS), task.frame_B, None)
    return drawn(logits, again, task.cell_BVS, sampling, rng)


def confidence(logits_BVSK: FloatArray) -> FloatArray:
    """The log probability of each cell's likeliest symbol."""
    top_BVS1 = logits_BVSK.max(-1, keepdims=True)
    sure_BVS: FloatArray = -np.log(np.exp(logits_BVSK - top_BVS1).sum(-1))
    return sure_BVS


def unsure_ranks(sure_BVS: FloatArray, hidden_BVS: BoolArray, rng: np.random.Generator) -> IntArray:
    """Each window's hidden cells numbered from the least sure one, with some chance in it."""
    return ranks(np.where(hidden_BVS, sure_BVS + CHANCE * rng.gumbel(size=sure_BVS.shape), np.inf))


def random_ranks(hidden_BVS: BoolArray, rng: np.random.Generator) -> IntArray:
    """Each window's hidden cells numbered in random order from 0, the others after them."""
    return ranks(np.where(hidden_BVS, rng.random(hidden_BVS.shape), 2.0))


def ranks(score_BVS: FloatArray) -> IntArray:
    """Each window's cells numbered from the lowest score."""
    order = score_BVS.reshape(len(score_BVS), -1).argsort(-1)
    rank = np.empty_like(order)
    np.put_along_axis(rank, order, np.arange(order.shape[1])[None], axis=1)
    return rank.reshape(score_BVS.shape)


def drawn(
    logits_BVSK: FloatArray,
    now_BVS: BoolArray,
    cell_BVS: IntArray,
    sampling: Sampling,
    rng: np.random.Generator,
) -> IntArray:
    """The cells with those of `now_BVS` drawn. One number of `rng` each, whatever the logits."""
    logits_NK = logits_BVSK[now_BVS]
    if sampling.bias_BK is not None:
        logits_NK = logits_NK + sampling.bias_BK[np.nonzero(now_BVS)[0]]
    dice_N1 = rng.random((len(logits_NK), 1))
    if sampling.temperature <= 0:
        chosen_N = logits_NK.argmax(-1)
    else:
        logits_NK = (logits_NK - logits_NK.max(-1, keepdims=True)) / sampling.temperature
        up_NK = np.exp(logits_NK).cumsum(-1)
        chosen_N = np.minimum((up_NK < dice_N1 * up_NK[:, -1:]).sum(-1), SYMBOLS - 1)
    out = cell_BVS.copy()
    out[now_BVS] = chosen_N
    return out
