from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from realtime.errors import BundleError
from realtime.generators import ways
from realtime.generators.latent import PatternNetwork
from realtime.music.attributes import ATTRIBUTES, attributes_of
from realtime.music.pattern_codec import STEPS, SYMBOLS, canonical
from tests.training.debug_runs import exported, trained_by_seed
from training.cli import evaluate_command
from training.data.generated import generated_tunes
from training.data.patterns import windows
from training.export.exporter import ExportAbout
from training.export.morph import export_morph, order_axes, parity_error
from training.networks.pattern_vae import (
    CONV_SOFTMAX,
    MLP_SIGMOID,
    MLP_SOFTMAX,
    PatternNetConfig,
    PatternVae,
    roll_symbols,
    roll_targets,
)
from training.networks.soft_attributes import sharpened, soft_attributes
from training.recipes.morph import morph_debug
from training.tasks.pattern_vae import PatternTask, attribute_scales, blend


@pytest.fixture(scope="module")
def patterns() -> np.ndarray:
    return windows(generated_tunes(8, seed=3))


def of(decoder: str) -> PatternVae:
    torch.manual_seed(0)
    return PatternVae(PatternNetConfig(latent=16, width=16, embedding=8, mlp_width=16, decoder=decoder))


@pytest.mark.parametrize("decoder", [CONV_SOFTMAX, MLP_SOFTMAX, MLP_SIGMOID])
def test_shapes_and_finite_gradients(decoder: str, patterns: np.ndarray) -> None:
    task = PatternTask(morph_debug(), patterns, patterns)
    task.network = network = of(decoder)
    task.steps = 100
    task.shaped = decoder != MLP_SIGMOID
    logits, mean, log_variance = network(torch.from_numpy(patterns[:4]))
    outputs = 2 * (SYMBOLS - 2) if decoder == MLP_SIGMOID else SYMBOLS
    assert logits.shape == (4, STEPS, outputs)
    assert mean.shape == log_variance.shape == (4, 16)
    ((name, loss),) = task.losses(patterns[:8])
    loss.backward()
    assert name == "network"
    gradients = [p.grad for p in network.parameters()]
    assert all(g is not None and torch.isfinite(g).all() for g in gradients)
    assert network.symbols(mean).shape == (4, STEPS)


def test_a_roll_says_what_the_symbols_say(patterns: np.ndarray) -> None:
    symbols = torch.from_numpy(patterns)
    assert (roll_symbols(20 * roll_targets(symbols) - 10) == symbols).all()


def test_soft_attributes_of_certain_steps_are_the_attributes() -> None:
    rng = np.random.default_rng(0)
    symbols = canonical(rng.choice([0, 0, 0, 1, 20, 25, 27, 40], size=(50, STEPS)))
    p = torch.nn.functional.one_hot(torch.from_numpy(symbols), SYMBOLS).double()
    got, expected = soft_attributes(p).numpy(), attributes_of(symbols)
    np.testing.assert_allclose(got, expected, atol=0.15)
    np.testing.assert_allclose(got[:, [0, 1, 3, 5]], expected[:, [0, 1, 3, 5]], atol=1e-6)


def test_the_gradient_says_what_another_note_would_change() -> None:
    logits = torch.zeros(1, STEPS, SYMBOLS)
    logits[:, :, 0] = 3.0
    logits[0, 0, 20] = 6.0
    logits.requires_grad_()
    soft_attributes(sharpened(logits))[0, 0].backward()
    assert logits.grad is not None
    assert logits.grad[0, 5, 30] > 0 > logits.grad[0, 5, 0]


def test_scales_are_normal_and_ties_are_bounded() -> None:
    rng = np.random.default_rng(0)
    values = np.stack([rng.exponential(size=5000), np.maximum(0, rng.normal(size=5000) - 0.5)], axis=1)
    knots, scores = attribute_scales(values)
    assert (np.diff(knots, axis=1) > 0).all()
    normal = np.interp(values[:, 0], knots[0], scores[0])
    assert abs(normal.mean()) < 0.05
    assert abs(normal.std() - 1) < 0.05
    assert scores[1, 0] < -0.9  # seven in ten are 0, yet most of the scale is left to the others


