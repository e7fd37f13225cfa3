"""Asks the system to put a thread before the work of other programs. Best effort: asked for, never required."""

import contextlib
import os
import sys
import threading
from typing import Final

SWITCH_INTERVAL_SECONDS: Final = 5e-5  # how soon a model's thread gets the interpreter back after a network step
NICENESS: Final = -10  # needs root, or a line "@audio - nice -10" in limits.conf, as audio programs ask for it


def favour_this_thread() -> None:
    """On Linux alone: elsewhere niceness is that of the whole process."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
