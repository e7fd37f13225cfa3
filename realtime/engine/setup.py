"""What a part is set up with: the same in a session file, on the command line and in a running rack."""

import re
from collections.abc import Collection, Mapping
from typing import Final

import msgspec

from realtime.bundle.spec import BundleSpec, ControlSpec, choice
from realtime.engine.bar_buffer import PLAYED
from realtime.engine.bar_lines import LAUNCH_GRIDS
from realtime.engine.kept import KeptBars, Snapshot
from realtime.engine.parts.cycle import REPEAT, REST
from realtime.engine.phrase_end import GRIDS, LENGTHS, TURN_ENDS
from realtime.engine.turns import LISTENS, TurnRules
from realtime.errors import UsageError
from realtime.music.units import Meter
from realtime.post import POST_CONTROLS

CHANNELS: Final = 16
MAX_PARTS: Final = 16
SEEDS: Final = 1 << 31
NAME_LENGTH: Final = 32
NAME: Final = re.compile(rf"[A-Za-z0-9_-]{{1,{NAME_LENGTH}}}")  # what an OSC address can hold
POST: Final = "post."  # before the name of a control of the post chain
SWITCH: Final = ("off", "on")


class Turns(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How parts that answer take turns; names as on the command line."""

    end: str = TURN_ENDS[0]
    grid: str = GRIDS[2]
    length: str = LENGTHS[0]
    listen: str = LISTENS[0]
    bars: int = 2

    def __post_init__(self) -> None:
        try:
            self.rules(Meter())
        except UsageError as error:
            raise ValueError(str(error)) from None

    def rules(self, meter: Meter) -> TurnRules:
        """The same for the engine. Raises `UsageError`."""
        rules = TurnRules(meter=meter)
        for name in self.__struct_fields__:
            rules = rules.changed(name, getattr(self, name))
        return rules

    @classmethod
    def of(cls, rules: TurnRules) -> "Turns":
        """What `rules` reads back."""
        return cls(**{name: getattr(rules, name) for name in cls.__struct_fields__})


class PartSetup(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One part of the rack. Values in `controls` and `post` are numbers or labels, checked when the model is there."""

    model: str
    name: str = ""  # empty: the model's
    channel: int = 0  # 1..16, of the first voice, further voices take the next ones; 0: the next free ones
    channels: tuple[int, ...] = ()  # of each voice, instead of `channel`
    port: str = ""  # an output of its own; empty: the common one
    program: int | None = None  # 1..128, as musicians count
    bank: int | None = None  # 0..16383, sent with the program
    seed: int | None = None  # None: another one each time
    playing: bool = True  # of a part that plays on and on: from the start
    mute: bool = False
    solo: bool = False
    lock: bool = False
    launch: str = "bar"  # one of LAUNCH_GRIDS
    lookahead_beats: float = 2.0  # how far ahead of the play-head its notes are handed over, at least 1
    on_miss: str = REPEAT  # what it does whose next bars are not there in time
    evolve: bool = False  # another phrase each cycle, where the model can
    controls: Mapping[str, float | str] = {}
    post: Mapping[str, float | str] = {}
    locks: tuple[str, ...] = ()  # voices or bars that stay as they are
    muted: tuple[str, ...] = ()  # voices that are silent
    turns: Turns | None = None  # of a part that answers; None: as the session says
    source: KeptBars | None = None  # bars it has read and goes on from
    snapshots: tuple[Snapshot, ...] = ()

    def __post_init__(self) -> None:
        if self.name and not NAME.fullmatch(self.name):
            raise ValueError(f"a part's name is 1..{NAME_LENGTH} letters, digits, - and _, got {self.name[:40]!r}")
        if self.name == PLAYED:
            raise ValueError(f"a part cannot be called {PLAYED!r}: that is the musician; choose another name")
        for name, (low, high) in RANGES.items():
            value = getattr(self, name)
            if value is not None and not low <= value <= high:  # true of NaN too
                raise ValueError(f"{name} must be {low}..{high}, got {value}")
        for name, labels in CHOICES.items():
            if getattr(self, name) not in labels:
                raise ValueError(f"{name} must be one of {', '.join(labels)}, got {getattr(self, name)!r}")
        if len(self.channels) > CHANNELS or not all(1 <= channel <= CHANNELS for channel in self.channels):
            raise ValueError(f"channels must be at most {CHANNELS} numbers 1..{CHANNELS}, got {list(self.channels)}")
        try:
            check_port(self.port)
        except UsageError as error:
            raise ValueError(str(error)) from None
        slots = [snapshot.slot for snapshot in self.snapshots]
        if len(set(slots)) < len(slots):
            raise ValueError(f"each snapshot needs a slot of its own, got {slots}")


def check_port(name: str) -> None:
    """What an output of a part's own can be called; empty: it has none. Raises `UsageError`."""
    if len(name) > NAME_LENGTH or not name.isprintable() or ":" in name:
        raise UsageError(f"a port's name is at most {NAME_LENGTH} characters without ':', got {name[:40]!r}")


RANGES: Final = {
    "channel": (0, CHANNELS),
    "program": (1, 128),
    "bank": (0, 16383),
    "seed": (0, SEEDS - 1),
    "lookahead_beats": (1, 16),
}
ROUTE: Final = ("channel", "program", "bank")  # controls of the strip that say where the notes go
CHOICES: Final = {"launch": LAUNCH_GRIDS, "on_miss": (REPEAT, REST)}


STRIP: Final = (  # what every part has, beside its model's controls and its post chain
    choice("mute", SWITCH, text="silent, but its time goes on"),
    choice("solo", SWITCH, text="mute all parts without solo"),
    choice("lock", SWITCH, text="keep playing what it plays now"),
    choice("launch", LAUNCH_GRIDS, text="where it starts"),
    choice("evolve", SWITCH, text="another phrase each cycle"),
    choice("on_miss", (REPEAT, REST), text="what it plays when its next bars are late"),
    ControlSpec(name="lookahead", low=1, high=16, default=2, unit="beats", help="how far ahead notes are handed over"),
    ControlSpec(name="channel", low=1, high=16, default=1, integer=True, help="MIDI channel of the first voice"),
    ControlSpec(name="program", low=0, high=128, default=0, integer=True, help="sound to send, 1..128; 0: send none"),
    ControlSpec(name="bank", low=0, high=16383, default=0, integer=True, help="bank of the program"),
)


def controls_of(spec: BundleSpec) -> dict[str, tuple[str, ControlSpec]]:
    """All controls of a part, by the name they are set by: (whose it is: "model", "strip" or "post", control)."""
    return {
        **{control.name: ("model", control) for control in spec.controls},
        **{control.name: ("strip", control) for control in STRIP},
        **{POST + control.name: ("post", control) for control in POST_CONTROLS},
    }


def with_control(setup: PartSetup, name: str, value: float | str) -> PartSetup:
    """The setup with one more value: of a control of the model, of the strip, or ("post.") of the post chain."""
    if name.startswith(POST):
        return msgspec.structs.replace(setup, post={**setup.post, name.removeprefix(POST): value})
    return msgspec.structs.replace(setup, controls={**setup.controls, name: value})


def free_name(wanted: str, taken: Collection[str]) -> str:
    """`wanted` as a part's name; with a number where a part has it already."""
    plain = re.sub(r"[^A-Za-z0-9_-]+", "-", wanted)[: NAME_LENGTH - 4] or "part"
    numbered = (plain, *(f"{plain}-{number}" for number in range(2, MAX_PARTS + 3)))
    return next(name for name in numbered if name not in taken and name != PLAYED)