def test_standardising_goes_on_beyond_the_knots() -> None:
    network = of(CONV_SOFTMAX)
    values = torch.tensor([[-0.5], [0.5], [1.5]]).repeat(1, len(ATTRIBUTES))
    assert network.standardise(values)[:, 0].tolist() == pytest.approx([-6.0, 0.0, 6.0], abs=1e-4)


def test_training_knows_the_ways_that_are_played() -> None:
    a, b = np.random.default_rng(0).standard_normal((2, 16)).astype(np.float32)
    place = torch.tensor([[0.3]])
    ours = blend(torch.from_numpy(a)[None], torch.from_numpy(b)[None], place)[0]
    np.testing.assert_allclose(ours.numpy(), ways.blend(a, b, 0.3), atol=1e-5)


@pytest.mark.parametrize("abroad", [True, False])
def test_sliders_are_trained_at_home_and_abroad(patterns: np.ndarray, abroad: bool) -> None:
    task = PatternTask(morph_debug(), patterns, patterns)
    task.loss = replace(task.loss, abroad=abroad)
    drawn = torch.arange(24.0)[:, None].repeat(1, 16)
    at_home = [bool((drawn == point).all(-1).any()) for point in task._places(drawn)]
    assert at_home == [True] * 4 + [not abroad] * 8


def test_terms_come_in_one_after_the_other(patterns: np.ndarray) -> None:
    task = PatternTask(morph_debug(), patterns, patterns)  # 2 steps without, then over 4
    ramps = []
    for steps in (0, 2, 3, 6, 100):
        task.steps = steps
        ramps.append((task.ramp(4), task.ramp(8)))
    assert ramps == [(0, 0), (0, 0), (0.25, 0.125), (1, 0.5), (1, 1)]


def test_the_graphs_compute_what_the_network_computes(patterns: np.ndarray, tmp_path: Path) -> None:
    from realtime.bundle.spec import TrainedBy

    network = of(CONV_SOFTMAX).eval()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(2.0)
    about = ExportAbout(
        name="morph",
        title="",
        trained_by=TrainedBy(recipe="", command="", commit="", seed=0, cpu_minutes=0, data=()),
    )
    bundle = export_morph(network, about, patterns, patterns, tmp_path / "morph")
    assert parity_error(network, PatternNetwork(bundle), patterns[:16]) < 1e-4
    assert [c.name for c in bundle.spec.controls][:8] == [*ATTRIBUTES, "z7", "z8"]
    assert bundle.spec.config["latent"] == 16
    with pytest.raises(BundleError, match="only conv-softmax"):
        export_morph(of(MLP_SOFTMAX), about, patterns, patterns, tmp_path / "other")


def test_ordering_the_axes_changes_names_only(patterns: np.ndarray) -> None:
    network, symbols = of(CONV_SOFTMAX).eval(), torch.from_numpy(patterns[:8])
    with torch.no_grad():
        before = network.decoder(network.encoder(symbols)[0])
        shares = order_axes(network, patterns)
        after = network.decoder(network.encoder(symbols)[0])
    assert torch.allclose(before, after, atol=1e-5)
    assert (np.diff(shares[len(ATTRIBUTES) :]) <= 0).all()


def test_train_export_evaluate(tmp_path: Path) -> None:
    assert trained_by_seed("morph-debug", tmp_path)["codec"] == "melody-pattern"
    manifest = exported(tmp_path / "0", tmp_path / "bundle", "morph")
    assert manifest["scores"]["baseline.step_accuracy"] > 0
    from tests.training.test_corpus import write_tune

    folder = tmp_path / "melodies"
    folder.mkdir()
    for i in range(3):
        write_tune(folder / f"{i}.mid", pitches=[60 + (i * j * 5) % 12 for j in range(40)])
    report = evaluate_command(tmp_path / "bundle", [folder])
    assert set(report) == {"kind", "split", "n", "scores", "baselines", "copy_gate"}
    assert {"step_accuracy", "slider_spearman", "slider_leakage"} <= set(report["scores"])
    assert report["copy_gate"]["passed"] is None
