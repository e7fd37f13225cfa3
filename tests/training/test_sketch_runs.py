"""Sketch from training to scores."""

from pathlib import Path

import numpy as np
import pytest

from realtime.errors import UsageError
from realtime.music.chorale import STEPS, VOICES
from realtime.music.midi_file import OutTrack, write_midi
from tests.training.debug_runs import exported, melody, trained_by_seed
from training.cli import evaluate_command
from training.evaluate import sketch
from training.evaluate.sketch import copied_block, spearman
from training.recipes.sketch import sketch_roll
from training.sketch import export_run


def test_train_export_evaluate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trained_by_seed("sketch-debug", tmp_path)
    assert exported(tmp_path / "0", tmp_path / "bundle", "sketch")["scores"]["valid.bound_nats_per_cell"] > 0
    for name, value in (("SAMPLES", 12), ("SEEDS", (0,)), ("VARIED", 2), ("STEP_COUNTS", (1, 4))):
        monkeypatch.setattr(sketch, name, value)
    folder = tmp_path / "chorales"
    folder.mkdir()
    for i in range(2):
        voices = [melody(*[base + (i + j * j) % 5 for j in range(40)]) for base in (70, 65, 60, 50)]
        write_midi(
            folder / f"{i}.mid", [OutTrack(name=str(v), phrase=p, channel=v) for v, p in enumerate(voices)], bpm=90
        )
    report = evaluate_command(tmp_path / "bundle", [folder])
    assert {"kind", "split", "n", "scores", "baselines", "copy_gate"} <= set(report)
    assert {"bound_nats_per_cell", "block_infill", "frechet_distance", "chord_fit"} <= set(report["scores"])
    assert {"harmonise.same_cells", "vary_spearman", "chord_fit.1_steps"} <= set(report["scores"])
    assert report["copy_gate"]["passed"] is None


def test_the_baseline_is_not_exported(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has no bundle"):
        export_run(tmp_path, sketch_roll(), {}, None, tmp_path / "out")  # type: ignore[arg-type]


def test_copying_the_neighbour_by_hand() -> None:
    still = np.full((5, VOICES, STEPS), 30, np.uint8)
    assert copied_block(still) == 1.0
    moving = np.broadcast_to(np.arange(STEPS, dtype=np.uint8) + 1, (5, VOICES, STEPS))
    assert copied_block(moving) == 0.0


def test_spearman_by_hand() -> None:
    assert spearman(np.array([1, 2, 3, 4.0]), np.array([1, 4, 9, 16.0])) == pytest.approx(1)
    assert spearman(np.array([1, 2, 3.0]), np.array([3, 2, 1.0])) == pytest.approx(-1)
    assert spearman(np.array([1, 2, 3.0]), np.array([1, 3, 2.0])) == pytest.approx(0.5)
