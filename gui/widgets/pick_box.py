"""A box that picks one of any texts, in the look of the other controls."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QComboBox, QSizePolicy, QWidget

from gui.theme import SPACE
from gui.widgets.painted import Painted, begin, draw_chevron, draw_ground, draw_left, end, least_size, line_height, pen


class PickBox(Painted, QComboBox):
    """A combo box that is flat. `name` is what a screen reader says."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMaxVisibleItems(20)

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """As wide as the longest text needs, within reason."""
        metrics = self.fontMetrics()
        widest = max((metrics.horizontalAdvance(self.itemText(place)) for place in range(self.count())), default=0)
        return QSize(min(widest, 30 * metrics.averageCharWidth()) + 5 * SPACE.gap, line_height(self))

    def minimumSizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """The text is elided."""
        return least_size(self)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Ground, text, chevron, ring."""
        painter, theme = begin(self)
        rect = QRectF(self.rect())
        draw_ground(painter, theme, rect, hovered=self.underMouse())
        inner = draw_chevron(painter, theme, rect)
        is_dim = self.currentData(Qt.ItemDataRole.ForegroundRole) is not None  # greyed in the list too
        painter.setPen(pen(theme.text_dim if is_dim else theme.text))
        draw_left(painter, inner, self.currentText())
        end(self, painter, theme)
