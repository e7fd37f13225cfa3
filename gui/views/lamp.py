"""What a part is doing, as a sign and a word: each state has a shape of its own."""

from typing import Final

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from gui.theme import SPACE, Theme
from gui.viewmodels.told_part import ANSWERS, FAILED, LAMPS, LOADING, OFF, PLAYS, SILENT, WAITS
from gui.widgets.painted import Painted, begin, brush, draw_left, end, line_height, pen, small

SIGN: Final = 10  # logical pixels
INKS: Final = {ANSWERS: "good", PLAYS: "good", FAILED: "bad", SILENT: "warn", WAITS: "text", LOADING: "text_dim"}


class Lamp(Painted, QLabel):
    """A ring waits, a disc plays, a triangle answers, a barred ring is silent, a square has failed, a bar is off."""

    def __init__(self, part: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._part, self._lamp = part, OFF
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_lamp(OFF, "")

    @property
    def lamp(self) -> str:
        """The state shown."""
        return self._lamp

    def show_lamp(self, lamp: str, why: str) -> None:
        """One of LAMPS; `why`: what the model said when it failed."""
        self._lamp = lamp
        self.setAccessibleName(f"{self._part}: {tr(lamp)}")
        self.setToolTip(why or f"{self._part}: {tr(lamp)}")
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Room for the longest word."""
        widest = max(self.fontMetrics().horizontalAdvance(tr(lamp)) for lamp in LAMPS)
        return QSize(SIGN + SPACE.tight + widest, line_height(self))

    minimumSizeHint = sizeHint

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Sign and word."""
        painter, theme = begin(self)
        ink = getattr(theme, INKS.get(self._lamp, "text_dim"))
        middle = self.height() / 2
        _draw_sign(painter, theme, self._lamp, ink, QRectF(0.5, middle - SIGN / 2, SIGN, SIGN))
        painter.setPen(pen(theme.text_dim if self._lamp in (OFF, LOADING) else theme.text))
        painter.setFont(small(self.font()))
        draw_left(
            painter, QRectF(SIGN + SPACE.tight, 0, self.width() - SIGN - SPACE.tight, self.height()), tr(self._lamp)
        )
        end(self, painter, theme)


def _draw_sign(painter: QPainter, theme: Theme, lamp: str, ink: str, box: QRectF) -> None:
    is_filled = lamp in (ANSWERS, PLAYS, FAILED)
    style = Qt.PenStyle.DotLine if lamp == LOADING else Qt.PenStyle.SolidLine
    painter.setPen(Qt.PenStyle.NoPen if is_filled else pen(ink, 1.5, style))
    painter.setBrush(brush(ink) if is_filled else Qt.BrushStyle.NoBrush)
    if lamp == ANSWERS:
        painter.drawPolygon([box.topLeft(), QPointF(box.right(), box.center().y()), box.bottomLeft()])
    elif lamp == FAILED:
        painter.drawRect(box)
    elif lamp == OFF:
        painter.drawLine(QPointF(box.left(), box.center().y()), QPointF(box.right(), box.center().y()))
    else:
        painter.drawEllipse(box.adjusted(0.5, 0.5, -0.5, -0.5))
    if lamp == SILENT:
        painter.drawLine(box.topLeft(), box.bottomRight())


def tr(text: str) -> str:
    """In the user's language."""
    return QCoreApplication.translate("lamp", text)
