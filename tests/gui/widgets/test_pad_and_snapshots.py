import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gui.widgets.snapshots import MorphBar, SnapshotButtons
from gui.widgets.xy_pad import XyPad
from realtime.bundle.spec import ControlSpec

X = ControlSpec(name="density", low=-3, high=3, default=0, unit="sigma")
Y = ControlSpec(name="register", low=0, high=1, default=0.25)
LEFT, SHIFT, CTRL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def pad(qtbot: QtBot) -> XyPad:
    made = XyPad(X, Y)
    qtbot.addWidget(made)
    made.resize(214, 300)
    made.show()
    return made


def told(pad: XyPad) -> list[tuple[float, float]]:
    moves: list[tuple[float, float]] = []
    pad.moved.connect(lambda x, y: moves.append((x, y)))
    return moves


def test_the_point_goes_to_the_pointer(pad: XyPad) -> None:
    moves = told(pad)
    field = pad.field
    corner = QPoint(field.width() - 7, 7)
    QTest.mousePress(field, LEFT, pos=QPoint(7, field.height() - 7))
    QTest.mouseMove(field, corner)
    QTest.mouseRelease(field, LEFT, pos=corner)
    assert moves[0] == pytest.approx((-3, 0), abs=0.05)
    assert moves[-1] == pad.values == (3, 1)
    QTest.mouseMove(field, QPoint(50, 50))
    assert pad.values == (3, 1), "only while the button is down"


def test_a_drag_is_one_gesture(pad: XyPad) -> None:
    bounds: list[str] = []
    pad.gesture_began.connect(lambda: bounds.append("began"))
    pad.gesture_ended.connect(lambda: bounds.append("ended"))
    QTest.mousePress(pad.field, LEFT, pos=QPoint(20, 20))
    QTest.mouseMove(pad.field, QPoint(60, 30))
    QTest.mouseRelease(pad.field, LEFT, pos=QPoint(60, 30))
    assert bounds == ["began", "ended"]


def test_both_sliders_are_real_and_move_the_point(pad: XyPad, qtbot: QtBot) -> None:
    with qtbot.waitSignal(pad.moved) as moved:
        QTest.keyClick(pad.x_slider, Qt.Key.Key_End)
    assert moved.args == [3, 0.25]
    assert pad.field.accessibleDescription() == "+3.00 sigma across, 0.25 up"


def test_arrows_move_the_point(pad: XyPad) -> None:
    moves = told(pad)
    QTest.keyClick(pad.field, Qt.Key.Key_Right)
    QTest.keyClick(pad.field, Qt.Key.Key_Up, SHIFT)
    assert moves == [(pytest.approx(0.06, abs=0.021), 0.25), (moves[0][0], pytest.approx(0.255))]


def test_what_is_shown_is_not_told(pad: XyPad) -> None:
    moves = told(pad)
    pad.show_values(1, 0.5)
    assert (pad.values, moves) == ((1, 0.5), [])


def test_double_click_and_delete_are_the_defaults(pad: XyPad) -> None:
    moves = told(pad)
    pad.show_values(1, 0.5)
    QTest.keyClick(pad.field, Qt.Key.Key_Delete)
    pad.show_values(1, 0.5)
    QTest.mouseDClick(pad.field, LEFT, pos=QPoint(20, 20))
    assert moves == [(0, 0.25), (0, 0.25)]


def test_the_last_gesture_leaves_a_trail(pad: XyPad) -> None:
    pad.show_values(0, 0.5)
    before = pad.grab().toImage()
    QTest.mousePress(pad.field, LEFT, pos=QPoint(20, 20))
    for step in range(20):
        QTest.mouseMove(pad.field, QPoint(20 + 6 * step, 40))
    QTest.mouseRelease(pad.field, LEFT)
    pad.show_values(0, 0.5)
    assert pad.grab().toImage() != before


# --- snapshots ------------------------------------------------------------------------------------------------


@pytest.fixture
def slots(qtbot: QtBot) -> SnapshotButtons:
    made = SnapshotButtons()
    qtbot.addWidget(made)
    made.show()
    made.show_slots({2, 3}, current=3)
    return made


def test_a_click_recalls_and_shift_stores(slots: SnapshotButtons) -> None:
    done: list[tuple[str, object]] = []
    slots.recalled.connect(lambda slot: done.append(("recalled", slot)))
    slots.stored.connect(lambda slot: done.append(("stored", slot)))
    slots.refused.connect(lambda why: done.append(("refused", why)))
    QTest.mouseClick(slots.buttons[1], LEFT)
    QTest.mouseClick(slots.buttons[0], LEFT, SHIFT)
    QTest.mouseClick(slots.buttons[7], LEFT)
    QTest.keyClick(slots.buttons[2], Qt.Key.Key_Return)
    QTest.keyClick(slots.buttons[4], Qt.Key.Key_Return, SHIFT)
    QTest.keyClick(slots, Qt.Key.Key_6, CTRL)
    QTest.keyClick(slots, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    assert done == [
        ("recalled", 2),
        ("stored", 1),
        ("refused", "snapshot 8 is empty: Shift+click or Ctrl+8 stores into it"),
        ("recalled", 3),
        ("stored", 5),
        ("stored", 6),
        ("recalled", 2),
    ]


def test_a_slot_says_what_it_holds(slots: SnapshotButtons) -> None:
    names = [button.accessibleName() for button in slots.buttons[:3]]
    assert names == ["Snapshot 1, empty", "Snapshot 2, filled", "Snapshot 3, current"]
    looks = [button.grab().toImage() for button in slots.buttons[:3]]
    assert looks[0] != looks[1] != looks[2]


def test_the_morph_bar_goes_between_two_slots(qtbot: QtBot) -> None:
    bar = MorphBar()
    qtbot.addWidget(bar)
    assert bar.ends == (1, 2)
    with qtbot.waitSignal(bar.ends_changed) as ends:
        QTest.keyClick(bar.b, Qt.Key.Key_Down)
    assert ends.args == [1, 3]
    with qtbot.waitSignal(bar.moved) as moved:
        QTest.keyClick(bar.slider, Qt.Key.Key_End)
    assert moved.args == [1]
    bar.show_ends(4, 5)
    bar.show_value(0.5)
    assert (bar.ends, bar.slider.value_now) == ((4, 5), 0.5)
    bar.set_ready(False)
    assert not bar.slider.isEnabled()
    assert "Store two snapshots first" in bar.slider.toolTip()
