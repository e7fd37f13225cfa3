"""Two timelines in one: what is placed in the song waits while the transport stands; what is placed aside never does.

A key that both have sounding gets a note-off from each, so none hangs. No thread, no I/O, no clock.
"""

from realtime.messages import ASIDE, Chunk
from realtime.player.timeline import Event, Timeline


class Timelines:
    """See `Timeline`; parts whose names begin with `ASIDE` have one of their own."""

    def __init__(self) -> None:
        self._song, self._aside = self._both = Timeline(), Timeline()

    @property
    def refused_notes(self) -> int:
        """Stale or invalid ones."""
        return sum(each.refused_notes for each in self._both)

    @property
    def doubled_notes(self) -> int:
        """Notes for a pitch that was struck at the same tick."""
        return sum(each.doubled_notes for each in self._both)

    @property
    def overflow(self) -> int:
        """Notes that found no room."""
        return sum(each.overflow for each in self._both)

    @property
    def late_ons_dropped(self) -> int:
        """Notes that came far too late."""
        return sum(each.late_ons_dropped for each in self._both)

    def accept(self, chunk: Chunk) -> bool:
        """Place a chunk's notes; False if it is refused."""
        return self._of(chunk.part).accept(chunk)

    def refuse(self, chunk: Chunk) -> None:
        """Count the notes of a chunk that comes at the wrong time."""
        self._song.refuse(chunk)

    def cut(self, part: str, generation: int, tick: int) -> list[Event]:
        """Drop the part's unsent notes and return note-offs of its sounding ones."""
        return self._of(part).cut(part, generation, tick)

    def thru(self, data: bytes, tick: int, port: str = "") -> list[Event]:
        """What to send now for a message of the musician."""
        return self._song.thru(data, tick, port)

    def next_tick(self, *, playing: bool) -> int | None:
        """Tick of the next event; the song's are none while it stands."""
        ticks = (self._aside.next_tick(), self._song.next_tick() if playing else None)
        return min((tick for tick in ticks if tick is not None), default=None)

    def pop_due(self, up_to_tick: int, drop_before_tick: int, *, playing: bool) -> list[Event]:
        """Events up to a tick, in order of each timeline."""
        events = self._song.pop_due(up_to_tick, drop_before_tick) if playing else []
        return sorted([*events, *self._aside.pop_due(up_to_tick, drop_before_tick)], key=lambda event: event.tick)

    def release(self, tick: int, part: str | None = None, port: str | None = None) -> list[Event]:
        """Note-offs for all that sounds (of one part, on one port); unsent notes stay."""
        return [event for each in self._both for event in each.release(tick, part, port)]

    def clear_parts(self, tick: int) -> list[Event]:
        """Drop all unsent notes of all parts and return note-offs for what they sound."""
        return [event for each in self._both for event in each.clear_parts(tick)]

    def panic(self, tick: int) -> list[Event]:
        """Drop all unsent notes of all parts and return note-offs for all that sounds."""
        return [event for each in self._both for event in each.panic(tick)]

    def _of(self, part: str) -> Timeline:
        return self._aside if part.startswith(ASIDE) else self._song
