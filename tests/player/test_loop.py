"""The loop around the core, with a core that only keeps the order of its calls."""

from types import SimpleNamespace

import pytest

from realtime.messages import Panic, Quit, SetTempo, ToPlayer
from realtime.player import loop
from realtime.player.loop import INBOX_CAPACITY, PlayerInbox, StopFlag

MS = 1_000_000


class SlowCore:
    """Each message takes 2 ms; something is due every 3 ms."""

    def __init__(self) -> None:
        self.now_ns, self._due_ns = 0, 3 * MS
        self.calls: list[str] = []

    def next_deadline_ns(self) -> int:
        return self._due_ns

    def handle(self, message: ToPlayer) -> bool:
        self.now_ns += 2 * MS
        self.calls.append("message")
        return not isinstance(message, Quit)

    def step(self) -> None:
        self.calls.append("step" if self.now_ns >= self._due_ns else "early step")
        while self._due_ns <= self.now_ns:
            self._due_ns += 3 * MS

    def take_lost(self) -> None:
        return None


def test_a_full_inbox_lets_the_pipe_fill_up_and_loses_nothing() -> None:
    to_come: list[ToPlayer | None] = [SetTempo(bpm=20.0 + index) for index in range(50)] + [None]
    told = list(to_come)
    inbox = PlayerInbox(capacity=3)
    loop.start_reader(SimpleNamespace(receive=lambda: to_come.pop(0)), inbox)  # type: ignore[arg-type]
    got: list[object] = []
    while None not in got:
        assert inbox.wait(5.0)
        got += inbox.drain()
    assert got == told


def test_what_is_due_does_not_wait_for_a_row_of_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    core, inbox = SlowCore(), PlayerInbox(capacity=INBOX_CAPACITY)
    monkeypatch.setattr(loop, "time", SimpleNamespace(monotonic_ns=lambda: core.now_ns))
    for _ in range(6):
        inbox.put(Panic())
    inbox.put(Quit())
    loop.run(core, inbox, StopFlag(), "none: test", lambda backend: pytest.fail(backend))  # type: ignore[arg-type]
    row = ["message", "message", "step", "message", "step", "message", "message", "step", "message", "step", "message"]
    assert core.calls == row
