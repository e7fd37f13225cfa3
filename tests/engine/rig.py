"""An engine in a thread with a real player on the memory back end, and what it reports."""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from realtime.engine.commands import Command, Forward, QuitEngine
from realtime.engine.engine import Engine
from realtime.engine.options import EngineOptions, PartStart
from realtime.engine.player_link import PlayerOptions
from realtime.engine.reports import Report
from realtime.errors import DeviceLostError
from realtime.messages import Clock, Counters, Inject, Sent
from realtime.player.sync.options import SyncOptions

T = TypeVar("T", bound=Report)
PATIENCE_SECONDS = 15.0


class Performance:
    """An engine that plays until `end`."""

    def __init__(
        self,
        parts: Sequence[PartStart],
        *,
        bpm: float = 240.0,
        sync: SyncOptions | None = None,
        backend: str = "memory",
        **options: Any,
    ) -> None:
        self.reports: list[Report] = []
        player = PlayerOptions(backend=backend, bpm=bpm, trace=True, sync=sync or SyncOptions())
        self.engine = Engine(parts, EngineOptions(player=player, **options), self.reports.append)
        self.error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)  # a test that fails must not hang the rest
        self._thread.start()
        self.wait(Clock)

    def _run(self) -> None:
        try:
            self.engine.run()
        except DeviceLostError as error:
            self.error = error

    def of(self, kind: type[T]) -> list[T]:
        return [report for report in list(self.reports) if isinstance(report, kind)]

    def wait(self, kind: type[T], count: int = 1, check: Callable[[T], bool] = lambda _: True) -> list[T]:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while len(found := [report for report in self.of(kind) if check(report)]) < count:
            assert time.monotonic() < deadline, f"waited for {count} {kind.__name__}, got {self.reports[-5:]}"
            time.sleep(0.005)
        return found

    def play(self, *pitches: int) -> None:
        """Play short notes and wait until the engine has heard them."""
        before = max((counters.received for counters in self.of(Counters)), default=0)
        for pitch in pitches:
            for data in (bytes((0x90, pitch, 80)), bytes((0x80, pitch, 64))):
                self.engine.command(Forward(Inject(data)))
        self.wait(Counters, 1, lambda counters: counters.received >= before + 2 * len(pitches))

    def ask(self, *commands: Command) -> None:
        for command in commands:
            self.engine.command(command)

    def ons(self, part: str) -> list[Sent]:
        return [sent for sent in self.of(Sent) if sent.part.split("/")[0] == part and sent.data[0] & 0xF0 == 0x90]

    def hung(self) -> dict[tuple[str, int, int], int]:
        """Note-ons less note-offs by part, channel and pitch, where they are not equal."""
        balance: dict[tuple[str, int, int], int] = {}
        for sent in self.of(Sent):
            key = (sent.part, sent.data[0] & 0x0F, sent.data[1])
            balance[key] = balance.get(key, 0) + (1 if sent.data[0] & 0xF0 == 0x90 else -1)
        return {key: count for key, count in balance.items() if count}

    def wait_for_silence(self) -> None:
        """Until every note-on has had its note-off: those of a part that was removed come after `RackChanged`."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while hung := self.hung():
            assert time.monotonic() < deadline, f"waited for the end of {hung}"
            time.sleep(0.005)

    def end(self) -> None:
        self.engine.command(QuitEngine())
        self._thread.join(10)
        assert not self._thread.is_alive()
