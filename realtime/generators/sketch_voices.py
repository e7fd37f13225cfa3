"""One phrase -> four voices: whoever plays a keyboard does not say which voice a note belongs to."""

from collections.abc import Sequence
from itertools import groupby, pairwise, permutations
from typing import Final

from realtime.music.chorale import VOICES
from realtime.music.note import Note, Phrase

MIDDLES: Final = (70, 64, 58, 50)  # where each voice mostly is in chorales
CROSSING_COST: Final = 24  # semitones of leaps that a crossing is worth


def split_voices(phrase: Phrase) -> tuple[Phrase, ...]:
    """Soprano first. A line alone is the soprano; chords go to the voices with the least motion and crossing.

    Of more than four notes at once the lower inner ones are left out.
    """
    if _is_line(phrase.notes):
        return (phrase, *(Phrase(meter=phrase.meter, length_ticks=phrase.length_ticks),) * (VOICES - 1))
    voices: list[list[Note]] = [[] for _ in range(VOICES)]
    for tick, group in groupby(phrase.notes, key=lambda note: note.start_tick):
        busy = {v: notes[-1].pitch for v, notes in enumerate(voices) if notes and notes[-1].end_tick > tick}
        free = [v for v in range(VOICES) if v not in busy]
        starting = sorted(group, key=lambda note: -note.pitch)
        while len(starting) > len(free):
            starting.pop(-2 if len(starting) > 1 else -1)
        last = [notes[-1].pitch if notes else middle for notes, middle in zip(voices, MIDDLES, strict=True)]
        for voice, note in zip(_best(starting, free, busy, last), starting, strict=True):
            voices[voice].append(note)
    return tuple(Phrase.of(notes, meter=phrase.meter, length_ticks=phrase.length_ticks) for notes in voices)


def _is_line(notes: Sequence[Note]) -> bool:
    return all(a.end_tick <= b.start_tick for a, b in pairwise(notes))


def _best(starting: Sequence[Note], free: Sequence[int], busy: dict[int, int], last: Sequence[int]) -> tuple[int, ...]:
    """The free voice of each starting note."""

    def cost(chosen: tuple[int, ...]) -> int:
        sounding = busy | dict(zip(chosen, (note.pitch for note in starting), strict=True))
        down = [sounding[voice] for voice in sorted(sounding)]
        crossings = sum(low > high for high, low in pairwise(down))
        return crossings * CROSSING_COST + sum(
            abs(note.pitch - last[voice]) for voice, note in zip(chosen, starting, strict=True)
        )

    return min(permutations(free, len(starting)), key=cost)
