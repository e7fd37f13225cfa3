"""A quartet's controls, resolved, and the noise that its inputs start from.

Shapes: N candidates, Z axes of a code.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from realtime.generators.quartet_code import INPUTS, Floats
from realtime.music.keys import Key
from realtime.music.scales import SCALES, Scale

AUTO: Final = 0  # of the control "key"; then C, C#, ...
GROUPS: Final = ("chords", "style", "melody", "groove")
SEED_SUFFIX, AMOUNT_SUFFIX = "_seed", "_amount"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reroll:
    """Another seed for one input, and how far to go there: 0 stays, 1 is the seed's own."""

    seed: int
    amount: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The controls of one piece."""

    temperature: float = 0.0
    candidates: int = 1
    density: float = 0.0  # added to the music's own
    root: int | None = None  # None: as the music that was played, else as the seed draws it
    scale: str = "major"
    scale_mode: int = 0
    octave: int = 0
    accent: float = 0.5
    harmonise: bool = False
    rerolled: Mapping[str, Reroll] = field(default_factory=dict)  # by input

    @classmethod
    def of(cls, controls: Mapping[str, float]) -> "Settings":
        """From control values as `resolve_controls` gives them."""
        key = int(controls["key"])
        return cls(
            temperature=controls["temperature"],
            candidates=int(controls["candidates"]),
            density=controls["density"],
            root=None if key == AUTO else key - 1,
            scale=tuple(SCALES)[int(controls["scale"])],
            scale_mode=int(controls["scale_mode"]),
            octave=int(controls["octave"]),
            accent=controls["accent"],
            harmonise=bool(controls["harmonise"]),
            rerolled=_rerolled(controls),
        )

    @property
    def fixed_key(self) -> Key | None:
        """The key that is asked for, if one is."""
        return None if self.root is None else Key.of_scale(self.root, self.scale)

    def scale_in(self, key: Key) -> Scale:
        """The scale that notes are held to: the asked-for one, or the key's own."""
        if self.root is not None:
            return Scale(self.root, self.scale)
        return Scale(key.root, "minor" if key.minor else "major")

    def plain(self) -> "Settings":
        """The same without re-rolled inputs."""
        return replace(self, rerolled={})


def _rerolled(controls: Mapping[str, float]) -> dict[str, Reroll]:
    found = {}
    for name in INPUTS:
        amount = controls[name.split("_")[0] + AMOUNT_SUFFIX]
        if controls[name + SEED_SUFFIX] and amount:
            found[name] = Reroll(seed=int(controls[name + SEED_SUFFIX]), amount=amount)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Draws:
    """Where the noise of a piece comes from: always the same for the same numbers.

    `number`: which phrase of a longer piece; all its phrases have one style.
    """

    spans: Mapping[str, slice]
    seed: int
    number: int

    def of(self, name: str, take: int, seed: int = 0) -> Floats:
        """One input's noise. `seed`: 0 for the piece's own."""
        place = INPUTS.index(name)
        number = 0 if name == "style" else self.number
        rng = np.random.default_rng((self.seed, number, place, take, seed))
        span = self.spans[name]
        return np.asarray(rng.standard_normal(span.stop - span.start), np.float32)

    def all(self, take: int) -> Floats:
        """noise_Z of one take: every input's own."""
        return np.concatenate([self.of(name, take) for name in self.spans])

    def reroll(self, noise_Z: Floats, rerolled: Mapping[str, Reroll], take: int) -> Floats:
        """The noise with some inputs on the way to those of other seeds; the way keeps the noise's size."""
        out = noise_Z.copy()
        for name, asked in rerolled.items():
            angle = asked.amount * np.pi / 2
            span = self.spans[name]
            out[span] = np.cos(angle) * noise_Z[span] + np.sin(angle) * self.of(name, take, asked.seed)
        return out
