"""What is left out by itself, and how to have it back: models that failed too often, an input with our own output."""

from typing import Final

from PySide6.QtCore import QCoreApplication, QObject

from gui.viewmodels.engine_host import STARTING, EngineHost
from gui.viewmodels.notices import Notice, NoticesModel
from gui.viewmodels.rack import RackModel
from gui.viewmodels.status import WARNING
from realtime.engine import commands as ask
from realtime.engine.reports import PartState, RackChanged, Report
from realtime.messages import InputMuted, ListenAgain, Ready

FAILED: Final = "failed "  # and the part's name: the key of its notice
MUTED: Final = "muted"


class TroublesModel(QObject):
    """Follows the engine and says it in the banner, for as long as it is so."""

    def __init__(self, host: EngineHost, *, notices: NoticesModel, rack: RackModel) -> None:
        super().__init__()
        self._host, self._notices, self._rack = host, notices, rack
        self._failed: set[str] = set()  # names of parts whose models are asked no more
        host.reported.connect(self._follow)
        host.state_changed.connect(self._follow_host)

    def _follow(self, report: Report) -> None:
        match report:
            case PartState(part=name, failed=why):
                self._say_failed(name, why)
            case RackChanged(parts):
                for gone in self._failed - set(parts):
                    self._say_failed(gone, "")
            case InputMuted(muted=True):
                self._say_muted(report)
            case InputMuted() | Ready():
                self._notices.clear(MUTED)

    def _follow_host(self, state: str) -> None:
        """Another engine tries everything anew."""
        if state == STARTING:
            self._notices.clear(MUTED)
            for name in tuple(self._failed):
                self._say_failed(name, "")

    def _say_failed(self, name: str, why: str) -> None:
        if not why:
            self._failed.discard(name)
            self._notices.clear(FAILED + name)
        elif name in self._rack:
            self._failed.add(name)
            text = tr("{}: its model failed three times, so it is asked no more; the others play on.").format(name)
            again = (tr("Try again"), self._rack[name].try_again)
            self._notices.show(FAILED + name, Notice(text=text, detail=why, level=WARNING, actions=(again,)))

    def _say_muted(self, muted: InputMuted) -> None:
        text = tr(
            "{} comes back in at {}: that input is muted. Pull the wire, or switch off MIDI thru at its other end."
        )
        hear = (tr("Hear it nonetheless"), lambda: self._host.ask(ask.Forward(ListenAgain())))
        says = text.format(muted.out_port, muted.in_port)
        self._notices.show(MUTED, Notice(text=says, level=WARNING, actions=(hear,), can_close=False))


def tr(text: str) -> str:
    """In the user's language."""
    return QCoreApplication.translate("troubles", text)
