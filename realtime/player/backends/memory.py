"""Ports in memory: tests, the demo, and a machine without MIDI."""

import time
from collections import deque
from collections.abc import Callable, Collection

from realtime.errors import PortError
from realtime.messages import Plugged, PortsSeen
from realtime.player.ports import INPUT_BATCH, Outgoing, PortConfig, SystemTransport, Written
from realtime.player.waiting import LEAD_NS, wait_until

MAX_WAITING = 16_384


class MemoryIO:
    """Records what is sent; hands out what is injected."""

    backend = "memory"
    transport: SystemTransport | None = None
    lead_ns = LEAD_NS
    missed_cycles = 0
    poll_ns = 5_000_000  # what is injected wakes the player anyhow

    def __init__(
        self,
        config: PortConfig,
        now: Callable[[], int] = time.monotonic_ns,
        wait: Callable[[int], object] = wait_until,
    ) -> None:
        self.in_name = config.own_in
        self.out_name = config.own_out
        self._now, self._wait = now, wait
        self._arriving: deque[tuple[int, bytes]] = deque(maxlen=MAX_WAITING)
        self._written: list[Written] = []
        self._closed = False
        self._config = config
        self._outputs: frozenset[str] = frozenset()
        self._plugs: list[Plugged | PortsSeen] = []
        self.lost_input = self.lost_output = 0

    def inject(self, data: bytes, time_ns: int = 0) -> None:
        """Let `data` arrive at `time_ns` (0: now); times must rise."""
        self.lost_input += len(self._arriving) == MAX_WAITING  # the oldest makes room
        self._arriving.append((time_ns or self._now(), data))

    def send(self, event: Outgoing) -> None:
        """Send when it is due."""
        if self._closed:
            raise PortError("the memory port is closed")
        self._wait(event.due_ns)
        if event.port and event.port not in self._outputs:
            self.lost_output += 1
        elif len(self._written) < MAX_WAITING:
            self._written.append(Written(event, self._now()))

    def set_outputs(self, names: Collection[str]) -> None:
        """At once."""
        opened = sorted(frozenset(names) - self._outputs)
        self._plugs += [Plugged(self._config.own_output(name), "out", name, there=True) for name in opened]
        self._outputs = frozenset(names)

    def watch(self, on: bool) -> None:
        """There is nothing to see, and that is said."""
        self._plugs += [PortsSeen(())] if on else []

    def plugs(self) -> list[Plugged | PortsSeen]:
        """What was opened since the last call."""
        plugs, self._plugs = self._plugs, []
        return plugs

    def written(self) -> list[Written]:
        """What was sent since the last call."""
        written, self._written = self._written, []
        return written

    def poll(self) -> list[tuple[int, bytes]]:
        """Injected messages whose time has come."""
        now_ns = self._now()
        arrived: list[tuple[int, bytes]] = []
        while self._arriving and self._arriving[0][0] <= now_ns and len(arrived) < INPUT_BATCH:
            arrived.append(self._arriving.popleft())
        return arrived

    def alive(self) -> str | None:
        """Memory is never lost."""
        return None

    def close(self) -> None:
        """Refuse further sends."""
        self._closed = True
