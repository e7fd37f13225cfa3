"""The piano roll: what was played and what each part plays, past, now and ahead."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.theme import SPACE, Theme, theme_of
from gui.widgets.painted import draw_ring, small
from gui.widgets.roll.edges import keys_pixmap, paint_lit, paint_ruler
from gui.widgets.roll.hands import KEYS_PX, RollHands
from gui.widgets.roll.marks import Source
from gui.widgets.roll.notes import END, PITCH, START, VELOCITY, NoteStore, RollRow, Span
from gui.widgets.roll.overlay import (
    LockedCell,
    legend_pixmap,
    paint_locks,
    paint_selection,
    paint_sounding,
    paint_time,
)
from gui.widgets.roll.tiles import Look, TileCache
from gui.widgets.texts import tr
from gui.widgets.value_scale import pitch_name
from realtime.music.note import Note
from realtime.music.units import PPQ, Meter

FOLLOW_AT: Final = 0.42  # where now stands while the roll follows, of the field's width
WORDS_MS: Final = 500  # how long changes are gathered before the text for a screen reader is written anew


class PianoRoll(RollHands):
    """Notes go in by source: `set_notes`, `add_notes`, `drop_from`, `replace_from`; `set_now` moves the music on.

    Wheel: pitches; Shift+wheel: time; Ctrl+wheel, + and -: zoom; arrows scroll; F follows; a drag in the ruler or
    Shift+arrows pick bars. A frame copies cached tiles, so it costs the same with ten notes or ten thousand.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.store = NoteStore()
        self.tiles = TileCache(self.store)
        self.sources: tuple[Source, ...] = ()
        self._lookahead = 0
        self._locks: tuple[LockedCell, ...] = ()
        self._keys: tuple[object, QPixmap] | None = None
        self._has_legend = True
        self._legend: tuple[object, QPixmap] | None = None
        self._words = QTimer(self, interval=WORDS_MS, singleShot=True)
        self._words.timeout.connect(self._write_words)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("Piano roll"))
        self._write_words()

    # --- notes ------------------------------------------------------------------------------------------------

    def set_sources(self, sources: Sequence[Source]) -> None:
        """Who plays, in the order they are drawn; notes of a key that is not among them stay out of sight."""
        self.sources = tuple(sources)
        self._words.start()
        self.update()

    def set_notes(self, source: str, notes: Iterable[Note]) -> None:
        """Replace all notes of a source; ticks are of the timeline."""
        self._changed(self.store.put(source, notes))

    def add_notes(self, source: str, notes: Iterable[Note]) -> None:
        """More notes of a source."""
        self._changed(self.store.add(source, notes))

    def drop_from(self, source: str, tick: int) -> None:
        """Forget the notes of a source that begin at `tick` or later."""
        self._changed(self.store.drop_from(source, tick))

    def replace_from(self, source: str, tick: int, notes: Iterable[Note]) -> None:
        """`drop_from` and `add_notes` in one, which paints only what differs."""
        self._changed(self.store.replace_from(source, tick, notes))

    def drop_before(self, tick: int) -> None:
        """Forget what ended before `tick`, of all sources: bounds the memory of a long session."""
        self._changed(self.store.drop_before(tick))

    def _changed(self, span: Span) -> None:
        if not span:
            return
        self.tiles.forget(span)
        bounds = self.store.pitches()
        if self.fits_pitches and bounds and not self.view.shows(*bounds, self.field().height()):
            self.set_view(self.view.fitted(*bounds, self.field().height()))
        if not self._words.isActive():
            self._words.start()
        self.update()

    # --- time -------------------------------------------------------------------------------------------------

    def set_now(self, tick: int, lookahead_ticks: int = 0) -> None:
        """Where the music is, and how far ahead of that it has been handed over already."""
        if (tick, lookahead_ticks) == (self.now_tick, self._lookahead):
            return
        self.now_tick, self._lookahead = tick, lookahead_ticks
        if self.follows:
            self.view = self.view.at_tick(tick, self.field().width() * FOLLOW_AT)
        self.update()

    def set_meter(self, meter: Meter) -> None:
        """How long a bar is."""
        self.set_view(replace(self.view, meter=meter))

    def set_origin_tick(self, tick: int) -> None:
        """Where bar 0 begins; it is bar 1 on screen."""
        self.set_view(replace(self.view, origin_tick=tick))

    # --- marks ------------------------------------------------------------------------------------------------

    def set_lock_cells(self, cells: Sequence[LockedCell]) -> None:
        """What stays as it is when a part makes something new."""
        self._locks = tuple(cells)
        self.update()

    def set_legend(self, is_shown: bool) -> None:
        """Whether the sources are named at the lower left."""
        self._has_legend = is_shown
        self.update()

    # --- in words ---------------------------------------------------------------------------------------------

    def as_rows(self) -> list[RollRow]:
        """All notes in words, by start: what a table shows to who cannot see the picture."""
        found = [(row, source.label) for source in self.sources for row in self.store.rows(source.key).tolist()]
        return [
            self._row(row, label) for row, label in sorted(found, key=lambda pair: (pair[0][START], pair[0][PITCH]))
        ]

    def _row(self, row: Sequence[int], label: str) -> RollRow:
        bar = self.view.bar_at(row[START])
        return RollRow(
            source=label,
            bar=bar + 1,
            beat=1 + round((row[START] - self.view.bar_tick(bar)) / PPQ, 2),
            pitch=pitch_name(row[PITCH]),
            beats=round((row[END] - row[START]) / PPQ, 2),
            velocity=row[VELOCITY],
        )

    def summary(self) -> str:
        """The picture in a sentence."""
        if not len(self.store):
            return tr("No notes yet.")
        told = ", ".join(f"{source.label} {self.store.count(source.key)}" for source in self.sources)
        bars = max(0, self.view.bar_at(self.store.end_tick() - 1)) + 1
        form = "{count} notes in {bars} bars: {told}. Now in bar {bar}."
        return tr(form, count=len(self.store), bars=bars, told=told, bar=self.view.bar_at(self.now_tick) + 1)

    def _write_words(self) -> None:
        self.setAccessibleDescription(self.summary())

    # --- looks ------------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Most of a window."""
        return QSize(720, 320)

    def minimumSizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Two octaves and some bars."""
        return QSize(240, 120)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        """No row beyond the lowest and highest pitch, and all notes still in sight."""
        super().resizeEvent(event)
        height, bounds = self.field().height(), self.store.pitches()
        self.view = self.view.moved_rows(0, height)
        if self.fits_pitches and bounds and not self.view.shows(*bounds, height):
            self.view = self.view.fitted(*bounds, height)
        if self.follows:
            self.view = self.view.at_tick(self.now_tick, self.field().width() * FOLLOW_AT)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Tiles, then what moves, then the edges."""
        painter, theme, field = QPainter(self), theme_of(self), self.field()
        rect = QRectF(0, 0, field.width(), field.height())
        painter.save()
        painter.translate(field.topLeft())
        painter.setClipRect(rect)
        self._paint_tiles(painter, theme, field)
        lit = self._paint_over(painter, theme, rect)
        painter.restore()
        self._paint_edges(painter, theme, field, lit)
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            draw_ring(painter, QRectF(self.rect()), theme, 0)
        painter.end()

    def _paint_tiles(self, painter: QPainter, theme: Theme, field: QRectF) -> None:
        look = Look(
            view=replace(self.view, left_px=0.0),
            height=int(field.height()),
            ratio=self.devicePixelRatioF(),
            theme=theme,
            sources=self.sources,
        )
        self.tiles.draw(painter, look, self.view.left_px, int(field.width()))

    def _paint_over(self, painter: QPainter, theme: Theme, rect: QRectF) -> dict[int, str]:
        if self.selection is not None:
            paint_selection(painter, self.view, theme, rect, self.selection)
        paint_time(painter, self.view, theme, rect, self.now_tick, self._lookahead)
        lit = paint_sounding(painter, self.view, theme, self.store, self.sources, self.now_tick)
        paint_locks(painter, self.view, theme, rect, self._locks, self.store)
        if self._has_legend and self.sources:
            legend = self._legend_for(theme)
            top = rect.bottom() - legend.deviceIndependentSize().height() - SPACE.tight
            painter.drawPixmap(QPointF(SPACE.tight, top), legend)
        return lit

    def _paint_edges(self, painter: QPainter, theme: Theme, field: QRectF, lit: dict[int, str]) -> None:
        painter.save()
        painter.translate(0, field.top())
        painter.setClipRect(QRectF(0, 0, KEYS_PX, field.height()))
        painter.drawPixmap(QPointF(0, 0), self._key_strip(theme, int(field.height())))
        paint_lit(painter, self.view, KEYS_PX, lit)
        painter.restore()
        painter.translate(field.left(), 0)
        painter.setFont(small(self.font()))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_ruler(painter, self.view, theme, QRectF(-KEYS_PX, 0, self.width(), field.top()), self.now_tick)
        painter.translate(-field.left(), 0)

    def _legend_for(self, theme: Theme) -> QPixmap:
        ratio, font = self.devicePixelRatioF(), small(self.font())
        key = (self.sources, theme, ratio, self.font().key())
        if self._legend is None or self._legend[0] != key:
            self._legend = key, legend_pixmap(theme, self.sources, ratio, font)
        return self._legend[1]

    def _key_strip(self, theme: Theme, height: int) -> QPixmap:
        view, ratio = self.view, self.devicePixelRatioF()
        key = (view.top_pitch, view.row_px, height, theme, ratio, self.font().key())
        if self._keys is None or self._keys[0] != key:
            self._keys = key, keys_pixmap(view, theme, (KEYS_PX, height), ratio, small(self.font()))
        return self._keys[1]
