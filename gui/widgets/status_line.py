"""What happened, in one line: seen for a while, and said to a screen reader."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QAccessible, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from gui.theme import SPACE, Theme, mixed
from gui.widgets.painted import Painted, begin, brush, draw_left, end, line_height, pen

try:
    from PySide6.QtGui import QAccessibleAnnouncementEvent
except ImportError:  # before Qt 6.8
    QAccessibleAnnouncementEvent = None  # type: ignore[assignment,misc]

INFO, WARNING, FAILURE = LEVELS = ("info", "warning", "failure")
SHOWN_MS: Final = {INFO: 6_000, WARNING: 12_000, FAILURE: 0}  # 0: until something else is said
TOAST_MS: Final = 4_000
MARK: Final = 10  # logical pixels


def announce(widget: QWidget, text: str, *, urgent: bool = False) -> None:
    """Say `text` to a screen reader, wherever the focus is."""
    if QAccessibleAnnouncementEvent is None or not QAccessible.isActive():
        return
    event = QAccessibleAnnouncementEvent(widget, text)
    if urgent:
        event.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
    QAccessible.updateAccessibility(event)


class StatusLine(Painted, QLabel):
    """The last message: a disc before what is only told, a triangle before a warning, a square before a failure."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.level = INFO
        self._end = QTimer(self, singleShot=True)
        self._end.timeout.connect(self.clear)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)

    def say(self, text: str, level: str = INFO) -> None:
        """Show and announce one line; `level` is one of LEVELS."""
        self.level = level
        self.setText(text)
        self.setToolTip(text)
        self._end.stop()
        if SHOWN_MS[level]:
            self._end.start(SHOWN_MS[level])
        announce(self, text, urgent=level != INFO)
        self.update()

    def clear(self) -> None:
        """Nothing to say."""
        self.setText("")
        self.setToolTip("")

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """One line, as wide as there is room."""
        return QSize(240, line_height(self))

    def minimumSizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Elided where it must be."""
        return QSize(80, line_height(self))

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Mark and text."""
        painter, theme = begin(self)
        rect = QRectF(self.rect())
        if self.text():
            ink = ink_of(theme, self.level)
            paint_mark(painter, self.level, QRectF(rect.left(), rect.center().y() - MARK / 2, MARK, MARK), ink)
            painter.setPen(pen(theme.text))
            draw_left(painter, rect.adjusted(MARK + SPACE.gap, 0, 0, 0), self.text())
        end(self, painter, theme)


class ToastLabel(StatusLine):
    """A message over the lower edge of its parent, gone after some seconds; a click sends it away."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.hide()
        parent.installEventFilter(self)

    def say(self, text: str, level: str = INFO) -> None:
        """Show and announce one line."""
        super().say(text, level)
        self._end.start(SHOWN_MS[level] or 2 * TOAST_MS)
        self._place()
        self.show()
        self.raise_()

    def clear(self) -> None:
        """Send it away."""
        super().clear()
        self.hide()

    def mousePressEvent(self, _event: object) -> None:  # noqa: N802  Qt's name
        """Read."""
        self.clear()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """Keep to the lower edge."""
        if watched is self.parentWidget() and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    def _place(self) -> None:
        parent = self.parentWidget()
        if parent is None:
            return
        wanted = self.fontMetrics().horizontalAdvance(self.text()) + MARK + 4 * SPACE.gap
        width, height = min(wanted, parent.width() - 2 * SPACE.wide), line_height(self) + SPACE.gap
        self.setGeometry((parent.width() - width) // 2, parent.height() - height - SPACE.wide, width, height)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """A raised card."""
        painter, theme = begin(self)
        rect, ink = QRectF(self.rect()), ink_of(theme, self.level)
        painter.setPen(pen(mixed(theme.line_strong, ink, 0.6)))
        painter.setBrush(brush(theme.raised))
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), SPACE.radius, SPACE.radius)
        mark = QRectF(rect.left() + SPACE.gap, rect.center().y() - MARK / 2, MARK, MARK)
        paint_mark(painter, self.level, mark, ink)
        painter.setPen(pen(theme.text))
        draw_left(painter, rect.adjusted(MARK + 2 * SPACE.gap, 0, -SPACE.gap, 0), self.text())
        end(self, painter, theme)


def ink_of(theme: Theme, level: str) -> str:
    """The colour of a level's mark."""
    return {INFO: theme.text_dim, WARNING: theme.warn, FAILURE: theme.bad}[level]


def paint_mark(painter: QPainter, level: str, rect: QRectF, ink: str) -> None:
    """Disc, triangle or square."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(brush(ink))
    if level == INFO:
        painter.drawEllipse(rect.adjusted(2, 2, -2, -2))
    elif level == WARNING:
        painter.drawPolygon([rect.bottomLeft(), rect.bottomRight(), QPointF(rect.center().x(), rect.top())])
    else:
        painter.drawRect(rect.adjusted(1, 1, -1, -1))
