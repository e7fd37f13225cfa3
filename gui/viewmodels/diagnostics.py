"""What this computer offers, as text for a bug report: asked of `hocket doctor` in a process of its own."""

import sys

from PySide6.QtCore import QCoreApplication, QObject, QProcess, Signal

from gui.viewmodels.status import WARNING, StatusModel

LIMIT_MS = 60_000


class DiagnosticsModel(QObject):
    """One look at a time. `ready` has the text; homes are shown as "~" in it."""

    ready = Signal(str)

    def __init__(self, status: StatusModel) -> None:
        super().__init__()
        self._status = status
        self._process: QProcess | None = None

    def look(self, program: str = sys.executable, arguments: tuple[str, ...] = ("-m", "realtime", "doctor")) -> None:
        """Begin to look; takes some seconds."""
        if self._process is not None:
            return
        self._status.say(tr("Looking at this computer..."))
        process = self._process = QProcess(self)
        process.finished.connect(self._finish)
        process.errorOccurred.connect(lambda _: self._finish() if self._process is process else None)
        process.start(program, [*arguments, "--json"])

    def _finish(self, *_code: object) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        text = bytes(process.readAllStandardOutput().data()).decode("utf-8", "replace").strip()
        process.deleteLater()
        if text:
            self.ready.emit(text)
        else:
            self._status.say(tr("`hocket doctor` told nothing; run it in a terminal"), WARNING)


def tr(text: str) -> str:
    """In the user's language."""
    return QCoreApplication.translate("diagnostics", text)
