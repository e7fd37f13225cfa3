"""The keyboard at the bottom: real keys and clicks, with shortcuts and text fields around."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gui.models import Models
from gui.views.keyboard_view import KeyboardView
from realtime.engine.commands import Forward
from realtime.messages import Chunk, ChunkNote, Inject, Played, Transport
from tests.gui.fakes import FakeHost
from tests.gui.rack_rig import open_rack


class Desk(QWidget):
    """The keyboard, a text field, and a window's shortcut on G."""

    def __init__(self, models: Models) -> None:
        super().__init__()
        self.keys, self.field, self.handed_over = KeyboardView(models), QLineEdit(), 0
        rows = QVBoxLayout(self)
        rows.addWidget(self.field)
        rows.addWidget(self.keys)
        QShortcut(QKeySequence("G"), self).activated.connect(self._hand_over)
        self.resize(900, 160)

    def _hand_over(self) -> None:
        self.handed_over += 1


@pytest.fixture
def desk(models: Models, qtbot: QtBot) -> Iterator[Desk]:
    made = Desk(models)
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    made.keys.keyboard.setFocus()
    yield made
    made.close()


def sent(host: FakeHost) -> list[tuple[int, ...]]:
    found = [command.message for command in host.asked if isinstance(command, Forward)]
    return [tuple(message.data) for message in found if isinstance(message, Inject)]


def test_a_letter_is_a_note_and_goes_before_the_shortcut(desk: Desk, host: FakeHost, qtbot: QtBot) -> None:
    qtbot.keyPress(desk.keys.keyboard, Qt.Key.Key_G)
    assert desk.handed_over == 0
    qtbot.keyRelease(desk.keys.keyboard, Qt.Key.Key_G)
    assert sent(host) == [(0x90, 67, 80), (0x80, 67, 0)]


def test_off_the_letter_is_the_shortcut_again(desk: Desk, host: FakeHost, models: Models, qtbot: QtBot) -> None:
    models.actions.do("keys")
    assert not models.hands.is_on
    assert models.settings.now.computer_keyboard is False
    qtbot.keyClick(desk.keys.keyboard, Qt.Key.Key_G)
    assert desk.handed_over == 1
    assert sent(host) == []


def test_with_ctrl_it_is_no_note(desk: Desk, host: FakeHost, qtbot: QtBot) -> None:
    qtbot.keyClick(desk.keys.keyboard, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert sent(host) == []


def test_typing_text_plays_nothing(desk: Desk, host: FakeHost, qtbot: QtBot) -> None:
    desk.field.setFocus()
    qtbot.keyClicks(desk.field, "gas")
    assert desk.field.text() == "gas"
    assert sent(host) == []


def test_repeats_of_a_key_that_is_held_are_one_note(desk: Desk, host: FakeHost) -> None:
    def key(kind: QEvent.Type, *, repeats: bool) -> None:
        event = QKeyEvent(kind, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier, "a", repeats)
        QApplication.sendEvent(desk.keys.keyboard, event)

    key(QEvent.Type.KeyPress, repeats=False)
    for _ in range(3):
        key(QEvent.Type.KeyRelease, repeats=True)
        key(QEvent.Type.KeyPress, repeats=True)
    assert sent(host) == [(0x90, 60, 80)]
    key(QEvent.Type.KeyRelease, repeats=False)
    assert sent(host) == [(0x90, 60, 80), (0x80, 60, 0)]


def test_a_key_that_ctrl_joins_is_let_go_all_the_same(desk: Desk, host: FakeHost, qtbot: QtBot) -> None:
    qtbot.keyPress(desk.keys.keyboard, Qt.Key.Key_A)
    qtbot.keyRelease(desk.keys.keyboard, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert sent(host)[-1] == (0x80, 60, 0)


@pytest.mark.parametrize("leaves", ["another window", "a text field"])
def test_leaving_lets_go_of_all_keys(desk: Desk, host: FakeHost, qtbot: QtBot, leaves: str) -> None:
    for key in (Qt.Key.Key_A, Qt.Key.Key_D):
        qtbot.keyPress(desk.keys.keyboard, key)
    if leaves == "a text field":
        desk.field.setFocus()
    else:
        QApplication.sendEvent(desk, QEvent(QEvent.Type.WindowDeactivate))
    assert sent(host)[2:] == [(0x80, 60, 0), (0x80, 64, 0)]


def test_octaves_by_keys_and_buttons_move_the_letters(desk: Desk, models: Models, qtbot: QtBot) -> None:
    qtbot.keyClick(desk.keys.keyboard, Qt.Key.Key_X)
    assert models.hands.octave == 5
    for _ in range(3):
        qtbot.mouseClick(desk.keys.up, Qt.MouseButton.LeftButton)
    assert models.hands.octave == 8
    assert desk.keys.keyboard.row.high >= 108 + 12, "the keys they play are in sight"


def test_a_click_plays_and_lets_go(desk: Desk, host: FakeHost, qtbot: QtBot) -> None:
    keyboard = desk.keys.keyboard
    place = keyboard.row.box(62).center().toPoint()
    place.setY(keyboard.height() - 4)
    qtbot.mousePress(keyboard, Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseRelease(keyboard, Qt.MouseButton.LeftButton, pos=place)
    (on, off) = sent(host)
    assert on[:2] == (0x90, 62)
    assert on[2] > 110
    assert off == (0x80, 62, 0)


def test_keys_light_up_with_what_sounds(desk: Desk, host: FakeHost, models: Models, qtbot: QtBot) -> None:
    open_rack(host)
    lit: list[dict[int, int]] = []
    desk.keys.keyboard.show_sounding = lambda sounding: lit.append(dict(sounding))  # type: ignore[method-assign]
    host.tell(Transport(playing=True, tick=0, source="internal"))
    now = models.roll.tick()
    host.tell(Chunk("morph", 1, 1, now, (ChunkNote(now, 50, 48_000, 80),), epoch=1))
    host.tell(Played(0, now, bytes((0x90, 72, 80))))
    qtbot.waitUntil(lambda: bool(lit) and lit[-1] == {50: 1, 72: -1})
