"""Ctrl+L and the table of maps: what belongs to no single view."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QWidget

from gui.models import Models
from gui.views.maps_dialog import MapsDialog
from gui.views.panels.binding import CONTROL


class LearnActions(QObject):
    """Binds them, for a window."""

    def __init__(self, models: Models, window: QWidget) -> None:
        super().__init__(window)
        self._models, self._window = models, window
        self._dialog: MapsDialog | None = None
        models.actions.bind("learn", self.learn)
        models.actions.bind("maps", self.show_maps)
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

    def show_maps(self) -> None:
        """The table of maps."""
        if self._dialog is None:
            self._dialog = MapsDialog(self._models, self._window)
        self._dialog.show()
        self._dialog.raise_()

    def _say(self) -> None:
        learning = self._models.maps.learning
        if learning and learning != self._said:
            self._models.status.say(self.tr("Move a controller to map it to {}").format(learning))
        self._said = learning
