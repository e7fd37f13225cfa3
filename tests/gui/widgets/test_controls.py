from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QContextMenuEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gui.widgets import control_slider
from gui.widgets.buttons import FlatButton, Toggle
from gui.widgets.choice_box import ChoiceBox
from gui.widgets.control_slider import ControlSlider
from gui.widgets.controls import ControlWidget, control_widget
from gui.widgets.value_field import ValueField
from realtime.bundle.spec import ControlSpec, choice

TEMPERATURE = ControlSpec(name="temperature", low=0, high=2, default=0.9, help="how bold the answer is")
DENSITY = ControlSpec(name="density", low=-3, high=3, default=0, unit="sigma")
OCTAVE = ControlSpec(name="octave", low=-3, high=3, default=0, unit="octaves", integer=True)
MODE = choice("scale_mode", ("off", "snap", "filter"), default=1, text="what becomes of wrong notes")
EVOLVE = choice("evolve", ("off", "on"), text="another phrase each cycle")
SPECS = (TEMPERATURE, DENSITY, OCTAVE, MODE, EVOLVE)
LEFT, SHIFT, CTRL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


def shown(qtbot: QtBot, spec: ControlSpec) -> Any:
    """The control on screen, 200 pixels wide, and the values it tells."""
    widget = control_widget(spec)
    qtbot.addWidget(widget)
    widget.resize(200, widget.sizeHint().height())
    widget.show()
    told: list[float] = []
    widget.edited.connect(told.append)
    return widget, told


