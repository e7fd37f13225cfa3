"""What may be asked of an engine (commands) and what it tells its observer (reports)."""

from dataclasses import dataclass

from realtime.engine.turns import TurnRules
from realtime.messages import Clock, Counters, Message, PortLost, Ready, Sent, Silenced

# --- commands: what a terminal, a window or a script may ask for ----------------------------------------


@dataclass(frozen=True, slots=True)
class HandOver:
    """It is the model's turn now."""


@dataclass(frozen=True, slots=True)
class SetControl:
    """Change a control of the model."""

    name: str
    value: float


@dataclass(frozen=True, slots=True)
class SetRules:
    """Change how turns are taken."""

    rules: TurnRules


@dataclass(frozen=True, slots=True)
class Forward:
    """Hand a message to the player: `SetTempo`, `SetThru`, `Panic`, `Inject`."""

    message: Message


@dataclass(frozen=True, slots=True)
class QuitEngine:
    """Release everything and end."""


Command = HandOver | SetControl | SetRules | Forward | QuitEngine


# --- reports: what the engine tells its observer ---------------------------------------------------------


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


@dataclass(frozen=True, slots=True)
class Yielded:
    """The player came back; the answer of this generation ended."""

    generation: int


@dataclass(frozen=True, slots=True)
class ModelFailed:
    """The model raised an error; the instrument goes on."""

    text: str


Report = TurnStarted | Yielded | ModelFailed | Ready | Clock | Sent | Counters | Silenced | PortLost
