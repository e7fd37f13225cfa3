"""Ends a network's run that takes too long: one thread for all graphs of the process.

A run costs two additions: a watch's count is odd while its graph runs. The thread counts how often it finds the same
odd number; since it counts its own looks and no clock, a process that was suspended, or a machine that slept, is not
taken for a slow model.
"""

import math
import threading
import time
import weakref
from typing import Final

import onnxruntime as ort

LOOK_SECONDS: Final = 0.2


class Watch:
    """Over one graph, which runs in one thread at a time: `turns` is added to before and after each run."""

    def __init__(self) -> None:
        self.options = ort.RunOptions()
        self.options.log_severity_level = 4  # what fails is raised, and needs no line on stderr too
        # Its default. onnxruntime 1.32 asks for it at each run, and finds that it is missing by an exception: 45 us.
        self.options.add_run_config_entry("gpu_graph_id", "0")
        self.turns = 0
        self.looks_allowed = 0
        self._seen = self._looks = 0

    def allow(self, seconds: float) -> None:
        """How long a run may take."""
        self.looks_allowed = math.ceil(seconds / LOOK_SECONDS)

    def look(self) -> None:
        """The watchdog's thread only: end the run if it has been seen too often."""
        turns = self.turns
        if turns % 2 == 0 or turns != self._seen:
            self._seen, self._looks = turns, 0
            return
        self._looks += 1
        if self._looks >= self.looks_allowed:
            self.options.terminate = True


class Watchdog:
    """The thread. It starts with the first watch."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._watches: weakref.WeakSet[Watch] = weakref.WeakSet()
        self._thread: threading.Thread | None = None

    def add(self, watch: Watch) -> None:
        """Look at it for as long as there is anyone else who holds it."""
        with self._lock:
            self._watches.add(watch)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="watchdog", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            time.sleep(LOOK_SECONDS)
            with self._lock:
                watches = list(self._watches)
            for watch in watches:
                watch.look()
            del watches  # or the last ones would live until the next look


WATCHDOG: Final = Watchdog()
