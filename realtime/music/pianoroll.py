"""The piano-roll codec: tracks of notes on a grid of steps, onsets kept apart from what sounds on.

Shapes: T tracks, S steps (sixteenths), P pitches. Cell values: 0 silent, 1 a note begins, 2 it sounds on; so two
notes in a row differ from one long note, which a plain on/off roll cannot say.
"""

import hashlib
from collections.abc import Sequence
from typing import ClassVar, Final

import msgspec
import numpy as np
import numpy.typing as npt

from realtime.music.note import Note, Phrase
from realtime.music.units import STEP_TICKS, Meter

SILENT, ONSET, HELD = 0, 1, 2
PITCHES: Final = 128
Roll = npt.NDArray[np.uint8]


class PianoRollCodec:
    """Phrases (one a track) <-> roll_TSP. What is on the step grid survives both ways, but for velocity."""

    name: ClassVar[str] = "piano-roll"

    def table_hash(self) -> str:
        """sha256 of what a trained network depends on."""
        tables = (STEP_TICKS, PITCHES, SILENT, ONSET, HELD)
        return hashlib.sha256(msgspec.json.encode(tables)).hexdigest()

    def encode(self, tracks: Sequence[Phrase], *, steps: int) -> Roll:
        """The first `steps` sixteenths; notes are moved to the nearest step and last at least one.

        A note that begins while its own pitch sounds ends the one before.
        """
        roll_TSP = np.zeros((len(tracks), steps, PITCHES), np.uint8)
        for track, phrase in enumerate(tracks):
            for note in phrase.notes:
                start = round(note.start_tick / STEP_TICKS)
                end = max(start + 1, round(note.end_tick / STEP_TICKS))
                if 0 <= start < steps:
                    roll_TSP[track, start, note.pitch] = ONSET
                    cells_S = roll_TSP[track, start + 1 : min(end, steps), note.pitch]
                    cells_S[cells_S == SILENT] = HELD
        return roll_TSP

    def decode(self, roll_TSP: Roll, *, meter: Meter | None = None, velocity: int = 80) -> tuple[Phrase, ...]:
        """One phrase a track, each as long as the roll. A held cell with nothing before it begins a note."""
        length_ticks = roll_TSP.shape[1] * STEP_TICKS
        return tuple(
            Phrase.of(_notes(roll_SP, velocity), meter=meter, length_ticks=length_ticks) for roll_SP in roll_TSP
        )


def _notes(roll_SP: Roll, velocity: int) -> list[Note]:
    steps = roll_SP.shape[0]
    notes = []
    for pitch in np.flatnonzero(roll_SP.any(axis=0)):
        column_S = roll_SP[:, pitch]
        begins = [
            step
            for step in range(steps)
            if column_S[step] == ONSET or (column_S[step] == HELD and (step == 0 or column_S[step - 1] == SILENT))
        ]
        for start in begins:
            end = start + 1
            while end < steps and column_S[end] == HELD:
                end += 1
            notes.append(Note(start * STEP_TICKS, int(pitch), (end - start) * STEP_TICKS, velocity))
    return notes
