"""What is to be played and what sounds now: integer ticks, no thread, no I/O, no clock.

Every note-on that leaves `pop_due` or `thru` gets exactly one note-off. A note-off enters the heap when its
note-on leaves it, so a dropped or replaced note never has one. A sounding (port, channel, pitch) has one owner; a
note-off in the heap carries the number of its note and is void once another note has taken the pitch.
"""

import heapq
from dataclasses import dataclass
from typing import Final

from realtime.messages import MAX_CHUNK_NOTES, Chunk, ChunkNote
from realtime.music.units import PPQ
from realtime.player.midi_bytes import channel_of, is_note_off, is_note_on, note_off, note_on

THRU: Final = "thru"  # owner of the notes that the musician holds through MIDI thru
MAX_UNSENT_NOTES: Final = 8192
MAX_PARTS: Final = 64
MAX_NOTE_TICKS: Final = 256 * PPQ  # 64 bars of 4/4: a longer note is a hung one
MAX_TICK: Final = 1 << 40  # exact in a float, and some 36,000 years away
_OFF, _ON = 0, 1  # order within a tick

Key = tuple[str, int, int]  # port, channel, pitch


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A channel message that is due at `tick`, and whose it is."""

    tick: int
    part: str
    generation: int
    data: bytes
    port: str = ""


@dataclass(frozen=True, slots=True)
class _Note:
    """A note of a part that has not been sent yet."""

    part: str
    generation: int
    channel: int
    note: ChunkNote
    monophonic: bool
    port: str

    @property
    def key(self) -> Key:
        return self.port, self.channel, self.note.pitch


@dataclass(frozen=True, slots=True)
class _Sounding:
    """The owner of a pitch that sounds."""

    number: int
    tick: int
    part: str
    generation: int


class Timeline:
    """Placed notes of all parts, popped in order of their ticks."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, int, Key]] = []  # tick, _OFF or _ON, note number, key
        self._unsent: dict[int, _Note] = {}
        self._unsent_of: dict[str, set[int]] = {}
        self._generations: dict[str, int] = {}
        self._sounding: dict[Key, _Sounding] = {}
        self._number = 0
        self.refused_notes = 0
        self.doubled_notes = 0
        self.overflow = 0
        self.late_ons_dropped = 0

    @property
    def sounding(self) -> dict[Key, str]:
        """Owner of each sounding (port, channel, pitch)."""
        return {key: held.part for key, held in self._sounding.items()}

    @property
    def unsent_count(self) -> int:
        """Notes that wait to be sent."""
        return len(self._unsent)

    # --- work comes in --------------------------------------------------------------------------------

    def accept(self, chunk: Chunk) -> bool:
        """Place a chunk's notes; a newer generation first replaces unsent notes from its start tick on.

        False: refused, as stale or as one part too many.
        """
        newest = self._generations.get(chunk.part)
        room_for_part = newest is not None or len(self._generations) < MAX_PARTS or self._forget_one()
        stale = newest is not None and chunk.generation < newest
        if stale or chunk.part == THRU or not room_for_part:
            self.refuse(chunk)
            return False
        if newest is not None and chunk.generation > newest:
            self._drop_unsent(chunk.part, chunk.start_tick)
        self._generations[chunk.part] = chunk.generation
        room = max(0, min(MAX_CHUNK_NOTES, MAX_UNSENT_NOTES - len(self._unsent)))
        self.overflow += max(0, len(chunk.notes) - room)
        for note in chunk.notes[:room]:
            if _is_valid(chunk.channel, note):
                self._place(_Note(chunk.part, chunk.generation, chunk.channel, note, chunk.monophonic, chunk.port))
            else:
                self.refused_notes += 1
        return True

    def refuse(self, chunk: Chunk) -> None:
        """Count the notes of a chunk that comes too late or at the wrong time."""
        self.refused_notes += len(chunk.notes)

    def cut(self, part: str, generation: int, tick: int) -> list[Event]:
        """Drop the part's unsent notes and return note-offs of its sounding ones; from now on generations
        below `generation` are refused."""
        if part != THRU and (part in self._generations or len(self._generations) < MAX_PARTS):
            self._generations[part] = max(generation, self._generations.get(part, generation))
        self._drop_unsent(part, -MAX_TICK)
        return self.release(tick, part)

    def thru(self, data: bytes, tick: int, port: str = "") -> list[Event]:
        """What to send now for a message of the musician: the same bytes, tracked as sounding.

        A note-off for a pitch that thru does not hold is swallowed: it would cut a part's note.
        """
        event = Event(tick=tick, part=THRU, generation=0, data=data, port=port)
        key = (port, channel_of(data), data[1])
        if is_note_on(data):
            struck = [self._end(key, tick)] if key in self._sounding else []
            self._begin(key, tick, THRU, 0)
            return [*struck, event]
        if is_note_off(data):
            held = self._sounding.get(key)
            if held is None or held.part != THRU:
                return []
            del self._sounding[key]
        return [event]

    # --- events go out --------------------------------------------------------------------------------

    def next_tick(self) -> int | None:
        """Tick of the next event, None when nothing waits."""
        while self._heap and not self._is_live(self._heap[0]):
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def pop_due(self, up_to_tick: int, drop_before_tick: int) -> list[Event]:
        """Events with tick <= `up_to_tick` in order; within a tick offs come before ons.

        Note-ons before `drop_before_tick` are too late: dropped and counted. Note-offs never are.
        """
        events: list[Event] = []
        while (tick := self.next_tick()) is not None and tick <= up_to_tick:
            events += self._pop_tick(tick, drop_before_tick)
        return events

    def release(self, tick: int, part: str | None = None, port: str | None = None) -> list[Event]:
        """Note-offs for all that sounds (of one part, on one port); unsent notes stay."""
        keys = [
            key
            for key, held in self._sounding.items()
            if (part is None or held.part == part) and (port is None or key[0] == port)
        ]
        return [self._end(key, tick) for key in keys]

    def clear_parts(self, tick: int) -> list[Event]:
        """Drop all unsent notes of all parts and return note-offs for what they sound; keys held through thru go on."""
        for part in list(self._unsent_of):
            self._drop_unsent(part, -MAX_TICK)
        parts = dict.fromkeys(held.part for held in self._sounding.values() if held.part != THRU)
        return [event for part in parts for event in self.release(tick, part)]

    def panic(self, tick: int) -> list[Event]:
        """Drop all unsent notes of all parts and return note-offs for all that sounds."""
        return self.clear_parts(tick) + self.release(tick)

    # --- inside ---------------------------------------------------------------------------------------

    def _pop_tick(self, tick: int, drop_before_tick: int) -> list[Event]:
        offs: list[Event] = []
        ons: list[Event] = []
        while self._heap and self._heap[0][0] == tick:
            entry = heapq.heappop(self._heap)
            _, kind, number, key = entry
            if not self._is_live(entry):
                continue
            if kind == _OFF:
                offs.append(self._end(key, tick))
                continue
            unsent = self._forget_unsent(number)
            held = self._sounding.get(key)
            if tick < drop_before_tick:
                self.late_ons_dropped += 1
            elif held is not None and held.tick == tick:
                self.doubled_notes += 1  # the pitch was struck at this very tick
            else:
                offs += self._make_way(unsent, key, tick)
                ons.append(self._strike(unsent))
        return offs + ons

    def _make_way(self, unsent: _Note, key: Key, tick: int) -> list[Event]:
        """Note-offs before a note-on: of the same pitch, and of all else of a part that is monophonic."""
        ending = [key] if key in self._sounding else []
        if unsent.monophonic:
            ending += [
                other
                for other, held in self._sounding.items()
                if other != key and held.part == unsent.part and held.tick < tick
            ]
        return [self._end(each, tick) for each in ending]

    def _place(self, unsent: _Note) -> None:
        self._number += 1
        self._unsent[self._number] = unsent
        self._unsent_of.setdefault(unsent.part, set()).add(self._number)
        heapq.heappush(self._heap, (unsent.note.start_tick, _ON, self._number, unsent.key))

    def _strike(self, unsent: _Note) -> Event:
        note, key = unsent.note, unsent.key
        number = self._begin(key, note.start_tick, unsent.part, unsent.generation)
        heapq.heappush(self._heap, (note.start_tick + note.duration_ticks, _OFF, number, key))
        data = note_on(unsent.channel, note.pitch, note.velocity)
        return Event(tick=note.start_tick, part=unsent.part, generation=unsent.generation, data=data, port=unsent.port)

    def _begin(self, key: Key, tick: int, part: str, generation: int) -> int:
        self._number += 1
        self._sounding[key] = _Sounding(self._number, tick, part, generation)
        return self._number

    def _end(self, key: Key, tick: int) -> Event:
        held = self._sounding.pop(key)
        port, channel, pitch = key
        return Event(tick=tick, part=held.part, generation=held.generation, data=note_off(channel, pitch), port=port)

    def _is_live(self, entry: tuple[int, int, int, Key]) -> bool:
        _, kind, number, key = entry
        if kind == _ON:
            return number in self._unsent
        held = self._sounding.get(key)
        return held is not None and held.number == number

    def _forget_unsent(self, number: int) -> _Note:
        unsent = self._unsent.pop(number)
        self._unsent_of[unsent.part].discard(number)
        return unsent

    def _forget_one(self) -> bool:
        """Make room for another part: one that waits for nothing and sounds nothing may be gone long since."""
        busy = {held.part for held in self._sounding.values()}
        busy |= {part for part, unsent in self._unsent_of.items() if unsent}
        idle = next((part for part in self._generations if part not in busy), None)
        if idle is not None:
            del self._generations[idle]
            self._unsent_of.pop(idle, None)
        return idle is not None

    def _drop_unsent(self, part: str, from_tick: int) -> None:
        for number in list(self._unsent_of.get(part, ())):
            if self._unsent[number].note.start_tick >= from_tick:
                self._forget_unsent(number)
        # Dropped notes stay in the heap until they come up; rebuild it before they outweigh the rest.
        if len(self._heap) > 2 * (len(self._unsent) + len(self._sounding)) + 1024:
            self._heap = [entry for entry in self._heap if self._is_live(entry)]
            heapq.heapify(self._heap)


def _is_valid(channel: int, note: ChunkNote) -> bool:
    return (
        0 <= channel <= 15
        and 0 <= note.pitch <= 127
        and 1 <= note.velocity <= 127
        and 1 <= note.duration_ticks <= MAX_NOTE_TICKS
        and -MAX_TICK <= note.start_tick <= MAX_TICK
    )
