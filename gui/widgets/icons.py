"""Icons as outlines on a field of 24 by 24, drawn in whatever colour the theme has: no image files."""

from collections.abc import Callable
from functools import lru_cache
from math import cos, pi, sin
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPainterPath, QPixmap, QPolygonF

from gui.theme import Theme, colour
from gui.widgets.painted import brush

FIELD: Final = 24
SIZES: Final = (16, 20, 24, 32, 48, 64)
STROKE: Final = 2.0
Points = tuple[tuple[float, float], ...]


def _closed(*shapes: Points) -> QPainterPath:
    path = QPainterPath()
    for points in shapes:
        path.addPolygon(QPolygonF([QPointF(x, y) for x, y in (*points, points[0])]))
    return path


def _lines(*strokes: Points) -> QPainterPath:
    path = QPainterPath()
    for (x, y), *others in strokes:
        path.moveTo(x, y)
        for point in others:
            path.lineTo(*point)
    return path


def _discs(radius: float, *centres: tuple[float, float]) -> QPainterPath:
    path = QPainterPath()
    for x, y in centres:
        path.addEllipse(QPointF(x, y), radius, radius)
    return path


def _box(*rects: tuple[float, float, float, float], radius: float = 1.5) -> QPainterPath:
    path = QPainterPath()
    for rect in rects:
        path.addRoundedRect(QRectF(*rect), radius, radius)
    return path


def _joined(*paths: QPainterPath) -> QPainterPath:
    path = QPainterPath()
    for part in paths:
        path.addPath(part)
    return path


def _star() -> QPainterPath:
    turn = [(-pi / 2 + i * pi / 5, 9.5 if i % 2 == 0 else 4.0) for i in range(10)]
    return _closed(tuple((12 + r * cos(a), 12.5 + r * sin(a)) for a, r in turn))


def _lock(shackle_x: float) -> QPainterPath:
    path = QPainterPath()
    path.moveTo(shackle_x, 11)
    path.lineTo(shackle_x, 8)
    path.arcTo(QRectF(shackle_x, 3.5, 8, 9), 180, -180)
    path.lineTo(shackle_x + 8, 11)
    return path


def _arrow_back(mirrored: bool) -> QPainterPath:
    sign, origin = (-1, 24) if mirrored else (1, 0)
    at = [
        (origin + sign * x, y) for x, y in ((9, 5), (4, 10), (9, 15), (4, 10), (15, 10), (19, 14), (15, 19), (10, 19))
    ]
    return _lines(tuple(at))


# name: (what is filled, what is drawn with a line); either may be None.
Parts = tuple[Callable[[], QPainterPath] | None, Callable[[], QPainterPath] | None]
ICONS: Final[dict[str, Parts]] = {
    "play": (lambda: _closed(((7, 4.5), (19.5, 12), (7, 19.5))), None),
    "stop": (lambda: _box((6, 6, 12, 12)), None),
    "record": (lambda: _discs(6.5, (12, 12)), None),
    "panic": (
        lambda: _joined(_box((10.8, 8.5, 2.4, 6), radius=1.2), _discs(1.4, (12, 17))),
        lambda: _closed(((12, 3), (22, 20.5), (2, 20.5))),
    ),
    "lock": (lambda: _box((5, 11, 14, 9.5), radius=2), lambda: _lock(8)),
    "unlock": (lambda: _box((5, 11, 14, 9.5), radius=2), lambda: _lock(12.5)),
    "dice": (lambda: _discs(1.7, (8.2, 8.2), (15.8, 8.2), (12, 12), (8.2, 15.8), (15.8, 15.8)),
             lambda: _box((4, 4, 16, 16), radius=3.5)),
    "camera": (None, lambda: _joined(_box((3, 7.5, 18, 12), radius=2.5), _discs(3.4, (12, 13.5)),
                                     _lines(((8.5, 7), (10, 4.5), (14, 4.5), (15.5, 7))))),
    "drag-handle": (lambda: _discs(1.7, *((x, y) for x in (8.5, 15.5) for y in (6.5, 12, 17.5))), None),
    "star": (_star, None),
    "star-empty": (None, _star),
    "plus": (None, lambda: _lines(((12, 5), (12, 19)), ((5, 12), (19, 12)))),
    "close": (None, lambda: _lines(((6, 6), (18, 18)), ((18, 6), (6, 18)))),
    "trash": (None, lambda: _joined(_lines(((4, 7), (20, 7)), ((9.5, 7), (9.5, 4), (14.5, 4), (14.5, 7)),
                                           ((6, 7), (7, 20), (17, 20), (18, 7))))),
    "more": (lambda: _discs(1.9, (5.5, 12), (12, 12), (18.5, 12)), None),
    "undo": (None, lambda: _arrow_back(False)),
    "redo": (None, lambda: _arrow_back(True)),
    "save": (None, lambda: _lines(((12, 4), (12, 15)), ((7, 10.5), (12, 15.5), (17, 10.5)), ((4.5, 20), (19.5, 20)))),
    "follow": (lambda: _closed(((13, 7), (20, 12), (13, 17))),
               lambda: _lines(((4, 12), (14, 12)), ((21, 5), (21, 19)))),
    "keyboard": (lambda: _box((7.2, 6, 3, 7), (13.8, 6, 3, 7), radius=0.8),
                 lambda: _joined(_box((3, 6, 18, 12.5), radius=1.5), _lines(((12, 13), (12, 18))))),
    "warning": (lambda: _discs(1.4, (12, 17)), lambda: _lines(((12, 6), (12, 13)))),
    "link": (None, lambda: _joined(_box((2.5, 8.5, 11, 7), radius=3.5), _box((10.5, 8.5, 11, 7), radius=3.5))),
}  # fmt: skip


def draw_icon(painter: QPainter, name: str, rect: QRectF, ink: str) -> None:
    """Draw an icon into `rect`, in #rrggbb."""
    filled, stroked = _paths(name)
    painter.save()
    painter.translate(rect.topLeft())
    painter.scale(rect.width() / FIELD, rect.height() / FIELD)
    if filled is not None:
        painter.fillPath(filled, brush(ink))
    if stroked is not None:
        line = painter.pen()
        line.setColor(colour(ink))
        line.setStyle(Qt.PenStyle.SolidLine)
        line.setWidthF(STROKE)
        line.setCapStyle(Qt.PenCapStyle.RoundCap)
        line.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        line.setCosmetic(False)
        painter.strokePath(stroked, line)
    painter.restore()


@lru_cache(maxsize=64)
def _paths(name: str) -> tuple[QPainterPath | None, QPainterPath | None]:
    if name not in ICONS:
        raise KeyError(f"no icon {name!r} (there are {', '.join(ICONS)})")
    filled, stroked = ICONS[name]
    return filled and filled(), stroked and stroked()


@lru_cache(maxsize=128)
def icon(name: str, theme: Theme) -> QIcon:
    """The icon for Qt's own menus and buttons, in the theme's colours; dim where what it stands for is disabled."""
    _paths(name)  # an unknown one is refused before there is a painter: Qt crashes if its ground dies first
    made = QIcon()
    for size in SIZES:
        made.addPixmap(_pixmap(name, size, theme.text), QIcon.Mode.Normal)
        made.addPixmap(_pixmap(name, size, theme.line_strong), QIcon.Mode.Disabled)
    return made


def _pixmap(name: str, size: int, ink: str) -> QPixmap:
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    draw_icon(painter, name, QRectF(0, 0, size, size), ink)
    painter.end()
    return pixmap
