"""Four voices on the sixteenth grid: which pitch each one sings at each step, and where a note is struck.

Shapes: V voices (soprano first), S steps.

Pitch and strike are apart, so a rest is a rest, a repeated note is not a long one, and data that says nothing of
repeated notes can still be used for its pitches.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar, Final

import msgspec
import numpy as np
import numpy.typing as npt

from realtime.music.note import Note, Phrase
from realtime.music.units import STEP_TICKS, Meter

VOICES: Final = 4
VOICE_NAMES: Final = ("soprano", "alto", "tenor", "bass")
BARS, STEPS_PER_BAR = 2, 16
STEPS: Final = BARS * STEPS_PER_BAR
GRID_TICKS: Final = STEPS * STEP_TICKS
REST: Final = 0  # then one symbol a pitch
PITCH_LOW: Final = 24  # MIDI number of symbol 1
PITCHES: Final = 84
SYMBOLS: Final = 1 + PITCHES
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class ChoraleGrid:
    """Some steps of four voices. `symbol_VS`: REST, or 1 + MIDI pitch - PITCH_LOW. `strike_VS`: a note begins here.

    Canonical: a strike wherever the pitch differs from the step before, none at a rest, and one at a first step that
    sounds.
    """

    symbol_VS: IntArray
    strike_VS: BoolArray

    @classmethod
    def of(cls, symbol_VS: IntArray, strike_VS: BoolArray | None = None) -> "ChoraleGrid":
        """The canonical grid. Without strikes every note lasts as long as its pitch does."""
        changes_VS = np.ones(symbol_VS.shape, bool)
        changes_VS[..., 1:] = symbol_VS[..., 1:] != symbol_VS[..., :-1]
        struck_VS = changes_VS if strike_VS is None else changes_VS | strike_VS
        return cls(symbol_VS.astype(np.int64), struck_VS & (symbol_VS != REST))

    @property
    def steps(self) -> int:
        """Length in sixteenths."""
        return int(self.symbol_VS.shape[1])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ChoraleGrid):
            return NotImplemented
        return np.array_equal(self.symbol_VS, other.symbol_VS) and np.array_equal(self.strike_VS, other.strike_VS)

    def __hash__(self) -> int:
        return hash((self.symbol_VS.tobytes(), self.strike_VS.tobytes()))


def symbol_of(pitch: int) -> int:
    """The symbol of a MIDI pitch, moved by octaves into the grid's range."""
    while pitch < PITCH_LOW:
        pitch += 12
    while pitch >= PITCH_LOW + PITCHES:
        pitch -= 12
    return 1 + pitch - PITCH_LOW


def pitch_of(symbol: int) -> int:
    """The MIDI pitch of a symbol that is no rest."""
    return symbol - 1 + PITCH_LOW


class ChoraleCodec:
    """Four phrases <-> grid. What is monophonic and on the sixteenth grid survives both ways, but for velocity."""

    name: ClassVar[str] = "chorale-grid"

    def table_hash(self) -> str:
        """sha256 of what a trained network depends on."""
        tables = (STEP_TICKS, VOICES, STEPS, REST, PITCH_LOW, PITCHES)
        return hashlib.sha256(msgspec.json.encode(tables)).hexdigest()

    def encode(self, voices: Sequence[Phrase], *, start_tick: int = 0, steps: int = STEPS) -> ChoraleGrid:
        """The steps from `start_tick` on. Of notes that overlap the later one is heard; a note that began before
        `start_tick` and still sounds is struck at the first step."""
        symbol_VS = np.zeros((VOICES, steps), np.int64)
        strike_VS = np.zeros((VOICES, steps), bool)
        for voice, phrase in zip(range(VOICES), voices, strict=True):
            for note in phrase.notes:
                first = round((note.start_tick - start_tick) / STEP_TICKS)
                end = max(first + 1, round((note.end_tick - start_tick) / STEP_TICKS))
                if end <= 0 or first >= steps:
                    continue
                symbol_VS[voice, max(0, first) : end] = symbol_of(note.pitch)
                strike_VS[voice, max(0, first)] = True
                strike_VS[voice, max(0, first) + 1 : end] = False
        return ChoraleGrid.of(symbol_VS, strike_VS)

    def decode(self, grid: ChoraleGrid, *, meter: Meter | None = None) -> tuple[Phrase, ...]:
        """One phrase a voice, from tick 0, all at the default velocity."""
        return tuple(
            Phrase.of(_notes(symbol_S, strike_S), meter=meter or Meter(), length_ticks=grid.steps * STEP_TICKS)
            for symbol_S, strike_S in zip(grid.symbol_VS, grid.strike_VS, strict=True)
        )


def _notes(symbol_S: IntArray, strike_S: BoolArray) -> list[Note]:
    notes = []
    for step, following in pairwise([*np.flatnonzero(strike_S).tolist(), len(symbol_S)]):
        rests = np.flatnonzero(symbol_S[step:following] == REST)
        length = int(rests[0]) if len(rests) else following - step
        notes.append(Note(step * STEP_TICKS, pitch_of(int(symbol_S[step])), length * STEP_TICKS))
    return notes
