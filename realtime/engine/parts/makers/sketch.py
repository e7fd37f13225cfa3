"""Sketch in the rack: fills, varies, harmonises or goes on from bars; locked bars and voices stay bit for bit."""

from dataclasses import replace

import numpy as np

from realtime.bundle.spec import BundleSpec
from realtime.engine.parts.makers.sources import merged
from realtime.engine.parts.material import Material, Order
from realtime.generators.base import GenerateRequest, resolve_controls
from realtime.generators.sketch import SketchGenerator
from realtime.generators.sketch_cells import BoolArray
from realtime.generators.sketch_voices import split_voices
from realtime.generators.sketch_window import SketchSettings
from realtime.music.chorale import (
    BARS,
    GRID_TICKS,
    REST,
    STEPS,
    STEPS_PER_BAR,
    VOICE_NAMES,
    VOICES,
    ChoraleCodec,
    ChoraleGrid,
)
from realtime.music.note import Note, Phrase

BAR_NAMES = tuple(f"bar{number + 1}" for number in range(BARS))


class SketchMaker:
    """See `Maker`."""

    voice_names: tuple[str, ...] = VOICE_NAMES
    lock_names: tuple[str, ...] = (*VOICE_NAMES, *BAR_NAMES)
    touch_grid: str = "beat"
    connects: bool = True

    def __init__(self, generator: SketchGenerator) -> None:
        self._generator, self._codec = generator, ChoraleCodec()

    @property
    def spec(self) -> BundleSpec:
        """The model's manifest."""
        return self._generator.spec

    def make(self, order: Order) -> Material:
        """Two bars, from the bars that the part was given or, of none, on from what it played before."""
        source = self._source(order)
        request = GenerateRequest(
            context=merged(source, order.meter),
            start_tick=0,
            length_ticks=GRID_TICKS,
            controls=order.point.controls,
        )
        rng = np.random.default_rng((order.point.seed, order.phrase))
        if source:
            voices = self._generator.played(self._drawn(source, order, rng), request, rng)
        else:
            voices = self._generator.parts(request, self._generator.initial_state(order.point.seed))
        return Material(voices=_with_kept(voices, order), length_ticks=GRID_TICKS, phrase=order.phrase, detail=source)

    def _drawn(self, source: tuple[Phrase, ...], order: Order, rng: np.random.Generator) -> ChoraleGrid:
        """What the mode makes of the bars."""
        controls = resolve_controls(self.spec, order.point.controls)
        settings, grid = SketchSettings.of(controls), self._codec.encode(source)
        locked_VS = locked(order.locks)
        if controls["melody_only"]:
            settings = replace(settings, absent=tuple(range(1, VOICES)))
        if order.locks:  # what is not locked is drawn anew, whatever the mode
            settings = replace(settings, mode="fill" if settings.mode == "continue" else settings.mode)
        elif settings.mode == "continue":
            bar = self._generator.sketch(grid, locked_VS, settings, rng)
            return self._generator.sketch(bar, locked_VS, settings, rng)
        elif settings.mode == "fill":
            locked_VS = locked_VS | (grid.symbol_VS != REST)
        return self._generator.sketch(grid, locked_VS, settings, rng)

    def _source(self, order: Order) -> tuple[Phrase, ...]:
        """Four phrases to work on; none at the start. A phrase that is made again is made from where it came from."""
        previous, given = order.previous, order.point.source
        if previous is not None and order.locks:
            return previous.voices
        if given:
            return given if len(given) == VOICES else split_voices(merged(given, order.meter))
        if previous is None:
            return ()
        before = previous.detail if isinstance(previous.detail, tuple) else ()
        return previous.voices if order.phrase > previous.phrase else before


def locked(names: frozenset[str]) -> BoolArray:
    """[V, S]: the cells of the named voices and bars."""
    locked_VS = np.zeros((VOICES, STEPS), bool)
    for voice, name in enumerate(VOICE_NAMES):
        locked_VS[voice] |= name in names
    for bar, name in enumerate(BAR_NAMES):
        locked_VS[:, bar * STEPS_PER_BAR : (bar + 1) * STEPS_PER_BAR] |= name in names
    return locked_VS


def _with_kept(voices: tuple[Phrase, ...], order: Order) -> tuple[Phrase, ...]:
    """Locked voices and bars keep their notes to the last bit, loudness too."""
    if order.previous is None or not order.locks:
        return voices
    triples = zip(VOICE_NAMES, voices, order.previous.voices, strict=True)
    return tuple(old if name in order.locks else _bars_kept(new, old, order.locks) for name, new, old in triples)


def _bars_kept(new: Phrase, old: Phrase, locks: frozenset[str]) -> Phrase:
    def is_kept(note: Note) -> bool:
        return BAR_NAMES[note.start_tick // (GRID_TICKS // BARS)] in locks

    notes = (*filter(is_kept, old.notes), *(note for note in new.notes if not is_kept(note)))
    return Phrase.of(notes, meter=new.meter, length_ticks=new.length_ticks)
