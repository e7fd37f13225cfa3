"""Read four-part pieces: MIDI files, music21's chorales and the grid of jsb-chorales -> voices on the sixteenth grid.

Shapes: V voices (soprano first), T steps.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import symusic

from realtime.errors import FileError
from realtime.music.chorale import (
    PITCH_LOW,
    PITCHES,
    REST,
    STEPS,
    STEPS_PER_BAR,
    VOICE_NAMES,
    VOICES,
    ChoraleGrid,
    symbol_of,
)
from realtime.music.note import Note
from realtime.music.units import PPQ, STEP_TICKS
from training.data.melodies import MAX_NOTES, overlap

Steps = npt.NDArray[np.int64]
BEAT_STEPS: Final = 4
OFF_GRID_TICKS: Final = STEP_TICKS // 4
MAX_OFF_GRID: Final = 0.5  # of the beats: the file is not in sixteenths
MAX_DOUBLED: Final = 0.25  # of a voice's notes begin while another sounds: it is more than one voice
MAX_STEPS: Final = 40_000
BAR_QUARTERS: Final = 4
SILENCE: Final = -1  # in the grid file
SPLITS: Final = ("train", "valid", "test")


@dataclass(frozen=True, slots=True, kw_only=True)
class FourParts:
    """A stretch of a piece without a note off the grid. `struck`: whether the source tells a repeated note.

    `bar_steps`: where 4/4 bars begin, as far as the source says.
    """

    label: str
    grid: ChoraleGrid
    struck: bool = True
    bar_steps: tuple[int, ...] = ()
    split: str | None = None


def read_midi_parts(path: Path) -> list[FourParts]:
    """Four tracks of one voice each, the highest first; or two tracks of two voices each, as hymns are printed.

    Raises `FileError` that says what the file holds instead.
    """
    try:
        score = symusic.Score(str(path))
        if score.note_num() > MAX_NOTES:
            raise FileError(f"{score.note_num():,} notes; at most {MAX_NOTES:,} are read")
        score = score.resample(PPQ, min_dur=1)
    except FileError:
        raise
    except Exception as error:  # symusic raises RuntimeError, ValueError and others, by what is broken
        raise FileError(f"no readable MIDI file ({str(error).splitlines()[0][:80]})") from error
    tracks = [notes for track in score.tracks if not track.is_drum and (notes := _notes(track))]
    voices = voices_of(tracks)
    meters = [(mark.time, mark.numerator * 4 / mark.denominator) for mark in score.time_signatures]
    end = max(note.end_tick for notes in tracks for note in notes)
    bars = [tick for (start, quarters), (until, _) in pairwise([*meters, (end, 0.0)]) if quarters == BAR_QUARTERS
            for tick in range(start, until, BAR_QUARTERS * PPQ)]  # fmt: skip
    return _stretches(voices, bars)


def _notes(track: "symusic.Track") -> list[Note]:
    a = track.notes.numpy()
    columns = (a["time"], a["pitch"], a["duration"])
    return sorted(Note(int(t), int(p), max(1, int(d))) for t, p, d in zip(*columns, strict=True) if t >= 0)


def voices_of(tracks: Sequence[Sequence[Note]]) -> list[list[Note]]:
    """Four voices of the tracks that hold notes. Raises `FileError` where there are not four."""
    if len(tracks) not in (VOICES // 2, VOICES):
        raise FileError(f"tracks with notes: {len(tracks)}; four are needed, one a voice (or two of two voices each)")
    ordered = sorted(tracks, key=lambda notes: -sum(note.pitch for note in notes) / len(notes))
    if len(tracks) == VOICES // 2:
        ordered = [voice for notes in ordered for voice in (_outer(notes, 1), _outer(notes, -1))]
    voices = [_outer(notes, 1 if voice < VOICES - 1 else -1) for voice, notes in enumerate(ordered)]
    for name, notes in zip(VOICE_NAMES, voices, strict=True):
        if len(notes) > 1 and overlap(notes) > MAX_DOUBLED:
            raise FileError(f"the {name}'s notes overlap; a voice sings one note at a time")
    return voices


def _outer(notes: Sequence[Note], side: int) -> list[Note]:
    """The highest (1) or lowest (-1) of the notes that begin together; one that begins inside a further one is none."""
    kept: list[Note] = []
    for _, together in groupby(notes, key=lambda note: note.start_tick):
        note = max(together, key=lambda note: side * note.pitch)
        over = not kept or note.start_tick >= kept[-1].end_tick - OFF_GRID_TICKS
        if over or side * (note.pitch - kept[-1].pitch) > 0:
            kept.append(note)
    return kept


def read_music21_parts(path: Path) -> list[FourParts]:
    """The soprano, alto, tenor and bass of a score that music21 can read; instruments beside them are left out."""
    import music21

    score = music21.converter.parse(path, forceSource=True, storePickle=False)
    parts = {name: _named(score.parts, name) for name in VOICE_NAMES}
    if missing := [name for name, part in parts.items() if part is None]:
        found = ", ".join(str(part.partName) for part in score.parts) or "none"
        raise FileError(f"no part called {missing[0]} (parts: {found})")
    voices = [list(_sung(part)) for part in parts.values()]
    if not all(voices):
        raise FileError("a voice without notes")
    measures = parts[VOICE_NAMES[0]].getElementsByClass("Measure")
    full = [m for m in measures if m.barDuration.quarterLength == BAR_QUARTERS and not m.paddingLeft]
    return _stretches(voices, [round(m.offset * PPQ) for m in full])


def _named(parts: Sequence[Any], name: str) -> Any:
    return next((part for part in parts if str(part.partName).strip().casefold().startswith(name)), None)


def _sung(part: Any) -> Iterator[Note]:
    """The part's notes; tied ones are one. Of chords the highest note."""
    for element in part.stripTies().flatten().notes:
        ticks = round(element.quarterLength * PPQ)
        if ticks:  # no grace note
            yield Note(round(element.offset * PPQ), max(pitch.midi for pitch in element.pitches), ticks)


