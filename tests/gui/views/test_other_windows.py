"""What holds for the window holds for all that it opens: names, reasons, whole texts."""

import pytest
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QWidget
from pytestqt.qtbot import QtBot

from gui.models import Models
from gui.views.main_window import MainWindow
from tests.gui.views import walks

OPENING = ("shortcuts", "connect", "preferences", "maps", "monitor", "train")


@pytest.fixture
def opened(request: pytest.FixtureRequest, qtbot: QtBot, window: MainWindow, models: Models) -> QWidget:
    """What an action opens: a window of its own, or a dock."""
    before = set(walks.shown(window))
    models.actions.do(request.param)
    qtbot.wait(50)
    found = [
        w for w in QApplication.topLevelWidgets() if w.isVisible() and w is not window and not isinstance(w, QMenu)
    ]
    for other in found:
        qtbot.addWidget(other)
    if found:
        return found[0]
    docks = [widget for widget in walks.shown(window) if widget not in before and widget.parentWidget() in before]
    assert docks, f"{request.param} opened nothing"
    return docks[0]


@pytest.mark.parametrize("opened", OPENING, indirect=True)
def test_it_can_be_used_by_ear_and_by_eye(opened: QWidget) -> None:
    assert walks.without_name(opened) == []
    assert walks.disabled_without_reason(opened) == []
    assert walks.cut_off(opened) == []


@pytest.mark.parametrize("opened", OPENING, indirect=True)
def test_it_stops_nobody(opened: QWidget) -> None:
    assert not opened.isModal() or not isinstance(opened, QDialog)
