import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gui.widgets import status_line
from gui.widgets.lights import ACTIVE, IDLE, OVERLOAD, STATES, ActivityLight, BeatDots, Meter
from gui.widgets.status_line import FAILURE, INFO, LEVELS, WARNING, StatusLine, ToastLabel


def marked(widget: QWidget) -> frozenset[tuple[int, int]]:
    """Which pixels differ from the corner's: the shape of what is drawn, whatever its colour."""
    picture = widget.grab().toImage()
    ground = picture.pixel(0, 0)
    places = ((x, y) for x in range(picture.width()) for y in range(picture.height()))
    return frozenset(place for place in places if picture.pixel(*place) != ground)


def test_each_state_of_a_light_has_a_shape_of_its_own(qtbot: QtBot) -> None:
    light = ActivityLight("MIDI in")
    qtbot.addWidget(light)
    light.resize(12, 12)
    shapes = []
    for state in STATES:
        light.show_state(state)
        shapes.append(marked(light))
        assert light.accessibleName() == f"MIDI in: {state}"
    assert len(set(shapes)) == 3


def test_a_light_goes_out_by_itself_but_an_overload_stays(qtbot: QtBot) -> None:
    light = ActivityLight("MIDI in")
    qtbot.addWidget(light)
    light.pulse()
    assert light.state == ACTIVE
    light._glow.timeout.emit()  # instead of waiting
    assert light.state == IDLE
    light.pulse()
    light.show_state(OVERLOAD)
    assert not light._glow.isActive()
    light.pulse()
    assert light.state == OVERLOAD


def test_a_meter_tells_value_and_budget(qtbot: QtBot) -> None:
    meter = Meter("load", unit="ms", budget=31)
    qtbot.addWidget(meter)
    meter.show_amount(12.4)
    assert QAccessible.queryAccessibleInterface(meter).role() == QAccessible.Role.ProgressBar
    assert meter.accessibleDescription() == "12.4 ms of 31"
    assert meter.value() == 200
    assert not meter.is_over
    meter.show_amount(500)
    assert meter.accessibleDescription() == "500 ms of 31, over"
    assert meter.value() == 1000


def test_beats_are_counted_in_words_and_the_first_has_another_shape(qtbot: QtBot) -> None:
    dots = BeatDots(3)
    qtbot.addWidget(dots)
    dots.resize(dots.sizeHint())
    looks = []
    for beat in (-1, 0, 1, 2):
        dots.show_beat(beat)
        looks.append(dots.grab().toImage())
    assert dots.accessibleDescription() == "3 of 3"
    assert all(a != b for i, a in enumerate(looks) for b in looks[i + 1 :])
    wide = dots.sizeHint().width()
    dots.set_beats(7)
    assert dots.sizeHint().width() > wide


@pytest.mark.parametrize("level", LEVELS)
def test_the_status_line_says_it_to_a_screen_reader(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, level: str) -> None:
    line = StatusLine()
    qtbot.addWidget(line)
    said: list[tuple[str, bool]] = []
    monkeypatch.setattr(status_line, "announce", lambda _w, text, *, urgent: said.append((text, urgent)))
    line.say("Stopped 3 notes", level)
    assert said == [("Stopped 3 notes", level != INFO)]
    assert line.text() == "Stopped 3 notes"
    assert line._end.isActive() is (level != FAILURE), "a failure stays until something else is said"


def test_an_announcement_reaches_qt(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    line = StatusLine()
    qtbot.addWidget(line)
    sent: list[object] = []
    monkeypatch.setattr(QAccessible, "isActive", lambda: True)
    monkeypatch.setattr(QAccessible, "updateAccessibility", sent.append)
    status_line.announce(line, "Stopped 3 notes", urgent=True)
    (event,) = sent
    assert isinstance(event, status_line.QAccessibleAnnouncementEvent)
    assert event.message() == "Stopped 3 notes"
    assert event.politeness() == QAccessible.AnnouncementPoliteness.Assertive


def test_levels_differ_in_shape(qtbot: QtBot) -> None:
    shapes = []
    for level in LEVELS:
        line = StatusLine()
        qtbot.addWidget(line)
        line.resize(10, 24)  # the mark alone
        line.say("x", level)
        shapes.append(marked(line))
    assert len(set(shapes)) == 3


def test_a_toast_lies_on_its_parent_and_a_click_sends_it_away(qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    page.resize(400, 300)
    page.show()
    toast = ToastLabel(page)
    assert toast.isHidden()
    toast.say("Saved", WARNING)
    assert toast.isVisible()
    assert page.rect().contains(toast.geometry())
    page.resize(300, 500)
    qtbot.waitUntil(lambda: toast.geometry().bottom() > 400)
    QTest.mouseClick(toast, Qt.MouseButton.LeftButton)
    assert toast.isHidden()
    toast.say("Saved again")
    toast._end.timeout.emit()
    assert toast.isHidden()
