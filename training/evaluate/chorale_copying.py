"""Do four-part samples copy training music? Shared melodies, shared windows and the nearest window, in every key.

Shapes: N windows, M training windows, V voices, S steps, T events.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import numpy as np
import numpy.typing as npt

from realtime.music.chorale import PITCHES, REST
from training.data.chorales import Chorale, windows
from training.evaluate.chorale import SAMPLES
from training.evaluate.chorale_features import Symbols
from training.evaluate.copying import SYMBOL_BASE, longest_run

Cells = npt.NDArray[np.uint8]
Events = npt.NDArray[np.int64]
GRAM: Final = 8
HOP: Final = 4  # training windows to be near to begin at every beat
KEYS: Final = range(-6, 6)
REST_INTERVAL: Final = PITCHES  # above every interval
GAP: Final = -(1 << 20)  # between two voices; no event
LARGEST_EXACT: Final = 0.01
SMALLEST_NEAREST_P5: Final = 0.10
LARGEST_COVERAGE: Final = 1.5  # times that of people's own windows


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingMusic:
    """What samples are looked up in: the voices' events, their 8-grams, and all windows in all keys."""

    event_T: Events
    grams: frozenset[bytes]
    exact: frozenset[bytes]
    near_MD: Cells  # a window's cells in one row

    @classmethod
    def of(cls, tunes: Sequence[Chorale], steps: int) -> "TrainingMusic":
        """Of whole pieces."""
        voices = [voice_events(symbol_T) for tune in tunes for symbol_T in tune.symbol_VT]
        parts = [part for events in voices for part in (events, np.array([GAP]))]
        near = windows(tunes, HOP, steps)
        return cls(
            event_T=np.concatenate(parts) if parts else np.zeros(0, np.int64),
            grams=frozenset(gram for events in voices for gram in _grams(events)),
            exact=frozenset(key for tune in tunes for key in shape_keys(windows([tune], 1, steps))),
            near_MD=near.reshape(len(near), near.shape[1] * near.shape[2]),
        )


def voice_events(symbol_T: Symbols) -> Events:
    """One number a note or rest of a voice, by its length and its interval from the note before.

    Without the first, whose interval is not known, and the last: a window cuts both. The same in every key.
    """
    runs = [(int(symbol), len(list(group))) for symbol, group in groupby(symbol_T.tolist())]
    events, last = [], None
    for symbol, length in runs[:-1]:
        interval = REST_INTERVAL if symbol == REST else None if last is None else symbol - last
        if interval is not None:
            events.append(interval * SYMBOL_BASE + min(length, SYMBOL_BASE - 1))
        last = symbol if symbol != REST else last
    return np.array(events, np.int64)


def _grams(event_T: Events) -> Iterator[bytes]:
    for first in range(len(event_T) - GRAM + 1):
        yield event_T[first : first + GRAM].tobytes()


def shape_keys(symbol_NVS: Symbols) -> Iterator[bytes]:
    """Each window counted from its first sounding cell: equal for transposed copies. Silent windows are left out."""
    for symbol_VS in symbol_NVS.astype(np.int16):
        sounding = symbol_VS[symbol_VS != REST]
        if len(sounding):
            yield np.where(symbol_VS == REST, -1000, symbol_VS - sounding[0]).astype(np.int16).tobytes()


def transposed(cell_ND: Cells, by: int) -> Cells:
    """Symbols moved by semitones; rests stay. What leaves the range wraps round and so equals nothing."""
    return np.where(cell_ND == REST, REST, cell_ND.astype(np.int16) + by).astype(np.uint8)


def nearest(symbol_NVS: Symbols, known: TrainingMusic) -> npt.NDArray[np.float64]:
    """Share of cells that differ from the nearest training window in its nearest key."""
    cell_ND = symbol_NVS.reshape(len(symbol_NVS), -1).astype(np.uint8)
    most_N = np.zeros(len(cell_ND), np.int64)
    for by in KEYS:
        moved_ND = transposed(cell_ND, by)
        for i, cell_D in enumerate(moved_ND):
            most_N[i] = max(most_N[i], np.count_nonzero(known.near_MD == cell_D, axis=1).max())
    return np.asarray(1 - most_N / cell_ND.shape[1])


