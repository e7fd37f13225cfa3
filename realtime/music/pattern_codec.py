"""The pattern codec: two bars of 4/4 as one symbol a sixteenth.

Shapes: S steps, N patterns, K symbols.

Canonical patterns: HOLD only while a note sounds, REST on every silent step. So the share of rests can be counted
off, and a symbol says all there is to know of its step.
"""

import hashlib
from typing import ClassVar, Final

import msgspec
import numpy as np
import numpy.typing as npt

from realtime.music.line import LineNote, melody_line, top_voice
from realtime.music.melody_codec import fold, octaves_to_fit
from realtime.music.note import Note, Phrase
from realtime.music.units import STEP_TICKS, Meter

STEPS: Final = 32
PATTERN_TICKS: Final = STEPS * STEP_TICKS
HOLD, REST, FIRST_ONSET = 0, 1, 2  # then one onset symbol a pitch
PITCH_LOW, PITCH_HIGH = 36, 96  # inclusive, as in the melody codec
PITCHES: Final = PITCH_HIGH - PITCH_LOW + 1
SYMBOLS: Final = FIRST_ONSET + PITCHES
IntArray = npt.NDArray[np.int64]
LogitArray = npt.NDArray[np.float32]


def onset(pitch: int) -> int:
    """The symbol of a note that begins."""
    return FIRST_ONSET + pitch - PITCH_LOW


def canonical(symbols_NS: IntArray) -> IntArray:
    """A hold after nothing, or after a rest, is a rest. Takes one pattern [S] or many [N, S]."""
    out = symbols_NS.copy()
    silent = np.ones(out.shape[:-1], bool)
    for step in range(out.shape[-1]):
        column = out[..., step]
        silent = np.where(column == HOLD, silent, column == REST)
        out[..., step] = np.where(silent, REST, column)
    return out


def likeliest(logits_SK: LogitArray) -> IntArray:
    """The likeliest canonical pattern: of all sequences in which a hold follows a note, the one with the largest sum.

    Taking each step's likeliest symbol and then `canonical` silences a whole note where its onset just loses.
    """
    onset_S = logits_SK[:, FIRST_ONSET:].argmax(-1) + FIRST_ONSET
    best_S = logits_SK[np.arange(len(logits_SK)), onset_S]
    rows = zip(logits_SK[:, HOLD].tolist(), logits_SK[:, REST].tolist(), best_S.tolist(), strict=True)
    sounding, silent = -np.inf, 0.0  # the best sums that end in a note, and that end in silence
    came: list[tuple[bool, bool]] = []  # held rather than begun; a note rather than silence before
    for hold, rest, begin in rows:
        before = max(sounding, silent)
        came.append((sounding + hold >= before + begin, sounding >= silent))
        sounding, silent = max(sounding + hold, before + begin), before + rest
    out_S, sounds = np.empty(len(came), np.int64), sounding >= silent
    for step in range(len(came) - 1, -1, -1):
        held, after_note = came[step]
        out_S[step] = (HOLD if held else onset_S[step]) if sounds else REST
        sounds = after_note if not (sounds and held) else True
    return out_S


class PatternCodec:
    """Phrase <-> symbols_S. What is on the sixteenth grid and monophonic survives both ways, but for velocity."""

    name: ClassVar[str] = "melody-pattern"

    def table_hash(self) -> str:
        """sha256 of what a trained network depends on."""
        tables = (STEP_TICKS, STEPS, HOLD, REST, FIRST_ONSET, PITCH_LOW, PITCH_HIGH)
        return hashlib.sha256(msgspec.json.encode(tables)).hexdigest()

    def encode(self, phrase: Phrase, *, start_tick: int = 0, played: bool = True) -> IntArray:
        """The top voice of the two bars from `start_tick` on, moved by octaves into the range.

        `played`: from hands: quantised, short gaps closed (see `melody_line`); else every rest is kept. A note that
        began before is not heard.
        Of two notes on one step the longer is kept, the later of equals.
        """
        line = melody_line(phrase.notes, played=True) if played else _as_written(phrase)
        symbols_S = np.full(STEPS, REST, np.int64)
        octaves = octaves_to_fit([note.pitch for note in line])
        steps = [round((note.start_tick - start_tick) / STEP_TICKS) for note in line]
        kept: dict[int, LineNote] = {}
        for step, note in zip(steps, line, strict=True):
            if step not in kept or note.sounding_ticks >= kept[step].sounding_ticks:
                kept[step] = note
        for step, note in sorted(kept.items()):
            if not 0 <= step < STEPS:
                continue
            length = max(1, round(note.sounding_ticks / STEP_TICKS))
            symbols_S[step] = onset(fold(note.pitch - 12 * octaves))
            symbols_S[step + 1 : step + length] = HOLD
            symbols_S[step + length :] = REST
        return symbols_S

    def decode(self, symbols_S: IntArray, *, start_tick: int = 0, velocity: int = 80) -> Phrase:
        """The notes, from `start_tick` on; the phrase lasts to the end of the two bars."""
        notes: list[Note] = []
        begun: tuple[int, int] | None = None  # step and pitch of the note that sounds
        for step, symbol in enumerate([*symbols_S.tolist(), REST]):
            if symbol == HOLD:
                continue
            if begun is not None:
                tick = start_tick + begun[0] * STEP_TICKS
                notes.append(Note(tick, begun[1], (step - begun[0]) * STEP_TICKS, velocity))
            begun = None if symbol == REST else (step, symbol - FIRST_ONSET + PITCH_LOW)
        return Phrase.of(notes, meter=Meter(), length_ticks=start_tick + PATTERN_TICKS)


def _as_written(phrase: Phrase) -> list[LineNote]:
    return [LineNote(note.start_tick, note.pitch, note.duration_ticks) for note in top_voice(phrase.notes)]
