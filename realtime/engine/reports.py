"""What the engine tells its observer, in this process or another one."""

from collections.abc import Mapping

from realtime.bundle.spec import ControlSpec
from realtime.engine.maps import ControlMap
from realtime.messages import (
    Accepted,
    Chunk,
    Clock,
    Counters,
    Cut,
    InputMuted,
    Message,
    Played,
    Plugged,
    PortLost,
    PortsSeen,
    Ready,
    Sent,
    Silenced,
    SoundChanged,
    Transport,
    Way,
)
from realtime.takes.take import Take


class TurnStarted(Message, frozen=True, tag=True, kw_only=True):
    """An answer begins. `judged_ns` is when the phrase was judged ended (monotonic); bars count from `origin_tick`."""

    generation: int
    seed: int
    origin_tick: int
    start_tick: int  # of the timeline
    length_ticks: int
    prompt_notes: int
    judged_ns: int
    part: str = ""


class Yielded(Message, frozen=True, tag=True):
    """The player came back; the answer of this generation ended."""

    generation: int
    part: str = ""


class ModelFailed(Message, frozen=True, tag=True):
    """The model took too long, raised an error or gave what is no number; the instrument goes on, and asks it again
    after a pause. `is_final`: it failed too often in a row and is asked no more, until `SwapModel`."""

    text: str  # the part's name, a colon, what is wrong
    is_final: bool = False


class PartLaunched(Message, frozen=True, tag=True, kw_only=True):
    """A part that plays on and on begins at `start_tick` of the timeline."""

    part: str
    start_tick: int


class Refused(Message, frozen=True, tag=True):
    """A command could not be carried out; nothing has changed."""

    text: str


class RackChanged(Message, frozen=True, tag=True):
    """The parts of the rack now, in order."""

    parts: tuple[str, ...]


class PartDescribed(Message, frozen=True, tag=True):
    """A part and its controls: by name, what the control is and its value now. `PartState` has what changes."""

    name: str
    kind: str
    controls: tuple[tuple[str, ControlSpec, float], ...]
    model: str = ""  # name or folder of the bundle
    title: str = ""
    voices: tuple[str, ...] = ()  # names of its voices
    lockable: tuple[str, ...] = ()  # what `SetLocks` takes
    takes_turns: bool = False  # it answers; else it plays on and on
    failed: str = ""  # why its model is asked no more


class PartState(Message, frozen=True, tag=True, kw_only=True):
    """A part as it is now: told after `RackDescribed`, and whenever something of it has changed."""

    part: str
    values: dict[str, float]  # of all controls
    playing: bool  # it plays on and on, or is about to; of a part that takes turns: an answer is under way
    silent: bool  # muted, or out of the way of another's solo
    locks: tuple[str, ...] = ()
    muted: tuple[str, ...] = ()  # voices that are silent by themselves
    snapshots: tuple[int, ...] = ()  # slots that keep something, 1..8
    seed: int | None = None  # None: another one each time
    ways: tuple[Way, ...] = ()  # output and channel of each voice, each once
    rules: Mapping[str, str] = {}  # copied for each; of a part that takes turns: end, grid, length, listen, bars
    failed: str = ""  # why its model is asked no more; it rests, or plays on what it had; empty: it works


class BarsCounted(Message, frozen=True, tag=True):
    """Where the bars of the performance count from: bar 1 begins at `origin_tick` of the timeline."""

    origin_tick: int
    meter: str


class RackDescribed(Message, frozen=True, tag=True):
    """All parts in order: the answer to `DescribeRack`."""

    parts: tuple[PartDescribed, ...]


class TakeKept(Message, frozen=True, tag=True):
    """An answer, or bars that were caught, are a take now."""

    take: Take


class Auditioned(Message, frozen=True, tag=True):
    """A take plays from `start_tick` of the timeline on; empty id: none plays any more."""

    id: str
    start_tick: int = 0


class MapsChanged(Message, frozen=True, tag=True):
    """The maps there are now, and the control (as "part.control") that waits for a controller to be moved, if any."""

    maps: tuple[ControlMap, ...]
    learning: str = ""


class PartLoad(Message, frozen=True, tag=True):
    """What a part's model costs: of the newest material or note."""

    part: str
    made_ms: float
    budget_ms: float  # the time there was for it
    missed: int = 0  # bars that came without their material, since the start


class Status(Message, frozen=True, tag=True):
    """Twice a second: how the engine itself is."""

    cpu_percent: float  # of one core: engine and player
    rss_mb: float  # of both
    dropped: int = 0  # items that found the engine's inbox full
    parts: tuple[PartLoad, ...] = ()


class EngineFailed(Message, frozen=True, tag=True):
    """The engine could not start or go on, and ends; `exit_code` as in `realtime.errors`."""

    exit_code: int
    text: str


class SessionSaved(Message, frozen=True, tag=True):
    """The rack is in this file now."""

    path: str


# The player's own, of which the engine makes nothing itself.
PassedOn = Ready | Sent | Accepted | Counters | Silenced | Plugged | PortsSeen | PortLost | InputMuted | SoundChanged

# `Chunk`, `Cut` and `Played` (what is placed, dropped and played: enough to draw it all)
# only where `EngineOptions.show_notes` is set.
Report = (
    PartLaunched
    | Refused
    | RackChanged
    | RackDescribed
    | PartDescribed
    | PartState
    | BarsCounted
    | TakeKept
    | Auditioned
    | MapsChanged
    | Status
    | EngineFailed
    | SessionSaved
    | TurnStarted
    | Yielded
    | ModelFailed
    | Clock
    | Chunk
    | Cut
    | Played
    | Transport
    | PassedOn
)
