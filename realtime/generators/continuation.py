"""Continue: the transformer that answers the phrase just played.

The answer streams note by note. Before it is asked for, `prepare` keeps the cache filled with what has been played
so far, so that the first note costs at most the steps of the phrase's last event.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from realtime.bundle import Bundle
from realtime.generators.base import GenerateRequest, GeneratorState, resolve_controls
from realtime.generators.guards import Guards
from realtime.generators.sampling import MASKED, Float, choose
from realtime.generators.step_decoder import StepDecoder
from realtime.music.dynamics import Dynamics
from realtime.music.melody_codec import (
    DURATIONS,
    PITCH_LOW,
    PITCHES,
    REST,
    Event,
    EventLine,
    MelodyCodec,
    Row,
    RowBuilder,
)
from realtime.music.note import Note, Phrase
from realtime.music.scales import SCALES, Scale
from realtime.music.units import PPQ

MAX_CONTEXT_NOTES, CONTEXT_BLOCK = 384, 128  # the cache holds 320 events
MAX_REST_TICKS = 2 * PPQ
ENDING_TICKS = PPQ  # from here on the answer prefers to end exactly,
ENDING_BONUS = 1.5  # by this many logits
DENSITY_STRENGTH = 1.5  # logits per doubling of a duration at density 1
_LOG2_DURATIONS_D = np.log2(np.array(DURATIONS, np.float32) / (PPQ // 2))
_TICKS_D = np.array(DURATIONS)


@dataclass(frozen=True, slots=True)
class Settings:
    """The controls of one answer, resolved."""

    temperature: float
    top_p: float
    density: float
    octave: int
    scale: Scale
    scale_mode: int  # 0 off, 1 snap, 2 filter
    style: int
    accent: float

    @classmethod
    def of(cls, controls: dict[str, float]) -> "Settings":
        """From control values as `resolve_controls` gives them."""
        return cls(
            temperature=controls["temperature"],
            top_p=controls["top_p"],
            density=controls["density"],
            octave=int(controls["octave"]),
            scale=Scale(int(controls["key"]), tuple(SCALES)[int(controls["scale"])]),
            scale_mode=int(controls["scale_mode"]),
            style=int(controls["style"]),
            accent=controls["accent"],
        )


class ContinueGenerator:
    """A loaded continue bundle. Belongs to one thread."""

    def __init__(self, bundle: Bundle) -> None:
        self.spec = bundle.spec
        self._decoder = StepDecoder(bundle)
        self._codec = MelodyCodec()
        self._last_read: tuple[tuple[Phrase, int, int], EventLine, list[Row]] | None = None

    def initial_state(self, seed: int) -> GeneratorState:
        """The seed is all the state there is: what was played comes with each request."""
        return GeneratorState(seed)

    def prepare(self, request: GenerateRequest) -> int:
        """Fill the cache with the request's context; returns the network steps it took."""
        settings = Settings.of(resolve_controls(self.spec, request.controls))
        _, rows = self._read(request, settings.style)
        return self._decoder.advance(rows)

    def generate(self, request: GenerateRequest, state: GeneratorState) -> tuple[Phrase, GeneratorState]:
        """The whole answer at once."""
        end = request.start_tick + request.length_ticks
        notes = self.stream(request, state)
        return Phrase.of(notes, meter=request.context.meter, length_ticks=end), state

    def stream(self, request: GenerateRequest, state: GeneratorState) -> Iterator[Note]:
        """The answer's notes in order, each as soon as it is known; they end by start_tick + length_ticks."""
        settings = Settings.of(resolve_controls(self.spec, request.controls))
        context, rows = self._read(request, settings.style)
        self._decoder.advance(rows)
        builder = self._codec.continuation_builder(context, start_tick=request.start_tick, style=settings.style)
        rng = np.random.default_rng(state.seed)
        dynamics = Dynamics.of(request.context.notes)
        tick = request.start_tick
        for event in self._events(context, builder, request.length_ticks, settings, rng):
            if not event.is_rest:
                pitch = _place(event.pitch_id + PITCH_LOW + 12 * (context.octaves + settings.octave))
                if settings.scale_mode == 1:
                    pitch = settings.scale.snap(pitch)
                velocity = dynamics.velocity(
                    tick=tick,
                    pitch=pitch - 12 * settings.octave,
                    meter=request.context.meter,
                    progress=(tick - request.start_tick) / max(1, request.length_ticks),
                    accent=settings.accent,
                    rng=rng,
                )
                yield Note(tick, pitch, event.ticks, velocity)
            tick += event.ticks

    def _read(self, request: GenerateRequest, style: int) -> tuple[EventLine, list[Row]]:
        """The context as events and rows. At the hand-over it is mostly what was prepared last."""
        asked = (request.context, request.start_tick, style)
        if self._last_read is None or self._last_read[0] != asked:
            line = self._context(request)
            rows = self._codec.continuation_rows(line, start_tick=request.start_tick, style=style)
            self._last_read = (asked, line, rows)
        return self._last_read[1], self._last_read[2]

    def _context(self, request: GenerateRequest) -> EventLine:
        """What the network is told: the last notes as events, up to the answer's start.

        Of a silence longer than a bar whole bars are left out: the place in the bar stays true.
        """
        notes = request.context.notes
        surplus = len(notes) - MAX_CONTEXT_NOTES
        if surplus > 0:
            notes = notes[-(-surplus // CONTEXT_BLOCK) * CONTEXT_BLOCK :]
        meter = request.context.meter
        until = request.start_tick
        if notes:
            silence = until - max(note.end_tick for note in notes)
            until -= max(0, silence - meter.bar_ticks) // meter.bar_ticks * meter.bar_ticks
        return self._codec.encode(Phrase.of(notes, meter=meter), until_tick=until)

    def _events(
        self, context: EventLine, builder: RowBuilder, left: int, settings: Settings, rng: np.random.Generator
    ) -> Iterator[Event]:
        guards = Guards(context.events)
        previous: Event | None = None
        while left >= DURATIONS[0]:
            event = self._choose(settings, rng, guards, left, previous)
            yield event
            left -= event.ticks
            guards.add(event)
            previous = event
            if left >= DURATIONS[0]:
                self._decoder.append(builder.after(event))

    def _choose(
        self, settings: Settings, rng: np.random.Generator, guards: Guards, left: int, previous: Event | None
    ) -> Event:
        pitch_logits_P = self._decoder.pitch_logits_P.copy()
        pitch_logits_P[REST] -= settings.density
        if previous is None or previous.is_rest or left <= ENDING_TICKS:
            pitch_logits_P[REST] = MASKED
        if settings.scale_mode == 2:
            _keep_scale(pitch_logits_P, settings.scale)
        guards.discourage(pitch_logits_P)
        pitch_id = choose(pitch_logits_P, rng, temperature=settings.temperature, top_p=settings.top_p)
        duration_logits_D = self._decoder.duration_logits_PD[pitch_id].copy()
        if settings.density:
            duration_logits_D -= settings.density * DENSITY_STRENGTH * _LOG2_DURATIONS_D
        longest = min(left, MAX_REST_TICKS) if pitch_id == REST else left
        duration_logits_D[bisect_right(DURATIONS, longest) :] = MASKED  # durations rise
        if left <= ENDING_TICKS:
            duration_logits_D[_TICKS_D == left] += ENDING_BONUS
        duration_id = choose(duration_logits_D, rng, temperature=settings.temperature, top_p=settings.top_p)
        return Event(pitch_id, duration_id)


def _keep_scale(pitch_logits_P: Float, scale: Scale) -> None:
    for pitch_id in range(PITCHES):
        if not scale.contains(pitch_id + PITCH_LOW):
            pitch_logits_P[pitch_id] = MASKED


def _place(pitch: int) -> int:
    """The pitch moved by octaves into 0..127."""
    if 0 <= pitch <= 127:
        return pitch
    return pitch % 12 if pitch < 0 else 116 + (pitch - 116) % 12
