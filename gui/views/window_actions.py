"""What the actions of the window's own do: sessions, transport, undo, help."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QFileDialog, QInputDialog, QMainWindow, QMessageBox

from gui.models import Models
from gui.viewmodels.diagnostics import DiagnosticsModel
from gui.viewmodels.status import WARNING
from gui.views.shortcuts_dialog import ShortcutsDialog
from realtime import __version__
from realtime.session import SUFFIX


class WindowActions(QObject):
    """Binds them. Dialogs are opened, never waited for."""

    def __init__(self, window: QMainWindow, models: Models) -> None:
        super().__init__(window)
        self._window, self._models = window, models
        self._diagnostics = DiagnosticsModel(models.status)
        self._diagnostics.ready.connect(self._copy)
        self._dialogs: dict[str, QDialog] = {}
        todo: dict[str, Callable[[], object]] = {
            "play": models.transport.toggle,
            "tap": models.transport.tap,
            "panic": models.panic.panic,
            "undo": models.undo.undo,
            "redo": models.undo.redo,
            "new": models.sessions.new,
            "open": self._open,
            "save": self._save,
            "save_as": self._save_as,
            "save_preset": self._save_preset,
            "quit": window.close,
            "full_screen": self._full_screen,
            "shortcuts": lambda: self._show("shortcuts", lambda: ShortcutsDialog(window)),
            "diagnostics": self._diagnostics.look,
            "about": lambda: self._show("about", self._about),
        }
        for action, do in todo.items():
            models.actions.bind(action, do)

    # --- sessions ----------------------------------------------------------------------------------------

    def _open(self) -> None:
        dialog = self._file_dialog(tr("Open a session"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda path: self._models.sessions.open(Path(path)))
        dialog.open()

    def _save(self) -> None:
        if not self._models.sessions.save():
            self._save_as()

    def _save_as(self) -> None:
        dialog = self._file_dialog(tr("Save the session"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(SUFFIX.removeprefix("."))
        dialog.selectFile(self._models.sessions.title + SUFFIX)
        dialog.fileSelected.connect(lambda path: self._models.sessions.save_as(Path(path)))
        dialog.open()

    def _file_dialog(self, title: str) -> QFileDialog:
        path, folder = self._models.sessions.path, self._models.places.sessions
        if path is None:
            folder.mkdir(parents=True, exist_ok=True)
        dialog = QFileDialog(self._window, title, str(path.parent if path else folder))
        dialog.setNameFilter(tr("Hocket sessions (*{})").format(SUFFIX))
        dialog.finished.connect(dialog.deleteLater)
        return dialog

    def _save_preset(self) -> None:
        part = self._models.rack.selected
        if part is None:
            self._models.status.say(tr("Select a part first"), WARNING)
            return
        dialog = QInputDialog(self._window)
        dialog.setWindowTitle(tr("Keep as a preset"))
        dialog.setLabelText(tr("Name"))
        dialog.textValueSelected.connect(lambda name: self._models.presets.save(part, name))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    # --- view and help -----------------------------------------------------------------------------------

    def _full_screen(self) -> None:
        is_full = not self._window.isFullScreen()
        if is_full:
            self._window.showFullScreen()
        else:
            self._window.showNormal()
        self._models.actions.set_on("full_screen", is_full)

    def _show(self, name: str, make: Callable[[], QDialog]) -> None:
        dialog = self._dialogs.get(name)
        if dialog is None:
            dialog = self._dialogs[name] = make()
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()

    def _about(self) -> QDialog:
        box = QMessageBox(self._window)
        box.setModal(False)
        box.setWindowTitle(tr("About Hocket"))
        box.setText(f"<b>Hocket {__version__}</b>")
        box.setInformativeText(
            tr("A live AI MIDI instrument: play a phrase, hear the answer, in any DAW. MIT licence.")
            + "\n\n"
            + tr("The window is made with Qt for Python (LGPL 3), the built-in sound with FluidSynth (LGPL 2.1).")
        )
        return box

    def _copy(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self._models.status.say(tr("Copied: paste it into your report"))


def tr(text: str) -> str:
    """In the user's language."""
    return QCoreApplication.translate("window", text)
