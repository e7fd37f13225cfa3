"""The shipped sketch bundle: computes what it should and sounds like four voices."""

import numpy as np
import pytest

from realtime.generators.base import GenerateRequest
from realtime.generators.registry import find_bundle, open_generator
from realtime.generators.sketch import SketchGenerator
from realtime.generators.sketch_window import MODES
from realtime.model_check import verify_golden
from realtime.music.chorale import STEPS, VOICES, ChoraleCodec
from realtime.music.harmony import chord_fits, crossings
from realtime.music.note import Note, Phrase

BAR = 1920
CODEC = ChoraleCodec()


@pytest.fixture(scope="module")
def generator() -> SketchGenerator:
    found = open_generator(find_bundle("sketch"))
    assert isinstance(found, SketchGenerator)
    return found


def symbols(generator: SketchGenerator, context: Phrase, start_tick: int, **controls: float) -> np.ndarray:
    """[N, V, S] of sixteen bars from `start_tick` on."""
    request = GenerateRequest(context=context, start_tick=start_tick, length_ticks=16 * BAR, controls=controls)
    parts = generator.parts(request, generator.initial_state(7))
    grid = CODEC.encode(parts, start_tick=start_tick, steps=8 * STEPS)
    return np.stack(np.split(grid.symbol_VS, 8, axis=1))


def test_the_golden_windows_come_out(generator: SketchGenerator) -> None:
    from realtime.bundle import load_bundle

    assert verify_golden(load_bundle(find_bundle("sketch"))) < 0.05


def test_what_it_makes_of_nothing_is_in_harmony(generator: SketchGenerator) -> None:
    made = symbols(generator, Phrase(), 0)
    assert chord_fits(made).mean() > 0.6  # real chorales .89, voices that have nothing to do with each other .35
    assert crossings(made).mean() < 0.15
    assert (made != 0).mean() > 0.95


def test_harmony_below_a_tune(generator: SketchGenerator) -> None:
    tune = Phrase.of([Note(i * 480, p, 480, 90) for i, p in enumerate((67, 69, 71, 72, 74, 72, 71, 69))])
    made = symbols(generator, tune, 2 * BAR, mode=MODES.index("harmonise"))
    assert chord_fits(made).mean() > 0.7
    assert (made[:, 0] == CODEC.encode([tune, *(Phrase(),) * (VOICES - 1)]).symbol_VS[0]).all()
    lower = made[:, 1:].reshape(len(made), -1)
    assert len(np.unique(lower, axis=0)) == len(made)  # another harmony each time
