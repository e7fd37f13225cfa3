"""Notes on paper: wide ones with rim and pattern, narrow ones as specks, however many there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from gui.theme import Theme, colour, part_edge, part_look
from gui.widgets.painted import brush, hatch, pen
from gui.widgets.roll.notes import END, PITCH, START, VELOCITY, NoteStore, Rows
from gui.widgets.roll.view import RollView
from realtime.music.units import PPQ

LEVELS: Final = 4  # of velocity, each an opacity
FAINTEST: Final = 0.5
OUTLINE_FILL: Final = 0.22
RIM_FROM_PX: Final = 3.0  # narrower notes have no rim and no pattern: there is no room to see them
ROOMY_ROW_PX: Final = 9.0  # rows from which notes stand apart from the ones above and below


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where notes come from: what was played is an outline, a part is filled in its colour and pattern."""

    key: str
    label: str
    part: int = 0  # place in the rack, for `theme.part_look`
    outline: bool = False


@dataclass(frozen=True, slots=True)
class Marks:
    """The notes of one source in one tile, in logical pixels."""

    source: Source
    boxes: npt.NDArray[np.float64]  # [N, 3]: left, top, width
    level: npt.NDArray[np.int64]  # [N]: step of velocity, 0..LEVELS - 1

    @classmethod
    def of(cls, source: Source, view: RollView, rows: Rows) -> "Marks":
        """Where notes lie in a view."""
        scale = view.beat_px / PPQ
        boxes = np.empty((len(rows), 3))
        boxes[:, 0] = np.round(rows[:, START] * scale - view.left_px)
        boxes[:, 1] = (view.top_pitch - rows[:, PITCH]) * view.row_px
        boxes[:, 2] = np.maximum(1.0, np.round(rows[:, END] * scale - view.left_px) - boxes[:, 0] - 1)
        return cls(source, boxes, np.minimum(LEVELS - 1, rows[:, VELOCITY] * LEVELS // 128))

    def some(self, chosen: npt.NDArray[np.bool_]) -> "Marks":
        """Those of a mask."""
        return Marks(self.source, self.boxes[chosen], self.level[chosen])


def marks_between(
    store: NoteStore, view: RollView, sources: Sequence[Source], width: float
) -> tuple[list[Marks], list[Marks]]:
    """Narrow and wide notes of a view `width` pixels wide, by source; outlines come last and lie on top."""
    narrow, wide = [], []
    for source in sorted(sources, key=lambda source: source.outline):
        rows = store.between(source.key, view.tick_at(0), view.tick_at(width))
        if len(rows):
            marks = Marks.of(source, view, rows)
            is_wide = marks.boxes[:, 2] >= RIM_FROM_PX
            narrow += [] if is_wide.all() else [marks.some(~is_wide)]
            wide += [marks.some(is_wide)] if is_wide.any() else []
    return narrow, wide


def paint_specks(painter: QPainter, row_px: float, theme: Theme, told: Sequence[Marks], size: tuple[int, int]) -> None:
    """Write narrow notes into one picture of `size` device pixels at once, since there may be thousands."""
    ratio, (wide, high) = painter.device().devicePixelRatio(), size
    boxes = np.round(np.concatenate([marks.boxes for marks in told]) * ratio).astype(np.int64)
    inks = np.concatenate([_inks(marks.source, theme)[marks.level] for marks in told])
    pixels_YX = np.zeros((high, wide), dtype=np.uint32)
    x, y, width = boxes.T
    for down in range(max(1, round((row_px - 1) * ratio))):
        for across in range(int(width.max())):
            row, column = y + down, x + across
            is_there = (across < width) & (column >= 0) & (column < wide) & (row >= 0) & (row < high)
            pixels_YX[row[is_there], column[is_there]] = inks[is_there]
    image = QImage(pixels_YX.data, wide, high, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    painter.drawImage(0, 0, image)


def paint_wide(painter: QPainter, row_px: float, theme: Theme, marks: Marks) -> None:
    """Notes of one source with rim and pattern; each step of velocity is one call of the painter."""
    inset = 1.0 if row_px >= ROOMY_ROW_PX else 0.0
    height = row_px - 2 * inset - 1
    for level in range(LEVELS):
        some = marks.boxes[marks.level == level].tolist()
        if some:
            rects = [QRectF(x, y + inset, width - 1, height) for x, y, width in some]
            _paint_rects(painter, theme, marks.source, rects, _opacity(level))


def _paint_rects(painter: QPainter, theme: Theme, source: Source, rects: Sequence[QRectF], opacity: float) -> None:
    if source.outline:
        painter.setPen(pen(theme.text))
        painter.setBrush(brush(theme.text, OUTLINE_FILL * opacity))
        painter.drawRects(rects)
        return
    lines, rim = hatch(source.part, opacity), pen(part_edge(theme, source.part))
    painter.setPen(rim if lines is None else Qt.PenStyle.NoPen)
    painter.setBrush(brush(_fill(source, theme), opacity))
    painter.drawRects(rects)
    if lines is not None:
        painter.setPen(rim)
        painter.setBrush(lines)
        painter.drawRects(rects)


def _opacity(level: int) -> float:
    return FAINTEST + (1 - FAINTEST) * level / (LEVELS - 1)


def _fill(source: Source, theme: Theme) -> str:
    return theme.text if source.outline else part_look(source.part).fill


def _inks(source: Source, theme: Theme) -> npt.NDArray[np.uint32]:
    """The source's colour at each opacity as Qt keeps it in an image: 0xAARRGGBB, each already times its opacity."""
    made = colour(_fill(source, theme))
    steps = []
    for alpha in map(_opacity, range(LEVELS)):
        red, green, blue = (round(channel * alpha) for channel in (made.red(), made.green(), made.blue()))
        steps.append(round(255 * alpha) << 24 | red << 16 | green << 8 | blue)
    return np.array(steps, dtype=np.uint32)
