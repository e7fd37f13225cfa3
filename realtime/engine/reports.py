"""What the engine tells its observer."""

from dataclasses import dataclass

from realtime.bundle.spec import ControlSpec
from realtime.messages import Accepted, Clock, Counters, Plugged, PortLost, Ready, Sent, Silenced, Transport


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnStarted:
    """An answer begins. `judged_ns` is when the phrase was judged ended (monotonic); bars count from `origin_tick`."""

    generation: int
    seed: int
    origin_tick: int
    start_tick: int  # of the timeline
    length_ticks: int
    prompt_notes: int
    judged_ns: int
    part: str = ""


@dataclass(frozen=True, slots=True)
class Yielded:
    """The player came back; the answer of this generation ended."""

    generation: int
    part: str = ""


@dataclass(frozen=True, slots=True)
class ModelFailed:
    """The model raised an error; the instrument goes on."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartLaunched:
    """A part that plays on and on begins at `start_tick` of the timeline."""

    part: str
    start_tick: int


@dataclass(frozen=True, slots=True)
class Refused:
    """A command could not be carried out; nothing has changed."""

    text: str


@dataclass(frozen=True, slots=True)
class RackChanged:
    """The parts of the rack now, in order."""

    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PartDescribed:
    """A part and its controls: by name, what the control is and its value now."""

    name: str
    kind: str
    controls: tuple[tuple[str, ControlSpec, float], ...]


@dataclass(frozen=True, slots=True)
class RackDescribed:
    """All parts in order: the answer to `DescribeRack`."""

    parts: tuple[PartDescribed, ...]


@dataclass(frozen=True, slots=True)
class SessionSaved:
    """The rack is in this file now."""

    path: str


Report = (
    PartLaunched
    | Refused
    | RackChanged
    | RackDescribed
    | SessionSaved
    | TurnStarted
    | Yielded
    | ModelFailed
    | Ready
    | Clock
    | Sent
    | Accepted
    | Counters
    | Silenced
    | Plugged
    | PortLost
    | Transport
)
