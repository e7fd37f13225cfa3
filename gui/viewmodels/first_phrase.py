"""The first time: a phrase to look at, which the first press of Play plays, so that there is something to answer."""

import time
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QCoreApplication, QObject, Signal

from gui.viewmodels.engine_host import EngineHost
from gui.viewmodels.settings import Settings
from gui.viewmodels.status import StatusModel
from gui.viewmodels.transport import TransportModel
from realtime.engine.commands import Forward
from realtime.engine.reports import Report, TurnStarted
from realtime.messages import Inject, Played
from realtime.music.examples import EXAMPLES
from realtime.music.note import Phrase

NOTES: Final = 8  # of the Ode to Joy: its first two bars, which ask for an answer
LEAD_NS: Final = 150_000_000  # from Play to the first note: all of it must have reached the player by then
ON, OFF, RELEASE = 0x90, 0x80, 64


class FirstPhrase(QObject):
    """Plays once in the life of a settings file, and not at all for who plays first."""

    changed = Signal()  # whether there is a phrase to show

    def __init__(self, host: EngineHost, *, settings: Settings, status: StatusModel, transport: TransportModel) -> None:
        super().__init__()
        self._host, self._settings, self._status, self._transport = host, settings, status, transport
        self._plays_until_ns = 0
        transport.started.connect(lambda _: self._play())
        host.reported.connect(self._follow)

    @property
    def phrase(self) -> Phrase | None:
        """What the first press of Play will play, from tick 0 on; None: nothing."""
        if self._settings.now.greeted:
            return None
        return replace(EXAMPLES["joy"], steps=EXAMPLES["joy"].steps[:NOTES]).phrase()

    def _play(self) -> None:
        phrase = self.phrase
        if phrase is None or self._transport.told.counting_in:
            return
        anchor = self._transport.anchor
        start = anchor.tick_at(time.monotonic_ns() + LEAD_NS)
        for note in phrase.notes:
            on_ns, off_ns = anchor.time_of(start + note.start_tick), anchor.time_of(start + note.end_tick)
            self._host.ask(Forward(Inject(bytes((ON, note.pitch, note.velocity)), on_ns)))
            self._host.ask(Forward(Inject(bytes((OFF, note.pitch, RELEASE)), off_ns)))
            self._plays_until_ns = off_ns
        self._be_done()
        self._status.say(tr("Ode to Joy; the model will answer"))

    def _be_done(self) -> None:
        self._settings.set(greeted=True)
        self.changed.emit()

    def _follow(self, report: Report) -> None:
        match report:
            case Played() if self.phrase is not None:
                self._be_done()
            case TurnStarted() if self._plays_until_ns:
                self._plays_until_ns = 0
                self._status.say(tr("The answer. Your turn next: A S D F ..."))


def tr(text: str) -> str:
    """In the user's language."""
    return QCoreApplication.translate("first", text)
