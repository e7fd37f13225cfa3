"""Sketch: four voices that go on from what was played, fill its gaps, vary or harmonise it.

Shapes: V voices, S steps.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from realtime.bundle import Bundle
from realtime.generators.base import GenerateRequest, GeneratorState, resolve_controls
from realtime.generators.latent import last_bars_tick
from realtime.generators.shaping import Shape, Shaper
from realtime.generators.sketch_cells import BoolArray, IntArray
from realtime.generators.sketch_network import SketchNetwork
from realtime.generators.sketch_voices import split_voices
from realtime.generators.sketch_window import SketchSettings, sketch
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
from realtime.music.scales import Scale
from realtime.music.units import PPQ, STEP_TICKS

BAR_TICKS: Final = STEPS_PER_BAR * STEP_TICKS
NOTHING: Final = ChoraleGrid.of(np.zeros((VOICES, STEPS), np.int64))
UNLOCKED: Final = np.zeros((VOICES, STEPS), bool)


class SketchGenerator:
    """A loaded sketch bundle. Belongs to one thread."""

    voice_names = VOICE_NAMES

    def __init__(self, bundle: Bundle) -> None:
        self.spec = bundle.spec
        self.network = SketchNetwork(bundle)
        self._codec = ChoraleCodec()
        # Warm-up: the first run allocates.
        sketch(self.network, NOTHING, UNLOCKED, SketchSettings(steps=2), np.random.default_rng(0))

    def initial_state(self, seed: int) -> GeneratorState:
        """The seed is all the state there is."""
        return GeneratorState(seed)

    def prepare(self, request: GenerateRequest) -> int:
        """Nothing to be done beforehand."""
        return 0

    def generate(self, request: GenerateRequest, state: GeneratorState) -> tuple[Phrase, GeneratorState]:
        """All four voices in one phrase; see `parts`."""
        notes = [note for part in self.parts(request, state) for note in part.notes]
        end = request.start_tick + request.length_ticks
        return Phrase.of(notes, meter=request.context.meter, length_ticks=end), state

    def parts(self, request: GenerateRequest, state: GeneratorState) -> tuple[Phrase, ...]:
        """One phrase a voice, soprano first, for the asked-for time.

        `continue` goes on from the last bar that was played; the other modes work on the last two, and again, in
        another way, for every two bars of the answer. Of nothing, all make four voices of their own.
        """
        controls = resolve_controls(self.spec, request.controls)
        settings = SketchSettings.of(controls)
        rng = np.random.default_rng(state.seed)
        return self.played(self._whole(request, settings, bool(controls["melody_only"]), rng), request, rng)

    def played(self, grid: ChoraleGrid, request: GenerateRequest, rng: np.random.Generator) -> tuple[Phrase, ...]:
        """One phrase a voice: the grid's notes over the asked-for time, with their loudness."""
        accent = resolve_controls(self.spec, request.controls)["accent"]
        end = request.start_tick + request.length_ticks
        shaper = Shaper(Shape(0, Scale(0), 0, accent), request, rng)
        voices = (_shaped(phrase, request.start_tick, end, shaper) for phrase in self._codec.decode(grid))
        return tuple(Phrase.of(notes, meter=request.context.meter, length_ticks=end) for notes in voices)

    def sketch(
        self, grid: ChoraleGrid, locked_VS: BoolArray, settings: SketchSettings, rng: np.random.Generator
    ) -> ChoraleGrid:
        """One window, as `realtime.generators.sketch_window.sketch`: what a live part with its own locks asks for."""
        return sketch(self.network, grid, locked_VS, settings, rng)

    def _whole(
        self, request: GenerateRequest, settings: SketchSettings, melody_only: bool, rng: np.random.Generator
    ) -> ChoraleGrid:
        """Bars enough for the asked-for time."""
        voices = split_voices(request.context)
        if melody_only:
            voices = (voices[0], *(Phrase(),) * (VOICES - 1))
            settings = replace(settings, absent=tuple(range(1, VOICES)))
        bars = -(-request.length_ticks // BAR_TICKS)
        if not request.context.notes:
            first = self.sketch(NOTHING, UNLOCKED, replace(settings, mode="fill"), rng)
            return self._going_on(first, bars, settings, rng)
        if settings.mode == "continue":
            before = self._codec.encode(voices, start_tick=_end_of(request) - GRID_TICKS)
            return _part(self._going_on(before, bars + BARS, settings, rng), STEPS)
        grid = self._codec.encode(voices, start_tick=last_bars_tick(request.context))
        if settings.mode == "vary":
            settings = replace(settings, absent=tuple(np.flatnonzero((grid.symbol_VS == REST).all(1)).tolist()))
        locked_VS = grid.symbol_VS != REST if settings.mode == "fill" else UNLOCKED
        return _joined([self.sketch(grid, locked_VS, settings, rng) for _ in range(-(-bars // BARS))])

    def _going_on(
        self, grid: ChoraleGrid, bars: int, settings: SketchSettings, rng: np.random.Generator
    ) -> ChoraleGrid:
        """The grid, and bar after bar behind it, each from the one before, until there are so many."""
        windows, on = [grid], replace(settings, mode="continue")
        while len(windows) + BARS - 1 < bars:
            windows.append(self.sketch(windows[-1], UNLOCKED, on, rng))
        return _joined([grid, *(_part(window, STEPS_PER_BAR) for window in windows[1:])])


def _end_of(request: GenerateRequest) -> int:
    """Where the last note ends, at a beat; not after the answer begins."""
    last = max(note.end_tick for note in request.context.notes)
    return min(request.start_tick, -(-last // PPQ) * PPQ)


def _joined(grids: Sequence[ChoraleGrid]) -> ChoraleGrid:
    """One after the other, without striking what is held over."""
    symbol_VS, strike_VS = (np.concatenate(arrays, axis=1) for arrays in zip(*map(_arrays, grids), strict=True))
    return ChoraleGrid.of(symbol_VS, strike_VS)


def _arrays(grid: ChoraleGrid) -> tuple[IntArray, BoolArray]:
    return grid.symbol_VS, grid.strike_VS


def _part(grid: ChoraleGrid, first: int) -> ChoraleGrid:
    """What is left from a step on. A note held into it keeps going: only the first one of a whole answer is struck."""
    return ChoraleGrid(grid.symbol_VS[:, first:], grid.strike_VS[:, first:])


def _shaped(phrase: Phrase, tick: int, end_tick: int, shaper: Shaper) -> list[Note]:
    """The notes that begin in time, cut at the end, with their loudness."""
    out = []
    for note in phrase.notes:
        start = tick + note.start_tick
        if start < end_tick:
            out.append(shaper.note(start, note.pitch, min(note.duration_ticks, end_tick - start)))
    return out
