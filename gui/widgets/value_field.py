"""The field that opens over a control when its value is to be typed."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPalette
from PySide6.QtWidgets import QLineEdit, QToolTip, QWidget

from gui.theme import colour, theme_of
from gui.widgets.texts import tr


class ValueField(QLineEdit):
    """Covers `owner` until Enter takes the value, or Esc or a click elsewhere leaves it as it was.

    What `parse` refuses stays in the field, with the reason beside it and in `refused`.
    """

    entered = Signal(float)
    refused = Signal(str)

    def __init__(self, owner: QWidget, text: str, parse: Callable[[str], float]) -> None:
        super().__init__(text, owner)
        self._parse = parse
        self.setAccessibleName(tr("{name}: type a value", name=owner.accessibleName()))
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setGeometry(owner.rect())
        self.selectAll()
        self.show()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Enter, Esc; everything else is text."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take()
        elif event.key() == Qt.Key.Key_Escape:
            self._close()
        else:
            super().keyPressEvent(event)
            event.accept()  # a letter typed here is no shortcut

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802  Qt's name
        """Gone elsewhere: the value stays."""
        super().focusOutEvent(event)
        if event.reason() not in (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason):
            self._close()

    def _take(self) -> None:
        try:
            value = self._parse(self.text())
        except ValueError as error:
            self._refuse(str(error))
            return
        self.entered.emit(value)
        self._close()

    def _refuse(self, reason: str) -> None:
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Text, colour(theme_of(self).bad))
        self.setPalette(palette)
        self.setAccessibleDescription(reason)
        QToolTip.showText(self.mapToGlobal(self.rect().bottomLeft()), reason, self)
        self.refused.emit(reason)

    def _close(self) -> None:
        owner = self.parentWidget()
        self.hide()
        self.deleteLater()
        if owner is not None and self.hasFocus():
            owner.setFocus(Qt.FocusReason.OtherFocusReason)
