"""What this computer offers, as text for a bug report: asked of `hocket doctor` in a process of its own."""

import sys

from PySide6.QtCore import QCoreApplication, QObject, QProcess, Signal

from gui.viewmodels.status import WARNING, StatusModel


class DiagnosticsModel(QObject):
    """One look at a time. `ready` has the text; homes are shown as "~" in it."""

    ready = Signal(str)

    def __init__(self, status: StatusModel) -> None:
        super().__init__()
        self._status = status
        self._is_looking = False
        self._process = QProcess(self)
        self._process.finished.connect(self._finish)
        self._process.errorOccurred.connect(self._fail)

    def look(self, program: str = sys.executable, arguments: tuple[str, ...] = ("-m", "realtime", "doctor")) -> None:
        """Begin to look; takes some seconds."""
        if self._is_looking:
            return
        self._is_looking = True
        self._status.say(tr("Looking at this computer..."))
        self._process.start(program, [*arguments, "--json"])

    def _fail(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:  # after all others it is finished, too
            self._finish()

    def _finish(self, *_code: object) -> None:
        self._is_looking = False
        text = bytes(self._process.readAllStandardOutput().data()).decode("utf-8", "replace").strip()
        if text:
            self.ready.emit(text)
        else:
            self._status.say(tr("`hocket doctor` told nothing; run it in a terminal"), WARNING)


def tr(text: str) -> str:
    """In the user's language."""
    return QCoreApplication.translate("diagnostics", text)
