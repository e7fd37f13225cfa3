"""A host without an engine: remembers what was asked, tells what a test wants it to."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from realtime.engine.commands import Command
from realtime.engine.reports import Report
from realtime.session import Session


class FakeHost(QObject):
    """In place of `gui.viewmodels.engine_host.EngineHost`."""

    reported = Signal(object)
    state_changed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Command] = []
        self.state = "ready"
        self.reason = ""
        self.is_final = False
        self.can_ask = True
        self.starts: list[tuple[Session, bool]] = []  # what engines were started with, and whether they play
        self._session: Callable[[], Session] = Session

    def ask(self, command: Command) -> bool:
        if self.can_ask:
            self.asked.append(command)
        return self.can_ask

    def use(self, session: Callable[[], Session], takes: str = "") -> None:
        self._session = session
        self.takes = takes

    def start(self, *, plays: bool = False) -> None:
        self.starts.append((self._session(), plays))

    def stop(self, seconds: float = 0.0) -> None:
        self.state = "lost"

    def become(self, state: str, reason: str = "", *, is_final: bool = False) -> None:
        self.state, self.reason, self.is_final = state, reason, is_final
        self.state_changed.emit(state)

    def tell(self, *reports: Report) -> None:
        for report in reports:
            self.reported.emit(report)
