"""How loud an answer is: from the musician's own dynamics, never a constant."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, pstdev

import numpy as np

from realtime.music.note import MAX_VELOCITY, MIN_VELOCITY, Note
from realtime.music.units import PPQ, Meter

DEFAULT_VELOCITY = 80.0
MIN_SPREAD, MAX_SPREAD = 5.0, 24.0  # a keyboard that sends one velocity still gets a shaped answer
RECENT_NOTES = 16


@dataclass(frozen=True, slots=True)
class Dynamics:
    """Level and spread of what was played (velocity units), and how much louder higher notes were."""

    level: float = DEFAULT_VELOCITY
    spread: float = 10.0
    centre_pitch: float = 64.0
    rise_per_semitone: float = 0.3

    @classmethod
    def of(cls, notes: Sequence[Note]) -> "Dynamics":
        """What the last notes of a phrase say; the defaults for none."""
        recent = notes[-RECENT_NOTES:]
        if not recent:
            return cls()
        velocities = [float(note.velocity) for note in recent]
        pitches = [float(note.pitch) for note in recent]
        level, centre = fmean(velocities), fmean(pitches)
        variance = fmean([(p - centre) ** 2 for p in pitches])
        covariance = fmean([(p - centre) * (v - level) for p, v in zip(pitches, velocities, strict=True)])
        slope = covariance / variance if variance > 1.0 else 0.3
        spread = min(MAX_SPREAD, max(MIN_SPREAD, pstdev(velocities)))
        return cls(level, spread, centre, min(1.5, max(-1.5, slope)))

    def velocity(
        self, *, tick: int, pitch: int, meter: Meter, progress: float, accent: float, rng: np.random.Generator
    ) -> int:
        """Velocity of a note: metre, contour, an arch over the answer (`progress` 0..1) and a little chance.

        `accent` 0 keeps to the level, 0.5 moves as the player did, 1 twice as far. Draws one number of `rng`.
        """
        beat = tick % meter.bar_ticks
        metric = 0.9 if beat == 0 else 0.3 if beat % PPQ == 0 else -0.5 if beat % (PPQ // 2) else -0.1
        arch = 0.5 - 2.0 * (progress - 0.5) ** 2
        chance = 0.35 * float(rng.standard_normal())
        move = self.spread * (metric + arch + chance) + self.rise_per_semitone * (pitch - self.centre_pitch)
        return round(min(MAX_VELOCITY, max(MIN_VELOCITY, self.level + 2.0 * accent * 0.7 * move)))
