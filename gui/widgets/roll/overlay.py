"""What lies over the tiles and changes from frame to frame: the past, what is committed, now, selection, locks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QFont, QFontMetrics, QPainter, QPixmap

from gui.theme import SPACE, Theme, colour, part_edge, part_look
from gui.widgets.icons import draw_icon
from gui.widgets.painted import brush, hatch, pen
from gui.widgets.roll.marks import Source
from gui.widgets.roll.notes import END, PITCH, START, NoteStore
from gui.widgets.roll.view import RollView

PAST, AHEAD, CHOSEN = 0.24, 0.07, 0.14  # opacity of their shades
LOCK: Final = 14  # logical pixels
SWATCH: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedCell:
    """Bars (from 0, both inclusive) that stay as they are, of one source; of all where `source` is empty."""

    source: str = ""
    first_bar: int
    last_bar: int


def paint_time(painter: QPainter, view: RollView, theme: Theme, rect: QRectF, now: int, lookahead: int) -> None:
    """The past is dimmed, what has been handed over already is tinted up to a dashed line, now is a line."""
    x = min(rect.right(), max(rect.left(), view.x_of(now)))
    painter.fillRect(QRectF(rect.left(), rect.top(), x - rect.left(), rect.height()), colour(theme.window, PAST))
    if lookahead:
        edge = min(rect.right(), view.x_of(now + lookahead))
        painter.fillRect(QRectF(x, rect.top(), max(0.0, edge - x), rect.height()), colour(theme.text, AHEAD))
        painter.setPen(pen(theme.text_dim, 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(edge, rect.top()), QPointF(edge, rect.bottom()))
    if rect.left() <= view.x_of(now) <= rect.right():
        painter.fillRect(QRectF(round(view.x_of(now)) - 1, rect.top(), 2, rect.height()), colour(theme.text))


def paint_sounding(
    painter: QPainter, view: RollView, theme: Theme, store: NoteStore, sources: Sequence[Source], now: int
) -> dict[int, str]:
    """Light up the notes that sound now; returns pitch -> colour, for the keys at the left."""
    lit: dict[int, str] = {}
    for source in sources:
        ink = theme.text if source.outline else part_edge(theme, source.part)
        for row in store.between(source.key, now, now + 1).tolist():
            x = round(view.x_of(row[START]))
            box = QRectF(x, view.y_of(row[PITCH]), max(2, round(view.x_of(row[END])) - x - 1), view.row_px)
            painter.fillRect(box, colour(ink))
            painter.setPen(pen(theme.text))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(box.adjusted(0, 0, -1, -1))
            lit[row[PITCH]] = theme.focus if source.outline else ink  # the outline's own would not show on a white key
    return lit


def paint_selection(painter: QPainter, view: RollView, theme: Theme, rect: QRectF, bars: tuple[int, int]) -> None:
    """The bars that were picked."""
    left, right = view.x_of(view.bar_tick(bars[0])), view.x_of(view.bar_tick(bars[1] + 1))
    painter.fillRect(QRectF(left, rect.top(), right - left, rect.height()), colour(theme.focus, CHOSEN))
    painter.setPen(pen(theme.focus))
    for x in (left, right):
        painter.drawLine(QPointF(x, rect.top()), QPointF(x, rect.bottom()))


def paint_locks(
    painter: QPainter, view: RollView, theme: Theme, rect: QRectF, cells: Iterable[LockedCell], store: NoteStore
) -> None:
    """A frame with a padlock around what is locked: a source's notes in those bars, or the whole height."""
    for cell in cells:
        start, end = view.bar_tick(cell.first_bar), view.bar_tick(cell.last_bar + 1)
        left, right = view.x_of(start), view.x_of(end)
        if right < rect.left() or left > rect.right():
            continue
        rows = store.between(cell.source, start, end)
        top, bottom = rect.top(), rect.bottom()
        if cell.source and len(rows):
            top = view.y_of(int(rows[:, PITCH].max())) - 2
            bottom = view.y_of(int(rows[:, PITCH].min())) + view.row_px + 2
        frame = QRectF(left + 1, top + 1, right - left - 2, bottom - top - 2)
        painter.setPen(pen(theme.text, 1.5, Qt.PenStyle.DashLine))
        painter.setBrush(QBrush(colour(theme.text, 0.12), Qt.BrushStyle.BDiagPattern))
        painter.drawRect(frame)
        badge = QRectF(max(rect.left(), frame.left()), max(rect.top(), frame.top()), LOCK + 4, LOCK + 4)
        painter.fillRect(badge, colour(theme.on))
        draw_icon(painter, "lock", badge.adjusted(2, 2, -2, -2), theme.on_text)


def legend_pixmap(theme: Theme, sources: Sequence[Source], ratio: float, font: QFont) -> QPixmap:
    """Which look is whose, in one line."""
    metrics, tight = QFontMetrics(font), SPACE.tight
    advances = [metrics.horizontalAdvance(source.label) + 2 for source in sources]
    width, height = sum(advances) + (SWATCH + 3 * tight) * len(sources) + tight, metrics.height() + tight
    made = QPixmap(round(width * ratio), round(height * ratio))
    made.setDevicePixelRatio(ratio)
    made.fill(colour(theme.panel, 0.88))
    painter, x = QPainter(made), float(tight)
    painter.setFont(font)
    for source, advance in zip(sources, advances, strict=True):
        paint_swatch(painter, theme, QRectF(x, (height - SWATCH) / 2 + 1, SWATCH, SWATCH - 2), source)
        x += SWATCH + tight
        painter.setPen(pen(theme.text))
        painter.drawText(QRectF(x, 0, advance, height), Qt.AlignmentFlag.AlignVCenter, source.label)
        x += advance + 2 * tight
    painter.end()
    return made


def paint_swatch(painter: QPainter, theme: Theme, rect: QRectF, source: Source) -> None:
    """A note of a source, for a legend."""
    painter.setPen(pen(theme.text if source.outline else part_edge(theme, source.part)))
    painter.setBrush(brush(theme.text, 0.22) if source.outline else brush(part_look(source.part).fill))
    painter.drawRect(rect)
    lines = None if source.outline else hatch(source.part)
    if lines is not None:
        painter.setBrush(lines)
        painter.drawRect(rect)
