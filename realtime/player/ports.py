"""MIDI ports as the player sees them: one protocol for all back ends, names, and choosing a port by name."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from realtime.errors import PortError
from realtime.messages import Plugged, PortsSeen

INPUT_BATCH: Final = 256  # messages taken at once; a flood on the input must not hold up notes that are due
Direction = Literal["in", "out"]


class BackendMissingError(PortError):
    """A MIDI system is not installed or does not run here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PortConfig:
    """Which ports to open. An empty name, or that of our own virtual port, means: the virtual port only."""

    backend: str = "auto"
    in_name: str = ""
    out_name: str = ""
    client_name: str = "Hocket"
    patient: bool = False  # wait for ports that are not there yet, instead of an error

    @property
    def own_in(self) -> str:
        """Name of our virtual input port."""
        return f"{self.client_name} In"

    @property
    def own_out(self) -> str:
        """Name of our virtual output port."""
        return f"{self.client_name} Out"

    def own_output(self, port: str) -> str:
        """Name of a virtual output of its own; of the common one without `port`."""
        return f"{self.own_out} {port}" if port else self.own_out

    @property
    def wanted_in(self) -> str:
        """The existing port to listen to; empty: none."""
        return _wanted(self.in_name, self.client_name, self.own_in)

    @property
    def wanted_out(self) -> str:
        """The existing port to play to; empty: none."""
        return _wanted(self.out_name, self.client_name, self.own_out)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """Bytes on their way to the port. Only `timed` ones have a musical due time to be late against."""

    due_ns: int
    data: bytes
    port: str = ""  # name of an output of its own; empty: the common one
    part: str = ""
    generation: int = 0
    timed: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """An `Outgoing` and the monotonic time at which it left."""

    event: Outgoing
    sent_ns: int


@dataclass(frozen=True, slots=True)
class PortInfo:
    """A port that can be given as `--in` (direction in) or `--out` (direction out)."""

    name: str
    direction: Direction
    backend: str
    ours: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TransportReading:
    """The state of a `SystemTransport` at one moment."""

    time_ns: int  # monotonic
    frame: int
    rate: int  # frames a second
    rolling: bool
    position: float | None = None  # in ticks, by the timebase master's bars and beats; None: there is no master
    bpm: float | None = None  # quarter notes a minute, by the same


class SystemTransport(Protocol):
    """A transport that the programs of a MIDI system share: JACK's."""

    def reading(self) -> TransportReading | None:
        """Where it is; None before the first cycle after the first call."""

    def roll(self, rolling: bool) -> None:
        """Start or stop it for all programs."""

    def locate(self, frame: int) -> None:
        """Move it for all programs."""


class MidiIO(Protocol):
    """An open input, the common output and outputs of their own. All calls come from one thread; none blocks but `send`
    (until an event is due) and `close` (0.5 s at most). Devices asked for by name may come and go; our own ports
    stay."""

    backend: str
    in_name: str
    out_name: str
    lead_ns: int  # `send` wants events this long before they are due, and not sooner
    poll_ns: int  # ask for input at least this often
    lost_input: int  # messages that came in and found no room
    lost_output: int  # messages for an output that was not there
    transport: SystemTransport | None  # of a MIDI system whose programs share one

    @property
    def missed_cycles(self) -> int:
        """The MIDI system's cycles in which we were not called: what was due then leaves late."""

    def send(self, event: Outgoing) -> None:
        """Send at `due_ns`, or at once if that is past; `PortError` once closed or lost."""

    def set_outputs(self, names: Collection[str]) -> None:
        """Open and close outputs, by and by, until there are these and the common one."""

    def plugs(self) -> list[Plugged | PortsSeen]:
        """What has come or gone since the last call; while watched, also all ports there are, whenever that changes."""

    def watch(self, on: bool) -> None:
        """Look once a second which ports there are, or no longer."""

    def written(self) -> list[Written]:
        """What has left since the last call, in order."""

    def poll(self) -> list[tuple[int, bytes]]:
        """(monotonic ns, message) pairs that came in since the last call, oldest first."""

    def alive(self) -> str | None:
        """None, or why the MIDI system is gone."""

    def close(self) -> None:
        """Let what was sent leave, then close; twice is once."""


Wake = Callable[[], object]


def match_port(wanted: str, names: Sequence[str], what: str) -> str:
    """The port called `wanted`: exactly, else the first that contains it in any case; else `PortError`."""
    folded = wanted.casefold()
    tests: tuple[Callable[[str], bool], ...] = (
        lambda name: name == wanted,
        lambda name: name.casefold() == folded,
        lambda name: folded in name.casefold(),
    )
    for test in tests:
        for name in names:
            if test(name):
                return name
    raise PortError(f"no MIDI {what} port matches {wanted!r}; {listing(names)}")


def listing(names: Sequence[str]) -> str:
    """The ports that exist, as the end of a sentence."""
    return "ports here: " + ", ".join(repr(name) for name in names) if names else "there are no ports here"


def _wanted(name: str, client_name: str, own: str) -> str:
    own_names = {"", own.casefold(), f"{client_name}:{own}".casefold()}
    return "" if name.strip().casefold() in own_names else name.strip()
