"""Scores of a sketch bundle, all taken through onnxruntime on what it draws.

Shapes: N windows, V voices, S steps, K symbols.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np

from realtime.bundle.store import Bundle
from realtime.generators.sketch_cells import MASK, BoolArray, IntArray
from realtime.generators.sketch_frame import LOWEST_SHIFT, SHIFTS, UNKNOWN_FRAME, best_shifts, moved
from realtime.generators.sketch_network import SketchNetwork
from realtime.generators.sketch_sampler import Sampling, Task, fill
from realtime.generators.sketch_window import STEP_COUNTS, WAYS, SketchSettings, sketch
from realtime.music.chorale import REST, STEPS, VOICES, ChoraleGrid
from training.data.chorales import Chorale, Symbols, windows
from training.evaluate.cell_ngram import window_baseline
from training.evaluate.chorale import SAMPLES, Reference, controls, scores
from training.evaluate.chorale_copying import copy_gate

SEEDS: Final = (0, 1, 2)
DEFAULT_STEPS: Final = 4
BATCH: Final = 50
BOUND_DRAWS: Final = 4  # masks a window
BLOCK_STEPS: Final = 8
VARIED: Final = 40  # windows
UNEXPECTED: Final = -50.0  # log probability
AMOUNTS: Final = tuple(k / 8 for k in range(9))
BY_STEPS: Final = ("frechet_distance", "chord_fit")


def score_bundle(bundle: Bundle, train: Sequence[Chorale], held_out_NVS: Symbols) -> dict[str, Any]:
    """ "scores", "baselines" by the same names, "copy_gate", "by_steps": what each number of steps comes to,
    "plain": what the few would come to without a latent, and "controls": music known to be right or wrong."""
    network = SketchNetwork(bundle)
    train_NVS = windows(train, STEPS) if train else held_out_NVS
    reference = Reference.of(train_NVS, held_out_NVS)
    drawn = {steps: [sample(network, SAMPLES, WAYS[steps], seed) for seed in SEEDS] for steps in STEP_COUNTS}
    by_steps = {str(steps): seed_means([scores(x, reference) for x in drawn[steps]]) for steps in STEP_COUNTS}
    told = {
        **by_steps[str(DEFAULT_STEPS)],
        **{f"{name}.{steps}_steps": by_steps[str(steps)][name] for steps in STEP_COUNTS for name in BY_STEPS},
        "bound_nats_per_cell": bound(network, held_out_NVS),
        "block_infill": block_infill(network, held_out_NVS),
        **harmonised(network, held_out_NVS, reference),
        "vary_spearman": vary_spearman(network, held_out_NVS),
    }
    known = controls(train_NVS, reference)
    return {
        "scores": told,
        "baselines": {
            **known["real_train"],
            **window_baseline(windows(train, STEPS), held_out_NVS),
            "block_infill": copied_block(held_out_NVS),
        },
        "copy_gate": copy_gate(drawn[DEFAULT_STEPS][0], train, held_out_NVS),
        "by_steps": by_steps,
        "plain": {
            str(steps): scores(sample(network, SAMPLES, plain(steps), SEEDS[0]), reference)
            for steps in STEP_COUNTS
            if WAYS[steps].latent
        },
        "controls": known,
    }


def plain(steps: int) -> Sampling:
    """As many runs without a latent."""
    return replace(WAYS[max(STEP_COUNTS)], steps=steps)


def seed_means(found: Sequence[dict[str, float]]) -> dict[str, float]:
    """Mean over the seeds, and the spread of the distance."""
    out = {name: round(float(np.mean([one[name] for one in found])), 4) for name in found[0]}
    return {**out, "frechet_distance.sd": round(float(np.std([one["frechet_distance"] for one in found])), 2)}


def sample(network: SketchNetwork, size: int, sampling: Sampling, seed: int) -> Symbols:
    """So many windows from nothing, in keys as in training."""
    rng = np.random.default_rng(seed)
    share_F = np.array(network.frames) / sum(network.frames)
    shift_N = rng.choice(SHIFTS, size, p=share_F) + LOWEST_SHIFT
    hidden = np.ones((size, VOICES, STEPS), bool)
    parts = []
    for first in range(0, size, BATCH):
        some = slice(first, first + BATCH)
        task = Task(np.where(hidden[some], MASK, 0), hidden[some], shift_N[some] - LOWEST_SHIFT)
        parts.append(fill(network, task, sampling, rng))
    return moved(np.concatenate(parts), -shift_N).astype(np.uint8)


def log_probabilities(network: SketchNetwork, symbol_NVS: IntArray, hidden_NVS: BoolArray) -> np.ndarray:
    """[N, V, S, K], in each window's own key: what the network says without a latent, given the cells not hidden."""
    cells = np.where(hidden_NVS, MASK, symbol_NVS)
    shift_N = best_shifts(cells)
    frame_N = np.full(len(cells), UNKNOWN_FRAME)
    parts = [
        network.denoise(moved(cells[i : i + BATCH], shift_N[i : i + BATCH]), frame_N[i : i + BATCH], None)
        for i in range(0, len(cells), BATCH)
    ]
    logits = np.concatenate(parts).astype(np.float64)
    peak = logits.max(-1, keepdims=True)
    log_p = logits - peak - np.log(np.exp(logits - peak).sum(-1, keepdims=True))
    # A symbol of the window is another one in the frame; what the frame has no place for is not expected at all.
    symbol_K = np.arange(log_p.shape[-1])
    frame_NK = moved(np.broadcast_to(symbol_K, (len(cells), 1, len(symbol_K))), shift_N)[:, 0]
    placed = (frame_NK == symbol_K + shift_N[:, None]) | (symbol_K == REST)
    found = np.take_along_axis(log_p, np.broadcast_to(frame_NK[:, None, None], log_p.shape), axis=-1)
    return np.where(placed[:, None, None], found, UNEXPECTED)


