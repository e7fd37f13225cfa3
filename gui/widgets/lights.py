"""Lights and meters. Each says its state by shape as well as by colour, and in words to a screen reader."""

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QLabel, QProgressBar, QSizePolicy, QWidget

from gui.theme import SPACE, colour
from gui.widgets.painted import Painted, begin, brush, draw_left, draw_right, end, line_height, pen, small
from gui.widgets.texts import tr

IDLE, ACTIVE, OVERLOAD = STATES = ("idle", "active", "overload")
GLOW_MS: Final = 120  # how long a light stays on after a message
LIGHT: Final = 12  # logical pixels
PER_MILLE: Final = 1000


class ActivityLight(Painted, QLabel):
    """A ring while nothing comes, a disc while something does, a square with a rim when something was lost."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self.state = name, IDLE
        self._glow = QTimer(self, interval=GLOW_MS, singleShot=True)
        self._glow.timeout.connect(lambda: self.show_state(IDLE))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_state(IDLE)

    def pulse(self) -> None:
        """A message went by."""
        if self.state != OVERLOAD:
            self.show_state(ACTIVE)
            self._glow.start()

    def show_state(self, state: str) -> None:
        """One of STATES. An overload stays until another state is shown."""
        if state == OVERLOAD:
            self._glow.stop()
        self.state = state
        self.setAccessibleName(f"{self._name}: {tr(state)}")
        self.setToolTip(self.accessibleName())
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Small."""
        return QSize(LIGHT, LIGHT)

    minimumSizeHint = sizeHint

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Ring, disc or square."""
        painter, theme = begin(self)
        rect = QRectF(0, 0, LIGHT, LIGHT).adjusted(1.5, 1.5, -1.5, -1.5)
        if self.state == OVERLOAD:
            painter.setPen(pen(theme.text, 1.5))
            painter.setBrush(brush(theme.bad))
            painter.drawRect(rect)
        elif self.state == ACTIVE:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(brush(theme.good))
            painter.drawEllipse(rect)
        else:
            painter.setPen(pen(theme.text_dim, 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(rect)
        end(self, painter, theme)


class Meter(Painted, QProgressBar):
    """A value against its budget: a bar to a mark. Over the budget the bar turns red, and a second bar says so."""

    def __init__(self, name: str, *, unit: str, budget: float, top: float = 0.0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._unit, self._budget = name, unit, budget
        self._top = top or 2 * budget
        self._amount = 0.0
        self.setRange(0, PER_MILLE)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.show_amount(0.0)

    @property
    def is_over(self) -> bool:
        """Whether the budget is spent."""
        return self._amount > self._budget

    def show_amount(self, amount: float) -> None:
        """Show a value in the meter's unit."""
        self._amount = amount
        self.setValue(round(min(1.0, max(0.0, amount / self._top)) * PER_MILLE))
        form = "{amount:.3g} {unit} of {budget:g}, over" if self.is_over else "{amount:.3g} {unit} of {budget:g}"
        says = tr(form, amount=amount, unit=self._unit, budget=self._budget)
        if says != self.accessibleDescription():
            self.setAccessibleDescription(says)
            self.setToolTip(f"{self._name}: {says}")
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Name, value, and some bar between."""
        wide = self.fontMetrics().horizontalAdvance(f"{self._name}  0000 {self._unit}")
        return QSize(max(96, wide + 2 * SPACE.gap), line_height(self))

    minimumSizeHint = sizeHint

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Texts above, the bar with its mark below."""
        painter, theme = begin(self)
        rect = QRectF(self.rect())
        painter.setFont(small(self.font()))
        texts = rect.adjusted(0, 0, 0, -2 * SPACE.tight)
        painter.setPen(pen(theme.bad if self.is_over else theme.text))
        texts.setRight(draw_right(painter, texts, f"{self._amount:.3g} {self._unit}") - SPACE.tight)
        painter.setPen(pen(theme.text_dim))
        draw_left(painter, texts, self._name)
        bar = QRectF(rect.left(), rect.bottom() - 6, rect.width(), 4)
        painter.fillRect(bar, colour(theme.raised))
        filled = QRectF(bar)
        filled.setWidth(bar.width() * self.value() / PER_MILLE)
        painter.fillRect(filled, colour(theme.bad if self.is_over else theme.active_edge))
        mark = bar.left() + bar.width() * self._budget / self._top
        painter.fillRect(QRectF(mark - 1, bar.top() - 2, 2, bar.height() + 4), colour(theme.text))
        end(self, painter, theme)


class BeatDots(Painted, QLabel):
    """The beats of a bar: the first is a square, the one that is on is filled."""

    def __init__(self, beats: int = 4, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._beats, self._beat = beats, -1
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Beat"))

    def set_beats(self, beats: int) -> None:
        """Another meter."""
        if beats != self._beats:
            self._beats, self._beat = beats, -1
            self.updateGeometry()
            self.update()

    def show_beat(self, beat: int) -> None:
        """The beat that is on, from 0; -1 while the transport stands."""
        if beat != self._beat:
            self._beat = beat
            self.setAccessibleDescription(
                tr("stopped") if beat < 0 else tr("{beat} of {beats}", beat=beat + 1, beats=self._beats)
            )
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """A dot a beat, and room between them."""
        return QSize(self._beats * (LIGHT + 2) + 2, LIGHT + 4)

    minimumSizeHint = sizeHint

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """One mark a beat."""
        painter, theme = begin(self)
        y = self.rect().center().y() + 0.5
        for beat in range(self._beats):
            is_on = beat == self._beat
            centre, radius = QPointF(LIGHT / 2 + 2 + beat * (LIGHT + 2), y), LIGHT / 2 - (1 if is_on else 2)
            painter.setPen(Qt.PenStyle.NoPen if is_on else pen(theme.text_dim, 1.25))
            painter.setBrush(brush(theme.text) if is_on else Qt.BrushStyle.NoBrush)
            if beat == 0:
                painter.drawRect(QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius))
            else:
                painter.drawEllipse(centre, radius, radius)
        end(self, painter, theme)
