"""How a take looks in the list: handle, a small piano roll, name, what it is, star and marks."""

from collections.abc import Callable
from datetime import date
from typing import Final

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPixmap
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from gui.theme import SPACE, Theme, colour, part_edge, part_look, theme_of
from gui.viewmodels.takes_list import TAKE, TakesList, bars_text, called, seed_text, when
from gui.widgets.icons import draw_icon
from gui.widgets.painted import brush, draw_left, hatch, pen, small
from realtime.takes.store import MAX_NAME, StoredTake
from realtime.takes.take import Take

HANDLE, PICTURE, STAR, TEXT = PLACES = ("handle", "picture", "star", "text")
HANDLE_WIDTH: Final = 14  # logical pixels, as all below
PICTURE_WIDTH: Final = 66
STAR_SIZE: Final = 14
COLOUR_WIDTH: Final = 4
KEPT_PICTURES: Final = 256
LEAST_PITCHES: Final = 12  # a picture shows at least an octave
Index = QModelIndex | QPersistentModelIndex
Place = Callable[[str], int | None]  # of a source in the rack; None: the musician's


class TakeRows(QStyledItemDelegate):
    """Paints rows, and tells what was clicked in them."""

    play_wanted = Signal(str)  # id
    star_wanted = Signal(str)

    def __init__(self, takes: TakesList, place_of: Place, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._takes, self._place_of = takes, place_of
        self._pictures: dict[tuple[object, ...], QPixmap] = {}

    # --- Qt's ----------------------------------------------------------------------------------------------

    def sizeHint(self, option: QStyleOptionViewItem, _index: Index) -> QSize:  # noqa: N802  Qt's name
        """Three lines."""
        return QSize(160, option.fontMetrics.height() * 3 + SPACE.tight)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """A row."""
        stored, widget = index.data(TAKE), option.widget
        assert isinstance(stored, StoredTake)
        assert isinstance(widget, QWidget)
        theme, rect = theme_of(widget), QRectF(option.rect)
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        is_under = bool(option.state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = theme.raised if is_chosen else theme.panel if is_under else theme.sunken
        painter.fillRect(rect, colour(ground))
        self._draw_source(painter, theme, rect, stored.take)
        where = places_in(rect)
        draw_icon(painter, "drag-handle", _centred(where[HANDLE], STAR_SIZE), theme.text_dim)
        self._draw_picture(painter, theme, where[PICTURE], stored.take, is_under=is_under)
        if stored.starred or is_under or is_chosen:
            icon = "star" if stored.starred else "star-empty"
            draw_icon(painter, icon, _centred(where[STAR], STAR_SIZE), theme.warn if stored.starred else theme.text_dim)
        self._draw_marks(painter, theme, where[STAR], self._takes.marks(stored.take.id))
        self._draw_texts(painter, theme, where[TEXT], stored)
        painter.setPen(pen(theme.line))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if option.state & QStyle.StateFlag.State_HasFocus and is_chosen:
            painter.setPen(pen(theme.focus, SPACE.ring))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(rect.adjusted(1, 1, -1, -2))
        painter.restore()

    def createEditor(  # noqa: N802  Qt's name
        self, parent: QWidget, _option: QStyleOptionViewItem, _index: Index
    ) -> QWidget:
        """A field for the name."""
        editor = QLineEdit(parent)
        editor.setMaxLength(MAX_NAME)
        editor.setAccessibleName(self.tr("Name of the take"))
        return editor

    def updateEditorGeometry(  # noqa: N802  Qt's name
        self, editor: QWidget, option: QStyleOptionViewItem, _index: Index
    ) -> None:
        """Over the text."""
        text = places_in(QRectF(option.rect))[TEXT].toRect()
        text.setRight(option.rect.right() - SPACE.tight)
        text.setHeight(editor.sizeHint().height())
        editor.setGeometry(text)

    def editorEvent(  # noqa: N802  Qt's name
        self, event: QEvent, _model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        """A click on the picture plays, on the star stars; a double click on the text plays too."""
        if not isinstance(event, QMouseEvent) or event.button() != Qt.MouseButton.LeftButton:
            return False
        hit = next((name for name, box in places_in(QRectF(option.rect)).items() if box.contains(event.position())), "")
        take_id = index.data(TAKE).take.id
        if event.type() == QEvent.Type.MouseButtonRelease and hit in (PICTURE, STAR):
            (self.play_wanted if hit == PICTURE else self.star_wanted).emit(take_id)
            return True
        if event.type() == QEvent.Type.MouseButtonDblClick and hit == TEXT:
            self.play_wanted.emit(take_id)
            return True
        return False

    # --- inside --------------------------------------------------------------------------------------------

    def _draw_source(self, painter: QPainter, theme: Theme, rect: QRectF, take: Take) -> None:
        """Whose it is, by colour and pattern; everything and the musician have none."""
        place = self._place_of(take.source)
        bar = QRectF(rect.left(), rect.top() + 1, COLOUR_WIDTH, rect.height() - 2)
        painter.fillRect(bar, colour(theme.text_dim if place is None else part_look(place).fill))
        lines = None if place is None else hatch(place)
        if lines is not None:
            painter.fillRect(bar, lines)

    def _draw_picture(self, painter: QPainter, theme: Theme, rect: QRectF, take: Take, *, is_under: bool) -> None:
        ratio = painter.device().devicePixelRatioF()
        colours = tuple(self._place_of(source_of(voice.name)) for voice in take.voices)
        key = (take.id, rect.width(), rect.height(), ratio, theme.name, colours)
        picture = self._pictures.get(key)
        if picture is None:
            while len(self._pictures) >= KEPT_PICTURES:
                del self._pictures[next(iter(self._pictures))]
            picture = self._pictures[key] = drawn(
                take, colours, theme, QSize(int(rect.width()), int(rect.height())), ratio
            )
        painter.drawPixmap(rect.topLeft(), picture)
        is_playing = take.id == self._takes.playing
        if is_playing:
            x = rect.left() + self._takes.place * (rect.width() - 1)
            painter.fillRect(QRectF(x, rect.top(), 1.5, rect.height()), colour(theme.text))
        if is_under or is_playing:
            box = _centred(rect, 22)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(brush(theme.on if is_playing else theme.raised, 0.9))
            painter.drawEllipse(box)
            ink = theme.on_text if is_playing else theme.text
            draw_icon(painter, "stop" if is_playing else "play", _centred(rect, 14), ink)

    def _draw_texts(self, painter: QPainter, theme: Theme, rect: QRectF, stored: StoredTake) -> None:
        take, line = stored.take, rect.height() / 3
        plays = self.tr("plays") if take.id == self._takes.playing else ""
        title = stored.name or called(take)
        played_by = called(take) if stored.name else ""
        second = " · ".join(filter(None, (bars_text(take), plays or when(take.id, date.today()))))
        third = " · ".join(filter(None, (played_by, seed_text(take))))
        font = painter.font()
        for number, (text, ink) in enumerate(((title, theme.text), (second, theme.text_dim), (third, theme.text_dim))):
            painter.setFont(small(font) if number else font)
            painter.setPen(pen(ink))
            draw_left(painter, QRectF(rect.left(), rect.top() + number * line, rect.width(), line), text)
        painter.setFont(font)

    def _draw_marks(self, painter: QPainter, theme: Theme, star: QRectF, marks: str) -> None:
        """A and B, below the star."""
        for mark in marks:
            box = QRectF(star.left(), star.bottom() - 18, star.width(), 16)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(brush(theme.on))
            painter.drawRoundedRect(box, SPACE.radius, SPACE.radius)
            painter.setPen(pen(theme.on_text))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, mark)


def places_in(rect: QRectF) -> dict[str, QRectF]:
    """What stands where in a row, by PLACES."""
    left = rect.left() + COLOUR_WIDTH
    inner = rect.adjusted(0, SPACE.tight, 0, -SPACE.tight)
    picture = left + HANDLE_WIDTH + 2
    text = picture + PICTURE_WIDTH + SPACE.gap
    star = rect.right() - STAR_SIZE - SPACE.gap
    return {
        HANDLE: QRectF(left, rect.top(), HANDLE_WIDTH, rect.height()),
        PICTURE: QRectF(picture, inner.top(), PICTURE_WIDTH, inner.height()),
        STAR: QRectF(star, inner.top(), STAR_SIZE + SPACE.tight, inner.height()),
        TEXT: QRectF(text, rect.top() + 2, star - text - SPACE.tight, rect.height() - 4),
    }


def source_of(voice: str) -> str:
    """The part of a voice that is called "part" or "part voice"."""
    return voice.partition(" ")[0].partition("/")[0]


def drawn(take: Take, places: tuple[int | None, ...], theme: Theme, size: QSize, ratio: float) -> QPixmap:
    """The notes of a take; `places`: of each voice's part in the rack, None for the musician."""
    picture = QPixmap(round(size.width() * ratio), round(size.height() * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(colour(theme.black_row))
    pitches = [note.pitch for voice in take.voices for note in voice.notes] or [60]
    spare = max(0, LEAST_PITCHES - (max(pitches) - min(pitches)))
    low, high = min(pitches) - spare // 2 - 1, max(pitches) + spare - spare // 2 + 1
    wide, tall = size.width() / take.length_ticks, size.height() / (high - low)
    painter = QPainter(picture)
    for voice, place in zip(take.voices, places, strict=True):
        ink = colour(theme.text if place is None else part_edge(theme, place))
        for note in voice.notes:
            width = max(1.5, note.duration_ticks * wide - 0.5)
            y = (high - note.pitch) * tall - tall / 2
            painter.fillRect(QRectF(note.start_tick * wide, y, width, max(1.5, tall * 0.8)), ink)
    painter.end()
    return picture


def _centred(rect: QRectF, size: float) -> QRectF:
    return QRectF(rect.center().x() - size / 2, rect.center().y() - size / 2, size, size)
