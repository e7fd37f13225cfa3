"""Scores of a quartet bundle, taken through onnxruntime on what it plays at the controls' defaults.

Shapes: N pieces, V voices, S steps.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np

from realtime.bundle.store import Bundle
from realtime.generators.base import GenerateRequest, resolve_controls
from realtime.generators.quartet import SOPRANO, QuartetGenerator, with_soprano
from realtime.generators.quartet_code import Condition, Ints
from realtime.generators.quartet_composer import PhraseOrder
from realtime.generators.quartet_settings import Settings
from realtime.music.chorale import GRID_TICKS, STEPS
from realtime.music.harmony import chord_fits, crossings
from realtime.music.keys import CLASSES, find_key
from realtime.music.note import Phrase
from training.data.chorales import Chorale, Symbols, windows
from training.evaluate.chorale import SAMPLES, Reference, controls, mixed_voices, scores
from training.evaluate.chorale_copying import copy_gate
from training.evaluate.quartet_borders import border_scores
from training.evaluate.quartet_inputs import input_scores

SEEDS: Final = (0, 1, 2)
HARMONISED: Final = 200  # held-out sopranos
SEED_STEP: Final = 100_000  # between the seeds of one set of samples and the next
PLAIN: Final = ("frechet_distance", "chord_fit", "harmonic_coherence")


def score_bundle(bundle: Bundle, train: Sequence[Chorale], held_out: Sequence[Chorale]) -> dict[str, Any]:
    """ "n", "scores", "baselines" by the same names, "copy_gate", and "controls": music known to be right or wrong."""
    generator = QuartetGenerator(bundle)
    held_out_NVS = windows(held_out, STEPS)
    train_NVS = windows(train, STEPS) if train else held_out_NVS
    reference = Reference.of(train_NVS, held_out_NVS)
    settings = Settings.of(resolve_controls(bundle.spec, {}))
    drawn = [sample(generator, SAMPLES, settings, seed) for seed in SEEDS]
    found = [scores(x, reference) for x in drawn]
    told = {name: round(float(np.mean([one[name] for one in found])), 4) for name in found[0]}
    told["frechet_distance.sd"] = round(float(np.std([one["frechet_distance"] for one in found])), 2)
    alone = scores(sample(generator, SAMPLES, replace(settings, candidates=1), SEEDS[0]), reference)
    told |= {f"{name}.one_candidate": alone[name] for name in PLAIN}
    borders, real_borders = border_scores(generator, held_out)
    harmonised, real_harmony = harmonise_scores(generator, held_out_NVS)
    known = controls(train_NVS, reference)
    return {
        "n": len(held_out_NVS),
        "scores": {**told, **input_scores(generator), **borders, **harmonised},
        "baselines": {**known["real_train"], **real_borders, **real_harmony},
        "copy_gate": copy_gate(drawn[0], train, held_out_NVS),
        "controls": known,
    }


def sample(generator: QuartetGenerator, count: int, settings: Settings, seed: int) -> Symbols:
    """symbol_NVS of so many pieces of two bars, from nothing."""
    request = GenerateRequest(context=Phrase(), start_tick=0, length_ticks=GRID_TICKS)
    made = [
        generator.grid(request, settings, generator.initial_state(seed * SEED_STEP + i))[0].symbol_VS
        for i in range(count)
    ]
    return np.stack(made).astype(np.uint8)


def harmonise_scores(
    generator: QuartetGenerator, held_out_NVS: Symbols, seed: int = 0
) -> tuple[dict[str, float], dict[str, float]]:
    """Of real sopranos with voices found to them, and of the real voices; "mixed": with voices of other pieces."""
    rng = np.random.default_rng(seed)
    real = held_out_NVS[rng.permutation(len(held_out_NVS))[:HARMONISED]].astype(np.int64)
    settings = Settings.of(resolve_controls(generator.spec, {}))
    made = np.stack([harmonised(generator, symbol_VS[0], settings, i) for i, symbol_VS in enumerate(real)])
    mixed = mixed_voices(real.astype(np.uint8), rng)
    told = {
        "harmonise.chord_fit": float(chord_fits(made).mean()),
        "harmonise.crossing": float(crossings(made).mean()),
        "harmonise.same_cells": float((made[:, 1:] == real[:, 1:]).mean()),
        "harmonise.soprano_kept": float((made[:, 0] == real[:, 0]).mean()),
    }
    beside = {
        "harmonise.chord_fit": float(chord_fits(real).mean()),
        "harmonise.crossing": float(crossings(real).mean()),
        "harmonise.chord_fit.mixed": float(chord_fits(mixed).mean()),
    }
    told["harmonise.chord_fit.mixed"] = beside["harmonise.chord_fit.mixed"]
    return rounded(told), rounded(beside)


def harmonised(generator: QuartetGenerator, tune_S: Ints, settings: Settings, seed: int) -> Ints:
    """Four voices to a soprano, in the key that it seems to be in."""
    sounding = tune_S[tune_S > 0] - 1
    key = find_key(np.bincount(sounding % CLASSES, minlength=CLASSES))
    given_VS = with_soprano(tune_S)
    order = PhraseOrder(settings=settings, condition=Condition(key=key), seed=seed, given_VS=given_VS, kept=SOPRANO)
    return generator.composer.make(order)


def rounded(values: dict[str, float]) -> dict[str, float]:
    """To four places."""
    return {name: round(float(value), 4) for name, value in values.items()}
