"""A control that picks one of its labels, in the look of the sliders."""

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QComboBox, QSizePolicy, QWidget

from gui.theme import SPACE
from gui.widgets.control_slider import DEFAULT_KEYS
from gui.widgets.mapped import Mapped
from gui.widgets.painted import (
    begin,
    control,
    draw_chevron,
    draw_ground,
    draw_left,
    draw_right,
    end,
    least_size,
    line_height,
    pen,
)
from gui.widgets.value_scale import ValueScale, title_of
from realtime.bundle.spec import ControlSpec


class ChoiceBox(Mapped, QComboBox):
    """Click, arrows, wheel or the first letter choose; Delete or Ctrl+click is the default.

    `edited` tells a choice of the user, as the control's value; `show_value` is the way in and emits nothing.
    """

    edited = Signal(float)
    menu_requested = Signal(QPoint)

    def __init__(self, spec: ControlSpec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spec, self.scale = spec, ValueScale.of(spec)
        self.addItems(list(spec.labels))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(title_of(spec.name))
        self.setMaxVisibleItems(16)
        self.told()
        self.show_value(spec.default)
        self.currentIndexChanged.connect(lambda index: self.edited.emit(spec.low + index))

    @property
    def value_now(self) -> float:
        """The value shown."""
        return self.spec.low + self.currentIndex()

    def show_value(self, value: float) -> None:
        """Show what the engine has."""
        self.blockSignals(True)
        self.setCurrentIndex(self.scale.position_of(value))
        self.blockSignals(False)
        self.update()

    def take(self, value: float) -> None:
        """A value chosen by the user: show it and tell."""
        self.setCurrentIndex(self.scale.position_of(value))

    def set_part(self, part: int | None) -> None:
        """As the sliders have it; a choice shows no colour."""

    def told(self) -> None:
        """The tooltip, which a screen reader has too: on Linux Qt tells a choice's label as its name."""
        self.setToolTip(self.with_mapping(self.scale.help()))
        self.setAccessibleDescription(self.toolTip())
        self.update()

    def showPopup(self) -> None:  # noqa: N802  Qt's name
        """The list is as wide as its labels, however narrow the box is."""
        self.view().setMinimumWidth(self.view().sizeHintForColumn(0) + 2 * SPACE.gap)
        super().showPopup()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Default, open, or what every choice does."""
        if event.key() in DEFAULT_KEYS:
            self.take(self.spec.default)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.showPopup()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        """Ctrl+click is the default."""
        if control(event.modifiers()):
            self.take(self.spec.default)
        else:
            super().mousePressEvent(event)

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """As wide as name and longest label need."""
        metrics = self.fontMetrics()
        widest = max(metrics.horizontalAdvance(label) for label in self.spec.labels)
        name = metrics.horizontalAdvance(title_of(self.spec.name))
        return QSize(name + widest + 5 * SPACE.gap, line_height(self))

    def minimumSizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """The same height; the name is elided."""
        return least_size(self)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Ground, name, label, chevron, ring."""
        painter, theme = begin(self)
        rect = QRectF(self.rect())
        draw_ground(painter, theme, rect, hovered=self.underMouse())
        inner = draw_chevron(painter, theme, rect)
        painter.setPen(pen(theme.text))
        label = painter.fontMetrics().elidedText(
            self.currentText(), Qt.TextElideMode.ElideRight, int(inner.width()) + 1
        )
        inner.setRight(draw_right(painter, inner, label) - SPACE.gap)
        inner.setLeft(inner.left() + (SPACE.tight if self.mapped else 0))
        painter.setPen(pen(theme.text_dim))
        draw_left(painter, inner, title_of(self.spec.name))
        self.paint_mapping(painter, theme, rect)
        end(self, painter, theme)
