"""What all controls share that hardware may move: what moves it, whether it is being taught, where the knob stands."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QContextMenuEvent, QPainter
from PySide6.QtWidgets import QWidget

from gui.theme import SPACE, Theme
from gui.widgets.painted import Painted, brush, pen
from gui.widgets.texts import tr

DOT: float = 3.0  # radius
WEDGE: float = 4.0  # half the width of the pick-up mark


class Mapped(Painted):
    """Mixed in before a QWidget class that has the signal `menu_requested(QPoint)`."""

    mapped = ""
    is_learning = False
    pick_up: float | None = None

    def set_mapped(self, text: str) -> None:
        """What hardware moves it, e.g. "CC 21"; empty: none."""
        self.mapped = text
        self.told()

    def set_learning(self, is_learning: bool) -> None:
        """Whether it waits for the hardware to move."""
        self.is_learning = is_learning
        self.told()

    def set_pick_up(self, value: float | None) -> None:
        """Where the hardware's knob stands while it has not picked the value up; None: it has."""
        self.pick_up = value
        self.told()

    def told(self) -> None:
        """Something that is said in words has changed."""
        raise NotImplementedError

    def with_mapping(self, text: str) -> str:
        """A tooltip, and what moves the control."""
        mapped = tr("Moved by {what}.", what=self.mapped) if self.mapped else ""
        learning = tr("Move a knob of your hardware now.") if self.is_learning else ""
        return "\n".join(filter(None, (text, mapped, learning)))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802  Qt's name
        """A right click, the menu key or Shift+F10 asks for the menu."""
        assert isinstance(self, QWidget)
        self.menu_requested.emit(event.globalPos())  # type: ignore[attr-defined]
        event.accept()

    def paint_mapping(self, painter: QPainter, theme: Theme, rect: QRectF, pick_up_x: float | None = None) -> None:
        """A dot at the left for what moves it, a dashed frame while it is taught, a wedge where the knob stands."""
        painter.setPen(Qt.PenStyle.NoPen)
        if self.mapped:
            painter.setBrush(brush(theme.focus))
            painter.drawEllipse(QPointF(rect.left() + SPACE.gap / 2 + 1, rect.center().y()), DOT, DOT)
        if pick_up_x is not None:
            x, y = pick_up_x, rect.top()
            painter.setBrush(brush(theme.warn))
            painter.drawPolygon([QPointF(x - WEDGE, y), QPointF(x + WEDGE, y), QPointF(x, y + WEDGE + 1)])
        if self.is_learning:
            painter.setPen(pen(theme.warn, SPACE.ring, Qt.PenStyle.DashLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), SPACE.radius, SPACE.radius)
