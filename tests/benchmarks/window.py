"""A stand-in for Hocket's window: a piano roll of 300 notes, painted 60 times a second, in a process of its own.

Offscreen, so that no display is needed. Until stdin ends; then the last line says how many frames a second there were.
"""

import os
import subprocess
import sys
import threading
import time
from importlib.util import find_spec
from typing import Final

FRAMES_A_SECOND: Final = 60
NOTES: Final = 300
WIDTH, HEIGHT = 1280, 720
LOOK_MS: Final = 50  # how often it looks whether it is to end
BACKGROUND: Final = (20, 20, 24)


class WindowProcess:
    """The window, from its launch to its end."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.benchmarks.window"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        if not self._process.stdout.readline():
            raise RuntimeError(f"the window ended ({self._process.wait()}) before it was shown")

    @staticmethod
    def is_installed() -> bool:
        """Whether PySide6 is there."""
        return find_spec("PySide6") is not None

    def end(self) -> float:
        """Close it; returns its frames a second."""
        told, _ = self._process.communicate(timeout=10)
        return float(told.split()[-1])


def main() -> int:
    """Paint until stdin ends."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import Qt, QTimer
    from PySide6.QtGui import QColor, QPainter
    from PySide6.QtWidgets import QApplication, QWidget

    class Roll(QWidget):
        frames = 0

        def paintEvent(self, _event: object) -> None:  # noqa: N802  Qt's name
            self.frames += 1
            painter = QPainter(self)
            painter.fillRect(self.rect(), QColor(*BACKGROUND))
            for i in range(NOTES):
                place = (i * 37 + self.frames * 3) % self.width(), (i * 61) % self.height()
                painter.fillRect(*place, 24, 6, QColor((i * 7) % 255, 160, 90))
            painter.end()

    application, ended = QApplication([]), threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    roll, repaint, look = Roll(), QTimer(), QTimer()
    repaint.setTimerType(Qt.TimerType.PreciseTimer)
    repaint.timeout.connect(roll.update)
    look.timeout.connect(lambda: application.quit() if ended.is_set() else None)
    roll.resize(WIDTH, HEIGHT)
    roll.show()
    repaint.start(1000 // FRAMES_A_SECOND)
    look.start(LOOK_MS)
    print("shown", flush=True)
    begun = time.perf_counter()
    application.exec()
    print(round(roll.frames / (time.perf_counter() - begun), 1), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
