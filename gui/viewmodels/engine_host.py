"""Keeps an engine process running for the window, and brings what it tells into the window's thread.

The link's threads wake it; it drains what has come at most 60 times a second, and rests while nothing comes.
"""

import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from gui.viewmodels.engine_link import INTERNAL, STOP, EngineLink, Start
from gui.viewmodels.restarts import Restarts
from realtime.client import EngineClient
from realtime.engine.commands import Command, Forward
from realtime.engine.reports import EngineFailed, Report, Status
from realtime.messages import Clock, Locate, Ready, StartTransport, Transport
from realtime.music.units import TempoAnchor
from realtime.session import Session

STARTING, READY, FROZEN, LOST = "starting", "ready", "frozen", "lost"
FRAME_MS: Final = 16
WATCH_MS: Final = 500
FROZEN_SECONDS: Final = 2.0  # an engine that is well tells its status twice a second


class EngineHost(QObject):
    """The engine there is now, with what it tells in `reported`, in the window's thread."""

    reported = Signal(object)
    state_changed = Signal(str)
    _woken = Signal()

    def __init__(
        self,
        start: Start = EngineClient,
        restarts: Restarts | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self._now = now
        self._start = start
        self._session: Callable[[], Session] = Session
        self._takes = ""
        self._state, self.reason = LOST, ""
        self._link: EngineLink | None = None
        self._restarts = restarts or Restarts()
        self._plays = self._is_leading = False  # as the player says, like
        self._anchor: TempoAnchor | None = None  # an engine that is started again goes on from there
        self._tells_status = False
        self._told_at = self._now()
        self._watched_at = self._told_at
        self._frame = self._timer(FRAME_MS, self._drain, single=True)
        self._again = self._timer(0, self._open, single=True)
        self._watch = self._timer(WATCH_MS, self._look, single=False)
        self._woken.connect(self._begin_frame, Qt.ConnectionType.QueuedConnection)

    # --- for all -----------------------------------------------------------------------------------------

    @property
    def state(self) -> str:
        """One of "starting", "ready", "frozen" (it has said nothing for two seconds), "lost"."""
        return self._state

    @property
    def is_final(self) -> bool:
        """Lost too often: it is not started again until `start` is called."""
        return self._state == LOST and not self._again.isActive()

    def ask(self, command: Command) -> bool:
        """Ask for something. Returns at once; False if there is no engine to ask."""
        return self._link is not None and self._link.ask(command)

    # --- for the sessions --------------------------------------------------------------------------------

    def use(self, session: Callable[[], Session], takes: str = "") -> None:
        """What engines are opened with from now on: `session` is called in another thread; a folder for takes."""
        self._session, self._takes = session, takes

    def start(self, *, plays: bool = False) -> None:
        """Start the first engine, or another one in its place, with the session there is now."""
        self._restarts.forget()
        self._plays, self._anchor = plays, None
        self._end_link()
        self._open()

    def stop(self, seconds: float = 4.0) -> None:
        """Let the engine release its notes and end; waits for that."""
        for timer in (self._frame, self._again, self._watch):
            timer.stop()
        if self._link is not None:
            self._link.close(seconds)
            self._link = None

    # --- inside ------------------------------------------------------------------------------------------

    def _timer(self, milliseconds: int, do: Callable[[], None], *, single: bool) -> QTimer:
        timer = QTimer(self)
        timer.setInterval(milliseconds)
        timer.setSingleShot(single)
        timer.timeout.connect(do)
        return timer

    def _open(self) -> None:
        self._told_at = self._watched_at = self._now()
        self._tells_status = False
        self._set_state(STARTING, "")
        first = _first_words(self._plays, self._anchor)
        self._link = EngineLink(self._start, self._session, self._takes, self._woken.emit, first)
        self._watch.start()

    def _begin_frame(self) -> None:
        """At once after a rest, else at the next frame."""
        if not self._frame.isActive():
            self._frame.start(max(0, FRAME_MS - round((self._now() - self._told_at) * 1000)))

    def _drain(self) -> None:
        link = self._link
        if link is None:
            return
        self._told_at = self._now()
        if self._state == FROZEN:
            self._set_state(READY, "")
        for report in link.drain():
            if link is not self._link:  # somebody who heard a report has started another engine
                return
            if report is None:
                self._lose()
                return
            if isinstance(report, Transport) and link.is_stopping:
                link.is_stopping = report.playing
                if report.playing:  # for some milliseconds: nobody asked for it, nobody need hear of it
                    continue
            self._follow(report)
            self.reported.emit(report)

    def _follow(self, report: Report) -> None:
        match report:
            case Ready():
                if self._state == READY and self._link is not None and self._is_leading:
                    self._link.begin_again(_first_words(self._plays, self._anchor)())
                self._set_state(READY, "")
            case Status():
                self._tells_status = True
            case Clock():
                self._anchor = report.anchor()
            case Transport(playing):
                self._plays, self._is_leading = playing, report.source == INTERNAL
            case EngineFailed(_, text):
                self.reason = text

    def _lose(self) -> None:
        self._end_link()
        delay = self._restarts.delay(self._now())
        if delay is not None:
            self._again.start(round(delay * 1000))
        self._set_state(LOST, self.reason)

    def _end_link(self) -> None:
        self._again.stop()
        self._watch.stop()
        if self._link is not None:
            self._link.kill()
            self._link.ask(None)  # type: ignore[arg-type]
            self._link = None

    def _look(self) -> None:
        """An engine that is alive and says nothing. If this timer too was late, the whole computer slept."""
        now = self._now()
        slept = now - self._watched_at > FROZEN_SECONDS
        self._watched_at = now
        if slept:
            self._told_at = now
        elif self._state == READY and self._tells_status and now - self._told_at > FROZEN_SECONDS:
            self._set_state(FROZEN, "")

    def _set_state(self, state: str, reason: str) -> None:
        self.reason = reason
        if state != self._state or state == LOST:
            self._state = state
            self.state_changed.emit(state)


def _first_words(plays: bool, anchor: TempoAnchor | None) -> Callable[[], tuple[Command, ...]]:
    """A player of Hocket's own clock plays at once: whether it is to, and from where, is said before all else."""
    if not plays:
        return lambda: (STOP, Forward(Locate(0)))
    if anchor is None:
        return lambda: (Forward(StartTransport()),)
    return lambda: (Forward(StartTransport()), Forward(Locate(anchor.tick_at(time.monotonic_ns()))))
