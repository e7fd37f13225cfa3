"""The last message: what the window says of itself, in one line."""

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QObject, Signal

from gui.viewmodels.engine_host import EngineHost
from realtime.engine.reports import ModelFailed, Refused, Report
from realtime.messages import PortLost

INFO, WARNING, FAILURE = LEVELS = ("info", "warning", "failure")


@dataclass(frozen=True, slots=True)
class Message:
    """One line, and how grave it is."""

    text: str
    level: str = INFO
    is_toast: bool = False  # seen wherever one looks, for some seconds


class StatusModel(QObject):
    """What the status line says; also read out to those who cannot see it."""

    said = Signal(object)  # Message

    def __init__(self, host: EngineHost, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.last = Message("")
        host.reported.connect(self._follow)

    def say(self, text: str, level: str = INFO, *, is_toast: bool = False) -> None:
        """Say one line."""
        self.last = Message(text, level, is_toast)
        self.said.emit(self.last)

    def _follow(self, report: Report) -> None:
        match report:
            case Refused(text) | ModelFailed(text):
                self.say(text, WARNING)
            case PortLost(text):
                self.say(tr("MIDI is gone ({}); Hocket looks for it").format(text), FAILURE)


def tr(text: str) -> str:
    """In the user's language."""
    return QCoreApplication.translate("status", text)
