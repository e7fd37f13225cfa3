"""A window's end of an engine in a process of its own: start it, ask it, hear what it tells, know when it is gone."""

import subprocess
import sys
import threading
from collections.abc import Callable

from realtime.engine.commands import Command, OpenSession, QuitEngine
from realtime.engine.reports import Report
from realtime.session import Session
from realtime.wire import Receiver, Sender

PATIENCE_SECONDS = 3.0


class EngineClient:
    """A running engine with its player. `on_report` is called in a reader thread; None: the engine is gone."""

    def __init__(self, session: Session, on_report: Callable[[Report | None], object], *, takes: str = "") -> None:
        command = [sys.executable, "-m", "realtime.engine"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._process.stdin is not None and self._process.stdout is not None  # noqa: PT018
        self._sender = Sender(self._process.stdin)  # type: ignore[arg-type]
        self._receiver: Receiver[Report] = Receiver(self._process.stdout, Report)  # type: ignore[arg-type]
        self._on_report = on_report
        self._reader = threading.Thread(target=self._read, name="engine-reader", daemon=True)
        self._sender.send(OpenSession(session, takes))
        self._reader.start()

    @property
    def pid(self) -> int:
        """Process id of the engine."""
        return self._process.pid

    def send(self, command: Command) -> bool:
        """Ask for something; False if the engine is gone."""
        return self._sender.send(command)

    def kill(self) -> None:
        """End an engine that no longer answers, at once; its player releases what sounds. `close` must follow."""
        self._process.kill()

    def close(self) -> int:
        """Let the engine release all notes and end; returns its exit code."""
        self._sender.send(QuitEngine())
        self._sender.close()
        try:
            code = self._process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        self._reader.join(timeout=1.0)
        if self._process.stdout is not None:
            self._process.stdout.close()
        return code

    def _read(self) -> None:
        while True:
            report = self._receiver.receive()
            self._on_report(report)
            if report is None:
                return
