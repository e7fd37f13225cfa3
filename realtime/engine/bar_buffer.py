"""The last bars of each part and of the musician: the currency in which parts hand music on to one another."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import chain
from typing import Final

from realtime.engine.bar_lines import BarLines
from realtime.music.note import Note, Phrase

PLAYED: Final = "played"  # the source that the musician is
KEPT_BARS: Final = 64


class BarBuffer:
    """Notes by source and voice, on the timeline."""

    def __init__(self, bars: BarLines) -> None:
        self._bars = bars
        self._notes: dict[str, dict[int, list[Note]]] = defaultdict(lambda: defaultdict(list))

    @property
    def sources(self) -> list[str]:
        """Who has played."""
        return list(self._notes)

    def add(self, source: str, notes: Iterable[Note], voice: int = 0) -> None:
        """Notes that are placed on the timeline."""
        kept = self._notes[source][voice]
        kept.extend(notes)
        if kept:
            oldest = max(note.start_tick for note in kept) - KEPT_BARS * self._bars.meter.bar_ticks
            if kept[0].start_tick < oldest:
                kept[:] = [note for note in kept if note.start_tick >= oldest]

    def drop_from(self, source: str, tick: int, voice: int | None = None) -> None:
        """What was to begin at `tick` or later is not played after all."""
        for number, notes in self._notes[source].items():
            if voice is None or number == voice:
                notes[:] = [note for note in notes if note.start_tick < tick]

    def forget(self, source: str) -> None:
        """The part is gone."""
        self._notes.pop(source, None)

    def last_bars(self, source: str, now_tick: int, bars: int = 2) -> tuple[Phrase, ...]:
        """The last bars with notes of a source, from a bar line on at tick 0: a phrase a voice.

        The bar that is going on counts from its middle on; before that the whole bars before it are meant. Empty
        phrases where nothing was played.
        """
        voices = self._notes.get(source, {})
        begun = [note for note in chain(*voices.values()) if note.start_tick < now_tick]
        bar, origin = self._bars.meter.bar_ticks, self._bars.origin_tick
        if not begun:
            return tuple(Phrase(meter=self._bars.meter, length_ticks=bars * bar) for _ in range(max(1, len(voices))))
        last = max(note.start_tick for note in begun) - origin
        end_bar = min(last // bar + 1, (now_tick - origin + bar // 2) // bar)
        start = origin + max(end_bar - bars, _first_bar(begun, origin, bar)) * bar
        return tuple(_cut(notes, start, start + bars * bar, self._bars) for _, notes in sorted(voices.items()))


def _first_bar(notes: list[Note], origin: int, bar: int) -> int:
    return (min(note.start_tick for note in notes) - origin) // bar


def _cut(notes: list[Note], start: int, end: int, bars: BarLines) -> Phrase:
    inside = (
        Note(note.start_tick - start, note.pitch, min(note.duration_ticks, end - note.start_tick), note.velocity)
        for note in notes
        if start <= note.start_tick < end
    )
    return Phrase.of(inside, meter=bars.meter, length_ticks=end - start)
