"""Two controls under one finger: a painted pad over two real sliders, which keyboard and screen reader use."""

from collections import deque
from typing import Final

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from gui.theme import SPACE, Theme, colour, part_edge
from gui.widgets.control_slider import DEFAULT_KEYS, ControlSlider
from gui.widgets.mapped import Mapped
from gui.widgets.painted import begin, brush, control, draw_left, draw_right, end, pen, shift, small
from gui.widgets.texts import tr
from gui.widgets.value_scale import title_of
from realtime.bundle.spec import ControlSpec

TRAIL: Final = 96  # points of the last gesture
LINES: Final = 4  # the field is ruled into so many parts each way
DOT: Final = 7.0  # radius
STEPS: Final = {Qt.Key.Key_Left: (-2, 0), Qt.Key.Key_Right: (2, 0), Qt.Key.Key_Down: (0, -2), Qt.Key.Key_Up: (0, 2)}


class XyPad(QWidget):
    """`moved(x, y)` tells what the user chose, on the pad or with a slider; `show_values` is the way in.

    `gesture_began` and `gesture_ended` bound one drag: one step of undo.
    """

    moved = Signal(float, float)
    gesture_began = Signal()
    gesture_ended = Signal()
    menu_requested = Signal(QPoint)

    def __init__(self, x: ControlSpec, y: ControlSpec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.x_slider, self.y_slider = ControlSlider(x), ControlSlider(y)
        self.field = PadField(self.x_slider, self.y_slider)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE.tight)
        for widget in (self.field, self.x_slider, self.y_slider):
            column.addWidget(widget)
        for slider in (self.x_slider, self.y_slider):
            slider.edited.connect(self._edited)
            slider.sliderPressed.connect(self.gesture_began)
            slider.sliderReleased.connect(self.gesture_ended)
        self.field.dragged.connect(self._dragged)
        self.field.gesture_began.connect(self.gesture_began)
        self.field.gesture_ended.connect(self.gesture_ended)
        self.field.menu_requested.connect(self.menu_requested)
        self.setFocusProxy(self.field)

    @property
    def values(self) -> tuple[float, float]:
        """The two values shown."""
        return self.x_slider.value_now, self.y_slider.value_now

    def show_values(self, x: float, y: float) -> None:
        """Show what the engine has; emits nothing."""
        self.x_slider.show_value(x)
        self.y_slider.show_value(y)
        self.field.told()

    def set_part(self, part: int | None) -> None:
        """Lend it a part's colour."""
        self.field.part = part
        for slider in (self.x_slider, self.y_slider):
            slider.set_part(part)
        self.field.update()

    def _edited(self, _value: float) -> None:
        self.field.told()
        self.moved.emit(*self.values)

    def _dragged(self, x: float, y: float) -> None:
        if (x, y) != self.values:
            self.show_values(x, y)
            self.moved.emit(x, y)


