"""Hocket's own window beside a benchmark's engine, in a process of its own (`window_child`), as a musician has it.

Offscreen, so that no display is needed; the roll moves with the music.
"""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from realtime.engine.commands import Command
from realtime.engine.reports import Report
from realtime.engine.setup import PartSetup
from realtime.player.outbox import Outbox
from realtime.session import Ports, Session, write_session
from realtime.wire import Receiver, Sender

LOOK_SECONDS: Final = 0.05
SHOWN_SECONDS: Final = 60.0
END_SECONDS: Final = 10.0
SHOWN, TOLD, SESSION = "shown", "told.json", "session.toml"  # files in the window's folder


class WindowProcess:
    """The window, from its launch to its end."""

    def __init__(self, models: tuple[str, ...]) -> None:
        """`models`: the parts that the engine plays, called after them."""
        self._made = TemporaryDirectory()
        self._folder = Path(self._made.name)
        parts = tuple(PartSetup(model=model, name=model) for model in models)
        write_session(Session(part=parts, ports=Ports(backend="memory")), self._folder / SESSION)
        command = [sys.executable, "-m", "tests.benchmarks.window_child", str(self._folder)]
        environment = {"QT_QPA_PLATFORM": "offscreen", **os.environ}
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
        assert self._process.stdin is not None
        self._sender = Sender(self._process.stdin)  # type: ignore[arg-type]
        self._outbox = Outbox(self._sender, lambda: None)
        self._reader: threading.Thread | None = None
        deadline = time.monotonic() + SHOWN_SECONDS
        while not (self._folder / SHOWN).exists():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the window ended ({self._process.poll()}) or hung before it was shown")
            time.sleep(LOOK_SECONDS)

    @staticmethod
    def is_installed() -> bool:
        """Whether PySide6 is there."""
        return find_spec("PySide6") is not None

    def carry(self, command: Callable[[Command], object]) -> None:
        """Have `command` called, in a thread, with what the window asks."""
        assert self._process.stdout is not None
        receiver = Receiver[Command](self._process.stdout, Command)  # type: ignore[arg-type]

        def read() -> None:
            while (asked := receiver.receive()) is not None:
                command(asked)

        self._reader = threading.Thread(target=read, name="window-reader", daemon=True)
        self._reader.start()

    def tell(self, report: Report) -> None:
        """Any thread: what the engine tells. Never blocks."""
        self._outbox.put(report)

    def end(self) -> float:
        """Close it; returns how often a second its roll was painted."""
        self._outbox.close(END_SECONDS)
        self._sender.close()
        self._process.wait(END_SECONDS)
        if self._reader is not None:
            self._reader.join(END_SECONDS)
        if self._process.stdout is not None:
            self._process.stdout.close()
        told: float = json.loads((self._folder / TOLD).read_text())["frames_a_second"]
        self._made.cleanup()
        return told
