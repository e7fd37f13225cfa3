"""The window as a whole: it fits, it can be used by keyboard alone and by ear, it keeps what it was like."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gui import theme
from gui.app import build_models
from gui.models import Models
from gui.places import Places
from gui.shortcuts import SHORTCUTS
from gui.views.main_window import SIZE, MainWindow
from gui.views.transport_bar import TransportBar
from realtime.engine.commands import Forward
from realtime.engine.reports import SessionSaved
from realtime.messages import Panic, StartTransport, StopTransport, TapTempo, Transport
from tests.gui.fakes import FakeHost
from tests.gui.views import walks

PLAYS = Transport(playing=True, tick=0, source="internal")


def asked(host: FakeHost) -> list[object]:
    return [command.message for command in host.asked if isinstance(command, Forward)]


def bar_of(window: MainWindow) -> TransportBar:
    bar = window.view(TransportBar)
    assert isinstance(bar, TransportBar)
    return bar


def test_it_fits_a_small_screen(window: MainWindow) -> None:
    needs = window.minimumSizeHint()
    assert (needs.width(), needs.height()) <= SIZE
    assert needs.height() <= SIZE[1]
    assert window.size().toTuple() == SIZE
    assert walks.outside(window) == []


def test_no_text_is_cut_off(window: MainWindow) -> None:
    assert walks.cut_off(window) == []


def test_every_control_has_a_name_for_the_screen_reader(window: MainWindow) -> None:
    assert len(list(walks.interactive(window))) > 30
    assert walks.without_name(window) == []


def test_what_cannot_be_used_says_why(window: MainWindow) -> None:
    assert walks.disabled_without_reason(window) == []


def test_tab_reaches_every_control(window: MainWindow) -> None:
    visited = walks.by_tab(window, bar_of(window).play)
    missed = [
        walks.named(widget)
        for widget in walks.interactive(window)
        if walks.takes_tab(widget) and widget not in visited and widget.focusProxy() is None
    ]
    assert missed == []


def test_tab_goes_through_the_transport_first_and_in_order(window: MainWindow) -> None:
    bar = bar_of(window)
    wanted: list[QWidget] = [
        bar.play, bar.panic, bar.tempo, bar.tap, bar.meter, bar.sync, bar.count_in, bar.clock_out,
    ]  # fmt: skip
    assert walks.by_tab(window, bar.play)[: len(wanted)] == wanted


def test_it_begins_with_the_focus_on_play(window: MainWindow) -> None:
    assert window.focusWidget() is bar_of(window).play


def test_space_plays_and_stops_wherever_the_focus_is(qtbot: QtBot, window: MainWindow, host: FakeHost) -> None:
    bar = bar_of(window)
    for widget in (bar.play, bar.tap, bar.sync, bar.tempo):
        widget.setFocus()
        host.asked.clear()
        qtbot.keyClick(widget, Qt.Key.Key_Space)
        assert asked(host) == [StartTransport()], walks.named(widget)


def test_a_click_plays_and_the_button_says_what_it_does_next(qtbot: QtBot, window: MainWindow, host: FakeHost) -> None:
    bar = bar_of(window)
    qtbot.mouseClick(bar.play, Qt.MouseButton.LeftButton)
    assert asked(host) == [StartTransport()]
    host.tell(PLAYS)
    assert bar.play.isChecked()
    assert bar.play.accessibleName() == "Stop"
    qtbot.mouseClick(bar.play, Qt.MouseButton.LeftButton)
    assert asked(host)[-1] == StopTransport()
    assert bar.play.isChecked(), "it plays until the engine says otherwise"


def test_keys_of_the_window(qtbot: QtBot, window: MainWindow, host: FakeHost) -> None:
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    qtbot.keyClick(window, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    panic, tap = asked(host)
    assert panic == Panic()
    assert isinstance(tap, TapTempo)


def test_letters_in_a_text_are_text(qtbot: QtBot, window: MainWindow, host: FakeHost) -> None:
    tempo = bar_of(window).tempo
    tempo.setFocus()
    qtbot.keyClick(tempo, Qt.Key.Key_Return)
    field = QApplication.focusWidget()
    assert field is not None
    qtbot.keyClick(field, Qt.Key.Key_T)
    assert asked(host) == []


def test_every_action_is_in_the_window_with_its_keys(window: MainWindow) -> None:
    for shortcut in SHORTCUTS:
        action = window.menus.actions[shortcut.id]
        assert action in window.actions()
        assert action.shortcut().toString() == (
            shortcut.keys and action.shortcut().fromString(shortcut.keys).toString()
        )


def test_the_title_names_the_session_and_says_whether_it_has_changes(
    window: MainWindow, models: Models, host: FakeHost
) -> None:
    assert window.windowTitle() == "Untitled[*] - Hocket"
    models.sessions.touch()
    assert window.isWindowModified()
    models.sessions.save_as(models.places.sessions / "song.toml")
    host.tell(SessionSaved(str(models.places.sessions / "song.toml")))
    assert window.windowTitle() == "song[*] - Hocket"
    assert not window.isWindowModified()


def test_it_comes_back_where_and_as_it_was(qtbot: QtBot, window: MainWindow, models: Models, places: Places) -> None:
    window.setGeometry(20, 30, 1200, 740)
    window.close()
    models.settings.finish()
    models.instance.finish()
    again = MainWindow(build_models(FakeHost(), places))  # type: ignore[arg-type]
    qtbot.addWidget(again)
    assert again.geometry().getRect() == (20, 30, 1200, 740)


def test_a_place_on_no_screen_is_not_taken(qtbot: QtBot, models: Models) -> None:
    models.settings.set(window=(90_000, 90_000, 1200, 740))
    window = MainWindow(models)
    qtbot.addWidget(window)
    assert window.size().toTuple() == SIZE


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_another_theme_is_there_at_once(qtbot: QtBot, window: MainWindow, models: Models, scheme: str) -> None:
    models.settings.set(theme="light" if scheme == "dark" else "dark")
    models.settings.set(theme=scheme)
    qtbot.waitUntil(lambda: theme.theme_of(window).name == scheme)


@pytest.mark.parametrize(("chosen", "shown"), [("system", "light"), ("dark", "dark")])
def test_the_desktops_own_theme_is_followed_while_it_is_the_one_chosen(
    qtbot: QtBot, window: MainWindow, models: Models, monkeypatch: pytest.MonkeyPatch, chosen: str, shown: str
) -> None:
    models.settings.set(theme=chosen)
    qtbot.waitUntil(lambda: theme.theme_of(window) is theme.DARK)
    monkeypatch.setitem(theme.DESKTOP, Qt.ColorScheme.Unknown, theme.LIGHT)  # offscreen there is no other scheme
    QApplication.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Light)
    QApplication.processEvents()
    assert theme.theme_of(window).name == shown


def test_undo_and_redo_say_what_and_why_not(window: MainWindow, models: Models) -> None:
    undo = window.menus.actions["undo"]
    assert not undo.isEnabled()
    assert undo.toolTip() == "Nothing to undo"
    models.undo.did("temperature", lambda: None, lambda: None)
    assert undo.isEnabled()
    assert undo.text() == "&Undo temperature"
    undo.trigger()
    assert window.menus.actions["redo"].text() == "&Redo temperature"
