"""The edges of a roll: the keys at the left, the ruler of bars above."""

from collections.abc import Mapping
from math import ceil, log2
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPixmap

from gui.theme import SPACE, Theme, colour
from gui.widgets.painted import brush, pen
from gui.widgets.roll.tiles import BLACK_KEYS
from gui.widgets.roll.view import RollView
from gui.widgets.value_scale import pitch_name
from realtime.music.units import PPQ

BLACK_SHARE: Final = 0.54  # of a white key's length
LABEL_FROM_PX: Final = 44.0  # between two numbers of the ruler


def keys_pixmap(view: RollView, theme: Theme, size: tuple[int, int], ratio: float, font: QFont) -> QPixmap:
    """The keys of the rows in sight, each C with its name, `size` logical pixels large."""
    width, height = size
    made = QPixmap(round(width * ratio), round(height * ratio))
    made.setDevicePixelRatio(ratio)
    made.fill(colour(theme.white_key))
    painter = QPainter(made)
    painter.setFont(font)
    for pitch in range(view.top_pitch, max(-1, view.pitch_at(height) - 1), -1):
        box = QRectF(0, view.y_of(pitch), width, view.row_px)
        if pitch % 12 in BLACK_KEYS:
            painter.fillRect(QRectF(0, box.top(), width * BLACK_SHARE, view.row_px), colour(theme.black_key))
            painter.fillRect(QRectF(width * BLACK_SHARE, box.center().y(), width, 1), colour(theme.line_strong, 0.5))
        elif pitch % 12 in (0, 5):  # no black key below C and F: a line parts them from B and E
            painter.fillRect(QRectF(0, box.bottom() - 1, width, 1), colour(theme.line_strong))
    painter.setPen(pen(theme.key_text))
    tall = painter.fontMetrics().height()
    for pitch in range(0, 128, 12):
        middle = view.y_of(pitch) + view.row_px / 2
        place = QRectF(0, middle - tall / 2, width - SPACE.tight, tall)
        painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, pitch_name(pitch))
    painter.end()
    return made


def paint_lit(painter: QPainter, view: RollView, width: int, lit: Mapping[int, str]) -> None:
    """Colour the keys that sound."""
    for pitch, ink in lit.items():
        share = BLACK_SHARE if pitch % 12 in BLACK_KEYS else 1.0
        painter.fillRect(QRectF(0, view.y_of(pitch), width * share, view.row_px), colour(ink))


def paint_ruler(painter: QPainter, view: RollView, theme: Theme, rect: QRectF, now: int) -> None:
    """Bar numbers, from 1, as many as there is room for; a wedge at now. The painter's origin is the field's left."""
    painter.fillRect(rect, colour(theme.panel))
    painter.fillRect(QRectF(rect.left(), rect.bottom() - 1, rect.width(), 1), colour(theme.line_strong))
    bar_px = view.meter.bar_ticks * view.beat_px / PPQ
    every = 2 ** max(0, ceil(log2(LABEL_FROM_PX / bar_px)))
    first = -(-(view.bar_at(view.tick_at(0) - 1) + 1) // every) * every  # none over the keys
    last = view.bar_at(view.tick_at(rect.right()))
    painter.setPen(pen(theme.text_dim))
    for bar in range(first, last + 1, every):
        x = round(view.x_of(view.bar_tick(bar)))
        painter.fillRect(QRectF(x, rect.bottom() - 8, 1, 8), colour(theme.line_strong))
        number = bar + 1 if bar >= 0 else bar  # there is no bar 0 on screen
        label = QRectF(x + SPACE.tight, rect.top(), LABEL_FROM_PX, rect.height())
        painter.drawText(label, Qt.AlignmentFlag.AlignVCenter, str(number))
    place, foot = view.x_of(now), rect.bottom()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(brush(theme.text))
    painter.drawPolygon([QPointF(place - 5, foot - 7), QPointF(place + 5, foot - 7), QPointF(place, foot)])
