"""Stand-ins without devices and without waiting."""

from dataclasses import dataclass, field

from realtime.messages import THRU_ALL, THRU_OFF, FromPlayer, Message, Plugged, SetSound
from realtime.player.backends.memory import MemoryIO
from realtime.player.clock import PlayerClock
from realtime.player.core import Core
from realtime.player.ports import Outgoing, PortConfig, Written
from realtime.player.sync.conductor import Conductor
from realtime.player.sync.options import SyncOptions


@dataclass
class FakeTime:
    """`now` under the test's control."""

    ns: int = 0

    def __call__(self) -> int:
        return self.ns

    def pass_ms(self, ms: float) -> None:
        self.ns += round(ms * 1_000_000)


@dataclass
class FakeSound:
    """A built-in sound that keeps all it gets."""

    heard: list[bytes] = field(default_factory=list)
    wanted: list[SetSound] = field(default_factory=list)

    def send(self, data: bytes, due_ns: int) -> None:
        self.heard.append(data)

    def change(self, wanted: SetSound) -> None:
        self.wanted.append(wanted)


class RecordingIO(MemoryIO):
    """Memory ports that keep all they sent and can be lost."""

    def __init__(self, now: FakeTime, lead_ns: int = 0) -> None:
        super().__init__(PortConfig(), now, wait=lambda due_ns: None)
        self.lead_ns = lead_ns
        self.sent: list[Outgoing] = []
        self.reason: str | None = None
        self.is_closed = False

    def send(self, event: Outgoing) -> None:
        super().send(event)
        self.sent.append(event)

    def written(self) -> list[Written]:
        return [Written(w.event, max(w.sent_ns, w.event.due_ns)) for w in super().written()]

    def tell(self, plugged: Plugged) -> None:
        """A device has come or gone."""
        self._plugs.append(plugged)

    def alive(self) -> str | None:
        return self.reason

    def close(self) -> None:
        self.is_closed = True
        super().close()

    @property
    def data(self) -> list[bytes]:
        return [event.data for event in self.sent]


class Rig:
    """A `Core` on memory ports and a fake clock."""

    def __init__(
        self, *, thru: bool = False, trace: bool = False, lead_ns: int = 0, sync: SyncOptions | None = None
    ) -> None:
        self.time = FakeTime(1_000_000_000)
        self.io = RecordingIO(self.time, lead_ns)
        self.messages: list[Message] = []
        self.clock = PlayerClock(120.0, self.time)
        conductor = Conductor(self.clock, sync or SyncOptions())
        self.core = Core(self.io, conductor, self._emit, thru=THRU_ALL if thru else THRU_OFF, trace=trace)
        self.core.attach(self.io, "none: test", ())

    def _emit(self, message: FromPlayer) -> None:
        self.messages.append(message)

    def run_ms(self, ms: int) -> None:
        """Let time pass in steps of 1 ms."""
        for _ in range(ms):
            self.time.pass_ms(1)
            self.core.step()

    def of(self, kind: type) -> list:  # type: ignore[type-arg]
        return [message for message in self.messages if isinstance(message, kind)]
