"""Messages to another process leave through a thread of their own: player to engine, engine to window.

A reader that stalls never stops the music. Threads: any thread puts; the writer thread sends. When the other side does
not read, controllers are dropped first and the rest when the box is full; both are counted.
"""

import threading
import time
from collections.abc import Callable
from typing import Final

from realtime.handover import Inbox
from realtime.messages import Message, Played
from realtime.player.midi_bytes import is_note
from realtime.wire import Sender

CAPACITY: Final = 8192


class Outbox:
    """Bounded queue and writer thread in front of a `Sender`; `on_closed` is called when the reader has gone."""

    def __init__(self, sender: Sender, on_closed: Callable[[], object]) -> None:
        self._sender, self._on_closed = sender, on_closed
        self._inbox: Inbox[Message | None] = Inbox(capacity=CAPACITY)
        self._put_count = self._sent_count = 0
        self._controllers_dropped = 0
        self._thread = threading.Thread(target=self._run, daemon=True, name="outbox")
        self._thread.start()

    @property
    def dropped(self) -> int:
        """Messages that found no room."""
        return self._inbox.dropped + self._controllers_dropped

    def put(self, message: Message) -> None:
        """Queue a message; never blocks."""
        backlog = self._put_count - self._sent_count
        if backlog > CAPACITY // 2 and isinstance(message, Played) and not is_note(message.data):
            self._controllers_dropped += 1
        elif self._inbox.put(message):
            self._put_count += 1

    def close(self, timeout_seconds: float) -> None:
        """Send what waits, as far as the engine reads it within the time."""
        deadline = time.monotonic() + timeout_seconds
        while not self._inbox.put(None) and time.monotonic() < deadline:
            time.sleep(0.01)
        self._thread.join(max(0.0, deadline - time.monotonic()))

    def _run(self) -> None:
        while True:
            self._inbox.wait(None)
            for message in self._inbox.drain():
                if message is None:
                    return
                if not self._sender.send(message):
                    self._on_closed()
                self._sent_count += 1
