"""The real window, without a display: `python -m gui` with a home folder of its own, led by JACK's transport."""

import contextlib
import importlib.util
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from realtime.session import Session, Time, write_session
from tests.faults.rig import children, command_line, session_of, wait_until

HAS_WINDOW = importlib.util.find_spec("PySide6") is not None
BAND = ("morph", "quartet", "sketch")
TRIES, ROLL_SECONDS = 3, 5.0
ROLL = """
import jack
client = jack.Client("leader", no_start_server=True)
client.transport_frame = 0
client.transport_start()
client.close()
"""


class Window:
    """A running window."""

    def __init__(self, folder: Path, session: Session | None = None, **environment: str) -> None:
        command = [sys.executable, "-m", "gui"]
        if session is not None:
            write_session(session, folder / "session.toml")
            command.append(str(folder / "session.toml"))
        own = {"HOME": str(folder), "QT_QPA_PLATFORM": "offscreen", **environment}
        own |= {f"XDG_{kind}_HOME": str(folder / kind.lower()) for kind in ("CONFIG", "STATE", "DATA", "CACHE")}
        self._log = (folder / "window.log").open("w+b")
        self.process = subprocess.Popen(command, env={**os.environ, **own}, stdout=self._log, stderr=self._log)

    def child(self, module: str) -> int | None:
        """The process of the window's that runs this module."""
        found = (pid for pid in children(self.process.pid) if f"-m {module}" in command_line(pid))
        return next(found, None)

    def wait_for(self, *modules: str) -> float:
        return wait_until(lambda: all(self.child(module) for module in modules), f"the window's {modules}")

    @property
    def said(self) -> str:
        self._log.seek(0)
        return self._log.read().decode(errors="replace")

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._log.close()


def roll() -> None:
    """JACK's transport begins: what plays is led from outside, as nobody is here to press Space.

    In a process of its own: libjack may wait for a lock of its own for ever when a client leaves a server that has only
    just come (it did once in 24 minutes of the soak). Then it has begun, or it is asked again.
    """
    for _ in range(TRIES):
        with contextlib.suppress(subprocess.CalledProcessError, subprocess.TimeoutExpired):
            subprocess.run([sys.executable, "-c", ROLL], check=True, timeout=ROLL_SECONDS)
            return
    raise AssertionError(f"JACK's transport could not be started in {TRIES} tries")


def led_by_jack(models: Sequence[str] = BAND, **ports: Any) -> Session:
    return msgspec.structs.replace(session_of(models, **ports), time=Time(bpm=240.0, sync="jack"))
