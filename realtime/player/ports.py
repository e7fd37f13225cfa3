"""MIDI ports as the player sees them: one protocol for all back ends, names, and choosing a port by name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from realtime.errors import PortError

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

    @property
    def own_in(self) -> str:
        """Name of our virtual input port."""
        return f"{self.client_name} In"

    @property
    def own_out(self) -> str:
        """Name of our virtual output port."""
        return f"{self.client_name} Out"

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


class MidiIO(Protocol):
    """An open input and output. All calls come from one thread; none blocks but `close` (0.5 s at most)."""

    backend: str
    in_name: str
    out_name: str
    lead_ns: int  # `send` wants events this long before they are due
    poll_ns: int  # ask for input at least this often
    lost_input: int  # messages that came in and found no room

    def send(self, event: Outgoing) -> None:
        """Send at `due_ns`, or at once if that is past; `PortError` once closed or lost."""

    def written(self) -> list[Written]:
        """What has left since the last call, in order."""

    def poll(self) -> list[tuple[int, bytes]]:
        """(monotonic ns, message) pairs that came in since the last call, oldest first."""

    def alive(self) -> str | None:
        """None, or why the port or its server is gone."""

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
