"""What every melodic generator does to its notes on the way out: octave, scale, loudness."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from realtime.generators.base import GenerateRequest
from realtime.music.dynamics import Dynamics
from realtime.music.note import Note
from realtime.music.scales import SNAP, Scale, fold


@dataclass(frozen=True, slots=True)
class Shape:
    """The controls that shape notes, resolved."""

    octave: int
    scale: Scale
    scale_mode: int
    accent: float

    @classmethod
    def of(cls, controls: Mapping[str, float]) -> "Shape":
        """From control values as `resolve_controls` gives them."""
        return cls(
            octave=int(controls["octave"]),
            scale=Scale.of_controls(controls["key"], controls["scale"]),
            scale_mode=int(controls["scale_mode"]),
            accent=controls["accent"],
        )


class Shaper:
    """Makes the notes of one answer. Draws one number of `rng` a note."""

    def __init__(self, shape: Shape, request: GenerateRequest, rng: np.random.Generator) -> None:
        self._shape, self._request, self._rng = shape, request, rng
        self._dynamics = Dynamics.of(request.context.notes)

    def note(self, tick: int, pitch: int, duration_ticks: int) -> Note:
        """The note that sounds for the model's `pitch`, which may lie outside MIDI's range."""
        shape, request = self._shape, self._request
        pitch = fold(pitch + 12 * shape.octave)
        if shape.scale_mode == SNAP:
            pitch = shape.scale.snap(pitch)
        velocity = self._dynamics.velocity(
            tick=tick,
            pitch=pitch - 12 * shape.octave,
            meter=request.context.meter,
            progress=(tick - request.start_tick) / max(1, request.length_ticks),
            accent=shape.accent,
            rng=self._rng,
        )
        return Note(tick, pitch, duration_ticks, velocity)
