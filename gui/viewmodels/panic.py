"""Silence at once: once for all that sounds, twice within a second for every key there is."""

import time
from typing import Final

from PySide6.QtCore import QCoreApplication, QObject

from gui.viewmodels.engine_host import EngineHost
from gui.viewmodels.status import WARNING, StatusModel
from realtime.engine.commands import Forward
from realtime.engine.reports import Report
from realtime.messages import Panic, Silenced

TWICE_SECONDS: Final = 1.0


class PanicModel(QObject):
    """Asks for silence, and says what was stopped."""

    def __init__(self, host: EngineHost, status: StatusModel) -> None:
        super().__init__()
        self._host, self._status = host, status
        self._last = -TWICE_SECONDS
        self._waits: bool | None = None  # for an answer; True: to the second one
        host.reported.connect(self._follow)

    def panic(self) -> None:
        """Esc."""
        now = time.monotonic()
        everything, self._last = now - self._last < TWICE_SECONDS, now
        if self._host.ask(Forward(Panic(everything=everything))):
            self._waits = everything
        else:
            self._status.say(tr("There is no engine at the moment, so nothing sounds"), WARNING)

    def _follow(self, report: Report) -> None:
        if not isinstance(report, Silenced) or self._waits is None:
            return
        everything, self._waits = self._waits, None
        if everything:
            text = tr("Every key on all 16 channels was released")
        elif report.released:
            text = tr("Stopped %n note(s)", report.released)
        else:
            text = tr("Nothing of Hocket sounds now. Esc again: release every key on all channels")
        self._status.say(text, is_toast=True)


def tr(text: str, count: int = -1) -> str:
    """In the user's language."""
    shown = QCoreApplication.translate("panic", text, None, count)
    return shown.replace("(s)", "" if count == 1 else "s")  # until a translation has plural forms
