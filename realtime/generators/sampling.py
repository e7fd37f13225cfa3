"""Choosing from logits: pure functions of numpy arrays and an explicit random generator."""

import math

import numpy as np
import numpy.typing as npt

Float = npt.NDArray[np.float32]
MASKED = np.float32(-1e9)  # finite: an all-masked row still has a choice


def probabilities(logits_V: npt.NDArray[np.floating], *, temperature: float, top_p: float) -> npt.NDArray[np.float64]:
    """Softmax at a temperature, cut to the smallest set of choices that holds `top_p` (nucleus sampling,
    Holtzman et al. 2020). Temperature 0 puts all on the best choice. NaN counts as masked."""
    logits = logits_V.astype(np.float64)
    largest = logits.max()
    if not math.isfinite(largest):  # a maximum carries NaN on; looking for one alone is ten times as slow
        logits = np.nan_to_num(logits, nan=float(MASKED), posinf=-float(MASKED), neginf=float(MASKED))
        largest = logits.max()
    if temperature <= 0.0:
        greedy = np.zeros(logits.shape)
        greedy[int(logits.argmax())] = 1.0
        return greedy
    logits -= largest
    logits /= temperature
    weights = np.exp(logits, out=logits)
    weights /= weights.sum()
    if top_p < 1.0:
        order = (-weights).argsort(kind="stable")
        kept = int(weights[order].cumsum().searchsorted(top_p)) + 1
        weights[order[kept:]] = 0.0
        weights /= weights.sum()
    result: npt.NDArray[np.float64] = weights
    return result


def choose(logits_V: npt.NDArray[np.floating], rng: np.random.Generator, *, temperature: float, top_p: float) -> int:
    """Draw one index. Uses exactly one number of `rng`, whatever the logits."""
    cumulative = probabilities(logits_V, temperature=temperature, top_p=top_p).cumsum()
    drawn = int(cumulative.searchsorted(rng.random() * cumulative[-1], side="right"))
    return min(drawn, len(cumulative) - 1)