def drag(widget: QWidget, by: int, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """The mouse goes down in the middle and moves to the side; QTest's moves carry no modifiers, so they are made."""
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QMouseEvent

    start = QPointF(100, 10)
    QTest.mousePress(widget, LEFT, Qt.KeyboardModifier.NoModifier, start.toPoint())
    for place in (start + QPointF(by / 2, 0), start + QPointF(by, 0)):
        moved = QMouseEvent(QEvent.Type.MouseMove, place, widget.mapToGlobal(place), LEFT, LEFT, held)
        QApplication.sendEvent(widget, moved)
    QTest.mouseRelease(widget, LEFT, held, start.toPoint() + QPoint(by, 0))


def wheel(widget: QWidget, notches: int, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    place = QPointF(20, 10)
    turned, no = QPoint(0, 120 * notches), Qt.MouseButton.NoButton
    event = QWheelEvent(
        place, widget.mapToGlobal(place), QPoint(), turned, no, held, Qt.ScrollPhase.NoScrollPhase, False
    )
    QApplication.sendEvent(widget, event)


@pytest.mark.parametrize(
    ("spec", "kind"),
    [(TEMPERATURE, ControlSlider), (OCTAVE, ControlSlider), (MODE, ChoiceBox), (EVOLVE, Toggle)],
    ids=lambda x: getattr(x, "name", None),
)
def test_the_spec_decides_which_widget(qtbot: QtBot, spec: ControlSpec, kind: type) -> None:
    widget, _ = shown(qtbot, spec)
    assert type(widget) is kind
    assert widget.value_now == spec.default


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_what_is_shown_is_not_told_and_what_is_taken_is(qtbot: QtBot, spec: ControlSpec) -> None:
    widget, told = shown(qtbot, spec)
    widget.show_value(spec.high)
    assert widget.value_now == spec.high
    assert told == []
    widget.take(spec.low)
    assert told == [spec.low]
    widget.take(spec.low)
    assert told == [spec.low], "no change, nothing told"


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_every_control_can_be_mapped_taught_and_asked_for_its_menu(qtbot: QtBot, spec: ControlSpec) -> None:
    widget, _ = shown(qtbot, spec)
    before = widget.grab().toImage()
    widget.set_mapped("CC 21")
    widget.set_learning(True)
    widget.set_part(2)
    assert "Moved by CC 21" in widget.toolTip()
    assert "Move a knob" in widget.toolTip()
    assert widget.grab().toImage() != before
    with qtbot.waitSignal(widget.menu_requested) as asked:
        QApplication.sendEvent(
            widget, QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(3, 4), QPoint(30, 40))
        )
    assert asked.args == [QPoint(30, 40)]


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_a_screen_reader_gets_name_and_role(qtbot: QtBot, spec: ControlSpec) -> None:
    widget, _ = shown(qtbot, spec)
    seen = QAccessible.queryAccessibleInterface(widget)
    roles = {
        ControlSlider: QAccessible.Role.Slider,
        ChoiceBox: QAccessible.Role.ComboBox,
        Toggle: QAccessible.Role.CheckBox,
    }
    assert seen.role() == roles[type(widget)]
    assert widget.accessibleName() == spec.name.replace("_", " ")
    assert widget.focusPolicy() == Qt.FocusPolicy.StrongFocus
    assert widget.sizeHint().height() >= 24


def test_a_screen_reader_hears_the_real_value_and_can_set_one(qtbot: QtBot) -> None:
    slider, told = shown(qtbot, DENSITY)
    slider.show_value(1.5)
    assert slider.accessibleDescription() == "+1.50 sigma"
    value = QAccessible.queryAccessibleInterface(slider).valueInterface()
    value.setCurrentValue(slider.scale.position_of(-1.0))
    assert told == [-1.0]


def test_the_value_is_said_after_a_move(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(control_slider, "announce", lambda _widget, text: said.append(text))
    monkeypatch.setattr(QAccessible, "isActive", lambda: True)
    slider, _ = shown(qtbot, DENSITY)
    slider.setFocus()
    qtbot.waitUntil(slider.hasFocus)
    QTest.keyClick(slider, Qt.Key.Key_Right)
    QTest.keyClick(slider, Qt.Key.Key_Right)
    assert slider._speak.isActive()
    slider._speak.timeout.emit()  # instead of waiting
    assert said == ["+0.08 sigma"]


def test_a_drag_goes_from_where_the_value_is(qtbot: QtBot) -> None:
    slider, told = shown(qtbot, DENSITY)
    slider.show_value(1.0)
    QTest.mouseClick(slider, LEFT, pos=QPoint(190, 10))
    assert told == [], "a touch alone changes nothing"
    drag(slider, 50)  # a quarter of the width is a quarter of the range
    assert told[-1] == pytest.approx(2.5, abs=0.05)
    drag(slider, 400)
    assert told[-1] == 3


def test_a_drag_is_one_gesture(qtbot: QtBot) -> None:
    slider, told = shown(qtbot, DENSITY)
    gestures: list[str] = []
    slider.sliderPressed.connect(lambda: gestures.append("pressed"))
    slider.sliderReleased.connect(lambda: gestures.append("released"))
    drag(slider, 40)
    assert gestures == ["pressed", "released"]
    assert len(told) == 2


def test_with_shift_a_drag_is_ten_times_finer(qtbot: QtBot) -> None:
    slider, told = shown(qtbot, DENSITY)
    drag(slider, 100, SHIFT)
    assert told[-1] == pytest.approx(0.3, abs=0.03)


def test_double_click_ctrl_click_and_delete_are_the_default(qtbot: QtBot) -> None:
    slider, told = shown(qtbot, TEMPERATURE)
    for act in (
        lambda: QTest.mouseDClick(slider, LEFT),
        lambda: QTest.mouseClick(slider, LEFT, CTRL),
        lambda: QTest.keyClick(slider, Qt.Key.Key_Delete),
    ):
        slider.show_value(0.2)
        act()
        assert told[-1] == slider.value_now == 0.9
    assert len(told) == 3


def test_keys_move_by_about_a_percent_and_with_shift_by_half(qtbot: QtBot) -> None:
    slider, told = shown(qtbot, TEMPERATURE)
    QTest.keyClick(slider, Qt.Key.Key_Right)
    QTest.keyClick(slider, Qt.Key.Key_Up, SHIFT)
    QTest.keyClick(slider, Qt.Key.Key_Left)
    QTest.keyClick(slider, Qt.Key.Key_PageUp)
    QTest.keyClick(slider, Qt.Key.Key_End)
    QTest.keyClick(slider, Qt.Key.Key_Home)
    assert told == pytest.approx([0.92, 0.93, 0.91, 1.01, 2.0, 0.0])


def test_whole_numbers_go_one_by_one(qtbot: QtBot) -> None:
    slider, told = shown(qtbot, OCTAVE)
    QTest.keyClick(slider, Qt.Key.Key_Right)
    wheel(slider, 1)
    QTest.keyClick(slider, Qt.Key.Key_PageDown)
    assert told == [1, 2, 1]


def test_the_wheel_moves_and_shift_makes_it_fine(qtbot: QtBot) -> None:
    slider, told = shown(qtbot, TEMPERATURE)
    wheel(slider, 1)
    wheel(slider, -1, SHIFT)
    assert told == pytest.approx([0.94, 0.93])


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_F2])
def test_a_value_can_be_typed_exactly(qtbot: QtBot, key: Qt.Key) -> None:
    slider, told = shown(qtbot, TEMPERATURE)
    QTest.keyClick(slider, key)
    field = slider.findChild(ValueField)
    assert field.text() == field.selectedText() == "0.9"
    QTest.keyClicks(field, "1.2345")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert told == [1.2345], "a typed value is not rounded to the slider's positions"
    assert field.isHidden()


