"""Quartet: four voices from four inputs (chords, style, a melody and a groove of each voice), two bars at a time.

Phrases follow on one another: each is chosen to go on from the last. What was played gives the key and the loudness,
or, with `harmonise`, the soprano.

Shapes: V voices, S steps.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from realtime.bundle import Bundle
from realtime.errors import BundleError
from realtime.generators.articulation import Articulation
from realtime.generators.base import GenerateRequest, GeneratorState, resolve_controls
from realtime.generators.quartet_border import BorderModel
from realtime.generators.quartet_code import Condition, Ints
from realtime.generators.quartet_composer import NO_VOICES, Composer, PhraseOrder
from realtime.generators.quartet_network import QuartetNetwork
from realtime.generators.quartet_settings import Settings
from realtime.generators.shaping import Shape, Shaper
from realtime.music.chorale import GRID_TICKS, REST, STEPS, VOICE_NAMES, VOICES, ChoraleCodec, ChoraleGrid
from realtime.music.keys import CLASSES, Key, find_key
from realtime.music.line import melody_line
from realtime.music.note import Note, Phrase
from realtime.music.scales import Scale

PIECES_FILE: Final = "pieces.npz"  # keys and densities as the training music has them
SOPRANO: Final = (True, *(False,) * (VOICES - 1))


@dataclass(frozen=True, slots=True)
class QuartetState(GeneratorState):
    """`number`: phrases made so far. `before_V`: what sounded last, empty at the start."""

    number: int = 0
    before: tuple[int, ...] = ()


class QuartetGenerator:
    """A loaded quartet bundle. Belongs to one thread."""

    voice_names = VOICE_NAMES

    def __init__(self, bundle: Bundle) -> None:
        self.spec = bundle.spec
        self.network = QuartetNetwork(bundle)
        self.composer = Composer(self.network, BorderModel.load(bundle))
        self._articulation = Articulation(bundle)
        self._pieces_N3 = read_pieces(bundle)
        self._codec = ChoraleCodec()
        order = PhraseOrder(settings=Settings(candidates=2), condition=Condition(key=Key(0, False)), seed=0)
        self.composer.make(order)  # warm-up: the first run allocates

    def initial_state(self, seed: int) -> QuartetState:
        """Nothing made yet."""
        return QuartetState(seed)

    def prepare(self, request: GenerateRequest) -> int:
        """Nothing can be done before."""
        return 0

    def generate(self, request: GenerateRequest, state: GeneratorState) -> tuple[Phrase, QuartetState]:
        """All four voices as one phrase."""
        parts, after = self._answer(request, state)
        notes = [note for part in parts for note in part.notes]
        return Phrase.of(notes, meter=request.context.meter, length_ticks=parts[0].length_ticks), after

    def parts(self, request: GenerateRequest, state: GeneratorState) -> tuple[Phrase, ...]:
        """One phrase a voice, the soprano first, over the asked-for time."""
        return self._answer(request, state)[0]

    def _answer(self, request: GenerateRequest, state: GeneratorState) -> tuple[tuple[Phrase, ...], QuartetState]:
        settings = Settings.of(resolve_controls(self.spec, request.controls))
        grid, after = self.grid(request, settings, state)
        return self.played(grid, request, settings, state.seed), after

    def grid(
        self, request: GenerateRequest, settings: Settings, state: GeneratorState
    ) -> tuple[ChoraleGrid, QuartetState]:
        """As many phrases of two bars as the asked-for time takes."""
        known = state if isinstance(state, QuartetState) else QuartetState(state.seed)
        count = max(1, -(-request.length_ticks // GRID_TICKS))
        tune = self.tune(request, count) if settings.harmonise else None
        condition = self.condition(request, settings, known.seed)
        phrases, before = [], known.before
        for i in range(count):
            order = PhraseOrder(
                settings=settings,
                condition=condition,
                seed=known.seed,
                number=known.number + i,
                given_VS=None if tune is None else tune.symbol_VS[:, i * STEPS : (i + 1) * STEPS],
                kept=NO_VOICES if tune is None else SOPRANO,
                before_V=np.array(before) if before else None,
            )
            phrases.append(self.composer.make(order))
            before = tuple(int(symbol) for symbol in phrases[-1][:, -1])
        grid = self.struck(np.concatenate(phrases, axis=1), known.seed, tune)
        return grid, QuartetState(known.seed, known.number + count, before)

    def struck(self, symbol_VT: Ints, seed: int, given: ChoraleGrid | None = None) -> ChoraleGrid:
        """The pitches with their strikes; those of a given soprano are its own."""
        grid = self._articulation.grid(symbol_VT, np.random.default_rng(seed))
        if given is not None:
            grid.strike_VS[0] = given.strike_VS[0]
        return grid

    def condition(self, request: GenerateRequest, settings: Settings, seed: int) -> Condition:
        """The asked-for key, else that of what was played, else one as the training music has them."""
        rng = np.random.default_rng(seed)
        offset, minor, density = self._pieces_N3[rng.integers(len(self._pieces_N3))]
        key = settings.fixed_key
        if key is None and request.context.notes:
            key = find_key(sounding_classes(request.context.notes))
        if key is None:
            root = (int(offset) - 3 * int(minor)) % CLASSES
            key = Key(root, bool(minor))
        return Condition(key=key, density=float(density) + settings.density)

    def tune(self, request: GenerateRequest, count: int) -> ChoraleGrid | None:
        """The last bars of what was played, as a soprano over rests; None of nothing."""
        if not request.context.notes:
            return None
        line = [Note(n.start_tick, n.pitch, n.sounding_ticks) for n in melody_line(request.context.notes, played=True)]
        end = -(-max(note.end_tick for note in line) // GRID_TICKS) * GRID_TICKS
        voices = (Phrase.of(line), *(Phrase() for _ in range(VOICES - 1)))
        return self._codec.encode(voices, start_tick=max(0, end - count * GRID_TICKS), steps=count * STEPS)

    def played(self, grid: ChoraleGrid, request: GenerateRequest, settings: Settings, seed: int) -> tuple[Phrase, ...]:
        """One phrase a voice: the grid's notes over the asked-for time, with octave and loudness."""
        end = request.start_tick + request.length_ticks
        shape = Shape(octave=settings.octave, scale=Scale(0), scale_mode=0, accent=settings.accent)
        shaper = Shaper(shape, request, np.random.default_rng(seed))
        parts = []
        for voice in self._codec.decode(grid, meter=request.context.meter):
            notes = []
            for note in voice.notes:
                tick = request.start_tick + note.start_tick
                if tick < end:
                    notes.append(shaper.note(tick, note.pitch, min(note.duration_ticks, end - tick)))
            parts.append(Phrase.of(notes, meter=request.context.meter, length_ticks=end))
        return tuple(parts)


def with_soprano(symbol_S: Ints) -> Ints:
    """[V, S]: rests but for the soprano."""
    given_VS = np.full((VOICES, len(symbol_S)), REST)
    given_VS[0] = symbol_S
    return given_VS


def sounding_classes(notes: tuple[Note, ...]) -> np.ndarray:
    """How many ticks each pitch class sounds."""
    return np.bincount([n.pitch % CLASSES for n in notes], [n.duration_ticks for n in notes], CLASSES)


def read_pieces(bundle: Bundle) -> np.ndarray:
    """[N, 3]: offset, minor and density of pieces of the training music."""
    path = bundle.folder / PIECES_FILE
    try:
        found: np.ndarray = bundle.arrays(PIECES_FILE)["pieces"]
    except KeyError as error:
        raise BundleError(f"{path}: no keys and densities ({error}); export the bundle again") from None
    if found.ndim != 2 or found.shape[1] != 3 or not len(found):
        raise BundleError(f"{path}: {found.shape}, expected rows of 3; export the bundle again")
    return found
