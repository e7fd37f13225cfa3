"""A small line plot: how a training run goes."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.theme import SPACE, Theme, colour, part_edge, theme_of
from gui.widgets.painted import Painted, draw_left, draw_right, pen, small
from gui.widgets.texts import tr

DASHES: Final = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine, Qt.PenStyle.DashDotLine)
GUTTER: Final = 44  # logical pixels at the left, for the values
RULES: Final = 4  # horizontal lines, the frame's two among them
MAX_POINTS: Final = 2_000  # drawn; more are thinned out


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One line: (x, y) in order of x. Values that are no number are left out."""

    name: str
    points: tuple[tuple[float, float], ...]

    @property
    def finite(self) -> list[tuple[float, float]]:
        """What can be drawn."""
        return [(x, y) for x, y in self.points if isfinite(x) and isfinite(y)]

    def told(self, x_unit: str) -> str:
        """The line in words: its last value and its lowest."""
        x, y = self.finite[-1]
        lowest = min(y for _, y in self.finite)
        form = "{name} {y:.4g} after {x:g} {unit}, lowest {lowest:.4g}"
        return tr(form, name=self.name, y=y, x=x, unit=x_unit, lowest=lowest)


class Curve(Painted, QWidget):
    """Up to four series over one axis, each with its own dash and colour, its name and last value above."""

    def __init__(self, name: str, *, x_unit: str = "steps", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._x_unit = name, x_unit
        self._series: tuple[Series, ...] = ()
        self._picture: QPixmap | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setAccessibleName(name)
        self.show_series(())

    def show_series(self, series: Sequence[Series]) -> None:
        """Draw these."""
        self._series = tuple(series)
        told = [one.told(self._x_unit) for one in series if one.finite]
        self.setAccessibleDescription("; ".join(told) or tr("nothing yet"))
        self.setToolTip("\n".join((self._name, *told)))
        self.look_changed()

    def bounds(self) -> tuple[float, float, float, float] | None:
        """Lowest and highest x, lowest and highest y of all that can be drawn; None if nothing can."""
        points = [point for one in self._series for point in one.finite]
        if not points:
            return None
        xs, ys = zip(*points, strict=True)
        low, high = min(ys), max(ys)
        room = (high - low) * 0.05 or abs(high) * 0.05 or 1.0
        return min(xs), max(max(xs), min(xs) + 1e-9), low - room, high + room

    def look_changed(self) -> None:
        """Draw anew."""
        self._picture = None
        super().look_changed()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        """Draw anew."""
        self._picture = None
        super().resizeEvent(event)

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """A small picture."""
        return QSize(320, 160)

    def minimumSizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Still to be read."""
        return QSize(160, 96)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """The cached picture."""
        if self._picture is None or self._picture.devicePixelRatio() != self.devicePixelRatioF():
            self._picture = self._draw()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        painter.end()

    def _draw(self) -> QPixmap:
        ratio, theme = self.devicePixelRatioF(), theme_of(self)
        picture = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(colour(theme.sunken))
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(small(self.font()))
        tall = painter.fontMetrics().height()
        inner = QRectF(self.rect()).adjusted(GUTTER, tall + SPACE.gap, -SPACE.gap, -tall - SPACE.tight)
        bounds = self.bounds()
        if bounds is None:
            painter.setPen(pen(theme.text_dim))
            painter.drawText(QRectF(self.rect()), Qt.AlignmentFlag.AlignCenter, f"{self._name}: {tr('nothing yet')}")
        else:
            self._draw_axes(painter, theme, inner, bounds)
            for place, one in enumerate(self._series):
                painter.setPen(pen(part_edge(theme, place), 1.75, DASHES[place % len(DASHES)]))
                painter.drawPolyline(_line(one.finite, inner, bounds))
            self._draw_names(painter, theme, QRectF(inner.left(), SPACE.tight, inner.width(), tall))
        painter.end()
        return picture

    def _draw_axes(
        self, painter: QPainter, theme: Theme, inner: QRectF, bounds: tuple[float, float, float, float]
    ) -> None:
        left, right, low, high = bounds
        for rule in range(RULES):
            y = inner.top() + inner.height() * rule / (RULES - 1)
            painter.setPen(pen(theme.line))
            painter.drawLine(QPointF(inner.left(), y), QPointF(inner.right(), y))
            painter.setPen(pen(theme.text_dim))
            value = high - (high - low) * rule / (RULES - 1)
            tall = painter.fontMetrics().height()
            draw_right(painter, QRectF(0, y - tall / 2, inner.left() - SPACE.tight, tall), f"{value:.3g}")
        foot = QRectF(inner.left(), inner.bottom(), inner.width(), self.height() - inner.bottom())
        draw_left(painter, foot, f"{left:g}")
        draw_right(painter, foot, f"{right:g} {self._x_unit}")

    def _draw_names(self, painter: QPainter, theme: Theme, rect: QRectF) -> None:
        x = float(SPACE.gap)
        for place, one in enumerate(self._series):
            points = one.finite
            text = f"{one.name} {points[-1][1]:.4g}" if points else one.name
            painter.setPen(pen(part_edge(theme, place), 2, DASHES[place % len(DASHES)]))
            painter.drawLine(QPointF(x, rect.center().y()), QPointF(x + 18, rect.center().y()))
            painter.setPen(pen(theme.text))
            draw_left(painter, QRectF(x + 22, rect.top(), rect.right() - x - 22, rect.height()), text)
            x += 22 + painter.fontMetrics().horizontalAdvance(text) + SPACE.wide


def _line(points: Sequence[tuple[float, float]], inner: QRectF, bounds: tuple[float, float, float, float]) -> QPolygonF:
    left, right, low, high = bounds
    every = max(1, len(points) // MAX_POINTS)
    return QPolygonF(
        [
            QPointF(
                inner.left() + (x - left) / (right - left) * inner.width(),
                inner.bottom() - (y - low) / (high - low) * inner.height(),
            )
            for x, y in points[::every]
        ]
    )
