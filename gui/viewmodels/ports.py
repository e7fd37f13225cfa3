"""The MIDI ports there are, which of them are chosen, and a note to try the way out."""

from dataclasses import dataclass
from typing import Any, Final

import msgspec
from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

from gui.viewmodels.engine_host import LOST, EngineHost
from gui.viewmodels.sessions import SessionsModel
from gui.viewmodels.settings import Settings
from realtime.engine.commands import Audition, ChangePorts, Forward, SetThruTo
from realtime.engine.reports import Auditioned, Refused, Report
from realtime.messages import ChunkNote, Plugged, PortsSeen, Ready, SeenPort, SetSound, SoundChanged, WatchPorts
from realtime.music.units import PPQ
from realtime.session import Ports, Session
from realtime.takes.take import Take, TakeVoice

IN, OUT = "in", "out"
FIELDS: Final = {IN: "input", OUT: "output"}
OF_SOUND: Final = frozenset(("sound", "soundfont", "audio"))  # what the player changes while it plays
OWN: Final = ""  # Hocket's own virtual port alone
TEST_ID: Final = "00000000-000000-000"  # of the take that a test note is
TEST_PITCH, TEST_NAME, TEST_VELOCITY = 60, "C4", 100
PATIENCE_MS: Final = 2_000  # until a test note should have begun
CHANNELS: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class PortChoice:
    """A port that can be chosen: by its name, which is all that is kept of it."""

    name: str  # empty: Hocket's own port
    there: bool = True
    used: bool = False


