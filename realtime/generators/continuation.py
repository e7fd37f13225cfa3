"""Continue: the transformer that answers the phrase just played.

The answer streams note by note. Before it is asked for, `prepare` keeps the cache filled with what has been played
so far, so that the first note costs at most the steps of the phrase's last event.
"""

from collections.abc import Iterator

import numpy as np

from realtime.bundle import Bundle
from realtime.generators.base import GenerateRequest, GeneratorState, resolve_controls
from realtime.generators.event_choice import EventChooser, Settings
from realtime.generators.shaping import Shaper
from realtime.generators.step_decoder import StepDecoder
from realtime.generators.tune_memory import PhraseMemory
from realtime.music.melody_codec import DURATIONS, PITCH_LOW, Event, EventLine, MelodyCodec, Row, RowBuilder
from realtime.music.note import Note, Phrase

MAX_CONTEXT_NOTES, CONTEXT_BLOCK = 384, 128  # the cache holds 320 events


class ContinueGenerator:
    """A loaded continue bundle. Belongs to one thread."""

    def __init__(self, bundle: Bundle) -> None:
        self.spec = bundle.spec
        self._decoder = StepDecoder(bundle)
        self._codec = MelodyCodec()
        self._memory = PhraseMemory()
        self._last_read: tuple[tuple[Phrase, int, int], EventLine, list[Row]] | None = None

    def initial_state(self, seed: int) -> GeneratorState:
        """The seed is all the state there is: what was played comes with each request."""
        return GeneratorState(seed)

    def prepare(self, request: GenerateRequest) -> int:
        """Fill the cache with the request's context; returns the network steps it took."""
        settings = Settings.of(resolve_controls(self.spec, request.controls))
        line, rows = self._read(request, settings.style)
        self._memory.of(line.events)
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
        chooser = EventChooser(settings, context.events, self._memory.of(context.events), rng)
        shaper = Shaper(settings.shape, request, rng)
        tick = request.start_tick
        for event in self._events(chooser, builder, request.length_ticks):
            if not event.is_rest:
                yield shaper.note(tick, event.pitch_id + PITCH_LOW + 12 * context.octaves, event.ticks)
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

    def _events(self, chooser: EventChooser, builder: RowBuilder, left: int) -> Iterator[Event]:
        while left >= DURATIONS[0]:
            event = chooser.choose(self._decoder.pitch_logits_P, self._decoder.duration_logits_PD, left)
            yield event
            left -= event.ticks
            if left >= DURATIONS[0]:
                self._decoder.append(builder.after(event))
