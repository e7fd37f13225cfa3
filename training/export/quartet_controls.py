"""The knobs of a quartet bundle."""

from typing import Final

from realtime.bundle.spec import ControlSpec, choice
from realtime.generators.quartet_code import INPUTS
from realtime.generators.quartet_settings import AMOUNT_SUFFIX, GROUPS, SEED_SUFFIX
from realtime.music.scales import PITCH_CLASSES, SCALE_LOCKS, SCALES
from training.export.controls import ACCENT

MOST_SEEDS: Final = 9999
DOES: Final = {
    "chords": "the harmony of all voices",
    "style": "the whole",
    "melody": "the pitches of a voice",
    "groove": "the rhythm of a voice",
}


def quartet_controls(*, temperature: float, candidates: int) -> tuple[ControlSpec, ...]:
    """A seed for every input, how far each goes to it, and what shapes the whole. Given: the defaults."""
    seeds = (
        ControlSpec(name=name + SEED_SUFFIX, low=0, high=MOST_SEEDS, default=0, integer=True, help=_seed_help(name))
        for name in INPUTS
    )
    amounts = (
        ControlSpec(name=name + AMOUNT_SUFFIX, low=0, high=1, default=1, help=f"how far {name} seeds change {does}")
        for name, does in ((name, DOES[name]) for name in GROUPS)
    )
    return (
        *seeds,
        *amounts,
        choice("key", ("auto", *PITCH_CLASSES), text="where the music is; auto: as what was played, else by the seed"),
        choice("scale", tuple(SCALES), default=tuple(SCALES).index("major"), text="of the key, unless that is auto"),
        choice("scale_mode", SCALE_LOCKS, text="snap moves notes into the scale, filter draws only from it"),
        ControlSpec(name="density", low=-2, high=2, default=0, help="fewer or more notes"),
        ControlSpec(name="octave", low=-3, high=3, default=0, integer=True, unit="octaves", help="moves all voices"),
        ControlSpec(
            name="temperature", low=0, high=1, default=temperature, help="chance in each note; 0 takes the likeliest"
        ),
        ControlSpec(
            name="candidates", low=1, high=32, default=candidates, integer=True, help="the best of so many is taken"
        ),
        choice("harmonise", ("off", "on"), text="what was played is the soprano, and stays as it is"),
        ACCENT,
    )


def _seed_help(name: str) -> str:
    group, _, voice = name.partition("_")
    who = f" {voice}" if voice else ""
    return f"another seed for {DOES[group]}{who}; 0: the piece's own"
