"""Hand-over between threads: the only shared mutable objects in `realtime/`.

No lock is taken for the data itself: deque.append, deque.popleft and attribute assignment are atomic in CPython.
`Inbox.wait` sleeps on an event that the producer sets after appending.
"""

import queue
import threading
from collections import deque
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Latest(Generic[T]):
    """One slot, newest wins. Any thread puts an immutable value; one consumer takes it."""

    def __init__(self) -> None:
        self._slot: deque[T] = deque(maxlen=1)  # append and popleft are atomic; read-and-empty of an attribute is not
        self._ready = threading.Event()

    def put(self, value: T) -> None:
        """Replace whatever waits."""
        self._slot.append(value)
        self._ready.set()

    def take(self, timeout_seconds: float | None = None) -> T | None:
        """Consumer only. Wait for a value and empty the slot; None after the timeout."""
        if not self._ready.wait(timeout_seconds):
            return None
        self._ready.clear()
        try:
            return self._slot.popleft()
        except IndexError:  # woken, or taken already
            return None

    def wake(self) -> None:
        """Let the consumer's `take` return, with None if nothing waits."""
        self._ready.set()

    @property
    def waiting(self) -> bool:
        """Whether a newer value is there: work in progress is stale."""
        return self._ready.is_set()


class Inbox(Generic[T]):
    """Bounded queue from producer threads to one consumer thread; `put` never blocks."""

    def __init__(self, *, capacity: int) -> None:
        if capacity < 1:
            raise ValueError(f"capacity must be at least 1, got {capacity}")
        self._items: deque[T] = deque()
        self._capacity = capacity
        self._ready = threading.Event()
        self.dropped = 0  # written by producers, read by anyone

    def put(self, item: T) -> bool:
        """Append `item`; if full, count it as dropped and return False."""
        if len(self._items) >= self._capacity:
            self.dropped += 1
            return False
        self._items.append(item)
        self._ready.set()
        return True

    def drain(self) -> Iterator[T]:
        """Consumer only. Yield what is waiting now, oldest first."""
        self._ready.clear()
        for _ in range(len(self._items)):
            yield self._items.popleft()

    def wait(self, timeout_seconds: float | None) -> bool:
        """Consumer only. Sleep until something waits or the timeout has passed."""
        return self._ready.wait(timeout_seconds)


class Background:
    """A thread that does one thing after another, in the order they were asked for; it starts with the first."""

    def __init__(self, name: str) -> None:
        self._work: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def do(self, work: Callable[[], None]) -> None:
        """Owner's thread only. Return at once; `work` must not raise."""
        if not self._thread.is_alive():
            self._thread.start()
        self._work.put(work)

    def _run(self) -> None:
        while True:
            self._work.get()()
