"""Every control of every page without a mouse, and each with a name."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gui.views.panels.binding import CONTROL
from gui.widgets.buttons import Toggle
from realtime.engine import commands as ask
from tests.gui.rack_rig import NAMES
from tests.gui.views.rack_stage import Stage, tab_through


@pytest.mark.parametrize("part", NAMES)
def test_every_control_of_every_page_is_reached_by_tab_and_changed_by_keys(
    stage: Stage, qtbot: QtBot, part: str
) -> None:
    stage.page(part)
    assert stage.panel.current is not None
    body = stage.panel.current.body
    assert body is not None
    reached: set[str] = set()
    for tab in body.tabs.values():
        tab.setChecked(True)
        for widget in tab_through(qtbot, stage):
            owner = widget.property(CONTROL)
            if owner is None or owner[0] != part:
                continue
            reached.add(owner[1])
            stage.host.asked.clear()
            key = Qt.Key.Key_Return if isinstance(widget, Toggle) else Qt.Key.Key_Up
            back = Qt.Key.Key_Return if isinstance(widget, Toggle) else Qt.Key.Key_Down
            qtbot.keyClick(widget, key)
            qtbot.keyClick(widget, back)
            assert any(isinstance(command, ask.SetControl) and command.name == owner[1] for command in stage.host.asked)
    assert reached == set(stage.models.rack[part].specs)


@pytest.mark.parametrize("part", NAMES)
def test_everything_that_is_operated_has_a_name(stage: Stage, part: str) -> None:
    stage.page(part)
    for widget in stage.findChildren(QWidget):
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible():
            assert widget.accessibleName(), f"{type(widget).__name__} {widget.toolTip()!r}"
            assert widget.isEnabled() or widget.toolTip(), "why it is disabled"
