"""The session: which one is open, whether it has changed, and where its copy is kept beside the music.

The engine writes all session files, for it alone knows the rack. It is asked for a copy a moment after each change;
from that copy an engine that was lost begins again.
"""

import contextlib
from pathlib import Path
from shutil import copyfile
from typing import Any, Final

import msgspec
from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

from gui.places import Places
from gui.viewmodels.engine_host import LOST, READY, STARTING, EngineHost
from gui.viewmodels.first_session import first_session
from gui.viewmodels.instance import Instance
from gui.viewmodels.session_values import kept_of, plain
from gui.viewmodels.settings import Settings
from gui.viewmodels.status import FAILURE, StatusModel
from gui.viewmodels.transport import TransportModel
from gui.viewmodels.undo import Undo
from realtime.engine.commands import SaveSession
from realtime.engine.reports import EngineFailed, PartState, RackChanged, Refused, Report, SessionSaved
from realtime.errors import DeviceLostError, HocketError, PortError, UsageError
from realtime.session import SUFFIX, Session, read_session

OF_PORTS: Final = (UsageError.exit_code, PortError.exit_code, DeviceLostError.exit_code)
SETTLE_MS: Final = 1_000  # after the last change
AT_MOST_MS: Final = 15_000  # while changes go on
LOADING_MS: Final = 10_000  # until then a copy might lack parts that are still loading


