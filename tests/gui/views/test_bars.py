"""The transport bar, the banner and the bar at the bottom, by real clicks, keys and wheel."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from gui.models import Models
from gui.viewmodels.notices import Notice
from gui.views.banner import Banner
from gui.views.main_window import MainWindow
from gui.views.shortcuts_dialog import ShortcutsDialog
from gui.views.status_bar import StatusBar
from gui.views.tempo_field import TempoField
from gui.views.transport_bar import SOURCES, TransportBar
from gui.widgets.lights import ACTIVE, OVERLOAD
from realtime.engine.commands import Forward, SetControl
from realtime.engine.reports import Status
from realtime.messages import Clock, Counters, Played, SetSync, SetTempo, Silenced, Transport
from tests.gui.fakes import FakeHost


@pytest.fixture
def bar(window: MainWindow) -> TransportBar:
    found = window.view(TransportBar)
    assert isinstance(found, TransportBar)
    return found


@pytest.fixture
def bottom(window: MainWindow) -> StatusBar:
    found = window.view(StatusBar)
    assert isinstance(found, StatusBar)
    return found


@pytest.fixture
def banner(window: MainWindow) -> Banner:
    found = window.view(Banner)
    assert isinstance(found, Banner)
    return found


def asked(host: FakeHost) -> list[object]:
    return [command.message for command in host.asked if isinstance(command, Forward)]


def wheel(widget: TempoField, notches: float, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    centre = QPointF(widget.rect().center())
    turned = QPoint(0, round(120 * notches))
    event = QWheelEvent(
        centre, widget.mapToGlobal(centre), QPoint(), turned, Qt.MouseButton.NoButton, modifiers,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)


def test_a_notch_is_a_beat_a_minute_and_with_shift_a_tenth(bar: TransportBar, host: FakeHost) -> None:
    host.tell(Clock(0, 0, 100.0))
    wheel(bar.tempo, 1)
    wheel(bar.tempo, 1, Qt.KeyboardModifier.ShiftModifier)
    assert asked(host)[-2:] == [SetTempo(101.0), SetTempo(101.1)]


def test_arrows_move_the_tempo(qtbot: QtBot, bar: TransportBar, host: FakeHost) -> None:
    host.tell(Clock(0, 0, 100.0))
    for key, modifiers, bpm in (
        (Qt.Key.Key_Up, Qt.KeyboardModifier.NoModifier, 101.0),
        (Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier, 100.9),
        (Qt.Key.Key_PageUp, Qt.KeyboardModifier.NoModifier, 110.9),
    ):
        qtbot.keyClick(bar.tempo, key, modifiers)
        assert asked(host)[-1] == SetTempo(bpm)


def test_three_pixels_of_a_drag_are_a_beat_a_minute(qtbot: QtBot, bar: TransportBar, host: FakeHost) -> None:
    host.tell(Clock(0, 0, 100.0))
    start = bar.tempo.rect().center()
    qtbot.mousePress(bar.tempo, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(bar.tempo, start + QPoint(30, 0))
    qtbot.mouseRelease(bar.tempo, Qt.MouseButton.LeftButton, pos=start + QPoint(30, 0))
    assert asked(host)[-1] == SetTempo(110.0)


def test_a_tempo_is_typed(qtbot: QtBot, bar: TransportBar, host: FakeHost) -> None:
    bar.tempo.setFocus()
    qtbot.keyClick(bar.tempo, Qt.Key.Key_Return)
    field = bar.tempo.findChild(QLineEdit)
    assert isinstance(field, QLineEdit)
    field.setText("87.3")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert asked(host)[-1] == SetTempo(87.3)


def test_a_tempo_that_cannot_be_is_refused_in_words(qtbot: QtBot, bar: TransportBar, models: Models) -> None:
    bar.tempo.setFocus()
    qtbot.keyClick(bar.tempo, Qt.Key.Key_Return)
    field = bar.tempo.findChild(QLineEdit)
    assert isinstance(field, QLineEdit)
    field.setText("9000")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert "tempo must be 20..400, got 9000" in models.status.last.text


def test_the_engine_says_which_tempo_it_is(bar: TransportBar, host: FakeHost) -> None:
    before = len(host.asked)
    host.tell(Clock(0, 0, 131.4))
    assert bar.tempo.value_now == pytest.approx(131.4)
    assert len(host.asked) == before


def test_another_leader_shows_its_lamp_and_takes_the_tempo_away(bar: TransportBar, host: FakeHost) -> None:
    bar.sync.take(SOURCES.index("jack"))
    assert asked(host)[-1] == SetSync(source="jack")
    assert not bar.tempo.isEnabled()
    assert bar.lock.isVisible()
    host.tell(Transport(playing=True, tick=0, source="jack", locked=True))
    assert bar.lock.state == ACTIVE


def test_others_in_a_link_session_are_counted(bar: TransportBar, host: FakeHost) -> None:
    bar.sync.take(SOURCES.index("link"))
    host.tell(Transport(playing=True, tick=0, source="link", peers=3))
    assert bar.peers.isVisible()
    assert bar.peers.text() == "3"
    assert bar.tempo.isEnabled()


def test_hocket_never_follows_its_own_clock(bar: TransportBar, host: FakeHost) -> None:
    bar.clock_out.click()
    assert asked(host)[-1] == SetSync(clock_out=True)
    bar.sync.take(SOURCES.index("clock"))
    assert asked(host)[-1] == SetSync(source="clock", clock_out=False)
    assert not bar.clock_out.isEnabled()


def test_another_meter_and_a_count_in_begin_anew(bar: TransportBar, host: FakeHost) -> None:
    bar.meter.take(bar.meter.spec.labels.index("3/4"))
    bar.count_in.take(2)
    session, _ = host.starts[-1]
    assert (session.time.meter, session.time.count_in) == ("3/4", 2)
    assert bar.dots.sizeHint().width() < 50


def test_lights_and_meters(qtbot: QtBot, bar: TransportBar, bottom: StatusBar, host: FakeHost) -> None:
    host.tell(Played(0, 0, b"\x90\x3c\x40"), Status(23.0, 100.0), Counters(late_max_us=2000))
    assert bar.lights["in"].state == ACTIVE
    assert "23 %" in bottom.load.accessibleDescription()
    assert "2 ms" in bottom.late.accessibleDescription()
    host.tell(Counters(late_ons_dropped=3))
    assert bar.lights["out"].state == OVERLOAD
    assert bottom.lost.text() == "lost 3"
    assert "xruns" not in bottom.lost.toolTip()
    host.tell(Counters(missed_cycles=2))
    assert "(xruns): 2" in bottom.lost.toolTip()


def test_the_place_moves_only_while_it_plays_and_is_seen(
    qtbot: QtBot, window: MainWindow, bar: TransportBar, host: FakeHost
) -> None:
    assert not bar._frame.isActive()
    host.tell(Transport(playing=True, tick=0, source="internal"))
    assert bar._frame.isActive()
    window.hide()
    assert not bar._frame.isActive()
    window.show()
    assert bar._frame.isActive()
    host.tell(Transport(playing=False, tick=0, source="internal", epoch=2))
    assert not bar._frame.isActive()


def test_a_panic_is_told_over_the_window(qtbot: QtBot, window: MainWindow, host: FakeHost) -> None:
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    host.tell(Silenced(3))
    assert window.toast.isVisible()
    assert window.toast.text() == "Stopped 3 notes"


def test_the_banner_takes_no_room_without_a_notice(banner: Banner, models: Models) -> None:
    models.notices.clear("where")
    assert not banner.isVisible()


def test_a_notice_is_acted_on_and_closed(qtbot: QtBot, banner: Banner, models: Models) -> None:
    done: list[str] = []
    notice = Notice(text="Look", level="warning", actions=(("Do it", lambda: done.append("x")),))
    models.notices.show("x", notice)
    qtbot.mouseClick(banner.buttons[0], Qt.MouseButton.LeftButton)
    assert done == ["x"]
    qtbot.mouseClick(banner.close_button, Qt.MouseButton.LeftButton)
    assert models.notices.current is None or models.notices.current[0] != "x"


def test_a_key_for_all_parts(bottom: StatusBar, host: FakeHost) -> None:
    bottom.boxes["post.key"].take(7)
    keys = [command for command in host.asked if isinstance(command, SetControl)]
    assert [(command.name, command.value) for command in keys] == [("post.key", 7.0)] * 4


def test_f1_lists_all_keys_and_finds_one(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClick(window, Qt.Key.Key_F1)
    dialog = next(w for w in QApplication.topLevelWidgets() if isinstance(w, ShortcutsDialog) and w.isVisible())
    dialog.search.setText("panic")
    items = [dialog.list.topLevelItem(row) for row in range(dialog.list.topLevelItemCount())]
    assert [item.text(0) for item in items if item is not None and not item.isHidden()] == ["Panic"]
    dialog.close()
