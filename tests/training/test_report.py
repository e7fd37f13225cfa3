"""What a run shows: TensorBoard if it is there, a bar on a terminal only, and the same weights either way."""

import io
import json
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from realtime.music.melody_codec import PITCHES, REST, Event
from tests.training.small_task import run
from training.checkpoint import CHECKPOINT, read_tensors
from training.cli import train_command
from training.data.augment import TuneArrays
from training.networks.transformer import MelodyTransformer, TransformerConfig
from training.report import LOG, TENSORBOARD, Report
from training.tasks.samples import ANSWER, ANSWERED, BACKGROUND, PIXELS, PLAYED, PROMPT, continued, roll


def test_tensorboard_gets_curves_and_pictures(tmp_path: Path) -> None:
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    train_command("continue-debug", (), tmp_path)
    events = EventAccumulator(str(tmp_path / TENSORBOARD)).Reload()
    assert {"loss", "valid/nats_per_note"} <= set(events.Tags()["scalars"])
    assert [point.step for point in events.Scalars("loss")] == [5, 10]
    assert {"answer/0", "answer/3"} <= set(events.Tags()["images"])


def test_without_tensorboard_a_run_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    train_command("continue-debug", (), tmp_path / "with", seed=2)
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    train_command("continue-debug", (), tmp_path / "without", seed=2)
    assert not (tmp_path / "without" / TENSORBOARD).exists()
    ours, theirs = (read_tensors(tmp_path / name / CHECKPOINT)[0] for name in ("with", "without"))
    assert all(torch.equal(ours[key], theirs[key]) for key in ours)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_a_bar_with_the_time_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    run(tmp_path, 20)
    assert "training" in screen.getvalue()
    assert "100%" in screen.getvalue()
    assert "left" in screen.getvalue()
    assert "loss=" in screen.getvalue()


def test_elsewhere_there_is_no_bar(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(tmp_path, 20)
    assert "%" not in capsys.readouterr().err


def test_a_torn_last_line_does_not_stop_a_resume(tmp_path: Path) -> None:
    (tmp_path / LOG).write_text('{"step": 4}\n{"step": 8}\n{"st')
    report = Report(tmp_path)
    report.begin(4)
    report.close()
    assert [json.loads(line) for line in (tmp_path / LOG).read_text().splitlines()] == [{"step": 4}]


def test_a_roll_shows_pitches_from_the_top_and_rests_as_nothing() -> None:
    picture = roll([Event(0, 9), Event(REST, 9), Event(PITCHES - 1, 9)], played=1)[::PIXELS, ::PIXELS]
    assert picture.shape == (PITCHES, 12)  # three quarters
    assert (picture[-1, :4] == PLAYED).all()
    assert (picture[:, 4:8] == BACKGROUND).sum() >= 3 * PITCHES
    assert (picture[0, 8:] == ANSWERED).all()


def test_sampling_leaves_the_global_random_state_alone(tunes: list[TuneArrays]) -> None:
    network = MelodyTransformer(TransformerConfig(width=32, layers=1, heads=2, max_context=80)).eval()
    before, numpy_before = torch.get_rng_state(), np.random.get_state()[1].copy()
    events = continued(network, tunes[0])
    assert len(events) == PROMPT + ANSWER
    assert torch.equal(before, torch.get_rng_state())
    assert (numpy_before == np.random.get_state()[1]).all()
