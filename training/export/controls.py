"""The knobs of each kind of bundle. The window and the command line are built from these."""

from typing import Final

from realtime.bundle.spec import ControlSpec
from realtime.music.melody_codec import STYLES
from realtime.music.scales import PITCH_CLASSES, SCALES


def choice(name: str, labels: tuple[str, ...], *, default: int = 0, text: str = "") -> ControlSpec:
    """A control that picks one of `labels`."""
    return ControlSpec(name=name, low=0, high=len(labels) - 1, default=default, integer=True, labels=labels, help=text)


CONTINUE_CONTROLS: Final = (
    ControlSpec(
        name="temperature", low=0, high=2, default=0.9, help="how bold the answer is; 0 always takes the likeliest note"
    ),
    ControlSpec(
        name="top_p", low=0.05, high=1, default=0.95, help="share of the likeliest choices that are drawn from"
    ),
    ControlSpec(name="density", low=-1, high=1, default=0, help="fewer or more notes than the model would play"),
    ControlSpec(name="octave", low=-3, high=3, default=0, integer=True, unit="octaves", help="moves the answer"),
    choice("key", PITCH_CLASSES, text="the root of the scale"),
    choice("scale", tuple(SCALES), default=tuple(SCALES).index("major"), text="the notes of the scale"),
    choice("scale_mode", ("off", "snap", "filter"), text="snap moves notes into the scale, filter draws only from it"),
    choice("style", STYLES, text="whose manner the answer takes; any leaves it to what was played"),
    ControlSpec(name="accent", low=0, high=1, default=0.5, help="how much the answer's dynamics move"),
)
