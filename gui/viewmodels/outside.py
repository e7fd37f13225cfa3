"""Where notes go, and what became of the engine: the notices about what lies outside the window."""

from typing import Final

from PySide6.QtCore import QCoreApplication, QObject

from gui.viewmodels.actions import Actions
from gui.viewmodels.engine_host import FROZEN, LOST, READY, STARTING, EngineHost
from gui.viewmodels.notices import Notice, NoticesModel
from gui.viewmodels.sessions import SessionsModel
from gui.viewmodels.status import FAILURE, WARNING, StatusModel
from gui.viewmodels.transport import TransportModel
from realtime.engine.reports import EngineFailed, Report
from realtime.messages import Plugged, PortLost, PortsSeen, Ready, SoundChanged

WHERE, ENGINE, RESTORE, WAITING, BEFORE, PORTS = "where", "engine", "restore", "waiting", "before", "ports"
MEMORY: Final = "memory"  # the back end without any MIDI system


class OutsideModel(QObject):
    """Follows the engine and says it in the banner."""

    def __init__(
        self,
        host: EngineHost,
        *,
        notices: NoticesModel,
        status: StatusModel,
        actions: Actions,
        sessions: SessionsModel,
        transport: TransportModel,
    ) -> None:
        super().__init__()
        self._host, self._notices, self._status, self._actions = host, notices, status, actions
        self._sessions, self._transport = sessions, transport
        self._ready: Ready | None = None
        self._is_connected = False
        self._sound: SoundChanged | None = None
        self._waiting: dict[tuple[str, str], bool] = {}
        sessions.replaced.connect(self._offer_before)
        host.reported.connect(self._follow)
        host.state_changed.connect(self._follow_host)

    @property
    def ready(self) -> Ready | None:
        """The ports there are; None: not yet."""
        return self._ready

    def offer_restore(self) -> None:
        """After a run that ended by itself."""
        if self._sessions.can_restore:
            text = tr("Hocket did not end properly the last time. Its session was kept.")
            self._notices.show(RESTORE, Notice(text=text, level=WARNING, actions=((tr("Restore it"), self._restore),)))

    def _restore(self) -> None:
        self._notices.close(RESTORE)
        self._sessions.restore()

    def _offer_before(self, title: str) -> None:
        """Another session was opened without a question: the way back is here."""
        text = tr("{} had changes that are in no file. They were kept.").format(title)
        self._notices.clear(BEFORE)
        self._notices.show(BEFORE, Notice(text=text, level=WARNING, actions=((tr("Go back to it"), self._go_back),)))

    def _go_back(self) -> None:
        self._notices.close(BEFORE)
        self._sessions.go_back()

    # --- the engine --------------------------------------------------------------------------------------

    def _follow_host(self, state: str) -> None:
        if state == READY:
            self._notices.clear(ENGINE)
        elif state == FROZEN:
            text = tr("The engine has not answered for two seconds. It may be busy; the notes it has placed still end.")
            again = (tr("Start it again"), self._again)
            self._notices.show(ENGINE, Notice(text=text, level=FAILURE, actions=(again,), can_close=False))
        elif state == LOST and self._host.is_final:
            text = tr("The engine ended too often, so it was not started again. {}").format(self._host.reason).strip()
            again = (tr("Try again"), self._again)
            self._notices.show(ENGINE, Notice(text=text, level=FAILURE, actions=(again,), can_close=False))
        elif state == LOST:
            text = tr("The engine ended; it is started again with this session. {}").format(self._host.reason).strip()
            self._notices.show(ENGINE, Notice(text=text, level=FAILURE, can_close=False))
        elif state == STARTING:
            self._ready, self._sound = None, None
            self._waiting.clear()
            self._notices.clear(WAITING)

    def _again(self) -> None:
        self._host.start(plays=self._transport.playing)

    # --- where notes go ----------------------------------------------------------------------------------

    def _follow(self, report: Report) -> None:
        match report:
            case Ready():
                if self._ready is not None:
                    self._status.say(tr("The MIDI player began anew ({})").format(report.backend))
                self._ready = report
            case SoundChanged():
                self._sound = report
            case PortsSeen(ports):
                self._is_connected = any(port.used and port.direction == "out" for port in ports)
            case Plugged(name, direction, _, there):
                self._waiting[name, direction] = not there
                self._say_waiting()
            case EngineFailed(_, text) if self._sessions.is_plain:
                self._say_plain(text)
                return
            case PortLost():
                self._waiting.clear()
            case _:
                return
        self._say_where()

    def _say_plain(self, reason: str) -> None:
        """What the session asks for is not there: it plays all the same."""
        text = tr("Not as the session has it: {}. Hocket plays with what there is.").format(reason)
        choose = (tr("Preferences..."), lambda: self._actions.do("preferences"))
        self._notices.show(PORTS, Notice(text=text, level=WARNING, actions=(choose,)))

    def _say_waiting(self) -> None:
        names = [name for (name, _), is_waiting in self._waiting.items() if is_waiting]
        if names:
            text = tr("Waiting for {}. It is used as soon as it is there.").format(", ".join(names))
            self._notices.show(
                WAITING, Notice(text=text, level=WARNING, actions=((tr("Choose another..."), self._connect),))
            )
        else:
            self._notices.clear(WAITING)

    def _say_where(self) -> None:
        ready = self._ready
        if ready is None:
            return
        goes_out = any(direction == "out" and not waits for (_, direction), waits in self._waiting.items())
        if self._is_connected or goes_out:
            self._notices.clear(WHERE)
            return
        nowhere = tr("No MIDI system works here."), tr("No DAW connected.")
        text = f"{nowhere[ready.backend != MEMORY]} {self._says_sound()}"
        actions = ((tr("Connect a DAW..."), self._connect),)
        detail = self._sound.text if self._sound else ""
        self._notices.show(WHERE, Notice(text=text, detail=detail, actions=actions))

    def _says_sound(self) -> str:
        sound = self._sound
        if sound is not None and sound.there:
            return tr("Playing through the built-in sound.")
        if sound is not None and sound.text:
            reason = sound.text.removeprefix("no built-in sound: ").partition(" (")[0]
            return tr("No sound either ({}); see, keep and drag out what is played.").format(reason)
        if self._sessions.session.ports.sound:
            return tr("The built-in sound is being loaded.")
        return tr("The built-in sound is off.")

    def _connect(self) -> None:
        self._actions.do("connect")


def tr(text: str) -> str:
    """In the user's language."""
    return QCoreApplication.translate("outside", text)
