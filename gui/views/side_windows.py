"""The windows beside the window: connect a DAW, preferences, training, maps, and the monitor's dock."""

from functools import partial
from importlib import import_module
from typing import Any, Final

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QDialog, QMainWindow

from gui.models import Models
from gui.views.monitor_dock import DOCK_AREA, HEIGHT, MonitorDock

# By action: module of `gui.views` and class. Imported when first asked for: the window is there sooner.
PAGES: Final = {
    "connect": ("connect_page", "ConnectPage"),
    "preferences": ("preferences_dialog", "PreferencesDialog"),
    "train": ("training_dialog", "TrainingDialog"),
    "maps": ("maps_dialog", "MapsDialog"),
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
            models.actions.bind(name, partial(self.show, name))

    def show(self, name: str) -> QDialog:
        """Open one of PAGES, or bring it to the front."""
        if name not in self.pages:
            self.pages[name] = _class_of(name)(self._models, self._window)
        page = self.pages[name]
        page.show()
        page.raise_()
        page.activateWindow()
        return page


def _class_of(name: str) -> Any:
    module, page = PAGES[name]
    return getattr(import_module(f"gui.views.{module}"), page)
