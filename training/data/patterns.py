"""Two-bar windows for the pattern network: cut from melodies at bar lines, without duplicates, transposed at will.

Shapes: N windows, S steps.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from realtime.music.melody_codec import EventLine
from realtime.music.pattern_codec import FIRST_ONSET, HOLD, PITCHES, REST, STEPS, IntArray, canonical
from realtime.music.units import STEP_TICKS
from training.data.corpus import Tune
from training.data.melodies import BEAT_ONLY

METERS: Final = ((4, 4), (2, 2), (2, 4), (4, 2))
CHORALE_HOP: Final = 8  # steps; the chorale grid does not say where bars begin
MIN_NOTES: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternConfig:
    """How windows are varied each time they are drawn."""

    batch: int = 128
    transpose: int = 6  # semitones up or down


def windows(tunes: Sequence[Tune]) -> IntArray:
    """All distinct windows of the tunes."""
    found = [window for tune in tunes for window in line_windows(tune.line)]
    return np.unique(np.array(found).reshape(-1, STEPS), axis=0)


def line_windows(line: EventLine) -> list[IntArray]:
    """The windows of one melody, a bar apart; those with a note off the sixteenth grid or fewer than 4 are left out."""
    hop = _hop(line)
    if hop is None:
        return []
    symbols_T, off_T = _grid(line)
    first = line.start_tick // (hop * STEP_TICKS) * hop
    out = []
    for start in range(first, len(symbols_T) - STEPS + 1, hop):
        piece = slice(start, start + STEPS)
        if not off_T[piece].any() and (symbols_T[piece] >= FIRST_ONSET).sum() >= MIN_NOTES:
            out.append(canonical(symbols_T[piece]))
    return out


def _hop(line: EventLine) -> int | None:
    if line.meter == BEAT_ONLY:
        return CHORALE_HOP
    if (line.meter.numerator, line.meter.denominator) not in METERS:
        return None
    return min(STEPS // 2, line.meter.bar_ticks // STEP_TICKS)


def _grid(line: EventLine) -> tuple[IntArray, IntArray]:
    """Symbols from tick 0 on, and where something begins off the grid."""
    size = -(-line.end_tick // STEP_TICKS)
    symbols_T, off_T = np.full(size, REST, np.int64), np.zeros(size, np.int64)
    tick = line.start_tick
    for event in line.events:
        step = tick // STEP_TICKS
        off_T[step] |= tick % STEP_TICKS != 0
        symbols_T[step] = REST if event.is_rest else FIRST_ONSET + event.pitch_id
        end = -(-(tick + event.ticks) // STEP_TICKS)
        symbols_T[step + 1 : end] = REST if event.is_rest else HOLD
        tick += event.ticks
    return symbols_T, off_T


def shape_keys(symbols_NS: IntArray) -> IntArray:
    """The windows with their first note at symbol 2 + 64: equal for transposed copies."""
    on = symbols_NS >= FIRST_ONSET
    first = symbols_NS[np.arange(len(symbols_NS)), on.argmax(-1)]
    return np.where(on, symbols_NS - first[:, None] + 64 + FIRST_ONSET, symbols_NS)


def unseen(held_out_NS: IntArray, train_NS: IntArray) -> IntArray:
    """The held-out windows that stand in no key in `train_NS`."""
    known = {key.tobytes() for key in shape_keys(train_NS)}
    keep = [key.tobytes() not in known for key in shape_keys(held_out_NS)]
    return held_out_NS[np.array(keep, bool)]


def transpose(symbols_NS: IntArray, by_N: IntArray) -> IntArray:
    """Each window moved by so many semitones, as far as its notes stay in range."""
    on = symbols_NS >= FIRST_ONSET
    pitch = symbols_NS - FIRST_ONSET
    lowest, highest = np.where(on, pitch, PITCHES).min(-1), np.where(on, pitch, -1).max(-1)
    by_N = np.clip(by_N, -lowest, PITCHES - 1 - highest)
    return np.where(on, symbols_NS + by_N[:, None], symbols_NS)


def draw_transposed(symbols_NS: IntArray, config: PatternConfig, rng: np.random.Generator) -> IntArray:
    """Each window in a key drawn by lot."""
    return transpose(symbols_NS, rng.integers(-config.transpose, config.transpose + 1, len(symbols_NS)))
