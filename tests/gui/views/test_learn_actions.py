"""Controllers are learned and forgotten from the controls themselves."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from gui.views.panels.morph import PadPanel
from realtime.engine import commands as ask
from realtime.engine.maps import ControlMap
from realtime.engine.reports import MapsChanged
from tests.gui.views.rack_stage import Stage


def test_the_focused_control_is_learned_and_pulses_until_a_controller_moved(stage: Stage, qtbot: QtBot) -> None:
    stage.page("morph")
    slider = stage.control("morph", "density")
    slider.setFocus()
    stage.models.actions.do("learn")
    assert stage.host.asked == [ask.Learn("density", "morph")]
    stage.host.tell(MapsChanged((), "morph.density"))
    assert slider.is_learning
    qtbot.waitUntil(lambda: not slider.is_learning, timeout=1_000)
    qtbot.waitUntil(lambda: slider.is_learning, timeout=1_000)
    stage.host.tell(MapsChanged((ControlMap(control="density", part="morph", cc=21),)))
    assert not slider.is_learning
    assert "CC 21" in slider.toolTip()


def test_learning_with_nothing_focused_says_what_to_do(stage: Stage) -> None:
    stage.setFocus()
    focused = QApplication.focusWidget()
    if focused is not None:
        focused.clearFocus()
    stage.models.actions.do("learn")
    assert stage.host.asked == []
    assert "Ctrl+L" in stage.models.status.last.text


def test_a_right_click_offers_to_learn_and_to_forget(stage: Stage, qtbot: QtBot) -> None:
    stage.page("morph")
    slider = stage.control("morph", "density")
    stage.host.tell(MapsChanged((ControlMap(control="density", part="morph", cc=40),)))
    place = slider.rect().center()
    QApplication.sendEvent(slider, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, slider.mapToGlobal(place)))
    (menu,) = slider.findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly)
    actions = {action.text(): action for action in menu.actions()}
    assert {"Learn a controller", "Forget CC 40", "Back to the default"} <= set(actions)
    actions["Forget CC 40"].trigger()
    assert stage.host.asked == [ask.SetMaps(())]
    menu.close()


def test_a_right_click_on_the_pad_offers_both_axes(stage: Stage) -> None:
    (panel,) = stage.page("morph").findChildren(PadPanel)
    assert panel.pad is not None
    field = panel.pad.field
    place = field.rect().center()
    QApplication.sendEvent(field, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, field.mapToGlobal(place)))
    (menu,) = panel.pad.findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly)
    axes = {action.text(): action.menu() for action in menu.actions()}
    assert set(axes) == {"density", "register"}
    axes["register"].actions()[0].trigger()
    assert stage.host.asked == [ask.Learn("register", "morph")]
    menu.close()
