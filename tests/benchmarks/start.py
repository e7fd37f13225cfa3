"""How long until the window is there: `python -m tests.benchmarks.start`

`hocket` as a user starts it, in a process of its own with folders of its own, as at the first time: from the launch to
the first whole picture of the window (`window_s`, the median of `--starts`). The engine and its models start beside it.
On a display of Xvfb's where that is installed, else offscreen.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Final

from tests.benchmarks.measure import REPOSITORY, finish, machine, note, parser

CHILD: Final = "--child"
XVFB: Final = ("xvfb-run", "-a", "-s", "-screen 0 1400x900x24")
FOLDERS: Final = {"XDG_CONFIG_HOME": "config", "XDG_STATE_HOME": "state", "XDG_DOCUMENTS_DIR": "documents"}
LIMIT_SECONDS: Final = 60.0


def run_window() -> int:
    """`hocket`, which tells when it has painted its window, and closes it."""
    from PySide6.QtCore import QEvent, QTimer

    import gui.app

    class Painted(gui.app.MainWindow):
        is_painted = False

        def event(self, event: QEvent) -> bool:
            done = super().event(event)
            if event.type() == QEvent.Type.Paint and not self.is_painted:
                self.is_painted = True
                QTimer.singleShot(0, self._tell)  # after its widgets, which are painted in the same go
            return done

        def _tell(self) -> None:
            print(time.monotonic(), flush=True)
            self.close()

    gui.app.MainWindow = Painted  # type: ignore[misc]
    from realtime.cli import main as hocket

    sys.argv[1:] = []
    hocket()
    return 0


def start_seconds(compiled: str) -> float:
    """Of one start. `compiled`: folder of what Python keeps of the modules, as it does beside them for a user."""
    # The engine of the window that has gone may be writing its session still.
    with TemporaryDirectory(ignore_cleanup_errors=True) as home:
        environment = os.environ | {name: str(Path(home, folder)) for name, folder in FOLDERS.items()}
        environment |= {"HOME": home, "PYTHONPYCACHEPREFIX": compiled}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        begun = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.start", CHILD],
            cwd=REPOSITORY,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            timeout=LIMIT_SECONDS,
            check=True,
        )
        return float(done.stdout.splitlines()[0]) - begun


def measure(starts: int) -> dict[str, Any]:
    """Start after start; the first one, which compiles the modules and reads all from the disk, is not counted."""
    with TemporaryDirectory() as compiled:
        seconds = [round(start_seconds(compiled), 3) for _ in range(starts + 1)][1:]
    return {"window_s": round(median(seconds), 3), "starts_s": seconds, "display": "DISPLAY" in os.environ}


def main() -> int:
    """Measure and report."""
    if CHILD in sys.argv:
        return run_window()
    options = parser(__doc__)
    options.add_argument("--starts", type=int, default=5)
    arguments = options.parse_args()
    if "DISPLAY" not in os.environ and shutil.which(XVFB[0]):
        os.execvp(XVFB[0], [*XVFB, sys.executable, "-m", "tests.benchmarks.start", *sys.argv[1:]])
    os.environ.setdefault("QT_QPA_PLATFORM", "xcb" if "DISPLAY" in os.environ else "offscreen")
    begun = machine()
    result = measure(arguments.starts)
    if not arguments.json:
        note(f"the window was there after {result['window_s']} s ({result['starts_s']})")
    finish({**result, "machine": begun})
    return 0


if __name__ == "__main__":
    sys.exit(main())