def test_what_is_typed_wrong_stays_with_its_reason_and_esc_leaves_the_value(qtbot: QtBot) -> None:
    slider, told = shown(qtbot, TEMPERATURE)
    field = slider.begin_typing()
    with qtbot.waitSignal(slider.refused) as refused:
        QTest.keyClicks(field, "9")
        QTest.keyClick(field, Qt.Key.Key_Return)
    assert refused.args == ["temperature must be 0..2, got 9"]
    assert field.isVisible()
    assert field.accessibleDescription() == refused.args[0]
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert field.isHidden()
    assert (told, slider.value_now) == ([], 0.9)


def test_a_choice_by_keys_wheel_and_default(qtbot: QtBot) -> None:
    box, told = shown(qtbot, MODE)
    QTest.keyClick(box, Qt.Key.Key_Down)
    QTest.keyClick(box, Qt.Key.Key_O)  # the first letter
    QTest.keyClick(box, Qt.Key.Key_Delete)
    wheel(box, -1)
    QTest.mouseClick(box, LEFT, CTRL)
    assert told == [2, 0, 1, 2, 1]


def test_a_switch_by_click_and_enter(qtbot: QtBot) -> None:
    switch, told = shown(qtbot, EVOLVE)
    QTest.mouseClick(switch, LEFT)
    QTest.keyClick(switch, Qt.Key.Key_Return)
    assert told == [1, 0]
    assert "Another phrase each cycle." in switch.toolTip()


def test_a_switch_that_is_on_looks_on_in_each_role(qtbot: QtBot) -> None:
    looks = []
    for role in ("on", "good", "warn", "bad", "focus"):
        switch = Toggle("Mute", text="M")
        qtbot.addWidget(switch)
        switch.set_role(role)
        off = switch.grab().toImage()
        switch.show_value(1)
        looks.append(switch.grab().toImage())
        assert looks[-1] != off
    assert all(a != b for i, a in enumerate(looks) for b in looks[i + 1 :])
    with pytest.raises(ValueError, match="role must be one of"):
        switch.set_role("green")


def test_a_button_says_its_name(qtbot: QtBot) -> None:
    button = FlatButton("Panic", icon="panic")
    qtbot.addWidget(button)
    button.set_help("Releases all notes")
    assert button.accessibleName() == "Panic"
    assert button.toolTip() == "Panic\nReleases all notes"
    with qtbot.waitSignal(button.clicked):
        QTest.keyClick(button, Qt.Key.Key_Return)


def test_the_focus_can_be_seen(qtbot: QtBot) -> None:
    for spec in SPECS:
        widget, _ = shown(qtbot, spec)
        widget.activateWindow()
        widget.clearFocus()
        without = widget.grab().toImage()
        widget.setFocus()
        qtbot.waitUntil(widget.hasFocus)
        assert widget.grab().toImage() != without


def test_a_control_of_no_known_kind_is_still_a_slider(qtbot: QtBot) -> None:
    widget: ControlWidget = control_widget(ControlSpec(name="seed", low=0, high=9999, default=0, integer=True))
    qtbot.addWidget(widget)
    assert isinstance(widget, ControlSlider)
    assert widget.scale.top == 9999
