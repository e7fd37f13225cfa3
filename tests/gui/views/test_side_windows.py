"""Connect page, preferences, training and monitor: opened by their actions, bound both ways, named for all."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from gui.viewmodels.daw_steps import DAWS, SYSTEMS
from gui.viewmodels.ports import TEST_ID
from gui.viewmodels.training import DONE, MISSING, READY, TRAINING, RecipeChoice
from gui.views.connect_page import ConnectPage
from gui.views.main_window import MainWindow
from gui.views.preferences_dialog import PreferencesDialog
from gui.views.training_dialog import TrainingDialog
from realtime.engine.commands import Audition, ChangePorts, Forward
from realtime.engine.reports import Auditioned
from realtime.messages import Played, PortsSeen, SeenPort, SetSound, SoundChanged
from tests.gui.fakes import FakeHost
from tests.gui.views import walks

LEFT = Qt.MouseButton.LeftButton
KEYS, DAW = SeenPort("Launchkey MIDI 1", "in", "jack"), SeenPort("Ardour:MIDI 1", "out", "jack")


@pytest.fixture
def connect(window: MainWindow) -> ConnectPage:
    window.models.settings.set(autosave=False)  # nothing is asked but what is looked for
    window.models.actions.do("connect")
    page = window.beside.pages["connect"]
    assert isinstance(page, ConnectPage)
    return page


@pytest.fixture
def preferences(window: MainWindow) -> PreferencesDialog:
    window.models.actions.do("preferences")
    page = window.beside.pages["preferences"]
    assert isinstance(page, PreferencesDialog)
    return page


@pytest.fixture
def training(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> TrainingDialog:
    monkeypatch.setattr(window.models.training, "look", lambda: None)
    window.models.actions.do("train")
    page = window.beside.pages["train"]
    assert isinstance(page, TrainingDialog)
    return page


def rows(page: ConnectPage) -> list[str]:
    return [page.list.topLevelItem(row).text(0) for row in range(page.list.topLevelItemCount())]


def test_the_ports_on_the_page_are_live(connect: ConnectPage, host: FakeHost) -> None:
    host.tell(PortsSeen((KEYS, DAW)))
    assert rows(connect) == [KEYS.name, DAW.name]
    host.tell(PortsSeen((DAW,)))
    assert rows(connect) == [DAW.name]
    assert [connect.output.itemText(place) for place in range(connect.output.count())][1:] == [DAW.name]


def test_a_port_is_chosen_from_the_box_and_from_the_list(connect: ConnectPage, host: FakeHost, qtbot: QtBot) -> None:
    host.tell(PortsSeen((KEYS, DAW)))
    connect.input.activated.emit(1)
    connect.list.itemActivated.emit(connect.list.topLevelItem(1), 0)
    asked = [command.ports for command in host.asked if isinstance(command, ChangePorts)]
    assert [(ports.input, ports.output) for ports in asked] == [(KEYS.name, ""), (KEYS.name, DAW.name)]
    host.tell(PortsSeen((DAW,)))
    assert connect.input.currentText() == f"waiting for {KEYS.name}"


def test_a_test_note_says_what_became_of_it(
    connect: ConnectPage, window: MainWindow, host: FakeHost, qtbot: QtBot
) -> None:
    connect.channel.setCurrentIndex(4)
    qtbot.mouseClick(connect.test, LEFT)
    asked = host.asked[-1]
    assert isinstance(asked, Audition)
    assert asked.take.voices[0].channel == 4
    host.tell(Auditioned(TEST_ID, 0))
    assert connect.told.text() == "Sent C4 on channel 5 to Out"
    assert window.models.status.last.text == connect.told.text()


def test_each_system_and_daw_has_steps(connect: ConnectPage) -> None:
    for system in range(len(SYSTEMS)):
        connect.system.setCurrentIndex(system)
        for daw in range(len(DAWS)):
            connect.daw.setCurrentIndex(daw)
            guides = SYSTEMS[connect.system.currentData()], DAWS[connect.daw.currentData()]
            assert all(step in connect.steps.text() for guide in guides for step in guide.shown)


def test_preferences_take_effect_at_once(preferences: PreferencesDialog, window: MainWindow) -> None:
    settings = window.models.settings
    preferences.theme.activated.emit(2)
    assert settings.now.theme == "light"
    preferences.autosave.click()
    assert settings.now.autosave is False


def test_preferences_follow_what_others_change(preferences: PreferencesDialog, window: MainWindow) -> None:
    window.models.settings.set(theme="dark", reopen=False)
    window.models.ports.change(backend="jack", thru="off")
    assert preferences.theme.currentData() == "dark"
    assert not preferences.reopen.isChecked()
    assert preferences.backend.currentData() == "jack"
    assert preferences.thru.currentData() == "off"


@pytest.mark.parametrize("text", ["many", "70000", "-1"])
def test_an_osc_port_that_is_none_goes_back(preferences: PreferencesDialog, window: MainWindow, text: str) -> None:
    preferences.osc.setText(text)
    preferences.osc.editingFinished.emit()
    assert preferences.osc.text() == ""
    assert window.models.status.last.level == "warning"


def test_a_sound_font_that_is_no_file_goes_back(preferences: PreferencesDialog, window: MainWindow) -> None:
    preferences.soundfont.setText("no such file.sf2")
    preferences.soundfont.editingFinished.emit()
    assert preferences.soundfont.text() == ""
    assert "no file" in window.models.status.last.text


def test_training_says_what_is_missing_and_begins(
    training: TrainingDialog, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    model, begun = window.models.training, []
    monkeypatch.setattr(model, "begin", lambda *args, **options: begun.append((args, options)))
    model.recipes = tuple(
        RecipeChoice(name=name, kind=kind, title="T: x", steps=10)
        for name, kind in (("morph-debug", "morph"), ("morph", "morph"), ("articulation", "articulation"))
    )
    model._enter(READY, "")
    assert [training.recipe.itemText(place) for place in range(training.recipe.count())] == [
        "morph: x (10 steps)",
        "morph-debug: x (10 steps)",
    ]
    assert not training.start.isEnabled()
    assert training.status.text() == "Choose a folder of MIDI files first"
    training.folder.setText(str(tmp_path))
    training.minutes.setValue(2.5)
    qtbot.mouseClick(training.start, LEFT)
    assert begun == [(("morph", str(tmp_path), "my-morph"), {"minutes": 2.5})]


@pytest.mark.parametrize(
    ("state", "text", "can_cancel", "can_load"),
    [(TRAINING, "", True, False), (DONE, "mine is ready", False, True), (MISSING, "pip install", False, False)],
)
def test_training_shows_its_state(
    training: TrainingDialog, window: MainWindow, state: str, text: str, can_cancel: bool, can_load: bool
) -> None:
    window.models.training._enter(state, text)
    assert text in training.status.text()
    assert (training.cancel.isEnabled(), training.load.isEnabled()) == (can_cancel, can_load)
    window.models.training._enter(READY, "")


def test_the_monitor_follows_until_a_row_is_chosen(window: MainWindow, host: FakeHost, qtbot: QtBot) -> None:
    window.models.actions.do("monitor")
    dock = window.beside.monitor
    assert dock.isVisible()
    assert window.models.actions.state("monitor").is_on
    for i in range(60):
        host.tell(Played(i, 0, bytes((0xB0, 21, i))))
    window.models.monitor.flush()
    bar = dock.table.verticalScrollBar()
    assert bar.value() == bar.maximum() > 0
    dock.table.selectRow(3)
    bar.setValue(0)
    host.tell(Played(99, 0, b"\xb0\x15\x00"))
    window.models.monitor.flush()
    assert bar.value() == 0
    qtbot.mouseClick(dock.follow, LEFT)
    assert bar.value() == bar.maximum()
    window.models.actions.do("monitor")
    assert not dock.isVisible()
    assert not window.models.monitor.is_on


@pytest.mark.parametrize("page", ["connect", "preferences", "train"])
def test_all_that_can_be_used_has_a_name(
    window: MainWindow, page: str, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window.models.training, "look", lambda: None)
    dialog = window.beside.show(page)
    qtbot.waitExposed(dialog)
    assert not dialog.isModal()
    assert walks.without_name(dialog) == []
    found = [widget for widget in walks.interactive(dialog) if not widget.isEnabled() and not widget.toolTip()]
    assert list(map(walks.named, found)) == []


def test_enter_presses_no_button_but_the_focused_one(
    connect: ConnectPage, preferences: PreferencesDialog, host: FakeHost, qtbot: QtBot
) -> None:
    qtbot.keyClick(connect.list, Qt.Key.Key_Return)
    qtbot.keyClick(preferences.osc, Qt.Key.Key_Return)
    assert host.asked == []
    assert preferences.findChildren(QFileDialog) == []
    connect.test.setFocus()
    qtbot.keyClick(connect.test, Qt.Key.Key_Return)
    assert isinstance(host.asked[-1], Audition)


def test_an_audio_device_is_chosen_by_name(preferences: PreferencesDialog, window: MainWindow, host: FakeHost) -> None:
    audio = window.models.audio
    audio._names = ("JACK", "Headphones")
    audio.changed.emit()
    assert [preferences.audio.itemText(place) for place in range(preferences.audio.count())] == [
        "The usual one",
        "JACK",
        "Headphones",
    ]
    preferences.audio.activated.emit(2)
    assert host.asked[-1] == Forward(SetSound(on=True, audio="Headphones"))
    assert preferences.audio.currentText() == "Headphones"
    audio._names = ("JACK",)
    audio.changed.emit()
    assert preferences.audio.currentText() == "Headphones (not there)"
    host.tell(SoundChanged(there=True, text="no audio device 'Headphones': the built-in sound plays on the usual one"))
    assert "usual one" in preferences.sound_state.text()
    host.tell(SoundChanged(there=False))
    assert preferences.sound_state.text() == ""