def covered(event_T: Events, grams: frozenset[bytes]) -> int:
    """How many of the events stand in an 8-gram that training music holds."""
    hit_T = np.zeros(len(event_T), bool)
    for first, gram in enumerate(_grams(event_T)):
        if gram in grams:
            hit_T[first : first + GRAM] = True
    return int(hit_T.sum())


def copy_scores(symbol_NVS: Symbols, known: TrainingMusic) -> dict[str, float]:
    """How much of some windows stands in the training music."""
    voices = [voice_events(symbol_S) for symbol_VS in symbol_NVS for symbol_S in symbol_VS]
    runs = [longest_run(event_T, known.event_T) for event_T in voices]
    near_N = nearest(symbol_NVS, known)
    found = {
        "longest_run_median": float(np.median(runs)),
        "longest_run_p95": float(np.percentile(runs, 95)),
        "coverage": sum(covered(event_T, known.grams) for event_T in voices) / max(1, sum(map(len, voices))),
        "exact_share": sum(key in known.exact for key in shape_keys(symbol_NVS)) / len(symbol_NVS),
        "nearest_p5": float(np.percentile(near_N, 5)),
        "nearest_median": float(np.median(near_N)),
    }
    return {name: round(value, 4) for name, value in found.items()}


def copy_gate(
    sampled_NVS: Symbols, train: Sequence[Chorale], held_out_NVS: Symbols, seed: int = 0
) -> dict[str, float | bool | None]:
    """Copies among at most 500 samples, beside those among as many of people's own held-out windows.

    Passed if voices share no longer runs with training music than people's do (median and 95th percentile), their
    8-grams cover at most half as much again, at most 1 % are exact copies and the nearest 5 % differ in a tenth of
    the cells. `catches_copies`: whether training windows in other keys fail, as they must. None without training music.
    """
    steps = sampled_NVS.shape[-1]
    known = TrainingMusic.of(train, steps)
    if not len(known.near_MD) or not len(held_out_NVS):
        return {"passed": None, "samples": 0}
    rng = np.random.default_rng(seed)
    sampled_NVS, held_out_NVS = _drawn(sampled_NVS, rng), _drawn(held_out_NVS, rng)
    people = copy_scores(held_out_NVS, known)
    model, copies = copy_scores(sampled_NVS, known), copy_scores(copy_bot(windows(train, HOP, steps), rng), known)
    return {
        "passed": passes(model, people),
        "samples": len(sampled_NVS),
        **model,
        **{f"people_{name}": value for name, value in people.items()},
        "catches_copies": not passes(copies, people),
    }


def passes(model: dict[str, float], people: dict[str, float]) -> bool:
    """Whether the model's copy scores are within bounds."""
    return bool(
        model["longest_run_median"] <= people["longest_run_median"]
        and model["longest_run_p95"] <= people["longest_run_p95"]
        and model["coverage"] <= LARGEST_COVERAGE * people["coverage"]
        and model["exact_share"] <= LARGEST_EXACT
        and model["nearest_p5"] >= SMALLEST_NEAREST_P5
    )


def copy_bot(train_NVS: Symbols, rng: np.random.Generator, size: int = 100) -> Symbols:
    """A "model" that plays training windows in other keys."""
    drawn = _drawn(train_NVS, rng, size)
    return np.stack([transposed(symbol_VS, int(rng.integers(-3, 4))) for symbol_VS in drawn])


def _drawn(symbol_NVS: Symbols, rng: np.random.Generator, size: int = SAMPLES) -> Symbols:
    return symbol_NVS[rng.permutation(len(symbol_NVS))[:size]]
