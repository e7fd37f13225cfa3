"""Every page of every panel in the whole window: it fits, nothing is cut off, everything has a name."""

import pytest
from PySide6.QtWidgets import QApplication, QScrollArea
from pytestqt.qtbot import QtBot

from gui.models import Models
from gui.views.main_window import MainWindow
from gui.views.part_panel import PartPages, PartPanel
from tests.gui.rack_rig import NAMES
from tests.gui.views import walks


def pages_of(window: MainWindow, models: Models, part: str) -> PartPages:
    models.rack.select(models.rack[part])
    panel = window.view(PartPanel)
    assert isinstance(panel, PartPanel)
    assert panel.current is not None
    return panel.current


@pytest.mark.parametrize("part", NAMES)
def test_all_pages_fit_into_the_window(window: MainWindow, models: Models, qtbot: QtBot, part: str) -> None:
    body = pages_of(window, models, part).body
    assert body is not None
    for title, tab in body.tabs.items():
        tab.setChecked(True)
        qtbot.wait(20)
        QApplication.processEvents()
        shown = body.stack.currentWidget()
        assert isinstance(shown, QScrollArea)
        assert not shown.horizontalScrollBar().isVisible(), f"{title} is too wide"
        assert not shown.verticalScrollBar().isVisible(), f"{title} is too high"
        assert walks.cut_off(shown) == []
        assert walks.without_name(shown) == []
        assert walks.disabled_without_reason(shown) == []
