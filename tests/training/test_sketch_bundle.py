"""Sketch as it is exported: the same numbers, and music by its generator."""

from pathlib import Path

import numpy as np
import pytest
import torch

from realtime.bundle import load_bundle
from realtime.bundle.spec import TrainedBy
from realtime.generators.base import GenerateRequest
from realtime.generators.sketch import SketchGenerator
from realtime.generators.sketch_cells import MASK
from realtime.generators.sketch_frame import best_shifts
from realtime.generators.sketch_network import SketchNetwork
from realtime.generators.sketch_window import MODES, WAYS
from realtime.music.chorale import REST, STEPS, SYMBOLS, VOICES
from realtime.music.note import Phrase
from realtime.music.scales import SCALES, Scale
from tests.training.debug_runs import melody
from training.evaluate.sketch import at, bound, log_probabilities, sample
from training.export.articulation import export_articulation
from training.export.exporter import ExportAbout
from training.export.sketch import SketchParts, export_sketch
from training.networks.articulation import ArticulationNet, ArticulationNetConfig
from training.networks.sketch import SketchNet
from training.networks.sketch_flow import LatentFlow
from training.recipes.sketch import sketch_debug
from training.tasks.sketch_masks import random_cells

BAR = 1920


@pytest.fixture(scope="module")
def bundle_folder(chorales: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    config = sketch_debug().network
    network, few = SketchNet(config), LatentFlow(config)
    with torch.no_grad():
        for parameter in (*network.parameters(), *few.parameters()):
            parameter.mul_(1.5)
    about = ExportAbout(
        name="sketch",
        title="",
        trained_by=TrainedBy(recipe="", command="", commit="", seed=0, cpu_minutes=0, data=()),
    )
    folder = tmp_path_factory.mktemp("export")
    articulate = export_articulation(
        ArticulationNet(ArticulationNetConfig(width=8)), about.trained_by, {}, chorales, folder / "shared"
    )
    parts = SketchParts(network=network, few=few, articulate=articulate)
    folder = folder / "sketch"
    export_sketch(parts, about, {"train": chorales, "valid": chorales}, folder)
    return folder


def test_the_shipped_form_computes_what_was_trained(bundle_folder: Path) -> None:
    bundle = load_bundle(bundle_folder)  # the export has compared it with torch
    assert bundle.spec.graph("denoise").inputs[0].shape == ("N", VOICES, 5, STEPS)
    frames = [int(x) for x in str(bundle.spec.config["frames"]).split(",")]
    assert len(frames) == 12
    assert sum(frames) > 0


def test_probabilities_sum_to_one_in_every_key(bundle_folder: Path, chorales: np.ndarray) -> None:
    network = SketchNetwork(load_bundle(bundle_folder))
    symbols = chorales[:10].astype(np.int64)
    symbols = np.where(symbols == REST, REST, symbols + np.arange(-5, 5)[:, None, None])
    hidden = random_cells(len(symbols), np.random.default_rng(0))
    total = np.exp(log_probabilities(network, symbols, hidden)).sum(-1)
    assert (total < 1 + 1e-5).all()
    assert total.mean() > 0.9  # what is left over is beyond the frame's ends, where an untrained network looks too


def test_transposed_music_is_exactly_as_likely(bundle_folder: Path, chorales: np.ndarray) -> None:
    network = SketchNetwork(load_bundle(bundle_folder))
    symbols = chorales[:30].astype(np.int64)
    up = np.where(symbols == REST, REST, symbols + 1)
    hidden = np.random.default_rng(0).random(symbols.shape) < 0.5
    shifts = [best_shifts(np.where(hidden, MASK, x)) for x in (symbols, up)]
    same = shifts[1] == shifts[0] - 1  # else the shorter way is the other way round
    assert same.mean() > 0.5
    a, b = (at(log_probabilities(network, x[same], hidden[same]), x[same]) for x in (symbols, up))
    np.testing.assert_allclose(a, b, atol=1e-4)
    assert bound(network, chorales[:4]) > 0


def test_samples_have_the_asked_for_number_of_windows(bundle_folder: Path) -> None:
    network = SketchNetwork(load_bundle(bundle_folder))
    a, b = (sample(network, 7, WAYS[steps], 0) for steps in (2, 16))
    assert a.shape == b.shape == (7, VOICES, STEPS)
    assert (sample(network, 7, WAYS[2], 0) == a).all()
    assert a.max() < SYMBOLS


TUNE = melody(67, 69, 71, 72, 71, 69, 67, 67)


@pytest.mark.parametrize("mode", range(len(MODES)))
@pytest.mark.parametrize("context", [Phrase(), TUNE], ids=["nothing", "tune"])
def test_the_generator_answers_in_time_in_four_parts(bundle_folder: Path, mode: int, context: Phrase) -> None:
    generator = SketchGenerator(load_bundle(bundle_folder))
    request = GenerateRequest(
        context=context,
        start_tick=2 * BAR,
        length_ticks=3 * BAR + 480,
        controls={"mode": mode, "amount": 1, "steps": 0},
    )
    parts = generator.parts(request, generator.initial_state(3))
    assert len(parts) == VOICES
    notes = [note for part in parts for note in part.notes]
    assert notes
    assert all(2 * BAR <= note.start_tick and note.end_tick <= 5 * BAR + 480 for note in notes)
    phrase, state = generator.generate(request, generator.initial_state(3))
    assert sorted(notes) == list(phrase.notes)
    assert state == generator.initial_state(3)
    for part in parts:
        assert all(a.end_tick <= b.start_tick for a, b in zip(part.notes, part.notes[1:], strict=False))


def test_harmonising_keeps_the_tune(bundle_folder: Path) -> None:
    generator = SketchGenerator(load_bundle(bundle_folder))
    controls = {"mode": MODES.index("harmonise"), "steps": 1}
    request = GenerateRequest(context=TUNE, start_tick=2 * BAR, length_ticks=2 * BAR, controls=controls)
    soprano = generator.parts(request, generator.initial_state(0))[0]
    held = [(n.start_tick - 2 * BAR, n.pitch) for n in soprano.notes]
    assert held == [(n.start_tick, n.pitch) for n in TUNE.notes]


def test_one_voice_stays_alone(bundle_folder: Path) -> None:
    generator = SketchGenerator(load_bundle(bundle_folder))
    for mode in range(len(MODES)):
        controls = {"mode": mode, "melody_only": 1, "steps": 0, "amount": 1}
        request = GenerateRequest(context=TUNE, start_tick=2 * BAR, length_ticks=2 * BAR, controls=controls)
        parts = generator.parts(request, generator.initial_state(1))
        assert parts[0].notes
        assert not any(part.notes for part in parts[1:])


def test_a_full_pull_keeps_to_the_scale(bundle_folder: Path) -> None:
    generator = SketchGenerator(load_bundle(bundle_folder))
    scale = Scale(6, "lydian")
    controls = {"key": 6, "scale": list(SCALES).index("lydian"), "scale_pull": 12, "steps": 2}
    request = GenerateRequest(context=Phrase(), start_tick=0, length_ticks=8 * BAR, controls=controls)
    notes = generator.generate(request, generator.initial_state(0))[0].notes
    assert sum(not scale.contains(note.pitch) for note in notes) <= 0.01 * len(notes)
