"""Rows, grid and notes as pixmaps, each a stretch of ticks: a frame copies the few that are in sight.

A tile is painted again only when notes in it come or go, or when zoom, pitches, theme or meter change.
"""

from collections import OrderedDict
from dataclasses import dataclass
from math import ceil, floor
from typing import Final

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPixmap

from gui.theme import Theme, colour
from gui.widgets.roll.marks import Source, marks_between, paint_specks, paint_wide
from gui.widgets.roll.notes import NoteStore, Span
from gui.widgets.roll.view import RollView
from realtime.music.units import PPQ, STEP_TICKS

TILE_PX: Final = 256  # logical pixels; a multiple of the 8 of Qt's patterns, so that these run on across tiles
SPARE: Final = 6  # tiles kept out of sight
BLACK_KEYS: Final = frozenset((1, 3, 6, 8, 10))
BEATS_FROM_PX, STEPS_FROM_PX = 9.0, 88.0  # pixels a beat from which beats and steps have lines
GRID_FROM_PX: Final = 14.0  # between two bar lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """All that a tile's picture depends on, beside its notes and its place."""

    view: RollView
    height: int
    ratio: float  # device pixels a logical one
    theme: Theme
    sources: tuple[Source, ...]


class TileCache:
    """The tiles painted so far, oldest use first."""

    def __init__(self, store: NoteStore) -> None:
        self._store = store
        self._look: Look | None = None
        self._ground = QPixmap()
        self._tiles: OrderedDict[int, QPixmap] = OrderedDict()
        self.painted = 0  # tiles painted so far, for tests and benchmarks

    def forget(self, span: Span) -> None:
        """Notes of a span have changed."""
        if self._look is None or not span:
            return
        scale = self._look.view.beat_px / PPQ / TILE_PX
        for index in range(floor(span.start * scale) - 1, ceil(span.end * scale) + 1):
            self._tiles.pop(index, None)

    def draw(self, painter: QPainter, look: Look, left_px: float, width: int) -> None:
        """Draw what is in sight; the painter's origin is the field's upper left corner."""
        if look != self._look:
            self._tiles.clear()
            self._look, self._ground = look, paint_ground(look)
        first, last = floor(left_px / TILE_PX), floor((left_px + width) / TILE_PX)
        for index in range(first, last + 1):
            x = round((index * TILE_PX - left_px) * look.ratio) / look.ratio  # whole device pixels: no blur
            painter.drawPixmap(QRectF(x, 0, TILE_PX, look.height).topLeft(), self._tile(index, look))
        while len(self._tiles) > last - first + 1 + SPARE:
            self._tiles.popitem(last=False)

    def _tile(self, index: int, look: Look) -> QPixmap:
        tile = self._tiles.get(index)
        if tile is None:
            tile = self._tiles[index] = paint_tile(self._store, look, index, self._ground)
            self.painted += 1
        self._tiles.move_to_end(index)
        return tile


def paint_ground(look: Look) -> QPixmap:
    """An empty tile: the rows of the black keys are darker; a line under each C tells the octaves."""
    ground = QPixmap(round(TILE_PX * look.ratio), round(look.height * look.ratio))
    ground.setDevicePixelRatio(look.ratio)
    ground.fill(colour(look.theme.sunken))
    view, dark, line = look.view, colour(look.theme.black_row), colour(look.theme.line)
    painter = QPainter(ground)
    for pitch in range(view.top_pitch, max(-1, view.pitch_at(look.height) - 1), -1):
        y = view.y_of(pitch)
        if pitch % 12 in BLACK_KEYS:
            painter.fillRect(QRectF(0, y, TILE_PX, view.row_px), dark)
        elif pitch % 12 == 0:
            painter.fillRect(QRectF(0, y + view.row_px - 1, TILE_PX, 1), line)
    painter.end()
    return ground


def paint_tile(store: NoteStore, look: Look, index: int, ground: QPixmap) -> QPixmap:
    """Grid and notes of one tile, on its ground."""
    tile = ground.copy()
    painter = QPainter(tile)
    view = look.view.scrolled(index * TILE_PX - look.view.left_px)
    _paint_grid(painter, view, look)
    narrow, wide = marks_between(store, view, look.sources, TILE_PX)
    if narrow:
        paint_specks(painter, view.row_px, look.theme, narrow, (tile.width(), tile.height()))
    for marks in wide:
        paint_wide(painter, view.row_px, look.theme, marks)
    painter.end()
    return tile


def _paint_grid(painter: QPainter, view: RollView, look: Look) -> None:
    theme, bar_ticks = look.theme, view.meter.bar_ticks
    bar_px = bar_ticks * view.beat_px / PPQ
    every = max(1, 2 ** ceil(np.log2(GRID_FROM_PX / bar_px))) if bar_px < GRID_FROM_PX else 1
    grids = [(bar_ticks * every, colour(theme.line_strong))]
    if view.beat_px >= BEATS_FROM_PX:
        grids.insert(0, (PPQ * 4 // view.meter.denominator, colour(theme.line)))
    if view.beat_px >= STEPS_FROM_PX:
        grids.insert(0, (STEP_TICKS, colour(theme.line, 0.55)))
    for spacing, ink in grids:
        first = ceil((view.tick_at(0) - view.origin_tick) / spacing)
        last = floor((view.tick_at(TILE_PX) - view.origin_tick) / spacing)
        for number in range(first, last + 1):
            painter.fillRect(QRectF(round(view.x_of(view.origin_tick + number * spacing)), 0, 1, look.height), ink)