class SessionsModel(QObject):
    """Opens, saves and keeps. `changed`: another name, or another answer to `is_changed`."""

    changed = Signal()
    opened = Signal(object)  # Session: another one is open now
    replaced = Signal(str)  # the title of the one before it, which had changes that `go_back` brings back

    def __init__(
        self,
        host: EngineHost,
        *,
        places: Places,
        settings: Settings,
        status: StatusModel,
        transport: TransportModel,
        undo: Undo,
        instance: Instance,
    ) -> None:
        super().__init__()
        self._host, self._places, self._settings = host, places, settings
        self._status, self._transport, self._undo, self._instance = status, transport, undo, instance
        self.path: Path | None = None  # of the session that is open; None: it has no file yet
        self.is_changed = False
        self._session = first_session(settings.now)
        self._path_before: Path | None = None
        self._has_copy = False  # the autosave is of the session that is open
        self._is_plain = False  # its ports or its leader are not there: without them
        self._missing: set[str] = set()  # parts that are still to come
        self._states: dict[str, object] = {}
        self._bpm = 0.0
        self._soon = self._timer(SETTLE_MS)
        self._late = self._timer(AT_MOST_MS)
        self._loading = QTimer(self, singleShot=True, interval=LOADING_MS)
        self._loading.timeout.connect(self._missing.clear)
        host.use(self.newest, str(self.takes_folder))
        host.reported.connect(self._follow)
        host.state_changed.connect(self._follow_host)
        transport.tempo_changed.connect(self._follow_tempo)

    # --- what is open ------------------------------------------------------------------------------------

    @property
    def title(self) -> str:
        """The name of the session on screen."""
        return self.path.stem if self.path else tr("Untitled")

    @property
    def session(self) -> Session:
        """As it was opened; what has changed since, the engine knows."""
        return self._session

    @property
    def is_plain(self) -> bool:
        """Whether its ports could not be had, so that it plays without them."""
        return self._is_plain

    @property
    def takes_folder(self) -> Path:
        """Where takes are kept."""
        return Path(self._settings.now.takes) if self._settings.now.takes else self._places.takes

    def newest(self) -> Session:
        """Any thread. The session with all changes that a copy was made of: what a new engine begins with."""
        session = self._session
        if self._has_copy:
            with contextlib.suppress(HocketError):  # then as it was opened
                session = read_session(self._instance.autosave)
        return plain(session) if self._is_plain else session

    # --- what the user asks ------------------------------------------------------------------------------

    def begin(self, path: Path | None = None) -> None:
        """At the start of the window: a file that was asked for, what the last time left, or four parts."""
        if path is not None and self.open(path, plays=False):
            return
        last = self._instance.autosave
        goes_on = self._settings.now.reopen and last.exists() and not self._instance.has_crashed
        session = self._read(last) if goes_on else None
        self._open(session or first_session(self._settings.now), None, plays=False)

    def new(self) -> None:
        """Four parts again."""
        self._open(first_session(self._settings.now), None, plays=False)

    def open(self, path: Path, *, plays: bool | None = None) -> bool:
        """Open a session file; what is wrong with it is said, and changes nothing."""
        session = self._read(path)
        if session is not None:
            self._open(session, path, plays=self._transport.playing if plays is None else plays)
            self._settings.add_recent(path)
        return session is not None

    @property
    def can_restore(self) -> bool:
        """Whether a run that ended by itself has left something."""
        return self._instance.has_crashed and self._instance.to_restore.exists()

    def restore(self) -> None:
        """Open what a run that ended by itself has left."""
        session = self._read(self._instance.to_restore)
        if session is not None:
            self._open(session, None, plays=False)
            self._set_changed(True)

    def go_back(self) -> None:
        """Open what the last opening replaced."""
        session = self._read(self._instance.before)
        if session is not None:
            self._open(session, self._path_before, plays=self._transport.playing)
            self._set_changed(True)

    def save(self) -> bool:
        """To its file; False if it has none yet."""
        if self.path is not None:
            self._ask_for(self.path)
        return self.path is not None

    def save_as(self, path: Path) -> None:
        """To another file, which is the session's from now on."""
        self.path = path if path.suffix == SUFFIX else path.with_name(path.name + SUFFIX)
        self._ask_for(self.path)
        self.changed.emit()

    def change_time(self, **values: Any) -> None:
        """What of meter, count-in and start-stop only another player can take over: the engine begins again with it."""
        newest = self.newest()
        self.open_session(msgspec.structs.replace(newest, time=msgspec.structs.replace(newest.time, **values)))

    def open_session(self, session: Session) -> None:
        """The same session as another value: the engine begins again with it."""
        self._open(session, self.path, plays=self._transport.playing, is_same=True)
        self._set_changed(True)

    def finish(self) -> None:
        """At the end: ask for a last copy; the engine still writes it."""
        if self._settings.now.autosave and not self._missing:
            self._host.ask(self._saving(self._instance.autosave))

    # --- inside ------------------------------------------------------------------------------------------

    def _timer(self, milliseconds: int) -> QTimer:
        timer = QTimer(self, singleShot=True, interval=milliseconds)
        timer.timeout.connect(self._keep_copy)
        return timer

    def _read(self, path: Path) -> Session | None:
        try:
            return read_session(path)
        except HocketError as error:
            self._status.say(str(error), FAILURE)
            return None

    def _open(self, session: Session, path: Path | None, *, plays: bool, is_same: bool = False) -> None:
        title = "" if is_same else self._keep_before()
        self._session, self.path, self._has_copy = session, path, False
        self._is_plain = False
        self._missing = {part.name or part.model for part in session.part}
        self._states.clear()
        for timer in (self._soon, self._late):
            timer.stop()
        if not is_same:
            self._undo.forget()
        self._transport.open(session.time)
        self._bpm = session.time.bpm
        self.is_changed = False
        self._host.use(self.newest, str(self.takes_folder))
        self._host.start(plays=plays)
        self.opened.emit(session)
        self.changed.emit()
        if title:
            self.replaced.emit(title)

    def _keep_before(self) -> str:
        """A copy of the session that is about to be replaced, if it has changes; its title."""
        if not (self.is_changed and self._has_copy):
            return ""
        self._path_before = self.path
        try:
            copyfile(self._instance.autosave, self._instance.before)
        except OSError:
            return ""
        return self.title

    def _ask_for(self, path: Path) -> None:
        if not self._host.ask(self._saving(path)):
            self._status.say(tr("Not saved: there is no engine at the moment"), FAILURE)

    def _saving(self, path: Path) -> SaveSession:
        return SaveSession(str(path), self._session.remote)

    def _keep_copy(self) -> None:
        for timer in (self._soon, self._late):
            timer.stop()
        if self._missing:
            self._soon.start()
        elif self._settings.now.autosave and not self._instance.problem:
            self._host.ask(self._saving(self._instance.autosave))

    def _follow_host(self, state: str) -> None:
        if state == READY:
            self._loading.start()
        elif state == LOST:
            self._states.clear()

    def _follow(self, report: Report) -> None:
        match report:
            case RackChanged(parts):
                is_loading, self._missing = bool(self._missing), self._missing - set(parts)
                if not is_loading:
                    self._touch()
                elif not self._missing:
                    self._soon.start()  # all are there: a first copy, with the seeds they have drawn
            case PartState():
                before, after = self._states.get(report.part), kept_of(report)
                self._states[report.part] = after
                if before is not None and before != after:
                    self._touch()
            case SessionSaved(path):
                self._saved(Path(path))
            case EngineFailed(code, _) if code in OF_PORTS and self._host.state == STARTING and not self._is_plain:
                self._is_plain = True
                self._transport.open(plain(self._session).time)
            case Refused(text) if self._missing:
                self._missing = {part for part in self._missing if part not in text}

    def _follow_tempo(self, bpm: float) -> None:
        before, self._bpm = self._bpm, bpm
        if self._transport.time.sync == "internal" and abs(before - bpm) > 1e-3:
            self._touch()

    def touch(self) -> None:
        """Something that the file keeps has changed, and no report tells it."""
        self._touch()

    def _touch(self) -> None:
        self._soon.start()
        if not self._late.isActive():
            self._late.start()
        self._set_changed(True)

    def _saved(self, path: Path) -> None:
        if path == self._instance.autosave:
            self._has_copy = True
        elif path == self.path:
            self._settings.add_recent(path)
            self._status.say(tr("Saved {}").format(path.name))
            self._set_changed(False)

    def _set_changed(self, is_changed: bool) -> None:
        if is_changed != self.is_changed:
            self.is_changed = is_changed
            self.changed.emit()


def tr(text: str) -> str:
    """In the user's language."""
    return QCoreApplication.translate("sessions", text)
