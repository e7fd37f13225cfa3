"""Training from the window: a real run of a debug recipe, and what is said when it cannot be."""

import json
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QProcess
from pytestqt.qtbot import QtBot

from gui.models import Models
from gui.places import Places
from gui.viewmodels.run_log import RunLog
from gui.viewmodels.training import (
    CANCELLED,
    DONE,
    EXPORTING,
    FAILED,
    MISSING,
    READY,
    RUNS,
    STATE,
    TRAINING,
    RecipeChoice,
    TrainingModel,
)
from realtime.bundle.store import load_bundle
from realtime.cli.train import NEEDS_EXTRA
from realtime.engine.commands import AddPart
from realtime.music.midi_file import OutTrack, write_midi
from realtime.music.note import Note, Phrase
from tests.gui.fakes import FakeHost

PATIENCE_MS = 100_000
RECIPE = RecipeChoice(name="continue-debug", kind="continue", title="Continue", steps=10)


def fake(folder: Path, body: str) -> tuple[str, ...]:
    """A program in place of `hocket`."""
    script = folder / "fake.py"
    script.write_text(f"import os, sys, time, json, pathlib\nverb = sys.argv[1]\n{body}\n")
    return sys.executable, str(script)


def write_music(folder: Path, count: int) -> None:
    folder.mkdir()
    for number in range(count):
        pitches = [60 + (number * (i + 3) + i * i) % 17 for i in range(32)]
        phrase = Phrase.of(Note(480 * i, pitch, 480) for i, pitch in enumerate(pitches))
        write_midi(folder / f"tune {number}.mid", [OutTrack(name="tune", phrase=phrase)])


@pytest.fixture
def music(tmp_path: Path) -> Path:
    write_music(tmp_path / "music", 24)
    return tmp_path / "music"


def trainer(models: Models, places: Places, command: tuple[str, ...]) -> TrainingModel:
    """One that knows its recipes."""
    training = TrainingModel(models.rack, places, command=command)
    training.recipes = (RECIPE,)
    return training


@pytest.mark.processes
@pytest.mark.timeout(240)
def test_a_folder_becomes_a_model_in_the_rack(
    models: Models, places: Places, host: FakeHost, music: Path, qtbot: QtBot
) -> None:
    training = TrainingModel(models.rack, places, is_patient=False)
    states = []
    training.changed.connect(lambda: states.append(training.state))
    training.look()
    qtbot.waitUntil(lambda: training.state == READY, timeout=PATIENCE_MS)
    assert RECIPE.name in [recipe.name for recipe in training.recipes]
    training.begin("continue-debug", str(music), "mine")
    qtbot.waitUntil(lambda: training.state in (DONE, FAILED), timeout=PATIENCE_MS)
    assert states[-3:] == [TRAINING, EXPORTING, DONE], training.text
    assert training.fraction == 1.0
    assert training.log is not None
    assert [step for step, _ in training.log.points("loss")] == [5, 10]
    bundle = load_bundle(places.models / "mine")
    assert bundle.spec.kind == "continue"
    told = json.loads((places.models / RUNS / "mine" / "data.json").read_text())
    assert "generated" not in json.dumps(told)  # it learned from the folder
    training.load()
    added = host.asked[-1]
    assert isinstance(added, AddPart)
    assert Path(added.setup.model) == places.models / "mine"
    assert str(places.models / "mine") in [choice.model for choice in models.rack.bundles()]


@pytest.mark.processes
def test_without_the_training_side_it_says_what_adds_it(
    models: Models, places: Places, tmp_path: Path, qtbot: QtBot
) -> None:
    command = fake(tmp_path, f"sys.stderr.write('hocket: ' + {NEEDS_EXTRA!r} + '; missing: torch\\n'); sys.exit(2)")
    training = TrainingModel(models.rack, places, command=command)
    training.look()
    qtbot.waitUntil(lambda: not training.is_busy, timeout=PATIENCE_MS)
    assert training.state == MISSING
    assert "pip install -e '.[train]'" in training.text


@pytest.mark.processes
def test_a_run_that_fails_says_its_last_line(
    models: Models, places: Places, tmp_path: Path, music: Path, qtbot: QtBot
) -> None:
    training = trainer(models, places, fake(tmp_path, "sys.stderr.write('a\\nno tunes\\n'); sys.exit(4)"))
    training.begin("continue-debug", str(music), "mine")
    qtbot.waitUntil(lambda: not training.is_busy, timeout=PATIENCE_MS)
    assert (training.state, training.text) == (FAILED, "no tunes")


