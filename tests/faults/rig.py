"""A performance to do harm to: a JACK server of its own, a tape that hears the output, an engine with its player."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from realtime import messages
from realtime.client import EngineClient
from realtime.engine.commands import Command
from realtime.engine.reports import Report
from realtime.engine.setup import PartSetup
from realtime.messages import Clock, Ready
from realtime.session import Ports, Session, Time
from tests.faults.ledger import TOO_LATE, Event, Ledger

T = TypeVar("T")
MS = 1_000_000
PATIENCE_SECONDS = 15.0
POLL_SECONDS = 0.002


def wait_until(condition: Callable[[], bool], what: str, seconds: float = PATIENCE_SECONDS) -> float:
    """Wait for it; returns how many seconds it took."""
    begin = time.monotonic()
    while not condition():
        assert time.monotonic() - begin < seconds, f"waited {seconds:g} s for {what}"
        time.sleep(POLL_SECONDS)
    return time.monotonic() - begin


class Tape:
    """A `tape_process`, and the ledger of what it has heard."""

    def __init__(self, name: str = "tape", *, plays: bool = False) -> None:
        self.name, self.ledger = name, Ledger()
        self.events: list[Event] = []
        self.gaps: list[tuple[int, int]] = []  # monotonic ns, periods that this end had missed then
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.tape_process", name, *(["plays"] if plays else [])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline().strip() == "ready"

    @property
    def pid(self) -> int:
        return self._process.pid

    def order(self, text: str) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(text + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def play(self, *messages: bytes) -> None:
        self.order(f"play {json.dumps([list(message) for message in messages])}")

    def listen(self) -> Ledger:
        """The ledger with all that has arrived by now."""
        answer = self.order("events")
        new = [(time_ns, None if data is None else bytes(data)) for time_ns, data in answer["events"]]
        self.gaps += map(tuple, answer["missed"])
        self.events += new
        self.ledger.add(new)
        return self.ledger

    @property
    def missed(self) -> int:
        """Periods of JACK's in which this end was not called."""
        return sum(periods for _, periods in self.gaps)

    def is_balanced(self) -> bool:
        """Whether every note-on has had its note-off, but those that sounded when JACK left this end out for some
        periods (a machine that is too busy): then it hears less than was sent."""
        ledger = self.listen()
        heard_less = [
            any(lost.since_ns <= ns <= lost.until_ns for ns, _ in self.gaps)
            for lost in ledger.lost
            if lost.kind != TOO_LATE
        ]
        return not ledger.hung and all(heard_less)

    def wait(self, condition: Callable[[Ledger], bool], what: str, seconds: float = PATIENCE_SECONDS) -> float:
        begin = time.monotonic()
        while not condition(self.listen()):
            assert time.monotonic() - begin < seconds, f"waited {seconds:g} s for {what}; {self.ledger}"
            time.sleep(0.005)
        return time.monotonic() - begin

    def wait_for_music(self, seconds: float = PATIENCE_SECONDS, *, ons: int = 4) -> float:
        """Until that many more notes have begun."""
        before = self.listen().ons.total()
        return self.wait(lambda ledger: ledger.ons.total() >= before + ons, "music", seconds)

    def wait_for_silence(self, seconds: float = PATIENCE_SECONDS) -> float:
        return self.wait(lambda ledger: not ledger.hung, "silence", seconds)

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


class Played:
    """An engine in a process of its own, as the window has it."""

    def __init__(self, session: Session) -> None:
        self.reports: list[Report] = []
        self.gone = threading.Event()
        self.client = EngineClient(session, self._hear)
        self.wait(Clock)

    def _hear(self, report: Report | None) -> None:
        if report is None:
            self.gone.set()
        elif not isinstance(report, messages.Played):  # of no interest here, and a flood has 100,000 of them
            self.reports.append(report)

    def of(self, kind: type[T]) -> list[T]:
        return [report for report in list(self.reports) if isinstance(report, kind)]

    def wait(
        self, kind: type[T], count: int = 1, check: Callable[[T], bool] = lambda _: True, seconds: float = 15.0
    ) -> list[T]:
        found: list[T] = []

        def there() -> bool:
            found[:] = [report for report in self.of(kind) if check(report)]
            assert len(found) >= count or not self.gone.is_set(), f"the engine ended: {self.reports[-4:]}"
            return len(found) >= count

        wait_until(there, f"{count} {kind.__name__} of {self.reports[-4:]}", seconds)
        return found

    def ask(self, *commands: Command) -> None:
        for command in commands:
            assert self.client.send(command)

    @property
    def player_pid(self) -> int:
        """The process of the player: the engine's child that is one."""
        return next(pid for pid in children(self.client.pid) if "realtime.player" in command_line(pid))

    def close(self) -> int:
        return self.client.close()


@contextmanager
def playing(session: Session) -> Iterator[Played]:
    """An engine that is ended whatever happens."""
    played = Played(session)
    try:
        yield played
    finally:
        played.close()


def session_of(models: Sequence[str | Path] = ("morph",), *, bpm: float = 240.0, **ports: Any) -> Session:
    """Parts of these models, each on channels of its own, played to the tape."""
    ports = {"backend": "jack", "output": "tape:ear", **ports}
    parts = tuple(PartSetup(model=str(model), name=f"p{number}", seed=7) for number, model in enumerate(models))
    return Session(ports=Ports(**ports), time=Time(bpm=bpm), part=parts)


def ready_again(played: Played, before: int) -> None:
    """A player after the `before` there have been."""
    played.wait(Ready, before + 1)


def children(pid: int) -> list[int]:
    """Processes that this one has started, directly or not."""
    own = [int(child) for task in _tasks(pid) for child in _read(task / "children").split()]
    return own + [grandchild for child in own for grandchild in children(child)]


def command_line(pid: int) -> str:
    return _read(Path(f"/proc/{pid}/cmdline")).replace("\0", " ")


def is_running(pid: int) -> bool:
    return os.path.exists(f"/proc/{pid}") and ") Z " not in _read(Path(f"/proc/{pid}/stat"))  # noqa: PTH110


def _tasks(pid: int) -> list[Path]:
    try:
        return list(Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return []


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
