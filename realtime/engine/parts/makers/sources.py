"""Bars that a part is given, in the shape that a model reads."""

from itertools import chain

from realtime.music.note import Phrase
from realtime.music.units import Meter


def merged(source: tuple[Phrase, ...], meter: Meter) -> Phrase:
    """All voices in one phrase."""
    notes = chain.from_iterable(phrase.notes for phrase in source)
    return Phrase.of(notes, meter=meter, length_ticks=max((phrase.length_ticks for phrase in source), default=0))
