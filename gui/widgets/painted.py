"""What all painted widgets share: the theme in force, the focus ring, sizes by the font, brushes made once."""

from functools import lru_cache
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QFont, QPainter, QPen
from PySide6.QtWidgets import QWidget

from gui.theme import SMALL, SPACE, Theme, colour, contrast, mixed, part_edge, part_look, scaled, theme_of

LOOKS = (QEvent.Type.PaletteChange, QEvent.Type.FontChange, QEvent.Type.StyleChange)
HATCH_SHARE = 0.35  # how far a pattern's lines are darker than its ground

CHEVRON: Final = ((-3.5, -1.5), (0, 2), (3.5, -1.5))
LEAST_WIDTH: Final = 72  # px


@lru_cache(maxsize=256)
def pen(text: str, width: float = 1.0, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    """A pen of #rrggbb, one for all who paint. Not to be changed."""
    made = QPen(colour(text), width, style)
    made.setCosmetic(False)  # as many device pixels as the screen's scale asks for
    return made


@lru_cache(maxsize=256)
def brush(text: str, alpha: float = 1.0) -> QBrush:
    """A brush of #rrggbb, one for all who paint. Not to be changed."""
    return QBrush(colour(text, alpha))


@lru_cache(maxsize=64)
def hatch(index: int, alpha: float = 1.0) -> QBrush | None:
    """The lines that a part's pattern draws over its colour; None for the plain one."""
    look = part_look(index)
    if look.pattern == Qt.BrushStyle.SolidPattern:
        return None
    return QBrush(colour(mixed(look.fill, "#000000", HATCH_SHARE), alpha), look.pattern)


@lru_cache(maxsize=64)
def fill_of(theme: Theme, part: int | None) -> tuple[str, str]:
    """Ground and edge of what is filled: a part's colour, as strong as the text on it allows, or the neutral one."""
    if part is None:
        return theme.active, theme.active_edge
    mixes = (mixed(theme.raised, part_look(part).fill, share / 100) for share in range(42, -1, -2))
    ground = next((mix for mix in mixes if contrast(theme.text, mix) >= 4.5), theme.raised)
    return ground, part_edge(theme, part)


class Painted:
    """Mixed in before a QWidget class. `look_changed` is called when theme or font change: caches go there."""

    def look_changed(self) -> None:
        """Forget what was drawn in the old look."""
        assert isinstance(self, QWidget)
        self.updateGeometry()
        self.update()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  Qt's name
        """Qt's."""
        super().changeEvent(event)  # type: ignore[misc]
        if event.type() in LOOKS:
            self.look_changed()


def begin(widget: QWidget) -> tuple[QPainter, Theme]:
    """A smooth painter on the widget, and the theme in force. `end` must follow."""
    painter = QPainter(widget)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    return painter, theme_of(widget)


def end(widget: QWidget, painter: QPainter, theme: Theme, radius: float = SPACE.radius) -> None:
    """Finish: dim what is disabled, draw the ring around what has the focus."""
    if not widget.isEnabled():
        painter.fillRect(widget.rect(), colour(theme.panel, 0.6))
    if widget.hasFocus():
        draw_ring(painter, QRectF(widget.rect()), theme, radius)
    painter.end()


def draw_ring(painter: QPainter, rect: QRectF, theme: Theme, radius: float = SPACE.radius) -> None:
    """The focus ring, inside `rect`."""
    inset = SPACE.ring / 2
    painter.setPen(pen(theme.focus, SPACE.ring))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(rect.adjusted(inset, inset, -inset, -inset), radius, radius)


def draw_ground(painter: QPainter, theme: Theme, rect: QRectF, *, hovered: bool) -> None:
    """What every box and slider stands on."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(brush(theme.hover if hovered else theme.raised))
    painter.drawRoundedRect(rect, SPACE.radius, SPACE.radius)


def draw_chevron(painter: QPainter, theme: Theme, rect: QRectF) -> QRectF:
    """The sign of a box that opens, at the right edge; returns the room that is left for texts."""
    inner = rect.adjusted(SPACE.gap, 0, -SPACE.gap, 0)
    at = QPointF(inner.right() - 3, inner.center().y())
    painter.setPen(pen(theme.text_dim, 1.5))
    painter.drawPolyline([at + QPointF(x, y) for x, y in CHEVRON])
    inner.setRight(inner.right() - 2 * SPACE.gap)
    return inner


def draw_right(painter: QPainter, rect: QRectF, text: str) -> float:
    """Text at the right edge; returns where it begins."""
    painter.drawText(rect, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
    return rect.right() - painter.fontMetrics().horizontalAdvance(text)


def draw_left(painter: QPainter, rect: QRectF, text: str) -> None:
    """Text at the left edge, elided to fit."""
    fitting = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, max(0, int(rect.width())))
    painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, fitting)


def small(font: QFont) -> QFont:
    """The font of captions."""
    return scaled(font, SMALL)


def line_height(widget: QWidget) -> int:
    """How high a widget is that shows one line of text: never below what a finger or a pen hits."""
    return max(SPACE.target, widget.fontMetrics().height() + SPACE.gap)


def least_size(widget: QWidget) -> QSize:
    """Of a control that shows one line of text: what does not fit is elided."""
    return QSize(LEAST_WIDTH, line_height(widget))


def shift(modifiers: Qt.KeyboardModifier) -> bool:
    """Whether Shift is held: fine."""
    return bool(modifiers & Qt.KeyboardModifier.ShiftModifier)


def control(modifiers: Qt.KeyboardModifier) -> bool:
    """Whether Ctrl is held (Command on macOS)."""
    return bool(modifiers & Qt.KeyboardModifier.ControlModifier)
