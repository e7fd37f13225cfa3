"""The way to a reader that stalls or goes: bounded, counted, notes before controllers."""

import threading
from collections.abc import Iterator

import pytest

from realtime.messages import Message, Played
from realtime.player.midi_bytes import control_change, note_on
from realtime.player.outbox import CAPACITY, Outbox

NOTE = Played(time_ns=0, tick=0, data=note_on(0, 60, 1))
CONTROL = Played(time_ns=0, tick=0, data=control_change(0, 1, 1))


class Pipe:
    """A `Sender` whose reader reads when it may."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.is_open = True
        self.is_full, self.may_read = threading.Event(), threading.Event()

    def send(self, message: Message) -> bool:
        self.is_full.set()
        self.may_read.wait()
        self.sent.append(message)
        return self.is_open


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    made = Pipe()
    yield made
    made.may_read.set()


def test_controllers_are_dropped_before_notes_and_both_are_counted(pipe: Pipe) -> None:
    outbox = Outbox(pipe, lambda: None)  # type: ignore[arg-type]
    outbox.put(NOTE)
    assert pipe.is_full.wait(5.0)
    for _ in range(CAPACITY // 2):
        outbox.put(CONTROL)
    assert outbox.dropped == 0
    for _ in range(10):
        outbox.put(CONTROL)
    assert outbox.dropped == 10  # there is room, and it is kept for notes
    for _ in range(CAPACITY // 2 + 3):
        outbox.put(NOTE)
    assert outbox.dropped == 13
    pipe.may_read.set()
    outbox.close(5.0)
    assert pipe.sent == [NOTE, *[CONTROL] * (CAPACITY // 2), *[NOTE] * (CAPACITY // 2)]


def test_a_reader_that_is_gone_is_told(pipe: Pipe) -> None:
    closed: list[None] = []
    outbox = Outbox(pipe, lambda: closed.append(None))  # type: ignore[arg-type]
    pipe.may_read.set()
    outbox.put(NOTE)
    outbox.close(5.0)
    assert closed == []
    pipe.is_open = False
    outbox = Outbox(pipe, lambda: closed.append(None))  # type: ignore[arg-type]
    outbox.put(NOTE)
    outbox.close(5.0)
    assert closed == [None]


@pytest.mark.parametrize("waiting", [1, 2 * CAPACITY])
def test_the_end_does_not_wait_longer_than_it_may(pipe: Pipe, waiting: int) -> None:
    outbox = Outbox(pipe, lambda: None)  # type: ignore[arg-type]
    for _ in range(waiting):
        outbox.put(NOTE)
    outbox.close(0.03)
    assert pipe.sent == []
