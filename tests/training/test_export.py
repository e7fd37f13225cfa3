import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from realtime.bundle.store import load_bundle
from realtime.errors import BundleError
from realtime.generators.registry import open_generator
from realtime.model_check import verify_golden
from tests.toy_bundle import write_toy_bundle
from training.cli import evaluate_command, export_command, train_command
from training.data.augment import TuneArrays, View, window
from training.data.windows import Batch, WindowConfig, score_windows
from training.evaluate.melody import score_tunes, scores_of, softmax
from training.export.controls import CONTINUE_CONTROLS
from training.export.decoder_graph import build_step_graph, step_spec
from training.export.exporter import check_bundle, quantise
from training.export.parity import check_parity, parity_error
from training.export.stepper import Stepper
from training.networks.transformer import MelodyTransformer, TransformerConfig
from training.tasks.language_model import nats

CONFIG = TransformerConfig(width=32, layers=2, heads=2, max_context=64, dropout=0.0)


@pytest.fixture(scope="module")
def network() -> MelodyTransformer:
    torch.manual_seed(0)
    net = MelodyTransformer(CONFIG).eval()
    with torch.no_grad():
        for parameter in net.parameters():
            if parameter.dim() > 1:
                parameter.mul_(4.0)  # logits of about the size of trained ones
    return net


@pytest.fixture(scope="module")
def full(network: MelodyTransformer) -> Stepper:
    return Stepper(build_step_graph(network).SerializeToString(), step_spec(CONFIG), CONFIG.max_context)


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_toy_bundle(tmp_path_factory.mktemp("toy") / "continue")


def test_the_graph_computes_what_the_network_computes(
    network: MelodyTransformer, full: Stepper, tunes: list[TuneArrays]
) -> None:
    rows = window(tunes[0], View()).rows_SF
    assert parity_error(network, full, rows) < 1e-4
    assert np.abs(full.pitch_logits).max() > 0.1


def test_rows_at_once_and_one_by_one_give_the_same(full: Stepper, tunes: list[TuneArrays]) -> None:
    rows = window(tunes[0], View()).rows_SF
    full.reset()
    for row in rows:
        full.feed(row[None])
    one_by_one = full.duration_logits.copy()
    full.reset()
    full.feed(rows[:25])
    full.feed(rows[25:])
    np.testing.assert_allclose(full.duration_logits, one_by_one, atol=1e-5)


def test_a_full_cache_is_refused(full: Stepper) -> None:
    full.reset()
    with pytest.raises(ValueError, match="65 rows after 0: the cache holds"):
        full.feed(np.zeros((65, 6), np.int64))


def test_int8_stays_near(network: MelodyTransformer, full: Stepper, tunes: list[TuneArrays]) -> None:
    small = Stepper(quantise(build_step_graph(network)), step_spec(CONFIG), CONFIG.max_context)
    rows = window(tunes[0], View()).rows_SF
    full.reset()
    small.reset()
    for row in rows:
        full.feed(row[None])
        small.feed(row[None])
        difference = softmax(full.pitch_logits) - softmax(small.pitch_logits)
        assert np.abs(difference).max() < 0.05


def test_a_graph_of_other_weights_is_refused(full: Stepper, tunes: list[TuneArrays]) -> None:
    torch.manual_seed(1)
    with pytest.raises(BundleError, match="have come apart"):
        check_parity(MelodyTransformer(CONFIG), full, window(tunes[0], View()).rows_SF)


def test_stepping_scores_what_the_training_loss_scores(
    network: MelodyTransformer, full: Stepper, tunes: list[TuneArrays]
) -> None:
    config = WindowConfig(length=64, keep=40)
    sums = score_tunes(full, tunes, keep=40)
    expected = np.zeros(2)
    for tune in tunes:
        for piece in score_windows(tune, config):
            parts = [x[None] for x in (piece.rows_SF, piece.pitch_S, piece.duration_S, piece.weight_S)]
            batch = Batch(
                **dict(zip(("rows_BSF", "pitch_BS", "duration_BS", "weight_BS"), parts, strict=True)), sources=()
            )
            with torch.no_grad():
                expected += [float((x * torch.from_numpy(batch.weight_BS)).sum()) for x in nats(network, batch)]
    events = sum(len(tune) for tune in tunes)
    np.testing.assert_allclose(sums["generated"], [*expected, expected.sum(), events], rtol=1e-5)
    scores = scores_of(sums, "valid.")
    assert scores["valid.nats_per_note"] == pytest.approx(expected.sum() / events, abs=1e-4)
    assert scores["valid.nats_pitch"] == scores["valid.generated.nats_pitch"]


def test_the_toy_bundle_loads_strictly_and_plays(toy: Path) -> None:
    bundle = load_bundle(toy)
    assert bundle.spec.kind == "continue"
    assert set(bundle.spec.files) == {"step.onnx", "golden.npz"}
    with np.load(toy / "golden.npz", allow_pickle=False) as golden:
        assert golden["input_ids"].shape == (48, 6)
        assert golden["pitch_logits"].shape == (48, 62)
        assert golden["duration_logits"].shape == (48, 28)
    assert verify_golden(bundle) < 1e-3
    generator = open_generator(toy)
    names = {control.name for control in generator.spec.controls}
    assert names == {control.name for control in CONTINUE_CONTROLS}


def test_a_changed_golden_step_is_noticed(toy: Path, tmp_path: Path) -> None:
    folder = tmp_path / "continue"
    shutil.copytree(toy, folder)
    with np.load(folder / "golden.npz") as golden:
        arrays = dict(golden)
    arrays["pitch_logits"] = arrays["pitch_logits"] + 0.5
    np.savez(folder / "golden.npz", **arrays)
    with pytest.raises(BundleError, match="sha256"):
        check_bundle(folder)


def test_train_export_evaluate(tmp_path: Path) -> None:
    train_command("continue-debug", (), tmp_path / "run", seed=2)
    export_command(tmp_path / "run", tmp_path / "bundle")
    manifest = json.loads((tmp_path / "bundle" / "bundle.json").read_text())
    assert manifest["trained_by"]["seed"] == 2
    assert manifest["scores"]["valid.nats_per_note"] > 0
    assert manifest["scores"]["baseline.nats_per_note"] > 0
    assert str(tmp_path) not in json.dumps(manifest)
    report = evaluate_command(tmp_path / "bundle", [_folder_of_midi(tmp_path)])
    assert set(report) == {"kind", "split", "n", "scores", "baselines", "mixture", "copy_gate"}
    assert report["split"] == "test"
    assert set(report["mixture"]) == {"nats_per_note_memory", "melodies.nats_per_note_memory"}
    assert set(report["baselines"]) == set(report["scores"])
    total = report["scores"]["nats_pitch"] + report["scores"]["nats_duration"]
    assert report["scores"]["nats_per_note"] == pytest.approx(total, abs=2e-4)


def _folder_of_midi(tmp_path: Path) -> Path:
    from tests.training.test_corpus import write_tune

    folder = tmp_path / "melodies"
    folder.mkdir()
    for i in range(3):
        write_tune(folder / f"{i}.mid", pitches=[60 + (i * j * 5) % 12 for j in range(30)])
    return folder
