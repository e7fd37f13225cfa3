"""The window of `window`: all of `gui` but the engine's process, `python -m tests.benchmarks.window_child FOLDER`.

The engine is at the other end of stdin and stdout: it tells, and carries out what the window asks. When the pipe ends,
the folder is told how often a second the roll was painted.
"""

import json
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication

from gui import theme
from gui.app import build_models
from gui.collector import Collector
from gui.places import Places
from gui.viewmodels.engine_host import EngineHost
from gui.views.main_window import MainWindow
from gui.views.roll_view import RollView
from realtime.engine.reports import Report
from realtime.session import Session
from realtime.wire import Receiver, Sender
from tests.benchmarks.window import SESSION, SHOWN, TOLD

SIZE: Final = 1280, 720
LOOK_MS: Final = 50  # how often it looks whether it is to end


class PipedEngine:
    """The window's end of the pipes, in the place of `realtime.client.EngineClient`. `ended` is set at their end."""

    def __init__(self, ended: threading.Event) -> None:
        frames_in, frames_out = os.dup(0), os.dup(1)
        os.dup2(2, 1)  # what a library prints is no command
        self._ended = ended
        self._receiver = Receiver[Report](os.fdopen(frames_in, "rb", buffering=0), Report)  # type: ignore[arg-type]
        self._sender = Sender(os.fdopen(frames_out, "wb"))
        self.send = self._sender.send

    def start(self, _session: Session, on_report: Callable[[Report], object], *, takes: str = "") -> "PipedEngine":
        """As an engine is started."""

        def read() -> None:
            while (report := self._receiver.receive()) is not None:
                on_report(report)
            self._ended.set()

        threading.Thread(target=read, name="engine-reader", daemon=True).start()
        return self

    def close(self) -> int:
        """It is not the window's to end."""
        return 0

    def kill(self) -> None:
        """Nor to kill."""


class Paints(QObject):
    """How often what it watches was painted."""

    count = 0

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """Look on."""
        self.count += event.type() == QEvent.Type.Paint
        return False


def main() -> None:
    """Show the window until the pipe ends."""
    ended, folder = threading.Event(), Path(sys.argv[1])
    engine = PipedEngine(ended)
    app = QApplication([])
    collector = Collector(app)
    theme.apply(app, "dark")
    models = build_models(EngineHost(engine.start), Places.under(folder))
    models.sessions.open(folder / SESSION, plays=True)
    window, paints, look = MainWindow(models), Paints(), QTimer()
    window.view(RollView).roll.installEventFilter(paints)  # type: ignore[attr-defined]
    window.resize(*SIZE)
    window.show()
    look.timeout.connect(lambda: app.quit() if ended.is_set() else None)
    look.start(LOOK_MS)
    (folder / SHOWN).touch()
    begun = time.perf_counter()
    app.exec()
    told = {"frames_a_second": round(paints.count / (time.perf_counter() - begun), 1)}
    (folder / TOLD).write_text(json.dumps(told))
    collector.stop()
    os._exit(0)  # there is nothing that it would have to keep


if __name__ == "__main__":
    main()