@pytest.mark.processes
def test_a_cancelled_run_can_go_on(models: Models, places: Places, tmp_path: Path, music: Path, qtbot: QtBot) -> None:
    body = """
out = pathlib.Path(sys.argv[sys.argv.index("--out") + 1])
out.mkdir(parents=True, exist_ok=True)
(out / "asked.json").write_text(json.dumps(sys.argv[1:]))
if verb == "train" and "--resume" not in sys.argv:
    (out / "state.safetensors").write_text("")
    (out / "log.jsonl").write_text('{"step": 4, "cpu_minutes": 0.1, "loss": 2.0}\\n')
    time.sleep(60)
"""
    training = trainer(models, places, fake(tmp_path, body))
    training.begin("continue-debug", str(music), "mine", minutes=2)
    qtbot.waitUntil(lambda: training.fraction > 0, timeout=PATIENCE_MS)
    assert training.fraction == pytest.approx(0.4)
    training.cancel()
    qtbot.waitUntil(lambda: training._process is None, timeout=PATIENCE_MS)
    assert training.state == CANCELLED
    assert training.can_resume("mine")
    training.begin("continue-debug", str(music), "mine", minutes=2)
    qtbot.waitUntil(lambda: training.state == DONE, timeout=PATIENCE_MS)
    asked = json.loads((places.models / RUNS / "mine" / "asked.json").read_text())
    assert asked[-3:] == ["--minutes", "2", "--resume"]


@pytest.mark.processes
@pytest.mark.parametrize("is_patient", [True, False])
def test_a_program_that_is_not_there_is_said(
    models: Models, places: Places, music: Path, qtbot: QtBot, is_patient: bool
) -> None:
    training = TrainingModel(models.rack, places, command=("no-such-program",), is_patient=is_patient)
    training.recipes = (RECIPE,)
    training.begin("continue-debug", str(music), "mine")
    qtbot.waitUntil(lambda: not training.is_busy, timeout=PATIENCE_MS)
    assert training.state == FAILED
    assert "no-such-program" in training.text


@pytest.mark.processes
def test_to_look_for_recipes_is_no_run_to_cancel(models: Models, places: Places, tmp_path: Path, qtbot: QtBot) -> None:
    training = TrainingModel(models.rack, places, command=fake(tmp_path, "time.sleep(0.2); print('[]')"))
    training.look()
    training.cancel()
    assert training.is_busy
    qtbot.waitUntil(lambda: training.state == READY, timeout=PATIENCE_MS)


@pytest.mark.processes
def test_the_end_of_the_window_ends_the_run(
    models: Models, places: Places, tmp_path: Path, music: Path, qtbot: QtBot
) -> None:
    training = trainer(models, places, fake(tmp_path, "time.sleep(60)"))
    training.begin("continue-debug", str(music), "mine")
    process = training._process
    assert process is not None
    qtbot.waitUntil(lambda: process.processId() > 0, timeout=PATIENCE_MS)
    training.finish()
    assert process.state() == QProcess.ProcessState.NotRunning


def test_what_is_missing_is_said_before_it_begins(models: Models, places: Places, music: Path, qtbot: QtBot) -> None:
    training = trainer(models, places, ("never",))
    assert "recipe" in training.why_not("none", str(music), "mine")
    assert "folder" in training.why_not("continue-debug", "", "mine")
    assert "is no folder" in training.why_not("continue-debug", str(music / "not"), "mine")
    for name in ("", "../mine", "a b", "x" * 33):
        assert "name" in training.why_not("continue-debug", str(music), name)
    (places.models / "mine").mkdir(parents=True)
    (places.models / "mine" / "bundle.json").write_text("{}")
    assert "already" in training.why_not("continue-debug", str(music), "mine")
    assert training.why_not("continue-debug", str(music), "other") == ""
    with pytest.raises(ValueError, match="already"):
        training.begin("continue-debug", str(music), "mine")


def test_a_log_is_read_as_it_grows(tmp_path: Path) -> None:
    log = RunLog(tmp_path)
    assert not log.read()
    path = tmp_path / "log.jsonl"
    path.write_text('{"step": 5, "cpu_minutes": 1, "loss": 2.5}\n{"step": 5, "valid.x": 1, "valid.events": 9}\n{"st')
    assert log.read()
    assert not log.read()
    with path.open("a") as file:
        file.write('ep": 10, "cpu_minutes": 2, "loss": NaN}\nnonsense\n{"step": 15, "cpu_minutes": 3, "loss": 2}\n')
    assert log.read()
    assert log.points("loss") == ((5, 2.5), (15, 2))
    assert log.names == ["valid.x"]
    assert log.fraction(steps=30, minutes=None) == 0.5
    assert log.fraction(steps=None, minutes=2) == 1.0
    assert log.fraction(steps=None, minutes=None) == 0.0


def test_the_state_file_is_what_the_loop_writes() -> None:
    pytest.importorskip("torch")
    from training.state import STATE as OF_THE_LOOP

    assert STATE == OF_THE_LOOP
