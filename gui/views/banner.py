"""The line under the transport that says what has to be known, with what can be done about it."""

from typing import Final

from PySide6.QtCore import QCoreApplication, QRectF, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from gui.models import Models
from gui.theme import SPACE, colour, mixed
from gui.viewmodels.notices import Notice
from gui.viewmodels.status import INFO
from gui.widgets.buttons import FlatButton
from gui.widgets.painted import begin, end
from gui.widgets.status_line import MARK, announce, ink_of, paint_mark

TINT: Final = 0.1  # how far the ground leans towards the colour of the level


class Banner(QWidget):
    """One notice at a time; no height at all where there is none."""

    def __init__(self, models: Models) -> None:
        super().__init__()
        self._notices = models.notices
        self._key, self._level = "", INFO
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self.text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.close_button = FlatButton(tr("Close this message"), icon="close")
        self.close_button.clicked.connect(lambda: self._notices.close(self._key))
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(SPACE.gap + MARK + SPACE.gap, SPACE.tight, SPACE.gap, SPACE.tight)
        self._row.setSpacing(SPACE.gap)
        self._row.addWidget(self.text, 1)
        self._row.addWidget(self.close_button)
        self.buttons: list[FlatButton] = []
        self._notices.changed.connect(self._sync)
        self._sync()

    def _sync(self) -> None:
        current = self._notices.current
        self.setVisible(current is not None)
        if current is None:
            return
        self._key, notice = current
        self._level = notice.level
        if self.text.text() != notice.text:
            announce(self, notice.text, urgent=notice.level != INFO)
        self.text.setText(notice.text)
        self.text.setToolTip(notice.detail)
        self.close_button.setVisible(notice.can_close)
        self._set_buttons(notice)
        self.update()

    def _set_buttons(self, notice: Notice) -> None:
        for button in self.buttons:
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = []
        for place, (text, do) in enumerate(notice.actions, 1):
            button = FlatButton(text, text=text)
            button.clicked.connect(lambda _checked=False, do=do: do())
            self._row.insertWidget(place, button)
            self.buttons.append(button)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """A ground that leans towards the colour of the level, and its mark."""
        painter, theme = begin(self)
        ink = ink_of(theme, self._level)
        tint = theme.focus if self._level == INFO else ink
        painter.fillRect(self.rect(), colour(mixed(theme.window, tint, TINT)))
        top = (self.height() - MARK) / 2
        paint_mark(painter, self._level, QRectF(SPACE.gap, top, MARK, MARK), ink)
        end(self, painter, theme)


def tr(text: str) -> str:
    """In the user's language."""
    return QCoreApplication.translate("banner", text)
