"""Which onsets of a beat stay when there are to be fewer."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain, groupby
from operator import attrgetter
from typing import Final

from realtime.music.note import Note
from realtime.music.units import PPQ, Meter

NEAR_TICKS: Final = PPQ // 32  # a note that is played this near to a position counts as being on it
SIMPLE_LEVELS: Final = (PPQ, PPQ // 2, PPQ // 4, PPQ // 8)
COMPOUND_LEVELS: Final = (3 * PPQ // 2, PPQ // 2, PPQ // 4, PPQ // 8)  # 6/8, 9/8, 12/8: three eighths a pulse
_start = attrgetter("start_tick")


def thinned(notes: Iterable[Note], most: int, meter: Meter) -> list[Note]:
    """The notes (in order of start) with at most so many onsets a beat, beats counted from the bar line.

    A chord is one onset. Strong places stay before weak ones, then long notes before short, then early before late:
    what goes depends on nothing but the beat itself, so a loop loses the same notes each time around.
    """
    bar, levels = meter.bar_ticks, levels_of(meter)

    def rank(chord: list[Note]) -> tuple[int, int, int]:
        tick = chord[0].start_tick
        return -strength(tick % bar, levels), -max([note.duration_ticks for note in chord]), tick

    kept: list[Note] = []
    for beat in in_beats(notes, meter):
        chords = [list(chord) for _, chord in groupby(beat, _start)]
        if len(chords) > most:
            chords = sorted(sorted(chords, key=rank)[:most], key=lambda chord: chord[0].start_tick)
        kept += chain.from_iterable(chords)
    return kept


def in_beats(notes: Iterable[Note], meter: Meter) -> Iterator[list[Note]]:
    """The notes (in order of start) of one beat after the other, beats counted from the bar line; empty ones not.

    Lazy: a beat comes as soon as the first note after it is known, so a stream can be thinned, too.
    """
    bar = meter.bar_ticks
    for _, beat in groupby(notes, lambda note: note.start_tick - note.start_tick % bar % PPQ):
        yield list(beat)


def levels_of(meter: Meter) -> tuple[int, ...]:
    """Ticks between the strong places of each metrical level, from the pulse down."""
    compound = meter.denominator == 8 and meter.numerator % 3 == 0
    return COMPOUND_LEVELS if compound else SIMPLE_LEVELS


@lru_cache(maxsize=4096)  # a bar has few places, and a loop comes back to them
def strength(place_tick: int, levels: tuple[int, ...]) -> int:
    """How strong a place is, counted from the bar line: how many levels it is on."""
    return sum([(place_tick + NEAR_TICKS) % level <= 2 * NEAR_TICKS for level in levels])
