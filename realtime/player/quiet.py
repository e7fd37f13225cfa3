"""MIDI libraries complain on file descriptor 2 about every system they do not find; we say it in one line ourselves."""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()


@contextmanager
def quiet_libraries() -> Iterator[None]:
    """What C code writes to stderr meanwhile is dropped. Python's own stderr is flushed first and back afterwards."""
    with _lock:
        if sys.stderr is not None:  # as it is where a program was started with that descriptor closed
            sys.stderr.flush()
        try:
            kept = os.dup(2)
        except OSError:  # no stderr at all
            yield
            return
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        os.close(nowhere)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
