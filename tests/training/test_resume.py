"""A run that is killed and resumed comes to the bytes of one that never stopped."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from realtime.errors import UsageError
from tests.training.small_task import SmallTask, run
from training.checkpoint import CHECKPOINT, read_about, read_tensors
from training.cli import train_command
from training.config import BudgetConfig, TrainConfig
from training.loop import Run, train
from training.state import STATE

ROOT = Path(__file__).parents[2]
STEPS = 20
VALIDATE = Run._validate


def same_run(a: Path, b: Path) -> None:
    for name in (CHECKPOINT, STATE):
        ours, theirs = read_tensors(a / name)[0], read_tensors(b / name)[0]
        assert ours.keys() == theirs.keys()
        assert all(ours[key].equal(theirs[key]) for key in ours), name
    logs = [[json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()] for folder in (a, b)]
    for line in [*logs[0], *logs[1]]:
        line.pop("cpu_minutes")
    assert logs[0] == logs[1]
    assert read_about(a)["scores"] == read_about(b)["scores"]


@pytest.mark.parametrize("die_after", [2, 8, 13, 20])
def test_an_error_and_a_resume_change_nothing(tmp_path: Path, die_after: int) -> None:
    """Before the first state, between two, after a validation, at the last step."""
    run(tmp_path / "whole", STEPS)
    with pytest.raises(RuntimeError, match="power"):
        run(tmp_path / "broken", STEPS, die_after, how="raise")
    result = run(tmp_path / "broken", STEPS, resume=True)
    assert result.steps == STEPS
    same_run(tmp_path / "whole", tmp_path / "broken")


@pytest.mark.processes
def test_a_killed_process_and_a_resume_change_nothing(tmp_path: Path) -> None:
    run(tmp_path / "whole", STEPS)
    command = [sys.executable, "-m", "tests.training.small_task", str(tmp_path / "killed"), str(STEPS), "11"]
    assert subprocess.run(command, cwd=ROOT, timeout=60, check=False).returncode == -signal.SIGKILL
    run(tmp_path / "killed", STEPS, resume=True)
    same_run(tmp_path / "whole", tmp_path / "killed")


@pytest.mark.parametrize("recipe", ["continue-debug", "morph-debug"])
def test_the_debug_recipes_resume_to_the_same_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, recipe: str
) -> None:
    """Cut at the second validation; the pattern task's schedule counts steps of its own."""
    train_command(recipe, (), tmp_path / "whole", seed=3)
    with monkeypatch.context() as patch:
        patch.setattr("training.loop.Run._validate", _validate_once)
        with pytest.raises(KeyboardInterrupt):
            train_command(recipe, (), tmp_path / "cut", seed=3)
    assert read_about(tmp_path / "cut")["step"] == 5
    train_command(recipe, (), tmp_path / "cut", seed=3, resume=True)
    same_run(tmp_path / "whole", tmp_path / "cut")


def _validate_once(run: Run) -> None:
    if run.state.step > 5:
        raise KeyboardInterrupt
    VALIDATE(run)


def test_a_finished_run_has_nothing_left_to_do(tmp_path: Path) -> None:
    run(tmp_path, STEPS)
    before = (tmp_path / CHECKPOINT).read_bytes()
    result = run(tmp_path, STEPS, resume=True)
    assert (result.steps, result.losses) == (STEPS, ())
    assert (tmp_path / CHECKPOINT).read_bytes() == before


def test_without_resume_a_run_starts_afresh(tmp_path: Path) -> None:
    run(tmp_path / "a", STEPS)
    run(tmp_path / "b", 5)
    run(tmp_path / "b", STEPS)
    same_run(tmp_path / "a", tmp_path / "b")


def test_another_run_is_not_resumed(tmp_path: Path) -> None:
    run(tmp_path, 6)
    with pytest.raises(UsageError, match=r"holds another run: train is .*'steps': 6.* or leave --resume out"):
        run(tmp_path, STEPS, resume=True)


def test_minutes_go_on_where_they_stood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each step takes a minute of a clock of our own: killed in the fifth, six of ten are left after state 3."""
    now = [0.0]
    monkeypatch.setattr("training.optim.time.monotonic", lambda: now[0])

    class Minutes(SmallTask):
        def losses(self, batch):  # type: ignore[no-untyped-def]
            now[0] += 60.0
            yield from super().losses(batch)

    timed = TrainConfig(budget=BudgetConfig(wall_minutes=10), bf16=False, valid_steps=100, save_steps=3)
    with pytest.raises(RuntimeError, match="power"):
        train(Minutes(5, "raise"), timed, tmp_path, {})
    now[0] += 6000.0  # the time between does not count
    result = train(Minutes(), timed, tmp_path, {}, resume=True)
    assert (result.steps, len(result.losses)) == (10, 7)
