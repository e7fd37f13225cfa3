"""Audio devices: listed by a process, chosen by name, kept where they are not there."""

import json
import sys

import pytest
from PySide6.QtCore import QProcess
from pytestqt.qtbot import QtBot

from gui.models import Models
from gui.viewmodels.audio import AudioModel
from realtime.engine.commands import Forward
from realtime.messages import SetSound
from tests.gui.fakes import FakeHost

NAMES = ["JACK", "Headphones"]


def telling(text: str, code: int = 0) -> tuple[str, ...]:
    return sys.executable, "-c", f"import sys; print({text!r}); sys.exit({code})"


@pytest.fixture
def audio(models: Models) -> AudioModel:
    models.sessions.begin()
    models.sessions._soon.setInterval(10**6)  # nothing is asked but what is looked for
    return AudioModel(models.ports, command=telling(f"ALSA lib: cannot find card\n{json.dumps(NAMES)}"))


def test_the_devices_are_there_after_a_look(audio: AudioModel, qtbot: QtBot) -> None:
    assert audio.choices == [""]
    with qtbot.waitSignal(audio.changed, timeout=10_000):
        audio.look()
        audio.look()  # one at a time
    assert audio.choices == ["", *NAMES]


def test_the_chosen_one_is_asked_for_and_kept(audio: AudioModel, host: FakeHost, models: Models) -> None:
    audio.choose("Headphones")
    assert host.asked[-1] == Forward(SetSound(on=True, audio="Headphones"))
    assert models.settings.now.audio == "Headphones"
    assert models.sessions.is_changed


def test_one_that_is_not_there_stays_chosen_and_says_so(audio: AudioModel, qtbot: QtBot) -> None:
    audio.choose("Focusrite")
    assert audio.choices == ["", "Focusrite"]
    assert not audio.is_missing("Focusrite"), "nobody has looked"
    with qtbot.waitSignal(audio.changed, timeout=10_000):
        audio.look()
    assert audio.choices == ["", *NAMES, "Focusrite"]
    assert audio.is_missing("Focusrite")
    assert not audio.is_missing("")


@pytest.mark.parametrize("command", [telling("", 6), ("no-such-program-anywhere",)])
def test_where_nobody_can_tell_the_usual_one_is_left(models: Models, qtbot: QtBot, command: tuple[str, ...]) -> None:
    audio = AudioModel(models.ports, command=command)
    audio.look()
    qtbot.waitUntil(lambda: audio._process.state() == QProcess.ProcessState.NotRunning, timeout=10_000)
    assert audio.choices == [""]


def test_the_end_of_the_window_ends_a_look(models: Models) -> None:
    audio = AudioModel(models.ports, command=(sys.executable, "-c", "import time; time.sleep(60)"))
    audio.look()
    audio.finish()
    assert audio._process.state() == QProcess.ProcessState.NotRunning
