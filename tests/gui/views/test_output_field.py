"""The output of a part's own: typed, moved, taken back, followed."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gui.views.panels.output import OutputField
from realtime.engine import commands as ask
from realtime.messages import Way
from tests.gui.described import state_of
from tests.gui.views.rack_stage import LEFT, Stage


def field_of(stage: Stage, part: str, qtbot: QtBot) -> OutputField:
    page = stage.page(part)
    tab: QWidget = stage.panel.current.body.tabs["Set-up"]  # type: ignore[union-attr]
    qtbot.mouseClick(tab, LEFT)
    (field,) = page.findChildren(OutputField)
    assert field.isVisible()
    return field


def retype(qtbot: QtBot, field: OutputField, text: str) -> None:
    field.setFocus()
    field.selectAll()
    qtbot.keyClick(field, Qt.Key.Key_Delete)
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def test_a_name_moves_the_part_and_is_taken_back(stage: Stage, qtbot: QtBot) -> None:
    field = field_of(stage, "morph", qtbot)
    retype(qtbot, field, "Low 1")
    assert stage.host.asked[-1] == ask.SetPort("Low 1", "morph")
    stage.host.tell(state_of("morph", ways=(Way("Low 1", 0),)))
    assert stage.models.rack["morph"].setup().port == "Low 1"
    stage.models.undo.undo()
    assert stage.host.asked[-1] == ask.SetPort("", "morph")
    stage.host.tell(state_of("morph"))
    assert field.text() == ""


def test_the_field_follows_the_engine_but_not_under_the_hands(stage: Stage, qtbot: QtBot) -> None:
    field = field_of(stage, "morph", qtbot)
    stage.host.tell(state_of("morph", ways=(Way("bass", 0),)))
    assert field.text() == "bass"
    field.setFocus()
    qtbot.keyClicks(field, "2")
    stage.host.tell(state_of("morph", ways=(Way("other", 0),)))
    assert field.text() == "bass2"


def test_a_name_that_cannot_be_is_said_and_goes_back(stage: Stage, qtbot: QtBot) -> None:
    field = field_of(stage, "morph", qtbot)
    retype(qtbot, field, "a:b")
    assert field.text() == ""
    assert "without ':'" in stage.models.status.last.text
    assert not any(isinstance(command, ask.SetPort) for command in stage.host.asked)


def test_the_same_name_asks_for_nothing(stage: Stage, qtbot: QtBot) -> None:
    field = field_of(stage, "morph", qtbot)
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert not any(isinstance(command, ask.SetPort) for command in stage.host.asked)
