"""Does each of a quartet's inputs do what its name says? Proved on what is played after one of them is re-rolled.

Shapes: N pieces, V voices, S steps.
"""

from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from realtime.generators.base import resolve_controls
from realtime.generators.quartet import QuartetGenerator
from realtime.generators.quartet_code import OWN, SHARED, Condition, Ints
from realtime.generators.quartet_composer import PhraseOrder
from realtime.generators.quartet_settings import Reroll, Settings
from realtime.music.chorale import SYMBOLS, VOICES
from realtime.music.harmony import chord_ids
from realtime.music.keys import Key

PIECES: Final = 80
OTHER_SEED: Final = 1
BEAT: Final = 4  # steps
NOTHING: Final = 1e-9  # pieces that are all alike are so far apart
Floats = npt.NDArray[np.float64]


def input_scores(generator: QuartetGenerator) -> dict[str, float]:
    """`input.<input>.<what>`: how much changes when it is re-rolled; 1: as much as from one piece to another.

    this_part, other_parts: cells. rhythm: at which steps the part changes its pitch. pitch: which pitches it plays,
    and for how long in all. harmony: the chord at each beat. Of chords and style "this part" is all of them.
    """
    plain = replace(Settings.of(resolve_controls(generator.spec, {})), candidates=1, rerolled={})
    bases = np.stack([played(generator, plain, seed) for seed in range(PIECES)])
    apart = {
        name: max(NOTHING, float(found.mean())) for name, found in differences(bases, np.roll(bases, 1, axis=0)).items()
    }
    told = {}
    for name in (*SHARED, *OWN):
        voice_N = np.arange(PIECES) % VOICES
        inputs = [name if name in SHARED else f"{name}_{voice + 1}" for voice in voice_N]
        again = np.stack(
            [
                played(generator, replace(plain, rerolled={which: Reroll(seed=OTHER_SEED)}), seed)
                for seed, which in enumerate(inputs)
            ]
        )
        found = differences(bases, again)
        own_NV = np.ones((PIECES, VOICES), bool) if name in SHARED else np.arange(VOICES) == voice_N[:, None]
        told |= {f"input.{name}.{what}": value for what, value in changed(found, own_NV, apart).items()}
    return told


def changed(found: dict[str, Floats], own_NV: npt.NDArray[np.bool_], apart: dict[str, float]) -> dict[str, float]:
    """The row of one input, each number in shares of how far apart two pieces are."""
    row = {
        "this_part": found["cells"][own_NV].mean() / apart["cells"],
        "rhythm": found["rhythm"][own_NV].mean() / apart["rhythm"],
        "pitch": found["pitch"][own_NV].mean() / apart["pitch"],
        "harmony": found["harmony"].mean() / apart["harmony"],
    }
    if not own_NV.all():
        row["other_parts"] = found["cells"][~own_NV].mean() / apart["cells"]
    return {name: round(float(value), 4) for name, value in row.items()}


def played(generator: QuartetGenerator, settings: Settings, seed: int) -> Ints:
    """One piece in C major."""
    order = PhraseOrder(settings=settings, condition=Condition(key=Key(0, minor=False)), seed=seed)
    return generator.composer.make(order)


def differences(a_NVS: Ints, b_NVS: Ints) -> dict[str, Floats]:
    """cells, rhythm and pitch [N, V]; harmony [N]: shares that differ."""
    steps = a_NVS.shape[-1]
    moved_a, moved_b = (x[..., 1:] != x[..., :-1] for x in (a_NVS, b_NVS))
    either = (moved_a | moved_b).sum(-1)
    chord_a, chord_b = (
        np.stack([chord_ids(x[..., step]) for step in range(0, steps, BEAT)], axis=1) for x in (a_NVS, b_NVS)
    )
    return {
        "cells": (a_NVS != b_NVS).mean(-1),
        "rhythm": (moved_a != moved_b).sum(-1) / np.maximum(1, either),
        "pitch": 1 - np.minimum(histograms(a_NVS), histograms(b_NVS)).sum(-1) / steps,
        "harmony": (chord_a != chord_b).mean(-1),
    }


def histograms(symbol_NVS: Ints) -> npt.NDArray[np.int64]:
    """[N, V, K]: how many steps each symbol sounds."""
    return (symbol_NVS[..., None] == np.arange(SYMBOLS)).sum(2)
