"""What may be asked of an engine: by a terminal, a window in another process, a session file, OSC or a script.

`part` is a part's name; empty: the only part, or the first one that can do it.
"""

from typing import Final

from realtime.engine.bar_buffer import KEPT_BARS, PLAYED
from realtime.engine.maps import ControlMap
from realtime.engine.routing import Thru
from realtime.engine.setup import SEEDS, PartSetup, check_port
from realtime.errors import UsageError
from realtime.messages import Message, ToPlayer
from realtime.session import Ports, Remote, Session
from realtime.takes.take import Take as KeptTake

MAX_BAR: Final = 100_000


class SetControl(Message, frozen=True, tag=True):
    """Change a control: one of the model's, one of the strip's, or "post." and one of the post chain's."""

    name: str
    value: float | str  # a number, also as text, or a label
    part: str = ""


class HandOver(Message, frozen=True, tag=True):
    """It is the model's turn now."""

    part: str = ""


class SetRule(Message, frozen=True, tag=True):
    """Change one of the rules by which turns are taken: a field of `TurnRules` but the meter, as text or number."""

    name: str
    value: float | str
    part: str = ""


class Launch(Message, frozen=True, tag=True):
    """Play on and on, from the next point of the launch grid. Empty: all that can."""

    part: str = ""


class Halt(Message, frozen=True, tag=True):
    """Stop and release: a loop, or the answer under way. Empty: all parts."""

    part: str = ""


class Take(Message, frozen=True, tag=True):
    """Read the last bars of a source (a part, or what was played) and go on from them: encode, harmonise, vary."""

    part: str = ""
    source: str = PLAYED
    bars: int = 2

    def __post_init__(self) -> None:
        if not 1 <= self.bars <= KEPT_BARS:
            raise UsageError(f"bars must be 1..{KEPT_BARS}, got {self.bars}")


class Reroll(Message, frozen=True, tag=True):
    """Draw anew. `controls`: only these seed controls of the model; none: the part's own seed."""

    part: str = ""
    controls: tuple[str, ...] = ()


class SetLocks(Message, frozen=True, tag=True):
    """Which voices or bars stay as they are while others change."""

    names: frozenset[str]
    part: str = ""


class SetSeed(Message, frozen=True, tag=True):
    """What the part draws from: the same seed and settings give the same music. None: another one each time."""

    seed: int | None = None
    part: str = ""

    def __post_init__(self) -> None:
        if self.seed is not None and not 0 <= self.seed < SEEDS:
            raise UsageError(f"seed must be 0..{SEEDS - 1}, got {self.seed}")


class MuteVoices(Message, frozen=True, tag=True):
    """Which voices of the part are silent, by their names; their time goes on."""

    names: frozenset[str]
    part: str = ""


class StoreSnapshot(Message, frozen=True, tag=True):
    """Keep what the part plays now in a slot, 1..8."""

    slot: int
    part: str = ""


class RecallSnapshot(Message, frozen=True, tag=True):
    """Go back to what a slot keeps."""

    slot: int
    part: str = ""


class MorphBetween(Message, frozen=True, tag=True):
    """Play a place on the way from one snapshot (`place` 0) to another (1)."""

    start_slot: int
    end_slot: int
    place: float
    part: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.place <= 1:  # true of NaN too
            raise UsageError(f"the place between two snapshots must be 0..1, got {self.place:g}")


class RandomStep(Message, frozen=True, tag=True):
    """Move every sounding control of the model by chance, by up to this share of its range."""

    size: float = 0.15
    part: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.size <= 1:
            raise UsageError(f"the size of a random step must be 0..1 of the range, got {self.size:g}")


class AddPart(Message, frozen=True, tag=True):
    """Put another part into the rack; its model is loaded beside the music."""

    setup: PartSetup


class RemovePart(Message, frozen=True, tag=True):
    """Take a part out; what it plays is released."""

    part: str


class SwapModel(Message, frozen=True, tag=True):
    """Another bundle for a part; the old one plays until the new one is there."""

    model: str  # empty: its own once more, such as after it failed
    part: str = ""


