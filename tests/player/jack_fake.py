"""A JACK client without a server: its cycles are made by the test, sample by sample."""

from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import jack

from realtime.player.backends.jack_time import Cycles

RATE, FRAMES = 48_000, 480  # a cycle of 10 ms
CYCLE_NS = 10_000_000
START_NS = 1_000_000_000


@dataclass(eq=False)
class FakePort:
    """An own port; what is written to it in a cycle is (offset, message)."""

    name: str
    room: int = 1_000_000  # messages that its buffer holds in a cycle
    connections: list[SimpleNamespace] = field(default_factory=list)
    incoming: list[tuple[int, bytes]] = field(default_factory=list)
    cycles: list[list[tuple[int, bytes]]] = field(default_factory=list)

    def clear_buffer(self) -> None:
        self.cycles.append([])

    def write_midi_event(self, offset: int, data: bytes) -> None:
        if len(self.cycles[-1]) >= self.room:
            raise jack.JackError("no room")
        self.cycles[-1].append((offset, data))

    def incoming_midi_events(self) -> list[tuple[int, bytes]]:
        return self.incoming

    def unregister(self) -> None:
        self.name = ""


class FakePorts:
    """`client.midi_inports` and `client.midi_outports`."""

    def __init__(self, client: str) -> None:
        self._client = client
        self.made: dict[str, FakePort] = {}

    def register(self, name: str) -> FakePort:
        self.made[name] = FakePort(f"{self._client}:{name}")
        return self.made[name]


class FakeClient:
    """As much of `jack.Client` as Hocket uses."""

    name, samplerate, blocksize = "Hocket", RATE, FRAMES

    def __init__(self) -> None:
        self.midi_inports, self.midi_outports = FakePorts(self.name), FakePorts(self.name)
        self.others: list[str] = []
        self.failing = 0  # lists that the server still refuses
        self.refuses_to_connect = self.connected_by_another = False
        self.rolling, self.transport_frame = jack.STOPPED, 0
        self.now_ns = START_NS
        self.calls: list[str] = []
        self._process: Callable[[int], None] = lambda frames: None
        self._shutdown: Callable[[object, str], None] = lambda status, reason: None

    def set_process_callback(self, callback: Callable[[int], None]) -> None:
        self._process = callback

    def set_shutdown_callback(self, callback: Callable[[object, str], None]) -> None:
        self._shutdown = callback

    def set_port_registration_callback(self, callback: Callable[[Any, bool], None]) -> None:
        self.registered = callback

    def get_ports(self, **_: bool) -> list[SimpleNamespace]:
        if self.failing:
            self.failing -= 1
            raise jack.JackError("a port went")
        return [SimpleNamespace(name=name) for name in self.others]

    def connect(self, source: object, target: object) -> None:
        own, other = (source, target) if isinstance(source, FakePort) else (target, source)
        assert isinstance(own, FakePort)
        if self.connected_by_another or not self.refuses_to_connect:
            own.connections.append(SimpleNamespace(name=other))
        if self.refuses_to_connect:
            raise jack.JackError("refused")

    def transport_query_struct(self) -> tuple[object, SimpleNamespace]:
        self.calls.append("query")
        return self.rolling, SimpleNamespace(valid=0, frame=self.transport_frame)

    def transport_start(self) -> None:
        self.calls.append("start")

    def transport_stop(self) -> None:
        self.calls.append("stop")

    def activate(self) -> None:
        self.calls.append("activate")

    def deactivate(self) -> None:
        self.calls.append("deactivate")

    def close(self) -> None:
        self.calls.append("close")

    # --- what the server does -------------------------------------------------------------------------

    def cycle(self, frames: int = FRAMES, *, calls: int = 1) -> None:
        """One period of the server, in its thread, which calls twice after a period that it had to leave out."""
        for _ in range(calls):
            self._process(frames)
        for port in self.midi_inports.made.values():
            port.incoming = []
        self.now_ns += CYCLE_NS * frames // FRAMES

    def register(self, name: str) -> None:
        """Another program's port comes, in the server's notification thread."""
        self.registered(SimpleNamespace(name=name), True)

    def go(self, reason: str) -> None:
        """The server ends."""
        self._shutdown(None, reason)


class FakeClock:
    """`CycleClock`: the client's present cycle."""

    def __init__(self, client: FakeClient) -> None:
        self._client, self.cycles = client, Cycles()

    def cycle(self, frames: int) -> tuple[int, int]:
        start_ns = self._client.now_ns
        self.cycles.follow(start_ns * RATE // 1_000_000_000, frames)
        return start_ns, CYCLE_NS
