"""From played notes to one monophonic line on a grid: what a melody model can read.

Works on scores (already on the grid: nothing moves) and on playing (onsets off the grid, overlaps, chords).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from realtime.music.note import Note
from realtime.music.units import PPQ, STEP_TICKS

SCORE_TICKS = PPQ // 24  # the finest grid of written music: 32nds and their triplets
CHORD_TICKS = 40  # onsets closer than this are one chord (42 ms at 120 beats a minute)
GRACE_OVERLAP_TICKS = 10  # a note of a chord sounds on longer than this under the next one
PHASE_ERROR_TICKS = 25  # mean distance from the sixteenth grid from which a line counts as off the grid


@dataclass(frozen=True, slots=True)
class Grid:
    """A division of the beat, and how much nearer the onsets must be before it is preferred to a plainer one."""

    step_ticks: int
    penalty_ticks: float


# Plainest first. Two onsets that fall together cost COLLISION_TICKS, so fast runs choose a finer grid.
GRIDS = (
    Grid(STEP_TICKS, 0.0),
    Grid(PPQ // 3, 8.0),
    Grid(PPQ // 8, 14.0),
    Grid(PPQ // 6, 16.0),
)
COLLISION_TICKS = 60.0


@dataclass(frozen=True, slots=True)
class LineNote:
    """A note of a line: it starts on the grid and lasts until the next one, or sounds shorter and then rests."""

    start_tick: int
    pitch: int
    sounding_ticks: int


def top_voice(notes: Sequence[Note]) -> list[Note]:
    """The highest note of each onset, without what starts under a higher note that sounds on.

    `notes` in order of start. A higher note that lasts beyond half of the lower one is the tune; legato overlaps,
    which are shorter, are kept.
    """
    line: list[Note] = []
    for note in notes:
        if line and note.start_tick - line[-1].start_tick < CHORD_TICKS:
            is_grace = line[-1].end_tick <= note.start_tick + GRACE_OVERLAP_TICKS
            if is_grace or note.pitch > line[-1].pitch:
                line[-1] = note
            continue
        if line and line[-1].pitch > note.pitch:
            overlap = line[-1].end_tick - note.start_tick
            if overlap > max(CHORD_TICKS, note.duration_ticks // 2):
                continue
        line.append(note)
    return line


def phase_ticks(onsets: Sequence[int]) -> int:
    """How far a line that ignores the click lies off the sixteenth grid: -60..59 ticks, 0 if it keeps to it.

    Fewer than four onsets, or onsets that keep to no grid at all, give 0.
    """
    if len(onsets) < 4:
        return 0

    def error(shift: int) -> float:
        half = STEP_TICKS // 2
        return sum(abs((t - shift + half) % STEP_TICKS - half) for t in onsets) / len(onsets)

    plain = error(0)
    if plain <= PHASE_ERROR_TICKS:
        return 0
    best = min(range(-STEP_TICKS // 2, STEP_TICKS // 2, 5), key=lambda s: (error(s), abs(s)))
    return best if error(best) < 0.4 * plain else 0


def quantise_onsets(onsets: Sequence[int]) -> list[int]:
    """Each onset on the grid that suits its beat: sixteenths, triplets, or twice as fine. Order is kept.

    `onsets` rise. Onsets on one of the grids stay where they are.
    """
    out: list[int] = []
    for _, beat in groupby(onsets, key=lambda tick: tick // PPQ):
        group = list(beat)
        out += min((_on_grid(group, grid) for grid in GRIDS), key=lambda scored: scored[0])[1]
    return [max(out[: i + 1][-2:]) for i in range(len(out))]


def _on_grid(onsets: Sequence[int], grid: Grid) -> tuple[float, list[int]]:
    slots = [round(t / grid.step_ticks) * grid.step_ticks for t in onsets]
    error = sum(abs(t - s) for t, s in zip(onsets, slots, strict=True)) / len(onsets)
    collisions = len(slots) - len(set(slots))
    return error + grid.penalty_ticks + collisions * COLLISION_TICKS, slots


def melody_line(notes: Sequence[Note], *, played: bool, end_tick: int | None = None) -> list[LineNote]:
    """The top voice on the grid, in order, one note an onset.

    `played`: the notes come from hands and are quantised beat by beat; otherwise they come from a score, whose
    onsets are only rounded to 1/24 beat (scores with pick-ups have no beats to go by).

    A gap counts as a rest from a sixteenth on, if it is also more than 0.4 of the time to the next onset; shorter
    gaps are articulation and belong to the note. `end_tick` closes the last note's time.
    """
    voice = top_voice(notes)
    if not voice:
        return []
    onsets = [note.start_tick for note in voice]
    if played:
        shift = phase_ticks(onsets)
        slots = quantise_onsets([onset - shift for onset in onsets])
    else:
        slots = [round(onset / SCORE_TICKS) * SCORE_TICKS for onset in onsets]
    # Two notes on one slot: a grace note and its main note. The longer one is the note.
    kept: dict[int, Note] = {}
    for slot, note in zip(slots, voice, strict=True):
        if slot not in kept or note.duration_ticks >= kept[slot].duration_ticks:
            kept[slot] = note
    starts = sorted(kept)
    line = []
    for start, following in zip(starts, [*starts[1:], None], strict=True):
        note = kept[start]
        until = following if following is not None else end_tick
        sounding = note.duration_ticks if until is None else min(note.duration_ticks, until - start)
        if until is not None and until > start:
            gap = until - start - sounding
            if gap < STEP_TICKS or gap <= 0.4 * (until - start):
                sounding = until - start
        line.append(LineNote(start, note.pitch, max(1, sounding)))
    return line