class PortsModel(QObject):
    """Ports by name. One that is chosen and not there stays chosen: it is waited for."""

    changed = Signal()
    tested = Signal(str)  # what became of the test note, in one line

    def __init__(self, host: EngineHost, *, sessions: SessionsModel, settings: Settings) -> None:
        super().__init__()
        self._host, self._settings, self._sessions = host, settings, sessions
        self._ports = self._before = sessions.session.ports
        self._seen: tuple[SeenPort, ...] = ()
        self._gone: set[tuple[str, str]] = set()  # direction, name: asked for and not there
        self._ready: Ready | None = None
        self.sound: SoundChanged | None = None
        self._is_asked = False  # other ports, and no answer yet
        self._channel = 0  # 1..16, of the test note under way; 0: none is
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(lambda: self._end_test(tr("No note was sent: the engine did not answer")))
        sessions.opened.connect(self._open)
        host.reported.connect(self._follow)
        host.state_changed.connect(self._follow_host)

    # --- what there is -----------------------------------------------------------------------------------

    @property
    def now(self) -> Ports:
        """What is chosen."""
        return self._ports

    @property
    def backend(self) -> str:
        """The MIDI system in use; empty: not known yet."""
        return self._ready.backend if self._ready else ""

    def own(self, direction: str) -> str:
        """The name of Hocket's own port, as other programs see it; empty: not known yet."""
        if self._ready is None:
            return ""
        return self._ready.in_port if direction == IN else self._ready.out_port

    def chosen(self, direction: str) -> str:
        """The name that is asked for; empty: Hocket's own port alone."""
        return str(getattr(self._ports, FIELDS[direction]))

    def is_waiting(self, direction: str) -> bool:
        """The chosen one is not there."""
        name = self.chosen(direction)
        return bool(name) and ((direction, name) in self._gone or (bool(self._seen) and not self._found(direction)))

    def choices(self, direction: str) -> list[PortChoice]:
        """Hocket's own port, all that others offer, and the chosen one though it is not there."""
        seen = [port for port in self._seen if port.direction == direction]
        found = [PortChoice(name=OWN), *(PortChoice(name=port.name, used=port.used) for port in seen)]
        name = self.chosen(direction)
        if name and self._found(direction) is None:
            found.append(PortChoice(name=name, there=False))
        return found

    def chosen_choice(self, direction: str) -> int:
        """Place of the chosen one in `choices`."""
        found = self._found(direction)
        name = found.name if found else self.chosen(direction)
        return next(place for place, choice in enumerate(self.choices(direction)) if choice.name == name)

    # --- what the user asks ------------------------------------------------------------------------------

    def choose(self, direction: str, name: str) -> None:
        """Listen to another port, or play to another one; empty: Hocket's own alone. Kept for new sessions too."""
        self.change(**{FIELDS[direction]: name})

    def change(self, **fields: Any) -> None:
        """Other ports, another back end, sound on or off: fields of `Ports`. Raises `ValueError`."""
        wanted = msgspec.structs.replace(self._ports, **fields)
        if wanted == self._ports:
            return
        self._before, self._ports = self._ports, wanted
        self._settings.set(**fields)
        if set(fields) == {"thru"}:
            self._host.ask(SetThruTo(wanted.passed_on().mode, wanted.thru_to))
        elif OF_SOUND.issuperset(fields):
            self._host.ask(Forward(SetSound(on=wanted.sound, soundfont=wanted.soundfont, audio=wanted.audio)))
        else:
            self._is_asked = True
            self._host.ask(ChangePorts(wanted))
        self._sessions.touch()
        self.changed.emit()

    def test(self, channel: int) -> None:
        """Send one note to the output; `channel` is 1..16. What became of it is told by `tested`."""
        if not 1 <= channel <= CHANNELS:
            raise ValueError(f"channel must be 1..{CHANNELS}, got {channel}")
        note = ChunkNote(0, TEST_PITCH, PPQ, TEST_VELOCITY)
        voice = TakeVoice(name="test", channel=channel - 1, notes=(note,))
        self._channel = channel
        self._patience.start()
        self._host.ask(Audition(Take(id=TEST_ID, source="", voices=(voice,), length_ticks=PPQ, bpm=120.0)))

    # --- what the engine tells ---------------------------------------------------------------------------

    def _open(self, session: Session) -> None:
        self._ports = self._before = session.ports
        self.changed.emit()

    def _follow_host(self, state: str) -> None:
        if state == LOST:
            self._ready, self._seen, self.sound = None, (), None
            self._gone.clear()
            self.changed.emit()

    def _follow(self, report: Report) -> None:
        match report:
            case Ready():
                self._begin(report)
            case PortsSeen(ports):
                self._seen = ports
            case Plugged(name, direction, "", there):
                (self._gone.discard if there else self._gone.add)((direction, name))
            case SoundChanged():
                self.sound = report
            case Auditioned(take_id) if take_id == TEST_ID and self._channel:
                self._end_test(self._says_sent())
                return
            case Refused(text) if self._channel:
                self._end_test(text)
                return
            case Refused() if self._is_asked:
                self._is_asked, self._ports = False, self._before
            case _:
                return
        self.changed.emit()

    def _begin(self, ready: Ready) -> None:
        """A player is there: of an engine that has just begun, or with other ports."""
        self._ready, self._is_asked = ready, False
        self._gone.clear()
        self._host.ask(Forward(WatchPorts()))

    def _end_test(self, text: str) -> None:
        self._channel = 0
        self._patience.stop()
        self.tested.emit(text)

    def _says_sent(self) -> str:
        to = self.own(OUT)
        found = self._found(OUT)
        if found is not None:
            to = found.name
        elif self.is_waiting(OUT):
            waited = tr("{note} went nowhere: {name} is not there")
            return waited.format(note=TEST_NAME, name=self.chosen(OUT))
        return tr("Sent {note} on channel {channel} to {name}").format(
            note=TEST_NAME, channel=self._channel, name=to or tr("the output")
        )

    def _found(self, direction: str) -> SeenPort | None:
        """The port that the chosen name means: the same name, else one that contains it."""
        name = self.chosen(direction).lower()
        seen = [port for port in self._seen if port.direction == direction and name]
        exact = (port for port in seen if port.name.lower() == name)
        part = (port for port in seen if name in port.name.lower())
        return next(exact, None) or next(part, None)


def tr(text: str) -> str:
    """In the user's language."""
    return QCoreApplication.translate("ports", text)
