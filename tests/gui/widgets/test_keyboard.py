import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gui.theme import DARK, PARTS
from gui.widgets.keyboard import PLAYED, Keyboard, KeyRow

LEFT = Qt.MouseButton.LeftButton
ROW = KeyRow(48, 72, 300.0, 100.0)  # two octaves and a C: 15 white keys of 20 pixels


@pytest.fixture
def keys(qtbot: QtBot) -> Keyboard:
    made = Keyboard(48, 72)
    qtbot.addWidget(made)
    made.resize(300, 100)
    made.show()
    return made


def done(keys: Keyboard) -> list[tuple[str, int]]:
    heard: list[tuple[str, int]] = []
    keys.pressed.connect(lambda pitch, _velocity: heard.append(("on", pitch)))
    keys.released.connect(lambda pitch: heard.append(("off", pitch)))
    return heard


@pytest.mark.parametrize("pitch", range(48, 73))
def test_each_key_is_found_where_it_is_drawn(pitch: int) -> None:
    box = ROW.box(pitch)
    is_white = pitch % 12 in (0, 2, 4, 5, 7, 9, 11)
    inside = QPointF(box.center().x(), box.bottom() - 2)
    assert ROW.at(inside) == pitch
    assert box.height() == (100 if is_white else 62)


def test_beside_the_keys_is_none() -> None:
    assert ROW.at(QPointF(-1, 5)) is None
    assert ROW.at(QPointF(300, 5)) is None
    assert ROW.at(QPointF(5, 100)) is None


def test_lower_on_a_key_is_louder() -> None:
    hits = [ROW.velocity(60, y) for y in (0, 25, 50, 100, 140)]
    assert hits == sorted(hits)
    assert (hits[0], hits[-1]) == (30, 127)
    assert ROW.velocity(61, 62) == 127


def test_a_glide_lets_each_key_go_before_the_next(keys: Keyboard) -> None:
    heard = done(keys)
    QTest.mousePress(keys, LEFT, pos=QPoint(10, 90))
    QTest.mouseMove(keys, QPoint(15, 95))
    QTest.mouseMove(keys, QPoint(30, 90))
    QTest.mouseMove(keys, QPoint(30, -5))
    QTest.mouseRelease(keys, LEFT, pos=QPoint(30, -5))
    assert heard == [("on", 48), ("off", 48), ("on", 50), ("off", 50)]


def test_arrows_choose_and_enter_plays(keys: Keyboard) -> None:
    heard = done(keys)
    QTest.keyClick(keys, Qt.Key.Key_Right)
    QTest.keyClick(keys, Qt.Key.Key_Down)
    assert keys.accessibleDescription() == "C#3, of C3 to C5"
    QTest.keyPress(keys, Qt.Key.Key_Return)
    assert heard == [("on", 49)]
    QTest.keyRelease(keys, Qt.Key.Key_Return)
    assert heard == [("on", 49), ("off", 49)]


def test_nothing_hangs_when_the_focus_or_the_range_goes(keys: Keyboard) -> None:
    heard = done(keys)
    QTest.mousePress(keys, LEFT, pos=QPoint(10, 90))
    keys.set_range(60, 84)
    QTest.keyPress(keys, Qt.Key.Key_Return)
    keys.release_all()
    assert [kind for kind, _ in heard] == ["on", "off", "on", "off"]


def test_the_range_ends_on_white_keys_within_midi(keys: Keyboard) -> None:
    keys.set_range(61, 70)
    assert (keys.row.low, keys.row.high) == (60, 72)
    keys.set_range(-20, 300)
    assert (keys.row.low, keys.row.high) == (0, 127)


def test_sounding_keys_have_the_colour_of_their_part(keys: Keyboard) -> None:
    keys.show_sounding({48: 0, 72: PLAYED})
    picture = keys.grab().toImage()
    for pitch, colour in ((48, PARTS[0].fill), (72, DARK.focus)):
        place = keys.row.box(pitch).center().toPoint() + QPoint(0, 30)
        assert QColor(picture.pixel(place)) == QColor(colour)
    keys.show_sounding({})
    assert QColor(keys.grab().toImage().pixel(10, 80)) == QColor(DARK.white_key)


def test_letters_of_the_computer_keyboard_are_drawn(keys: Keyboard) -> None:
    before = keys.grab().toImage()
    keys.set_letters({60: "A", 61: "W"})
    assert keys.grab().toImage() != before