class SetPort(Message, frozen=True, tag=True):
    """Send a part's notes to an output of its own from now on (empty: to the common one): what sounds is released on
    the output of before, which is closed unless another part has it."""

    port: str
    part: str = ""

    def __post_init__(self) -> None:
        check_port(self.port)


class SetThruTo(Message, frozen=True, tag=True):
    """MIDI thru: what of the musician's messages goes on ("off", "controls", "all"), and to which part's channels."""

    mode: str
    part: str = ""  # empty: to the common output, each message on the channel it came on

    def __post_init__(self) -> None:
        Thru(mode=self.mode)  # refuses a mode that there is not


class SaveSession(Message, frozen=True, tag=True):
    """Write the rack as it is now to a session file; answered by `SessionSaved` or `Refused`."""

    path: str
    remote: Remote = Remote()  # the engine does not know what listens beside it


class DescribeRack(Message, frozen=True, tag=True):
    """Tell all parts with their controls; answered by `RackDescribed`."""


class Forward(Message, frozen=True, tag=True):
    """Hand a message to the player: `SetTempo`, `Panic` (it halts all parts too), `Inject`."""

    message: ToPlayer


class LocateBar(Message, frozen=True, tag=True):
    """Move the song position to the beginning of a bar, in the meter of the performance."""

    bar: int  # from 1 on

    def __post_init__(self) -> None:
        if not 1 <= self.bar <= MAX_BAR:
            raise UsageError(f"bars are 1..{MAX_BAR}, got {self.bar}")


class SetSource(Message, frozen=True, tag=True):
    """Let another lead the beat; clock out, offset and start-stop stay as they are."""

    source: str  # one of the player's SOURCES


class ChangePorts(Message, frozen=True, tag=True):
    """Other MIDI ports, another back end, sound on or off: what sounds is released and the player starts anew."""

    ports: Ports


class Capture(Message, frozen=True, tag=True):
    """Make a take of the last bars of all that was played and sent; answered by `TakeKept` or `Refused`."""

    bars: int = 8
    source: str = ""  # a part's name, or "played"; empty: all of them

    def __post_init__(self) -> None:
        if not 1 <= self.bars <= KEPT_BARS:
            raise UsageError(f"bars must be 1..{KEPT_BARS}, got {self.bars}")


class Audition(Message, frozen=True, tag=True):
    """Play a take once, from the next beat on, on its own channels; another one that plays ends."""

    take: KeptTake


class StopAudition(Message, frozen=True, tag=True):
    """Release the take that plays."""


class SetMaps(Message, frozen=True, tag=True):
    """Which of the musician's controllers move which controls; answered by `MapsChanged`."""

    maps: tuple[ControlMap, ...]


class Learn(Message, frozen=True, tag=True):
    """Map the next controller that is moved to this control; answered by `MapsChanged`. No control: not after all."""

    control: str = ""
    part: str = ""


class ForgetMaps(Message, frozen=True, tag=True):
    """No controller moves this control any more; without a control, none of the part's; without both, none at all.
    Answered by `MapsChanged`."""

    control: str = ""
    part: str = ""


class DescribeMaps(Message, frozen=True, tag=True):
    """Tell the maps there are; answered by `MapsChanged`."""


class OpenSession(Message, frozen=True, tag=True):
    """First word to an engine in a process of its own: what to play, and where takes are kept (empty: nowhere)."""

    session: Session
    takes: str = ""


class QuitEngine(Message, frozen=True, tag=True):
    """Release everything and end."""


# fmt: off
Command = (
    SetControl | HandOver | SetRule | Launch | Halt | Take | Reroll | SetLocks | SetSeed | MuteVoices
    | StoreSnapshot | RecallSnapshot | MorphBetween | RandomStep | AddPart | RemovePart | SwapModel | SetPort
    | SetThruTo | SaveSession | DescribeRack | ChangePorts | LocateBar | SetSource | Capture | Audition | StopAudition
    | SetMaps | Learn | ForgetMaps | DescribeMaps | Forward | QuitEngine
)
# fmt: on
