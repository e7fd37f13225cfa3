"""One engine process: the threads that start it, send what is asked and read what it tells.

Threading: the client's reader thread puts reports into the inbox and wakes the window, which drains it; commands go out
by a thread of their own, because an engine that stands still reads no pipe.
"""

import threading
from collections.abc import Callable, Iterable
from typing import Final, Protocol

from realtime.engine.commands import Command, Forward
from realtime.engine.reports import EngineFailed, PartState, Report, Status
from realtime.errors import HocketError
from realtime.handover import Inbox
from realtime.messages import Clock, Counters, PortsSeen, StopTransport
from realtime.session import Session

CAPACITY: Final = 1 << 16
INTERNAL: Final = "internal"  # Hocket leads the beat
STOP: Final = Forward(StopTransport())
NEWEST_ONLY: Final = (Clock, Counters, Status, PortsSeen)


class Client(Protocol):
    """What is asked of `EngineClient`."""

    def send(self, command: Command) -> bool:
        """Ask for something; False if the engine is gone."""

    def close(self) -> int:
        """Let it end."""

    def kill(self) -> None:
        """End it at once."""


Start = Callable[..., Client]  # as `EngineClient(session, on_report, takes=folder)`


class EngineLink:
    """One engine. Its threads: one starts it and sends what is asked, the client's own reads."""

    def __init__(
        self,
        start: Start,
        session: Callable[[], Session],
        takes: str,
        wake: Callable[[], None],
        first: Callable[[], tuple[Command, ...]],
    ) -> None:
        self.told: Inbox[Report | None] = Inbox(capacity=CAPACITY)  # None: it is gone
        self._asked: Inbox[Command | None] = Inbox(capacity=CAPACITY)  # None: the end
        self._start, self._session, self._takes, self._wake, self._first = start, session, takes, wake, first
        self._client: Client | None = None
        self.is_stopping = False  # the player begins to play and has been told not to
        self._is_awake = False  # the window knows that something waits
        self._thread = threading.Thread(target=self._run, name="engine-writer", daemon=True)
        self._thread.start()

    def ask(self, command: Command) -> bool:
        """Returns at once."""
        return self._asked.put(command)

    def begin_again(self, words: tuple[Command, ...]) -> None:
        """Another player, in the same engine: with other ports, or after a loss."""
        self.is_stopping = STOP in words
        for word in words:
            self.ask(word)

    def kill(self) -> None:
        """End the engine at once, if it is there."""
        if self._client is not None:
            self._client.kill()

    def close(self, seconds: float) -> None:
        """Let the engine release its notes and end; waits for that."""
        self._asked.put(None)
        self._thread.join(seconds)
        self.kill()

    def _run(self) -> None:
        session = self._session()
        try:
            client = self._client = self._start(session, self._tell, takes=self._takes)
        except (OSError, HocketError) as error:
            self._tell(EngineFailed(1, f"the engine cannot be started: {error}"))
            self._tell(None)
            return
        if session.time.sync == INTERNAL:  # what leads from outside says itself whether it plays
            first = self._first()
            self.is_stopping = STOP in first
            for word in first:
                client.send(word)
        while self._asked.wait(None):
            for command in self._asked.drain():
                if command is None:
                    client.close()
                    return
                client.send(command)

    def _tell(self, report: Report | None) -> None:
        self.told.put(report)
        if not self._is_awake:
            self._is_awake = True
            self._wake()

    def drain(self) -> list[Report | None]:
        """Window's thread. What has come, without what is stale already."""
        self._is_awake = False
        return newest(self.told.drain())


def newest(reports: Iterable[Report | None]) -> list[Report | None]:
    """The reports in their order, without those that a later one of the same kind (and part) makes stale."""
    kept: list[Report | None] = []
    seen: set[object] = set()
    for report in reversed(list(reports)):
        key = _key_of(report)
        if key is None or key not in seen:
            kept.append(report)
        seen.add(key)
    kept.reverse()
    return kept


def _key_of(report: Report | None) -> object:
    if isinstance(report, PartState):
        return PartState, report.part
    return type(report) if isinstance(report, NEWEST_ONLY) else None
