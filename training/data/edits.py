"""Edits of two-bar patterns that change what a slider names and keep the rest: what the sliders learn from.

Shapes: N patterns, S steps. Every edit takes one pattern and gives one; either may be the source, the other the goal.
"""

import itertools
from collections.abc import Callable
from typing import Final

import numpy as np

from realtime.music.attributes import WEAKNESS_S
from realtime.music.pattern_codec import FIRST_ONSET, HOLD, PITCHES, REST, STEPS, IntArray, canonical

Edit = Callable[[IntArray, np.random.Generator], IntArray]
FARTHEST: Final = 20  # semitones
NEAR: Final = 4  # semitones


def transposed(symbols_S: IntArray, rng: np.random.Generator) -> IntArray:
    """Register: all notes moved by so many semitones."""
    on, pitches = _notes(symbols_S)
    if not len(pitches):
        return symbols_S
    by = int(np.clip(rng.integers(-FARTHEST, FARTHEST + 1), -pitches.min(), PITCHES - 1 - pitches.max()))
    return _with_pitches(symbols_S, on, pitches + by)


def stretched(symbols_S: IntArray, rng: np.random.Generator) -> IntArray:
    """Range: the notes further from or nearer to their middle, on pitch classes that the pattern has."""
    on, pitches = _notes(symbols_S)
    if not len(pitches):
        return symbols_S
    middle = pitches.mean()
    wanted = middle + (pitches - middle) * np.exp(rng.uniform(-1.2, 0.9))
    own = np.flatnonzero(np.isin(np.arange(PITCHES) % 12, pitches % 12))
    nearest = own[np.abs(own[None] - wanted[:, None]).argmin(1)]
    return _with_pitches(symbols_S, on, nearest)


def reordered(symbols_S: IntArray, rng: np.random.Generator) -> IntArray:
    """Mean interval: the same pitches in another order, from waves of steps to leaps."""
    on, pitches = _notes(symbols_S)
    ordered = np.sort(pitches)
    if rng.random() < 0.5:
        ordered = rng.permutation(ordered)
    elif rng.random() < 0.5:
        ordered = np.concatenate([ordered[::2], ordered[1::2][::-1]])  # up by every other one, and down
    else:
        half = len(ordered) // 2
        leaps = np.empty_like(ordered)
        leaps[::2], leaps[1::2] = ordered[: len(ordered) - half], ordered[len(ordered) - half :]
        ordered = leaps
    return _with_pitches(symbols_S, on, ordered)


def thinned(symbols_S: IntArray, rng: np.random.Generator) -> IntArray:
    """Density: the metrically weakest notes give their time to the ones before them."""
    on, _ = _notes(symbols_S)
    out = symbols_S.copy()
    if len(on) > 2:
        weakest = on[1:][np.argsort(-WEAKNESS_S[on[1:]] - 0.2 * rng.random(len(on) - 1))]
        out[weakest[: rng.integers(1, len(on) - 1)]] = HOLD
    return out


def filled(symbols_S: IntArray, rng: np.random.Generator) -> IntArray:
    """Density: notes struck again on the beats, eighths or sixteenths they last over, or a note near by instead."""
    out = symbols_S.copy()
    on, pitches = _notes(symbols_S)
    own, grain, share = np.unique(pitches), int(rng.choice([4, 2, 1])), rng.uniform(0.2, 1.0)
    for (start, end), pitch in zip(itertools.pairwise([*on, STEPS]), pitches, strict=True):
        near = own[np.abs(own - pitch) <= NEAR]
        for step in range(start + 1, end):
            if out[step] == HOLD and step % grain == 0 and rng.random() < share:
                out[step] = FIRST_ONSET + rng.choice(near)
    return out


def rested(symbols_S: IntArray, rng: np.random.Generator) -> IntArray:
    """Rests: notes cut short, and some left out."""
    out = symbols_S.copy()
    on, _ = _notes(symbols_S)
    cut, drop = rng.uniform(0, 1), rng.uniform(0, 0.5) * (rng.random() < 0.5)
    for start, end in itertools.pairwise([*on, STEPS]):
        if rng.random() < drop:
            out[start:end] = REST
        elif end - start > 1 and rng.random() < cut:
            out[start + (end - start + 1) // 2 : end] = REST
    return out


def shifted(symbols_S: IntArray, rng: np.random.Generator) -> IntArray:
    """Syncopation: notes come an eighth or a sixteenth late, or early, where there is room."""
    out = symbols_S.copy()
    by, share = int(rng.choice([1, 2, -1, -2])), rng.uniform(0.2, 1.0)
    on, _ = _notes(symbols_S)
    for step in on if by < 0 else on[::-1]:
        between = range(step + 1, step + by + 1) if by > 0 else range(step + by, step)
        room = step + by >= 0 and step + by < STEPS and all(out[s] in (HOLD, REST) for s in between)
        if room and rng.random() < share:
            out[min(step, step + by) : max(step, step + by) + 1] = HOLD
            out[step + by] = symbols_S[step]
    return out


EDITS: Final[tuple[Edit, ...]] = (transposed, transposed, stretched, reordered, thinned, filled, rested, shifted)


def edited_pairs(symbols_NS: IntArray, rng: np.random.Generator) -> tuple[IntArray, IntArray]:
    """(sources, goals): each pattern and an edit of it, either way round."""
    edits_NS = np.array([EDITS[rng.integers(len(EDITS))](symbols_S, rng) for symbols_S in symbols_NS])
    edits_NS = canonical(edits_NS)
    turned_N1 = rng.random((len(symbols_NS), 1)) < 0.5
    return np.where(turned_N1, edits_NS, symbols_NS), np.where(turned_N1, symbols_NS, edits_NS)


def _notes(symbols_S: IntArray) -> tuple[IntArray, IntArray]:
    """Where notes begin, and their pitches counted from the codec's lowest."""
    on = np.flatnonzero(symbols_S >= FIRST_ONSET)
    return on, symbols_S[on] - FIRST_ONSET


def _with_pitches(symbols_S: IntArray, on: IntArray, pitches: IntArray) -> IntArray:
    out = symbols_S.copy()
    out[on] = pitches + FIRST_ONSET
    return out
