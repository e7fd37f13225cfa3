"""The thread around `Core`: waits until an absolute deadline or until a message comes, whichever is first.

Threads: the reader puts the engine's messages into the inbox (None at the end of the pipe); a back end that can
tell puts `WAKE` there when input has come; the reopener puts `Reopened`. The main thread alone touches `Core`
and the ports.
"""

import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from realtime.errors import HocketError
from realtime.handover import Inbox
from realtime.messages import ToPlayer
from realtime.player.core import Core
from realtime.player.ports import MidiIO
from realtime.wire import Receiver

REOPEN_SECONDS: Final = 1.0
INBOX_CAPACITY: Final = 4096


class Wake(Enum):
    """Nothing to say but: look at the input."""

    INPUT = 1


@dataclass(frozen=True, slots=True)
class Reopened:
    """Ports that were lost are back."""

    io: MidiIO
    warnings: tuple[str, ...]


Command = ToPlayer | Wake | Reopened | None
PlayerInbox = Inbox[Command]
Opener = Callable[[str], tuple[MidiIO, tuple[str, ...]]]  # from a back end's name to its open ports


class StopFlag:
    """Set by signal handlers. No event: a handler that takes a lock its own thread holds would hang."""

    def __init__(self) -> None:
        self.is_set = False

    def set(self, *_signal: object) -> None:
        """Ask the loop to end within one poll."""
        self.is_set = True


def start_reader(receiver: Receiver[ToPlayer], inbox: PlayerInbox) -> None:
    """Read messages in a thread of its own until the engine is gone."""

    def read() -> None:
        while True:
            message = receiver.receive()
            while not inbox.put(message):
                time.sleep(0.001)  # full: let the pipe fill up, for nothing of the engine's may be lost
            if message is None:
                return

    threading.Thread(target=read, daemon=True, name="reader").start()


def run(core: Core, inbox: PlayerInbox, stop: StopFlag, priority: str, open_again: Opener) -> None:
    """Play until the engine says `Quit`, goes away, or a signal asks to end."""
    closing = threading.Event()
    try:
        while not stop.is_set:
            deadline_ns = core.next_deadline_ns()
            timeout_ns = deadline_ns - time.monotonic_ns()
            if timeout_ns > 0:
                inbox.wait(timeout_ns / 1e9)
            for command in inbox.drain():
                if isinstance(command, Reopened):
                    core.attach(command.io, priority, command.warnings)
                elif command is None or (not isinstance(command, Wake) and not core.handle(command)):
                    return
                if time.monotonic_ns() >= deadline_ns:  # what is due does not wait for a row of messages
                    core.step()
                    deadline_ns = core.next_deadline_ns()
            core.step()
            lost = core.take_lost()
            if lost is not None:
                _start_reopener(lost, inbox, closing, open_again)
    finally:
        closing.set()


def _start_reopener(lost: MidiIO, inbox: PlayerInbox, closing: threading.Event, open_again: Opener) -> None:
    """Try once a second: in a thread, for leaving a dead server and asking for a new one may take long."""

    def reopen() -> None:
        with contextlib.suppress(HocketError):
            lost.close()
        while not closing.wait(REOPEN_SECONDS):
            with contextlib.suppress(HocketError):
                inbox.put(Reopened(*open_again(lost.backend)))
                return

    threading.Thread(target=reopen, daemon=True, name="reopener").start()
