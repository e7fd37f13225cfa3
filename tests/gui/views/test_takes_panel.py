"""The takes at the right: clicks, keys, and a take that leaves the window as a file."""

import sys
from pathlib import Path

import pytest
import symusic
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from gui.places import Places
from gui.viewmodels.takes_list import MIME
from gui.views.main_window import MainWindow
from gui.views.take_rows import PICTURE, STAR, places_in
from gui.views.takes_panel import TakesPanel
from realtime.engine.commands import Audition, Capture, StopAudition
from realtime.engine.reports import Auditioned, TakeKept
from tests.gui.fakes import FakeHost
from tests.gui.takes_rig import FIRST, NOTES, SECOND, keep_takes, take_of

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(window: MainWindow, host: FakeHost, places: Places, qtbot: QtBot) -> TakesPanel:
    found = window.view(TakesPanel)
    assert isinstance(found, TakesPanel)
    keep_takes(places.takes, take_of(FIRST), take_of(SECOND))
    host.tell(TakeKept(take_of(FIRST)), TakeKept(take_of(SECOND)))
    found.choose(FIRST)
    window.models.settings.set(autosave=False)  # nothing is asked but what is looked for
    found.list.setFocus()
    host.asked.clear()
    return found


def spot(panel: TakesPanel, take_id: str, place: str) -> QPoint:
    row = panel._takes.list.row_of(take_id)
    assert row is not None
    box = panel.list.visualRect(panel._takes.list.index(row))
    return places_in(box.toRectF())[place].center().toPoint()


def test_a_click_on_the_picture_plays_and_again_stops(panel: TakesPanel, host: FakeHost, qtbot: QtBot) -> None:
    qtbot.mouseClick(panel.list.viewport(), LEFT, pos=spot(panel, SECOND, PICTURE))
    assert host.asked == [Audition(take_of(SECOND))]
    host.tell(Auditioned(SECOND, 0))
    qtbot.mouseClick(panel.list.viewport(), LEFT, pos=spot(panel, SECOND, PICTURE))
    assert host.asked[-1] == StopAudition()


def test_a_click_on_the_star_stars(panel: TakesPanel, qtbot: QtBot) -> None:
    qtbot.mouseClick(panel.list.viewport(), LEFT, pos=spot(panel, FIRST, STAR))
    assert panel._takes.list.of_id(FIRST).starred


def test_enter_plays_the_chosen_one(panel: TakesPanel, host: FakeHost, qtbot: QtBot) -> None:
    qtbot.keyClick(panel.list, Qt.Key.Key_Return)
    assert host.asked == [Audition(take_of(FIRST))]


def test_delete_throws_away_and_undo_brings_back(panel: TakesPanel, window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(panel.list, Qt.Key.Key_Delete)
    assert FIRST not in panel._takes.list
    window.models.actions.do("undo")
    assert FIRST in panel._takes.list


def test_f2_renames(panel: TakesPanel, qtbot: QtBot) -> None:
    qtbot.keyClick(panel.list, Qt.Key.Key_F2)
    editor = panel.list.findChild(QLineEdit)
    assert editor is not None
    qtbot.keyClicks(editor, "Hook")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: panel._takes.list.of_id(FIRST).name == "Hook")


def test_ctrl_c_copies_the_file(panel: TakesPanel, places: Places, qtbot: QtBot) -> None:
    qtbot.keyClick(panel.list, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    (url,) = QGuiApplication.clipboard().mimeData().urls()
    assert Path(url.toLocalFile()) == places.takes / f"{FIRST}.mid"
    QGuiApplication.clipboard().clear()  # what it holds at the end crashes PySide6 6.11 on the offscreen platform


def test_a_drag_out_is_a_midi_file(panel: TakesPanel, qtbot: QtBot) -> None:
    drag = panel.list.made_drag()
    assert drag is not None
    (url,) = drag.mimeData().urls()
    score = symusic.Score(url.toLocalFile())
    assert [note.pitch for note in score.tracks[0].notes] == [note.pitch for note in NOTES]
    assert symusic.Score.from_midi(bytes(drag.mimeData().data(MIME).data())).note_num() == len(NOTES)
    assert not drag.pixmap().isNull()
    drag.deleteLater()


def test_without_a_chosen_take_nothing_is_dragged_and_buttons_say_why(panel: TakesPanel, qtbot: QtBot) -> None:
    panel.list.setCurrentIndex(panel._takes.list.index(-1))
    assert panel.list.made_drag() is None
    assert not panel.trash.isEnabled()
    assert "first" in panel.trash.toolTip()


def test_the_capture_button_asks_for_the_chosen_bars(panel: TakesPanel, host: FakeHost, qtbot: QtBot) -> None:
    panel.bars.take(4)
    qtbot.mouseClick(panel.capture, LEFT)
    assert host.asked == [Capture(16)]


def test_a_and_b_are_compared_by_one_key(panel: TakesPanel, window: MainWindow, host: FakeHost, qtbot: QtBot) -> None:
    qtbot.mouseClick(panel.a, LEFT)
    panel.choose(SECOND)
    qtbot.mouseClick(panel.b, LEFT)
    qtbot.keyClick(window, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    host.tell(Auditioned(FIRST, 0))
    qtbot.keyClick(window, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    assert host.asked == [Audition(take_of(FIRST)), Audition(take_of(SECOND))]


def test_the_menu_has_all_by_name(panel: TakesPanel) -> None:
    stored = panel.current
    assert stored is not None
    menu = panel.menu_for(stored)
    texts = [action.text().partition("\t")[0] for action in menu.actions()]
    assert {"Play", "Star", "Rename", "Make again", "Copy the file", "Save as...", "Throw away"} <= set(texts)
    menu.deleteLater()


def test_the_panel_is_hidden_and_shown_by_its_action(panel: TakesPanel, window: MainWindow) -> None:
    window.models.actions.do("takes")
    assert not panel.isVisible()
    window.models.actions.do("takes")
    assert panel.isVisible()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the file manager is a program of its own")
def test_a_take_is_shown_in_its_folder(panel: TakesPanel, places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", shown.append)
    panel._reveal(FIRST)
    assert shown == [QUrl.fromLocalFile(str(places.takes))]


def test_rows_are_painted(panel: TakesPanel, window: MainWindow) -> None:
    host_image = panel.list.viewport().grab().toImage()
    box = panel.list.visualRect(panel._takes.list.index(0))
    picture = places_in(box.toRectF())[PICTURE].toRect()
    colours = {host_image.pixelColor(x, y).name() for x in range(picture.left(), picture.right()) for y in
               range(picture.top(), picture.bottom())}  # fmt: skip
    assert len(colours) > 1  # notes on their ground
