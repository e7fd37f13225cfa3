"""A slider in the height of one line of text: name, value and unit inside, built from a `ControlSpec`."""

from typing import Final

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy, QWidget

from gui.theme import SPACE, Theme, colour
from gui.widgets.mapped import Mapped
from gui.widgets.painted import (
    begin,
    brush,
    control,
    draw_ground,
    draw_left,
    draw_right,
    end,
    fill_of,
    least_size,
    line_height,
    pen,
    shift,
    small,
)
from gui.widgets.status_line import announce
from gui.widgets.value_field import ValueField
from gui.widgets.value_scale import ValueScale, title_of
from realtime.bundle.spec import ControlSpec

BAR: Final = 3  # height of the bright line under the fill
FAINT: Final = 0.45  # of the edge where it may run through a text
FINE: Final = 10  # how much slower a drag is with Shift
COARSE: Final = 10  # positions of Page Up and Page Down, of about 200
SPEAK_MS: Final = 300  # Qt tells a screen reader the position; the value and its unit are said when a move has ended
WHEEL_NOTCH: Final = 120  # Qt's unit: eighths of a degree
EDIT_KEYS: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2)
DEFAULT_KEYS: Final = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
UP_KEYS: Final = (Qt.Key.Key_Up, Qt.Key.Key_Right)
DOWN_KEYS: Final = (Qt.Key.Key_Down, Qt.Key.Key_Left)


