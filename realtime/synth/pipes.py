"""Pipes that never block their writer. Standard library only."""

import os
import sys
import threading
from typing import Protocol

from realtime.handover import Inbox

THREAD_CAPACITY = 4096  # frames; about what a Linux pipe holds


class Pipe(Protocol):
    """The writing end of a pipe of whole frames."""

    def write(self, frame: bytes) -> bool:
        """Hand over one frame; False if there is no room now. Raises `OSError` once the reader is gone."""
        ...

    def close(self) -> None:
        """The reader reads its end."""
        ...


class NonBlockingPipe:
    """POSIX: a frame is far below PIPE_BUF, so the kernel takes it whole or not at all."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        os.set_blocking(descriptor, False)

    def write(self, frame: bytes) -> bool:
        """Hand over one frame; False if the pipe is full. Raises `OSError` once the reader is gone."""
        try:
            return os.write(self._descriptor, frame) == len(frame)
        except BlockingIOError:
            return False

    def close(self) -> None:
        """The reader reads its end."""
        os.close(self._descriptor)


class ThreadPipe:
    """Windows, whose pipes cannot be made non-blocking in Python 3.11: a thread of its own does the writing."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._inbox: Inbox[bytes] = Inbox(capacity=THREAD_CAPACITY)
        self._closing = False
        self._broken = False
        self._thread = threading.Thread(target=self._run, name="synth-pipe", daemon=True)
        self._thread.start()

    def write(self, frame: bytes) -> bool:
        """Hand over one frame; False if the queue is full. Raises `OSError` once the reader is gone."""
        if self._broken:
            raise BrokenPipeError
        return self._inbox.put(frame)

    def close(self) -> None:
        """Write what waits, then the reader reads its end; waits at most a second for that."""
        self._closing = True
        self._thread.join(timeout=1.0)

    def _run(self) -> None:
        try:
            while not self._closing or self._inbox.wait(0):
                if self._inbox.wait(0.05):
                    for frame in self._inbox.drain():
                        os.write(self._descriptor, frame)
        except OSError:
            self._broken = True
        finally:
            os.close(self._descriptor)


def open_pipe(descriptor: int) -> Pipe:
    """The pipe for this system; it owns the descriptor from here on."""
    return ThreadPipe(descriptor) if sys.platform == "win32" else NonBlockingPipe(descriptor)
