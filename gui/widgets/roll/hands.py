"""A field of music that hands move: scroll, zoom, follow, pick bars. What is in it, a subclass paints."""

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from gui.theme import SPACE
from gui.widgets.painted import control, shift
from gui.widgets.roll.view import RollView

KEYS_PX: Final = 46  # of the keys at the left
NOTCH: Final = 120  # Qt's unit of a wheel
ZOOM: Final = 1.2  # a notch, or a key
ROWS: Final = 3  # a notch
SCROLL_BEATS: Final = 1.0  # an arrow key, or a notch


class RollHands(QWidget):
    """Which stretch is in sight, whether it follows the music, which bars are picked."""

    bars_selected = Signal(int, int)  # first and last bar, from 0, both inclusive
    selection_cleared = Signal()
    follow_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = RollView()
        self.now_tick = 0
        self.follows = True
        self.fits_pitches = True  # until the user scrolls the pitches: then they are where they were put
        self.selection: tuple[int, int] | None = None  # first and last bar
        self._picked_from: int | None = None
        self._grabbed: QPointF | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)

    def ruler_height(self) -> int:
        """Of the bar numbers above the field."""
        return max(SPACE.target, self.fontMetrics().height() + SPACE.tight)

    def field(self) -> QRectF:
        """Where the notes are, in the widget."""
        top = self.ruler_height()
        return QRectF(KEYS_PX, top, max(1, self.width() - KEYS_PX), max(1, self.height() - top))

    def set_view(self, view: RollView) -> None:
        """Show another stretch, or at another scale."""
        if view != self.view:
            self.view = view
            self.update()

    def set_follow(self, follows: bool) -> None:
        """Whether now stays in sight."""
        if follows != self.follows:
            self.follows = follows
            self.follow_changed.emit(follows)
            self.update()

    def set_selection(self, bars: tuple[int, int] | None) -> None:
        """Pick bars (first, last), or none, and tell."""
        if bars == self.selection:
            return
        self.selection = bars
        if bars is None:
            self.selection_cleared.emit()
        else:
            self.bars_selected.emit(*bars)
        self.update()

    def zoom(self, factor: float, x: float | None = None) -> None:
        """Closer or farther around `x` of the field; around now while the roll follows, else around the middle."""
        if x is None or self.follows:
            x = self.view.x_of(self.now_tick) if self.follows else self.field().width() / 2
        self.set_view(self.view.zoomed(factor, x))

    def scroll_by(self, pixels: float) -> None:
        """Later or earlier; from here on the roll does not follow."""
        self.set_follow(False)
        self.set_view(self.view.scrolled(pixels))

    def scroll_rows(self, rows: int) -> None:
        """Up or down."""
        self.fits_pitches = False
        self.set_view(self.view.moved_rows(rows, self.field().height()))

    def zoom_rows(self, factor: float) -> None:
        """Higher or lower rows."""
        self.fits_pitches = False
        self.set_view(self.view.zoomed_rows(factor, self.field().height()))

    # --- wheel and keys ---------------------------------------------------------------------------------------

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802  Qt's name
        """Pitches; with Shift, or sideways, time; with Ctrl zoom, with both the rows' height."""
        turned, fine = event.angleDelta(), event.pixelDelta()
        notches = turned.y() / NOTCH or turned.x() / NOTCH
        held = event.modifiers()
        if control(held) and shift(held):
            self.zoom_rows(ZOOM**notches)
        elif control(held):
            self.zoom(ZOOM**notches, event.position().x() - self.field().left())
        elif shift(held):
            self.scroll_by(-notches * SCROLL_BEATS * self.view.beat_px)
        else:
            if turned.x():
                self.scroll_by(-(fine.x() or turned.x() / NOTCH * self.view.beat_px))
            if turned.y():
                self.scroll_rows(round(turned.y() / NOTCH * ROWS) or (1 if turned.y() > 0 else -1))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Arrows, + and -, F, Home, End, Delete; with Shift the arrows pick bars."""
        key, held = Qt.Key(event.key()), event.modifiers()
        side = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(key)
        rise = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(key)
        if side is not None and shift(held):
            self._extend(side)
        elif side is not None:
            self.scroll_by(side * SCROLL_BEATS * self.view.beat_px)
        elif rise is not None and control(held):
            self.zoom_rows(ZOOM**rise)
        elif rise is not None:
            self.scroll_rows(rise)
        elif not self._press(key):
            super().keyPressEvent(event)

    def _press(self, key: Qt.Key) -> bool:
        width = self.field().width()
        actions = {
            Qt.Key.Key_Plus: lambda: self.zoom(ZOOM),
            Qt.Key.Key_Equal: lambda: self.zoom(ZOOM),
            Qt.Key.Key_Minus: lambda: self.zoom(1 / ZOOM),
            Qt.Key.Key_F: lambda: self.set_follow(not self.follows),
            Qt.Key.Key_Home: lambda: self.scroll_by(self.view.x_of(self.view.origin_tick)),
            Qt.Key.Key_End: lambda: self.set_view(self.view.at_tick(self.now_tick, width / 2)),
            Qt.Key.Key_PageUp: lambda: self.scroll_by(-width * 0.8),
            Qt.Key.Key_PageDown: lambda: self.scroll_by(width * 0.8),
            Qt.Key.Key_Delete: lambda: self.set_selection(None),
        }
        if key not in actions:
            return False
        actions[key]()
        return True

    def _extend(self, side: int) -> None:
        """Pick the bar of now, then move the end of what is picked."""
        if self.selection is None:
            bar = max(0, self.view.bar_at(self.now_tick))
            self.set_selection((bar, bar))
        else:
            first, last = self.selection
            self.set_selection((first, max(first, last + side)))

    # --- mouse ------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        """In the ruler bars are picked; elsewhere the paper is taken hold of."""
        if event.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            return
        if event.position().y() < self.field().top():
            self._picked_from = self._bar_under(event.position())
            if self.selection == (self._picked_from, self._picked_from):
                self._picked_from = None
                self.set_selection(None)
            else:
                self._pick(event.position())
        else:
            self._grabbed = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        """Pick more bars, or move the paper."""
        place = event.position()
        if self._picked_from is not None:
            self._pick(place)
        elif self._grabbed is not None:
            moved = place - self._grabbed
            rows = int(moved.y() / self.view.row_px)
            if moved.x():
                self.scroll_by(-moved.x())
            if rows:
                self.scroll_rows(rows)
            self._grabbed = QPointF(place.x(), self._grabbed.y() + rows * self.view.row_px)
        else:
            in_ruler = place.y() < self.field().top()
            self.setCursor(Qt.CursorShape.SplitHCursor if in_ruler else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        """Done."""
        self._picked_from = self._grabbed = None

    def _bar_under(self, place: QPointF) -> int:
        return max(0, self.view.bar_at(self.view.tick_at(place.x() - self.field().left())))

    def _pick(self, place: QPointF) -> None:
        assert self._picked_from is not None
        first, last = sorted((self._picked_from, self._bar_under(place)))
        self.set_selection((first, last))