class PadField(Mapped, QWidget):
    """The field of an `XyPad`: drag, arrows, Shift is fine; double click and Delete set both defaults."""

    dragged = Signal(float, float)
    gesture_began = Signal()
    gesture_ended = Signal()
    menu_requested = Signal(QPoint)

    def __init__(self, x: ControlSlider, y: ControlSlider) -> None:
        super().__init__()
        self._x, self._y = x, y
        self.part: int | None = None
        self._trail: deque[QPointF] = deque(maxlen=TRAIL)  # shares 0..1, so that it outlives a change of size
        self._last: QPointF | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        names = {"x": title_of(x.spec.name), "y": title_of(y.spec.name)}
        self.setAccessibleName(tr("Pad: {x} across, {y} up", **names))
        self.told()

    def told(self) -> None:
        """The sliders have other values."""
        values = {"x": self._x.accessibleDescription(), "y": self._y.accessibleDescription()}
        self.setAccessibleDescription(tr("{x} across, {y} up", **values))
        self.update()

    # --- hands ------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        """The point jumps to the pointer, as on every pad; with Shift it stays and is moved from there."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if control(event.modifiers()):
            self._to_defaults()
            return
        self.gesture_began.emit()
        self._trail.clear()
        self._last = event.position()
        if not shift(event.modifiers()):
            self._go(self._share_at(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        """Follow; with Shift at a tenth."""
        if self._last is None:
            return
        if shift(event.modifiers()):
            step = (self._share_at(event.position()) - self._share_at(self._last)) / 10
            self._go(self._share() + step)
        else:
            self._go(self._share_at(event.position()))
        self._last = event.position()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        """The gesture ends; its trail stays."""
        if self._last is not None:
            self._last = None
            self.gesture_ended.emit()

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        """Both defaults."""
        self._to_defaults()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Arrows move the point."""
        key = Qt.Key(event.key())
        if key in STEPS:
            fine = 0.5 if shift(event.modifiers()) else 1
            across, up = STEPS[key]
            x, y = self._x.value() + across * fine, self._y.value() + up * fine
            self.dragged.emit(self._x.scale.value_at(int(x)), self._y.scale.value_at(int(y)))
        elif key in DEFAULT_KEYS:
            self._to_defaults()
        else:
            super().keyPressEvent(event)

    def _to_defaults(self) -> None:
        self.dragged.emit(self._x.spec.default, self._y.spec.default)

    def _go(self, share: QPointF) -> None:
        inside = QPointF(min(1.0, max(0.0, share.x())), min(1.0, max(0.0, share.y())))
        self._trail.append(inside)
        x, y = (
            slider.scale.rounded(slider.spec.low + part * (slider.spec.high - slider.spec.low))
            for slider, part in ((self._x, inside.x()), (self._y, inside.y()))
        )
        self.dragged.emit(x, y)

    def _share(self) -> QPointF:
        return QPointF(*(slider.scale.share_of(slider.value_now) for slider in (self._x, self._y)))

    def _inner(self) -> QRectF:
        return QRectF(self.rect()).adjusted(DOT, DOT, -DOT, -DOT)

    def _share_at(self, point: QPointF) -> QPointF:
        inner = self._inner()
        across = (point.x() - inner.left()) / max(1.0, inner.width())
        return QPointF(across, (inner.bottom() - point.y()) / max(1.0, inner.height()))

    def _point(self, share: QPointF) -> QPointF:
        inner = self._inner()
        return QPointF(inner.left() + share.x() * inner.width(), inner.bottom() - share.y() * inner.height())

    # --- looks ------------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """A square that a hand can play."""
        return QSize(200, 160)

    def minimumSizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Small, but still to be hit."""
        return QSize(96, 80)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Field, rules, trail, point, ring."""
        painter, theme = begin(self)
        rect = QRectF(self.rect())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(brush(theme.sunken))
        painter.drawRoundedRect(rect, SPACE.radius, SPACE.radius)
        self._paint_rules(painter, theme)
        edge = theme.active_edge if self.part is None else part_edge(theme, self.part)
        self._paint_trail(painter, edge)
        point = self._point(self._share())
        painter.setPen(pen(edge, 1))
        painter.setOpacity(0.35)
        painter.drawLine(QPointF(rect.left(), point.y()), QPointF(rect.right(), point.y()))
        painter.drawLine(QPointF(point.x(), rect.top()), QPointF(point.x(), rect.bottom()))
        painter.setOpacity(1)
        painter.setPen(pen(theme.sunken, 2))
        painter.setBrush(brush(edge))
        painter.drawEllipse(point, DOT, DOT)
        self.paint_mapping(painter, theme, rect)
        end(self, painter, theme)

    def _paint_rules(self, painter: QPainter, theme: Theme) -> None:
        inner = self._inner()
        for i in range(LINES + 1):
            painter.setPen(pen(theme.line_strong if i == LINES // 2 else theme.line))
            x, y = inner.left() + i * inner.width() / LINES, inner.top() + i * inner.height() / LINES
            painter.drawLine(QPointF(x, inner.top()), QPointF(x, inner.bottom()))
            painter.drawLine(QPointF(inner.left(), y), QPointF(inner.right(), y))
        painter.setFont(small(self.font()))
        painter.setPen(pen(theme.text_dim))
        height = painter.fontMetrics().height()
        foot = QRectF(inner.left() + SPACE.tight, inner.bottom() - height, inner.width() - SPACE.gap, height)
        draw_right(painter, foot, f"{title_of(self._x.spec.name)} →")
        draw_left(painter, foot.translated(0, height - inner.height()), f"↑ {title_of(self._y.spec.name)}")

    def _paint_trail(self, painter: QPainter, edge: str) -> None:
        points = [self._point(share) for share in self._trail]
        for i in range(1, len(points)):
            painter.setPen(pen(edge, 2))
            painter.setOpacity(0.6 * i / len(points))
            painter.drawLine(points[i - 1], points[i])
        painter.setOpacity(1)
        painter.setBrush(brush(edge, 0.5))
        painter.setPen(colour(edge, 0.0))
