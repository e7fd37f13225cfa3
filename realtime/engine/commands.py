"""What may be asked of an engine: by a terminal, a window, a session file, OSC or a script.

`part` is a part's name; empty: the only part, or the first one that can do it.
"""

from dataclasses import dataclass
from pathlib import Path

from realtime.engine.bar_buffer import KEPT_BARS, PLAYED
from realtime.engine.routing import Thru
from realtime.engine.setup import PartSetup
from realtime.errors import UsageError
from realtime.messages import Message
from realtime.session import Remote


@dataclass(frozen=True, slots=True)
class SetControl:
    """Change a control: one of the model's, one of the strip's, or "post." and one of the post chain's."""

    name: str
    value: float | str  # a number, also as text, or a label
    part: str = ""


@dataclass(frozen=True, slots=True)
class HandOver:
    """It is the model's turn now."""

    part: str = ""


@dataclass(frozen=True, slots=True)
class SetRule:
    """Change one of the rules by which turns are taken: a field of `TurnRules` but the meter, as text or number."""

    name: str
    value: float | str
    part: str = ""


@dataclass(frozen=True, slots=True)
class Launch:
    """Play on and on, from the next point of the launch grid. Empty: all that can."""

    part: str = ""


@dataclass(frozen=True, slots=True)
class Halt:
    """Stop and release: a loop, or the answer under way. Empty: all parts."""

    part: str = ""


@dataclass(frozen=True, slots=True)
class Take:
    """Read the last bars of a source (a part, or what was played) and go on from them: encode, harmonise, vary."""

    part: str = ""
    source: str = PLAYED
    bars: int = 2

    def __post_init__(self) -> None:
        if not 1 <= self.bars <= KEPT_BARS:
            raise UsageError(f"bars must be 1..{KEPT_BARS}, got {self.bars}")


@dataclass(frozen=True, slots=True)
class Reroll:
    """Draw anew. `controls`: only these seed controls of the model; none: the part's own seed."""

    part: str = ""
    controls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SetLocks:
    """Which voices or bars stay as they are while others change."""

    names: frozenset[str]
    part: str = ""


@dataclass(frozen=True, slots=True)
class StoreSnapshot:
    """Keep what the part plays now in a slot, 1..8."""

    slot: int
    part: str = ""


@dataclass(frozen=True, slots=True)
class RecallSnapshot:
    """Go back to what a slot keeps."""

    slot: int
    part: str = ""


@dataclass(frozen=True, slots=True)
class MorphBetween:
    """Play a place on the way from one snapshot (`place` 0) to another (1)."""

    start_slot: int
    end_slot: int
    place: float
    part: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.place <= 1:  # true of NaN too
            raise UsageError(f"the place between two snapshots must be 0..1, got {self.place:g}")


@dataclass(frozen=True, slots=True)
class RandomStep:
    """Move every sounding control of the model by chance, by up to this share of its range."""

    size: float = 0.15
    part: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.size <= 1:
            raise UsageError(f"the size of a random step must be 0..1 of the range, got {self.size:g}")


@dataclass(frozen=True, slots=True)
class AddPart:
    """Put another part into the rack; its model is loaded beside the music."""

    setup: PartSetup


@dataclass(frozen=True, slots=True)
class RemovePart:
    """Take a part out; what it plays is released."""

    part: str


@dataclass(frozen=True, slots=True)
class SwapModel:
    """Another bundle for a part; the old one plays until the new one is there."""

    model: str
    part: str = ""


@dataclass(frozen=True, slots=True)
class SetThruTo:
    """MIDI thru: what of the musician's messages goes on ("off", "controls", "all"), and to which part's channels."""

    mode: str
    part: str = ""  # empty: to the common output, each message on the channel it came on

    def __post_init__(self) -> None:
        Thru(mode=self.mode)  # refuses a mode that there is not


@dataclass(frozen=True, slots=True)
class SaveSession:
    """Write the rack as it is now to a session file; answered by `SessionSaved` or `Refused`."""

    path: Path
    remote: Remote = Remote()  # noqa: RUF009  # frozen; the engine does not know what listens beside it


@dataclass(frozen=True, slots=True)
class DescribeRack:
    """Tell all parts with their controls; answered by `RackDescribed`."""


@dataclass(frozen=True, slots=True)
class Forward:
    """Hand a message to the player: `SetTempo`, `Panic` (it halts all parts too), `Inject`."""

    message: Message


@dataclass(frozen=True, slots=True)
class QuitEngine:
    """Release everything and end."""


Command = (
    SetControl
    | HandOver
    | SetRule
    | Launch
    | Halt
    | Take
    | Reroll
    | SetLocks
    | StoreSnapshot
    | RecallSnapshot
    | MorphBetween
    | RandomStep
    | AddPart
    | RemovePart
    | SwapModel
    | SetThruTo
    | SaveSession
    | DescribeRack
    | Forward
    | QuitEngine
)
