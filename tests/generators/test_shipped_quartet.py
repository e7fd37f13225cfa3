"""The quartet that is shipped: small, sound, and as musical as its card says (on a few pieces)."""

from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from realtime.bundle import load_bundle
from realtime.generators.base import GenerateRequest, resolve_controls
from realtime.generators.quartet import QuartetGenerator
from realtime.generators.quartet_settings import Settings
from realtime.model_check import verify_golden
from realtime.music.chorale import GRID_TICKS, STEPS
from realtime.music.harmony import chord_fits, crossings
from realtime.music.note import Note, Phrase
from realtime.music.units import PPQ
from training.evaluate.quartet import sample
from training.evaluate.quartet_inputs import input_scores
from training.recipes.quartet import quartet_four_parts

SHIPPED = Path(__file__).parents[2] / "exported_models" / "quartet"


@pytest.fixture(scope="module")
def generator() -> QuartetGenerator:
    return QuartetGenerator(load_bundle(SHIPPED))


def test_it_is_the_recipe_and_small() -> None:
    bundle, recipe = load_bundle(SHIPPED), quartet_four_parts()
    sizes = asdict(recipe.network)
    assert all(bundle.spec.config[name] == sizes[name] for name in ("chords", "style", "melody", "groove"))
    assert bundle.spec.trained_by.recipe == recipe.name
    assert bundle.size_bytes < 12e6
    assert verify_golden(bundle) < 0.01


def test_its_pieces_are_harmonious_and_all_different(generator: QuartetGenerator) -> None:
    made = sample(generator, 24, Settings.of(resolve_controls(generator.spec, {})), seed=9)
    assert chord_fits(made).mean() > 0.8
    assert crossings(made).mean() < 0.06
    assert len({piece.tobytes() for piece in made}) == 24


def test_inputs_do_what_their_names_say(generator: QuartetGenerator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.evaluate.quartet_inputs.PIECES", 24)
    found = input_scores(generator)
    assert found["input.melody.this_part"] > 1.7 * found["input.melody.other_parts"]
    assert found["input.groove.rhythm"] > 1.5 * found["input.groove.pitch"]
    assert found["input.chords.harmony"] > 1.5 * found["input.melody.harmony"]
    assert found["input.chords.harmony"] > 2.0 * found["input.style.harmony"]


def test_it_harmonises_a_tune(generator: QuartetGenerator) -> None:
    tune = Phrase.of([Note(i * PPQ, pitch, PPQ) for i, pitch in enumerate((67, 69, 71, 72, 74, 72, 71, 69))])
    request = GenerateRequest(context=tune, start_tick=GRID_TICKS, length_ticks=GRID_TICKS, controls={"harmonise": 1})
    settings = Settings.of(resolve_controls(generator.spec, request.controls))
    symbols = generator.grid(request, settings, generator.initial_state(0))[0].symbol_VS
    assert symbols.shape == (4, STEPS)
    assert np.array_equal(symbols[0], np.repeat([67, 69, 71, 72, 74, 72, 71, 69], 4) - 23)
    assert chord_fits(symbols[None]).mean() > 0.75