class ControlSlider(Mapped, QAbstractSlider):
    """Drag, wheel, arrows, Page Up/Down, Home/End; Shift is fine; Enter or F2 types; double click is the default.

    `edited` tells a value that the user chose; `show_value` is the way in and emits nothing. Between `sliderPressed`
    and `sliderReleased` lies one gesture: one step of undo.
    """

    edited = Signal(float)
    refused = Signal(str)  # a typed value that it does not take, in one line
    menu_requested = Signal(QPoint)

    def __init__(self, spec: ControlSpec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spec, self.scale = spec, ValueScale.of(spec)
        self._value = spec.default
        self._part: int | None = None
        self._drag_from, self._drag_position = QPointF(), 0.0
        self._wheeled = 0
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setRange(0, self.scale.top)
        self.setSingleStep(1)
        self.setPageStep(1 if self.scale.top <= 3 * COARSE else COARSE)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(title_of(spec.name))
        self._speak = QTimer(self, interval=SPEAK_MS, singleShot=True)
        self._speak.timeout.connect(lambda: announce(self, self.accessibleDescription()))
        self.setValue(self.scale.position_of(spec.default))
        self._describe()
        self.told()
        self.valueChanged.connect(self._moved)

    @property
    def value_now(self) -> float:
        """The value shown."""
        return self._value

    def show_value(self, value: float) -> None:
        """Show what the engine has; any number, the range bounds it."""
        bounded = min(self.spec.high, max(self.spec.low, value))
        if bounded == self._value:
            return
        self._value = bounded
        self.blockSignals(True)
        self.setValue(self.scale.position_of(bounded))
        self.blockSignals(False)
        self._describe()

    def set_part(self, part: int | None) -> None:
        """Lend it the colour of the part at a place in the rack."""
        self._part = part
        self.update()

    def take(self, value: float) -> None:
        """A value chosen by the user: show it and tell."""
        if value != self._value:
            self.show_value(value)
            self.edited.emit(self._value)

    def _moved(self, position: int) -> None:
        self._value = self.scale.value_at(position)
        self._describe()
        if QAccessible.isActive() and self.hasFocus():
            self._speak.start()
        self.edited.emit(self._value)

    def told(self) -> None:
        """What moves it has changed: the tooltip says so."""
        self.setToolTip(self.with_mapping(self.scale.help()))
        self.update()

    def _describe(self) -> None:
        self.setAccessibleDescription(self.scale.spoken(self._value))
        self.update()

    def begin_typing(self) -> ValueField:
        """Open the field for a typed value."""
        field = ValueField(self, self.scale.exact(self._value), self.scale.parse)
        field.entered.connect(self.take)
        field.refused.connect(self.refused)
        return field

    # --- hands ------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Type, default, fine steps, or what every slider does."""
        key = event.key()
        if key in EDIT_KEYS:
            self.begin_typing()
        elif key in DEFAULT_KEYS:
            self.take(self.spec.default)
        elif key in UP_KEYS + DOWN_KEYS and not self.spec.integer:
            steps = 1 if shift(event.modifiers()) else 2
            self.setValue(self.value() + (steps if key in UP_KEYS else -steps))
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        """A drag begins where the value is, so that a touch alone changes nothing; Ctrl+click is the default."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if control(event.modifiers()):
            self.take(self.spec.default)
            return
        self._drag_from, self._drag_position = event.position(), float(self.value())
        self.setSliderDown(True)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        """The fill follows the pointer; with Shift at a tenth of its speed."""
        if not self.isSliderDown():
            return
        moved = event.position().x() - self._drag_from.x()
        self._drag_from = event.position()
        speed = FINE if shift(event.modifiers()) else 1
        wanted = self._drag_position + moved / max(1, self.width()) * self.scale.top / speed
        self._drag_position = min(float(self.scale.top), max(0.0, wanted))
        self.setValue(round(self._drag_position))

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        """The gesture ends."""
        self.setSliderDown(False)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        """Back to the default."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.take(self.spec.default)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802  Qt's name
        """A notch is 2 % of the range or one whole number; with Shift one position."""
        delta = event.angleDelta()
        self._wheeled += delta.y() or delta.x()  # some systems turn Shift+wheel sideways
        notches = int(self._wheeled / WHEEL_NOTCH)
        self._wheeled -= notches * WHEEL_NOTCH
        coarse = 1 if shift(event.modifiers()) else max(1, self.scale.top // 50)
        self.setValue(self.value() + notches * coarse)
        event.accept()

    # --- looks ------------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """As wide as name and the longest value need, with room to drag."""
        metrics = self.fontMetrics()
        widest = max(map(self.scale.spoken, (self.spec.low, self.spec.default, self.spec.high)), key=len)
        texts = metrics.horizontalAdvance(f"{title_of(self.spec.name)}  {widest}") + 3 * SPACE.gap
        return QSize(max(texts, 120), line_height(self))

    def minimumSizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """The same height; texts are elided."""
        return least_size(self)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Track, fill, marks, texts, ring."""
        painter, theme = begin(self)
        rect = QRectF(self.rect())
        draw_ground(painter, theme, rect, hovered=self.underMouse())
        self._paint_fill(painter, theme, rect)
        self._paint_marks(painter, theme, rect)
        self._paint_texts(painter, theme, rect)
        self.paint_mapping(painter, theme, rect, None if self.pick_up is None else self._x(self.pick_up, rect))
        end(self, painter, theme)

    def _x(self, value: float, rect: QRectF) -> float:
        return rect.left() + self.scale.share_of(value) * rect.width()

    def _paint_fill(self, painter: QPainter, theme: Theme, rect: QRectF) -> None:
        ground, edge = fill_of(theme, self._part)
        zero = 0.0 if self.spec.low < 0 < self.spec.high else self.spec.low
        start, stop = sorted((self._x(zero, rect), self._x(self._value, rect)))
        painter.save()
        painter.setClipRect(QRectF(start, rect.top(), stop - start, rect.height()))
        painter.setBrush(brush(ground))
        painter.drawRoundedRect(rect, SPACE.radius, SPACE.radius)
        painter.restore()
        x = min(rect.right() - SPACE.ring, max(rect.left(), self._x(self._value, rect) - SPACE.ring / 2))
        painter.fillRect(QRectF(x, rect.top(), SPACE.ring, rect.height()), colour(edge, FAINT))
        painter.fillRect(QRectF(start, rect.bottom() - BAR, stop - start, BAR), colour(edge))
        painter.fillRect(QRectF(x, rect.bottom() - 2 * BAR, SPACE.ring, 2 * BAR), colour(edge))

    def _paint_marks(self, painter: QPainter, theme: Theme, rect: QRectF) -> None:
        default = min(rect.right() - 1, max(rect.left() + 1, self._x(self.spec.default, rect)))
        if self._value != self.spec.default:
            painter.fillRect(QRectF(default - 0.5, rect.bottom() - 4, 1, 4), colour(theme.text_dim))

    def _paint_texts(self, painter: QPainter, theme: Theme, rect: QRectF) -> None:
        inner = rect.adjusted(SPACE.gap, 0, -SPACE.gap, 0)
        painter.setPen(pen(theme.text))
        if self.scale.unit:
            painter.setFont(small(self.font()))
            inner.setRight(draw_right(painter, inner, self.scale.unit) - SPACE.tight)
        painter.setFont(self.font())
        inner.setRight(draw_right(painter, inner, self.scale.text(self._value)) - SPACE.gap)
        inner.setLeft(inner.left() + (SPACE.tight if self.mapped else 0))
        name = title_of(self.spec.name)
        draw_left(painter, inner, name)
        if self.mapped:  # in words too, where there is room for them
            inner.setLeft(inner.left() + painter.fontMetrics().horizontalAdvance(name) + SPACE.gap)
            painter.setFont(small(self.font()))
            if painter.fontMetrics().horizontalAdvance(self.mapped) <= inner.width():
                painter.setPen(pen(theme.text_dim))
                draw_left(painter, inner, self.mapped)
