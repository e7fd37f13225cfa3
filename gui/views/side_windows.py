"""The windows beside the window: connect a DAW, preferences, training, and the monitor's dock."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QDialog, QMainWindow, QWidget

from gui.models import Models
from gui.views.connect_page import ConnectPage
from gui.views.monitor_dock import DOCK_AREA, HEIGHT, MonitorDock
from gui.views.preferences_dialog import PreferencesDialog
from gui.views.training_dialog import TrainingDialog

PAGES: Final[dict[str, Callable[[Models, QWidget], QDialog]]] = {
    "connect": ConnectPage,
    "preferences": PreferencesDialog,
    "train": TrainingDialog,
}


class SideWindows(QObject):
    """Makes each when it is first asked for."""

    def __init__(self, window: QMainWindow, models: Models) -> None:
        super().__init__(window)
        self._window, self._models = window, models
        self.pages: dict[str, QDialog] = {}
        self.monitor = MonitorDock(models, window)
        window.addDockWidget(DOCK_AREA, self.monitor)
        window.resizeDocks([self.monitor], [HEIGHT], Qt.Orientation.Vertical)
        for name in PAGES:
            models.actions.bind(name, lambda name=name: self.show(name))

    def show(self, name: str) -> QDialog:
        """Open one of PAGES, or bring it to the front."""
        if name not in self.pages:
            self.pages[name] = PAGES[name](self._models, self._window)
        page = self.pages[name]
        page.show()
        page.raise_()
        page.activateWindow()
        return page
