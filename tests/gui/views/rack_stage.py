"""Rack and panel on a host without an engine, for real clicks, drags and keys."""

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMenu, QWidget
from pytestqt.qtbot import QtBot

from gui.models import Models
from gui.views.learn_actions import LearnActions
from gui.views.panels.binding import CONTROL
from gui.views.part_panel import PartPanel
from gui.views.rack_view import RackView
from gui.widgets.buttons import FlatButton, Toggle
from gui.widgets.choice_box import ChoiceBox
from gui.widgets.control_slider import ControlSlider
from tests.gui.fakes import FakeHost
from tests.gui.rack_rig import Echo

LEFT = Qt.MouseButton.LeftButton


class Stage(QWidget):
    """Rack and panel beside one another, as in the window."""

    def __init__(self, models: Models, host: FakeHost) -> None:
        super().__init__()
        self.models, self.host, self.echo = models, host, Echo(host, models)
        self.rack, self.panel = RackView(models), PartPanel(models)
        row = QHBoxLayout(self)
        row.addWidget(self.rack)
        row.addWidget(self.panel, 1)
        LearnActions(models, self)
        self.resize(960, 480)

    def control(self, part: str, name: str) -> ControlSlider | ChoiceBox | Toggle:
        """The widget of a control that can be seen."""
        return next(
            widget
            for widget in self.findChildren(QWidget)
            if widget.property(CONTROL) == (part, name) and widget.isVisible()
        )

    def button(self, name: str) -> FlatButton:
        return next(b for b in self.findChildren(FlatButton) if b.accessibleName() == name and b.isVisible())

    def page(self, part: str) -> QWidget:
        self.models.rack.select(self.models.rack[part])
        assert self.panel.current is not None
        return self.panel.current


def drag(qtbot: QtBot, widget: QWidget, start: QPoint, end: QPoint) -> None:
    qtbot.mousePress(widget, LEFT, pos=start)
    for share in (0.25, 0.5, 0.75, 1.0):
        at = QPointF(start) + (QPointF(end) - QPointF(start)) * share
        qtbot.mouseMove(widget, at.toPoint())
    qtbot.mouseRelease(widget, LEFT, pos=end)


def menu_of(widget: QWidget) -> dict[str, QAction]:
    (menu,) = widget.findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return {action.text().partition(":")[0]: action for action in menu.actions()}


def tab_through(qtbot: QtBot, root: QWidget) -> list[QWidget]:
    """What Tab reaches within `root`, once around."""
    found: list[QWidget] = []
    for _ in range(400):
        qtbot.keyClick(QApplication.focusWidget() or root, Qt.Key.Key_Tab)
        widget = QApplication.focusWidget()
        if widget is None or widget in found:
            break
        found.append(widget)
    return found