def read_grid_parts(path: Path) -> list[FourParts]:
    """The chorales of a `jsb16_satb.npz`: X_pitch [steps, 4] MIDI numbers (-1 silence), X_start [chorales + 1]."""
    found = []
    with np.load(path, allow_pickle=False) as file:
        for split in (split for split in SPLITS if f"{split}_pitch" in file):
            pitch_TV, starts = file[f"{split}_pitch"].astype(int), file[f"{split}_start"].tolist()
            if not ((pitch_TV == SILENCE) | (pitch_TV >= PITCH_LOW) & (pitch_TV < PITCH_LOW + PITCHES)).all():
                raise FileError(f"pitches {PITCH_LOW}..{PITCH_LOW + PITCHES - 1} or {SILENCE} are needed in its grid")
            for number, (first, end) in enumerate(pairwise(starts)):
                piece_VT = pitch_TV[first:end].T
                grid = ChoraleGrid.of(np.where(piece_VT == SILENCE, REST, piece_VT - PITCH_LOW + 1))
                found.append(FourParts(label=f"{split}/{number}", grid=grid, struck=False, split=split))
    return found


def _stretches(voices: Sequence[Sequence[Note]], bar_ticks: Sequence[int]) -> list[FourParts]:
    """The piece without the beats in which a note begins off the grid, cut where they were.

    Raises `FileError` if nothing of two bars is left.
    """
    first = min(note.start_tick for notes in voices for note in notes) // PPQ * PPQ
    end = max(note.end_tick for notes in voices for note in notes)
    steps = -(-(end - first) // PPQ) * BEAT_STEPS
    if steps > MAX_STEPS:
        raise FileError(f"{steps // STEPS_PER_BAR:,} bars; at most {MAX_STEPS // STEPS_PER_BAR:,} are read")
    grid, off_B = _grid(voices, first, steps)
    if (share := off_B.mean()) > MAX_OFF_GRID:
        raise FileError(f"{share:.0%} of the beats have notes off the sixteenth grid; quantise the file")
    edges = [-1, *np.flatnonzero(off_B).tolist(), steps // BEAT_STEPS]
    spans = [((a + 1) * BEAT_STEPS, b * BEAT_STEPS) for a, b in pairwise(edges)]
    bars = {(tick - first) // STEP_TICKS for tick in bar_ticks}
    long = [(a, b) for a, b in spans if b - a >= STEPS]
    if not long:
        raise FileError("no two bars on the sixteenth grid in it")
    return [
        FourParts(
            label=str(number) if len(long) > 1 else "",
            grid=ChoraleGrid.of(grid.symbol_VS[:, a:b], grid.strike_VS[:, a:b]),
            bar_steps=tuple(step - a for step in sorted(bars) if a <= step < b),
        )
        for number, (a, b) in enumerate(long)
    ]


def _grid(voices: Sequence[Sequence[Note]], first: int, steps: int) -> tuple[ChoraleGrid, npt.NDArray[np.bool_]]:
    """The steps from tick `first` on, and in which beats a note begins off the grid."""
    symbol_VT, strike_VT = np.zeros((VOICES, steps), np.int64), np.zeros((VOICES, steps), bool)
    off_B = np.zeros(steps // BEAT_STEPS, bool)
    for voice, notes in enumerate(voices):
        for note in notes:
            start = round((note.start_tick - first) / STEP_TICKS)
            end = max(start + 1, round((note.end_tick - first) / STEP_TICKS))
            if start >= steps:
                continue
            symbol_VT[voice, start:end] = symbol_of(note.pitch)
            strike_VT[voice, start] = True
            strike_VT[voice, start + 1 : end] = False
            if abs(note.start_tick - first - start * STEP_TICKS) > OFF_GRID_TICKS:
                off_B[(note.start_tick - first) // PPQ] = True
    return ChoraleGrid.of(symbol_VT, strike_VT), off_B
