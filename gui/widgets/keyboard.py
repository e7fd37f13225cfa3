"""A piano on the screen: played by mouse and keys, lit by what sounds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.theme import SPACE, Theme, colour, part_look, theme_of
from gui.widgets.painted import Painted, brush, draw_ring, hatch, pen, small
from gui.widgets.texts import tr
from gui.widgets.value_scale import pitch_name
from realtime.music.note import MAX_PITCH, MAX_VELOCITY, MIN_PITCH

PLAYED: Final = -1  # the place in the rack of who plays himself
BLACK_AFTER: Final = (0, 2, 5, 7, 9)  # degrees of the white keys that have a black key above them
WHITE: Final = (0, 2, 4, 5, 7, 9, 11)
BLACK_WIDTH, BLACK_HEIGHT = 0.58, 0.62  # of a white key
SOFTEST: Final = 30  # velocity at the upper end of a key; the lower end has the highest
KEY_VELOCITY: Final = 90  # of a note played by Enter


@dataclass(frozen=True, slots=True)
class KeyRow:
    """The keys from `low` to `high` in a field of `width` by `height` pixels; both ends are white keys."""

    low: int
    high: int
    width: float
    height: float

    @property
    def whites(self) -> list[int]:
        """The white keys, from the left."""
        return [pitch for pitch in range(self.low, self.high + 1) if pitch % 12 in WHITE]

    def box(self, pitch: int) -> QRectF:
        """Where a key is."""
        wide = self.width / len(self.whites)
        before = sum(1 for p in range(self.low, pitch) if p % 12 in WHITE)
        if pitch % 12 in WHITE:
            return QRectF(before * wide, 0, wide, self.height)
        return QRectF((before - BLACK_WIDTH / 2) * wide, 0, wide * BLACK_WIDTH, self.height * BLACK_HEIGHT)

    def at(self, place: QPointF) -> int | None:
        """The key under a place; black keys lie on top."""
        if not (0 <= place.x() < self.width and 0 <= place.y() < self.height):
            return None
        index = int(place.x() / (self.width / len(self.whites)))
        white = self.whites[min(index, len(self.whites) - 1)]
        near = [p for p in (white - 1, white + 1) if self.low <= p <= self.high and p % 12 not in WHITE]
        return next((pitch for pitch in near if self.box(pitch).contains(place)), white)

    def velocity(self, pitch: int, y: float) -> int:
        """How hard a key is hit: the lower, the harder."""
        share = min(1.0, max(0.0, y / self.box(pitch).height()))
        return round(SOFTEST + share * (MAX_VELOCITY - SOFTEST))


class Keyboard(Painted, QWidget):
    """Press, glide and release with the mouse; with the focus on it, arrows choose a key and Enter plays it.

    `show_sounding` lights keys in the colour and pattern of the part that sounds them, `PLAYED` in the neutral one.
    """

    pressed = Signal(int, int)  # pitch, velocity 1..127
    released = Signal(int)

    def __init__(self, low: int = 36, high: int = 84, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._low, self._high = low, high
        self._sounding: dict[int, int] = {}
        self._letters: dict[int, str] = {}
        self._held: int | None = None  # by the mouse
        self._typed: int | None = None  # by Enter
        self._cursor = 60
        self._picture: QPixmap | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setAccessibleName(tr("Keyboard"))
        self.setToolTip(tr("Keyboard\nClick lower on a key to play louder. Arrows choose a key, Enter plays it."))
        self.set_range(low, high)

    @property
    def row(self) -> KeyRow:
        """The keys as they lie now."""
        return KeyRow(self._low, self._high, float(self.width()), float(self.height()))

    def set_range(self, low: int, high: int) -> None:
        """Show the keys from `low` to `high`; widened to white keys, bounded to 0..127."""
        self.release_all()
        low, high = max(MIN_PITCH, low), min(MAX_PITCH, max(low + 11, high))
        self._low = low if low % 12 in WHITE else low - 1
        self._high = high if high % 12 in WHITE else high - 1
        self._cursor = min(self._high, max(self._low, self._cursor))
        self.look_changed()
        self._told()

    def show_sounding(self, sounding: Mapping[int, int]) -> None:
        """Pitch -> place in the rack of the part that sounds it, or PLAYED."""
        if sounding != self._sounding:
            self._sounding = dict(sounding)
            self.update()

    def set_letters(self, letters: Mapping[int, str]) -> None:
        """Pitch -> the key of the computer's keyboard that plays it; none where they are off."""
        if letters != self._letters:
            self._letters = dict(letters)
            self.look_changed()

    def release_all(self) -> None:
        """Let go of what the mouse or Enter holds."""
        for pitch in (self._held, self._typed):
            if pitch is not None:
                self.released.emit(pitch)
        self._held = self._typed = None

    def _told(self) -> None:
        key, low, high = map(pitch_name, (self._cursor, self._low, self._high))
        self.setAccessibleDescription(tr("{key}, of {low} to {high}", key=key, low=low, high=high))
        self.update()

    # --- hands ------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        """A key goes down."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._glide(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        """On to the next key."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._glide(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        """Up."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._hold(None, 0)

    def _glide(self, place: QPointF) -> None:
        pitch = self.row.at(place)
        if pitch != self._held:
            self._hold(pitch, self.row.velocity(pitch, place.y()) if pitch is not None else 0)

    def _hold(self, pitch: int | None, velocity: int) -> None:
        if self._held is not None:
            self.released.emit(self._held)
        self._held = pitch
        if pitch is not None:
            self._cursor = pitch
            self.pressed.emit(pitch, velocity)
        self._told()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Arrows by a semitone, up and down by an octave, Enter plays."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: -12, Qt.Key.Key_Up: 12}
        key = Qt.Key(event.key())
        if key in steps:
            self._cursor = min(self._high, max(self._low, self._cursor + steps[key]))
            self._told()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat() and self._typed is None:
                self._typed = self._cursor
                self.pressed.emit(self._cursor, KEY_VELOCITY)
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Enter lets go."""
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and not event.isAutoRepeat() and self._typed is not None:
            self.released.emit(self._typed)
            self._typed = None
        elif not is_enter:
            super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802  Qt's name
        """No note hangs behind."""
        self.release_all()
        super().focusOutEvent(event)

    # --- looks ------------------------------------------------------------------------------------------------

    def look_changed(self) -> None:
        """Draw the keys anew."""
        self._picture = None
        super().look_changed()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        """Draw the keys anew."""
        self._picture = None
        super().resizeEvent(event)

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Keys that a pointer hits."""
        return QSize(16 * len(self.row.whites), 72)

    def minimumSizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Narrow, but to be played."""
        return QSize(8 * len(self.row.whites), 48)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """The cached keys, then what sounds, then the cursor."""
        painter, theme, row = QPainter(self), theme_of(self), self.row
        if self._picture is None or self._picture.devicePixelRatio() != self.devicePixelRatioF():
            self._picture = self._draw_keys(theme)
        painter.drawPixmap(0, 0, self._picture)
        lit = {pitch: part for pitch, part in self._sounding.items() if self._low <= pitch <= self._high}
        lit |= {pitch: PLAYED for pitch in (self._held, self._typed) if pitch is not None}
        for is_black in (False, True):
            some = {pitch: part for pitch, part in lit.items() if (pitch % 12 not in WHITE) is is_black}
            for pitch, part in some.items():
                self._paint_lit(painter, theme, row, pitch, part)
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            draw_ring(painter, row.box(self._cursor), theme, 2)
            draw_ring(painter, QRectF(self.rect()), theme, 0)
        painter.end()

    def _paint_lit(self, painter: QPainter, theme: Theme, row: KeyRow, pitch: int, part: int) -> None:
        """A lit key; a white one only below the black ones, so that these stay whole."""
        box = row.box(pitch).adjusted(1, 1, -1, -1)
        if pitch % 12 in WHITE:
            box.setTop(row.height * BLACK_HEIGHT + 1)
        painter.fillRect(box, colour(theme.focus if part == PLAYED else part_look(part).fill))
        lines = None if part == PLAYED else hatch(part)
        if lines is not None:
            painter.fillRect(box, lines)

    def _draw_keys(self, theme: Theme) -> QPixmap:
        ratio, row = self.devicePixelRatioF(), self.row
        picture = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(colour(theme.line_strong))
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        pitches = range(self._low, self._high + 1)
        for is_black in (False, True):
            painter.setBrush(brush(theme.black_key if is_black else theme.white_key))
            for pitch in (p for p in pitches if (p % 12 not in WHITE) is is_black):
                box = row.box(pitch)
                painter.drawRoundedRect(box.adjusted(0, -4, 0 if is_black else -1, -1), 2, 2)
        painter.setFont(small(self.font()))
        for pitch in pitches:
            self._label(painter, theme, row.box(pitch), pitch)
        painter.end()
        return picture

    def _label(self, painter: QPainter, theme: Theme, box: QRectF, pitch: int) -> None:
        letter = self._letters.get(pitch, "")
        is_white = pitch % 12 in WHITE
        painter.setPen(pen(theme.key_text if is_white else theme.white_key))
        tall = painter.fontMetrics().height()
        foot = QRectF(box.left() - 8, box.bottom() - tall - 2, box.width() + 16, tall)
        if pitch % 12 == 0:
            painter.drawText(foot, Qt.AlignmentFlag.AlignCenter, pitch_name(pitch))
        if letter:
            up = tall if is_white else SPACE.tight
            painter.drawText(foot.translated(0, -up), Qt.AlignmentFlag.AlignCenter, letter)