def at(values_NVSK: np.ndarray, symbol_NVS: IntArray) -> np.ndarray:
    """[N, V, S]: the entry of each cell's symbol."""
    return np.take_along_axis(values_NVSK, symbol_NVS[..., None], axis=-1)[..., 0]


def bound(network: SketchNetwork, held_out_NVS: Symbols) -> float:
    """An upper bound of the nats a cell: the mean over all orders in which the cells may be revealed one by one.

    A cell's turn may come with any number of cells still hidden, each as often; so the mean over that number of the
    mean over the hidden cells.
    """
    rng = np.random.default_rng(0)
    symbols = np.repeat(held_out_NVS.astype(np.int64), BOUND_DRAWS, axis=0)
    count_N = 1 + (np.arange(len(symbols)) * 53 + rng.integers(1 << 30)) % (VOICES * STEPS)  # each as often
    rank = rng.random((len(symbols), VOICES * STEPS)).argsort(-1).argsort(-1).reshape(symbols.shape)
    hidden = rank < count_N[:, None, None]
    nats = -at(log_probabilities(network, symbols, hidden), symbols)
    return round(float(((nats * hidden).sum((1, 2)) / hidden.sum((1, 2))).mean()), 4)


def blocks(size: int) -> BoolArray:
    """Two beats of all voices, the same ones for the same size."""
    first_N = np.random.default_rng(0).integers(0, STEPS // 4 - 1, size) * 4
    step_S = np.arange(STEPS)
    inside_NS = (step_S >= first_N[:, None]) & (step_S < first_N[:, None] + BLOCK_STEPS)
    return np.repeat(inside_NS[:, None], VOICES, axis=1)


def block_infill(network: SketchNetwork, held_out_NVS: Symbols) -> float:
    """Share of right cells in two hidden beats, the likeliest symbol in each."""
    symbols, hidden = held_out_NVS.astype(np.int64), blocks(len(held_out_NVS))
    best = log_probabilities(network, symbols, hidden).argmax(-1)
    return round(float((best == symbols)[hidden].mean()), 4)


def copied_block(held_out_NVS: Symbols) -> float:
    """The same, with the nearest visible cell of the voice (the one before, of two as near)."""
    hidden = blocks(len(held_out_NVS))
    right = []
    for symbol_VS, hidden_VS in zip(held_out_NVS, hidden, strict=True):
        known_K, asked_A = np.flatnonzero(~hidden_VS[0]), np.flatnonzero(hidden_VS[0])
        nearest_A = known_K[np.abs(known_K - asked_A[:, None]).argmin(-1)]
        right.append((symbol_VS[:, nearest_A] == symbol_VS[:, asked_A]).mean())
    return round(float(np.mean(right)), 4)


def harmonised(network: SketchNetwork, held_out_NVS: Symbols, reference: Reference) -> dict[str, float]:
    """Real sopranos with three voices drawn below: how they score, and how many cells are the composer's own."""
    rng, settings = np.random.default_rng(0), SketchSettings(mode="harmonise", steps=DEFAULT_STEPS)
    some = held_out_NVS[:SAMPLES].astype(np.int64)
    unlocked = np.zeros((VOICES, STEPS), bool)
    made = np.stack([sketch(network, ChoraleGrid.of(x), unlocked, settings, rng).symbol_VS for x in some])
    found = scores(made.astype(np.uint8), reference)
    same = float((made[:, 1:] == some[:, 1:]).mean())
    return {"harmonise.same_cells": round(same, 4), **{f"harmonise.{name}": found[name] for name in BY_STEPS}}


def vary_spearman(network: SketchNetwork, held_out_NVS: Symbols) -> float:
    """Rank correlation of `amount` with the share of cells that change, over windows, with the same seed each."""
    amounts, distances = [], []
    unlocked = np.zeros((VOICES, STEPS), bool)
    for seed, symbol_VS in enumerate(held_out_NVS[:VARIED].astype(np.int64)):
        for amount in AMOUNTS:
            settings = SketchSettings(mode="vary", amount=amount, steps=DEFAULT_STEPS)
            made = sketch(network, ChoraleGrid.of(symbol_VS), unlocked, settings, np.random.default_rng(seed))
            amounts.append(amount)
            distances.append(float((made.symbol_VS != symbol_VS).mean()))
    return round(spearman(np.array(amounts), np.array(distances)), 4)


def spearman(x_N: np.ndarray, y_N: np.ndarray) -> float:
    """Correlation of ranks; equal values share theirs."""

    def ranks(values_N: np.ndarray) -> np.ndarray:
        _, place_N, count_U = np.unique(values_N, return_inverse=True, return_counts=True)
        return (np.cumsum(count_U) - (count_U - 1) / 2)[place_N]

    return float(np.corrcoef(ranks(x_N), ranks(y_N))[0, 1])
