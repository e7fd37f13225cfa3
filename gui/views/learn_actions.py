"""Ctrl+L: what belongs to no single view."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QWidget

from gui.models import Models
from gui.views.panels.binding import CONTROL


class LearnActions(QObject):
    """Binds it, for a window."""

    def __init__(self, models: Models, window: QWidget) -> None:
        super().__init__(window)
        self._models = models
        models.actions.bind("learn", self.learn)
        models.maps.changed.connect(self._say)
        self._said = ""

    def learn(self) -> None:
        """The control that has the focus; or its owner, where a field of it has."""
        widget = QApplication.focusWidget()
        while widget is not None and widget.property(CONTROL) is None:
            widget = widget.parentWidget()
        if widget is None:
            self._models.status.say(self.tr("Focus a control first (Tab or a click), then press Ctrl+L"))
        else:
            self._models.maps.learn(*widget.property(CONTROL))

    def _say(self) -> None:
        learning = self._models.maps.learning
        if learning and learning != self._said:
            self._models.status.say(self.tr("Move a controller to map it to {}").format(learning))
        self._said = learning
