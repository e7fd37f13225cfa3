"""Choosing one answer's events: what the network says, what the tune remembers, what the controls and manners ask.

Shapes: P pitch ids, D duration ids, V either.
"""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from realtime.generators.guards import Guards
from realtime.generators.sampling import MASKED, Float, choose, probabilities
from realtime.generators.shaping import Shape
from realtime.generators.tune_memory import Probabilities, TuneMemory
from realtime.music.melody_codec import DURATIONS, PITCH_LOW, PITCHES, REST, Event
from realtime.music.scales import FILTER, Scale
from realtime.music.units import PPQ

MAX_REST_TICKS = 2 * PPQ
ENDING_TICKS = PPQ  # from here on the answer prefers to end exactly,
ENDING_BONUS = 1.5  # by this many logits
DENSITY_STRENGTH = 1.5  # logits per doubling of a duration at density 1
SMALLEST = 1e-9  # of a probability whose logarithm is taken
_LOG2_DURATIONS_D = np.log2(np.array(DURATIONS, np.float32) / (PPQ // 2))
_TICKS_D = np.array(DURATIONS)


@dataclass(frozen=True, slots=True)
class Settings:
    """The controls of one answer, resolved."""

    temperature: float
    top_p: float
    density: float
    memory: float  # 0: the network alone; 1: the tune memory, whose last resort is the network
    style: int
    shape: Shape

    @classmethod
    def of(cls, controls: Mapping[str, float]) -> "Settings":
        """From control values as `resolve_controls` gives them; bundles of format 1 may lack `memory`."""
        return cls(
            temperature=controls["temperature"],
            top_p=controls["top_p"],
            density=controls["density"],
            memory=controls.get("memory", 0.0),
            style=int(controls["style"]),
            shape=Shape.of(dict(controls)),
        )


def lean(plain_V: Probabilities, recalled_V: Probabilities, strength: float) -> Probabilities:
    """Logits between two opinions, by their logarithms: what the network rules out, a memory does not bring back.

    (A sum of the probabilities scores as well on held-out tunes, but follows a motif out of the key.)
    """
    plain, recalled = np.log(np.maximum(plain_V, SMALLEST)), np.log(np.maximum(recalled_V, SMALLEST))
    leaning: Probabilities = plain + strength * (recalled - plain)
    return leaning


class EventChooser:
    """Chooses the events of one answer, one after another."""

    def __init__(
        self, settings: Settings, context: Sequence[Event], memory: TuneMemory, rng: np.random.Generator
    ) -> None:
        self._settings = settings
        self._memory = memory
        self._rng = rng
        self._guards = Guards(context)
        self._may_rest = False  # an answer begins with a note, and rests do not follow one another

    def choose(self, pitch_logits_P: Float, duration_logits_PD: Float, left_ticks: int) -> Event:
        """The next event, no longer than `left_ticks`; it is remembered."""
        pitch_id = self._pitch(pitch_logits_P, left_ticks)
        event = Event(pitch_id, self._duration(duration_logits_PD[pitch_id], pitch_id, left_ticks))
        self._guards.add(event)
        if self._settings.memory:
            self._memory.add(event)
        self._may_rest = not event.is_rest
        return event

    def _pitch(self, network_P: Float, left_ticks: int) -> int:
        settings = self._settings
        logits_P = self._recalled(network_P, self._memory.pitch)
        logits_P[REST] -= settings.density
        if not self._may_rest or left_ticks <= ENDING_TICKS:
            logits_P[REST] = MASKED
        if settings.shape.scale_mode == FILTER:
            _keep_scale(logits_P, settings.shape.scale)
        self._guards.discourage(logits_P)
        return choose(logits_P, self._rng, temperature=settings.temperature, top_p=settings.top_p)

    def _duration(self, network_D: Float, pitch_id: int, left_ticks: int) -> int:
        settings = self._settings
        logits_D = self._recalled(network_D, lambda p_D: self._memory.duration(p_D, pitch_id))
        if settings.density:
            logits_D -= settings.density * DENSITY_STRENGTH * _LOG2_DURATIONS_D
        longest = min(left_ticks, MAX_REST_TICKS) if pitch_id == REST else left_ticks
        logits_D[bisect_right(DURATIONS, longest) :] = MASKED  # durations rise
        if left_ticks <= ENDING_TICKS:
            logits_D[_TICKS_D == left_ticks] += ENDING_BONUS
        return choose(logits_D, self._rng, temperature=settings.temperature, top_p=settings.top_p)

    def _recalled(self, network_V: Float, recall: Callable[[Probabilities], Probabilities]) -> Float:
        """The network's logits, leaning towards the tune as far as the control says; a copy."""
        strength = self._settings.memory
        if not strength:
            return network_V.copy()
        plain_V = probabilities(network_V, temperature=1.0, top_p=1.0)
        recalled_V = recall(plain_V)
        if recalled_V is plain_V:  # nothing like this was heard
            return network_V.copy()
        return lean(plain_V, recalled_V, strength).astype(np.float32)


def _keep_scale(logits_P: Float, scale: Scale) -> None:
    for pitch_id in range(PITCHES):
        if not scale.contains(pitch_id + PITCH_LOW):
            logits_P[pitch_id] = MASKED
