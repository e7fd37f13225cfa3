"""The knobs of each kind of bundle. The window and the command line are built from these."""

from typing import Final

from realtime.bundle.spec import ControlSpec, choice
from realtime.music.attributes import ATTRIBUTES
from realtime.music.melody_codec import STYLES
from realtime.music.scales import PITCH_CLASSES, SCALE_LOCKS, SCALES

SCALE_CONTROLS: Final = (
    choice("key", PITCH_CLASSES, text="the root of the scale"),
    choice("scale", tuple(SCALES), default=tuple(SCALES).index("major"), text="the notes of the scale"),
    choice("scale_mode", SCALE_LOCKS, text="snap moves notes into the scale, filter draws only from it"),
)
ACCENT: Final = ControlSpec(name="accent", low=0, high=1, default=0.5, help="how much the answer's dynamics move")
CONTINUE_CONTROLS: Final = (
    ControlSpec(
        name="temperature", low=0, high=2, default=0.9, help="how bold the answer is; 0 always takes the likeliest note"
    ),
    ControlSpec(
        name="top_p", low=0.05, high=1, default=0.95, help="share of the likeliest choices that are drawn from"
    ),
    ControlSpec(name="density", low=-1, high=1, default=0, help="fewer or more notes than the model would play"),
    ControlSpec(name="octave", low=-3, high=3, default=0, integer=True, unit="octaves", help="moves the answer"),
    ControlSpec(
        name="memory", low=0, high=1, default=0.7, help="how far the answer takes up what was just played; 0 not at all"
    ),
    *SCALE_CONTROLS,
    choice("style", STYLES, text="whose manner the answer takes; any leaves it to what was played"),
    ACCENT,
)

SLIDER_HELP: Final = {
    "density": "fewer or more notes",
    "register": "lower or higher",
    "range": "a narrow or a wide band of pitches",
    "syncopation": "notes on the beat or off it",
    "interval": "steps or leaps from note to note",
    "rests": "without or with silences",
}


def axis(name: str, text: str) -> ControlSpec:
    """A slider along one axis of the latent space."""
    return ControlSpec(name=name, low=-3, high=3, default=0, unit="sigma", help=text)


def morph_controls(raw_axes: int) -> tuple[ControlSpec, ...]:
    """The named sliders, then so many raw axes, then what shapes the notes."""
    first = len(SLIDER_HELP) + 1
    return (
        *(axis(name, SLIDER_HELP[name]) for name in ATTRIBUTES),
        *(axis(f"z{first + i}", f"axis {i + 1}: a change that has no name") for i in range(raw_axes)),
        ControlSpec(name="temperature", low=0, high=1, default=0, help="chance at each step; 0 takes the likeliest"),
        ControlSpec(name="octave", low=-3, high=3, default=0, integer=True, unit="octaves", help="moves the pattern"),
        *SCALE_CONTROLS,
        ACCENT,
    )
