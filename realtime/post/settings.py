"""The settings of the post chain: one table of controls, and the frozen value that holds one number for each.

The window, the command line, OSC and the session file are built from the table. A choice is held as its place among
the labels.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from realtime.bundle.spec import ControlSpec, choice, resolve
from realtime.music.note import MAX_PITCH, MAX_VELOCITY, MIN_PITCH
from realtime.music.scales import PITCH_CLASSES, SCALE_LOCKS, SCALES
from realtime.post.timing import QUANTISE_TICKS, SWING_TICKS

MAX_HUMANISE_TICKS: Final = 60  # an eighth of a beat

POST_CONTROLS: Final = (
    choice("scale_lock", SCALE_LOCKS, text="snap moves notes into the scale, filter leaves out those outside it"),
    choice("key", PITCH_CLASSES, text="the root of the scale"),
    choice("scale", tuple(SCALES), text="the notes of the scale"),
    ControlSpec(name="octave", low=-3, high=3, default=0, integer=True, unit="octaves", help="moves all notes"),
    ControlSpec(
        name="range_low",
        low=MIN_PITCH,
        high=MAX_PITCH,
        default=MIN_PITCH,
        integer=True,
        unit="MIDI pitch",
        help="lowest pitch; notes outside the range move into it by octaves",
    ),
    ControlSpec(
        name="range_high",
        low=MIN_PITCH,
        high=MAX_PITCH,
        default=MAX_PITCH,
        integer=True,
        unit="MIDI pitch",
        help="highest pitch; below range_low the two change places",
    ),
    ControlSpec(
        name="max_onsets",
        low=0,
        high=12,
        default=0,
        integer=True,
        unit="a beat",
        help="most onsets a beat, a chord is one; weak and short ones go first; 0 sets no limit",
    ),
    ControlSpec(name="level", low=0, high=2, default=1, unit="times", help="scales every velocity"),
    ControlSpec(
        name="velocity_curve", low=-1, high=1, default=0, help="middle velocities softer (-1) or harder (1), ends stay"
    ),
    ControlSpec(
        name="fixed_velocity",
        low=0,
        high=MAX_VELOCITY,
        default=0,
        integer=True,
        help="one velocity for all notes, before the level; 0 keeps each note's own",
    ),
    choice("quantise", tuple(QUANTISE_TICKS), text="the grid that notes move to"),
    ControlSpec(name="quantise_strength", low=0, high=1, default=1, help="how far towards the grid they move"),
    ControlSpec(name="swing", low=0, high=1, default=0, help="how late off-beats come: 0.67 as triplets, 1 as dotted"),
    choice("swing_grid", tuple(SWING_TICKS), text="which off-beats swing"),
    ControlSpec(
        name="humanise_ticks",
        low=0,
        high=MAX_HUMANISE_TICKS,
        default=0,
        unit="ticks",
        help="chance in time, at most so many ticks of 1/480 beat early or late (1 tick is 1 ms at 125 BPM)",
    ),
    ControlSpec(name="humanise_velocity", low=0, high=40, default=0, help="chance in velocity, at most so much"),
    ControlSpec(name="humanise_seed", low=0, high=9999, default=0, integer=True, help="other chance"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostSettings:
    """One value a control of `POST_CONTROLS`, by its name; the defaults change nothing. Hashable."""

    scale_lock: int = 0  # place in SCALE_LOCKS
    key: int = 0  # place in PITCH_CLASSES
    scale: int = 0  # place in SCALES
    octave: int = 0
    range_low: int = MIN_PITCH
    range_high: int = MAX_PITCH
    max_onsets: int = 0
    level: float = 1.0
    velocity_curve: float = 0.0
    fixed_velocity: int = 0
    quantise: int = 0  # place in QUANTISE_TICKS
    quantise_strength: float = 1.0
    swing: float = 0.0
    swing_grid: int = 0  # place in SWING_TICKS
    humanise_ticks: float = 0.0
    humanise_velocity: float = 0.0
    humanise_seed: int = 0

    def __post_init__(self) -> None:
        resolve("the post chain", POST_CONTROLS, self.controls())

    @classmethod
    def of(cls, values: Mapping[str, float | str]) -> "PostSettings":
        """From control values, numbers or labels; those left out are at their defaults.

        Raises `UsageError` on an unknown name or a value out of range.
        """
        return cls(**cast(dict[str, Any], resolve("the post chain", POST_CONTROLS, values)))

    def controls(self) -> dict[str, float]:
        """All values by name; `of` reads them back."""
        return {c.name: getattr(self, c.name) for c in POST_CONTROLS}

    def changed(self) -> dict[str, float | str]:
        """What is not at its default, choices by their labels: what a session file keeps. `of` reads it back."""
        values = self.controls()
        return {c.name: c.show(values[c.name]) for c in POST_CONTROLS if values[c.name] != c.default}
