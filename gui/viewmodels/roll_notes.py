"""The notes of all sources as the player has them, by its own rules of replacing and ending. Pure: no Qt, no clock.

A part's voices are parts of their own to the player ("quartet/2"); on screen they are one source. What has changed is
told as "from this tick on, the notes of this source are exactly these".
"""

from bisect import bisect_left, insort
from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Final

from realtime.messages import Chunk, ChunkNote, Cut
from realtime.music.note import Note

PLAYED: Final = "played"  # the source that the musician is
MAX_NOTES: Final = 5_000  # of all sources; the oldest go first
REACH: Final = 64  # how many notes back one may begin that still sounds
SPARE_NOTES: Final = 500  # how many go at a time
GROWTH: Final = 60  # ticks by which a held note grows: each step is painted anew, and a frame is less
NOTE_ON, NOTE_OFF = 0x90, 0x80
FAR: Final = 1 << 40
_start = attrgetter("start_tick")


@dataclass(slots=True)
class _Voice:
    """One voice of a part. Notes by start; each as long as it was meant, however it ended."""

    generation: int | None = None
    is_monophonic: bool = False
    notes: list[Note] = field(default_factory=list)

    def index(self, tick: int) -> int:
        """Of the first note that begins at `tick` or later."""
        return bisect_left(self.notes, tick, key=_start)

    def add(self, note: Note) -> bool:
        """Keep a note; False for a second one of the same pitch and start, which the player refuses."""
        struck = self.notes[self.index(note.start_tick) : self.index(note.start_tick + 1)]
        if any(other.pitch == note.pitch for other in struck):
            return False
        insort(self.notes, note, key=_start)
        return True

    def drop(self, from_tick: int) -> int | None:
        """Forget notes that begin at `from_tick` or later; the start of the first of them."""
        first = self.index(from_tick)
        gone = self.notes[first:]
        del self.notes[first:]
        return gone[0].start_tick if gone else None

    def heard(self, from_tick: int) -> list[Note]:
        """Notes that begin at `from_tick` or later, each as long as it sounds: until the next one that ends it."""
        ends: dict[int, int] = {}  # pitch -> start of the next note that ends it
        found: list[Note] = []
        following = after = FAR  # starts of the next note, and of the next one that begins later than it
        for note in reversed(self.notes[self.index(from_tick) :]):
            if note.start_tick < following:
                following, after = note.start_tick, following
            end = min(note.end_tick, ends.get(note.pitch, FAR), after if self.is_monophonic else FAR)
            ends[note.pitch] = note.start_tick
            if end > note.start_tick:
                found.append(Note(note.start_tick, note.pitch, end - note.start_tick, note.velocity))
        found.reverse()
        return found

    def first_reaching(self, tick: int) -> int:
        """Where notes begin that may sound at `tick`; `tick` if none do."""
        first = self.index(tick)
        return next(
            (note.start_tick for note in self.notes[max(0, first - REACH) : first] if note.end_tick > tick), tick
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What has become of the notes since the last time."""

    notes: Mapping[str, tuple[int, list[Note]]]  # source -> tick, and its notes from there on
    forget_before: int | None = None  # all sources: what ended before it is not remembered any more


class RollNotes:
    """All that was placed and played, and what the player has made of it."""

    def __init__(self) -> None:
        self._voices: dict[str, _Voice] = {}
        self._held: dict[tuple[int, int], tuple[int, int]] = {}  # channel, pitch -> start, velocity
        self._grown_to = 0  # how far held notes were shown last
        self._dirty: dict[str, int] = {}  # source -> from which tick on
        self._forget_before: int | None = None
        self._epoch, self._is_playing = 0, True

    def __len__(self) -> int:
        return sum(len(voice.notes) for voice in self._voices.values())

    @property
    def held(self) -> frozenset[int]:
        """The pitches that the musician holds."""
        return frozenset(pitch for _, pitch in self._held)

    # --- what the engine tells, and when -------------------------------------------------------------------

    def place(self, chunk: Chunk, now: int) -> None:
        """Notes of a part. A newer generation replaces what has not been sent from the chunk's start on."""
        voice = self._voices.setdefault(chunk.part, _Voice())
        if self._is_of_another_time(chunk) or (voice.generation is not None and chunk.generation < voice.generation):
            return
        if voice.generation is not None and chunk.generation > voice.generation:
            self._drop(chunk.part, voice, max(chunk.start_tick, now + 1))
        voice.generation, voice.is_monophonic = chunk.generation, chunk.monophonic
        for note in filter(None, map(_note_of, chunk.notes)):
            if voice.add(note):
                self._touch(chunk.part, voice.first_reaching(note.start_tick))
        self._bound()

    def cut(self, cut: Cut, now: int) -> None:
        """End a part: what has not been sent is dropped, what sounds ends now."""
        voice = self._voices.setdefault(cut.part, _Voice())
        voice.generation = cut.generation if voice.generation is None else max(cut.generation, voice.generation)
        self._end(cut.part, voice, now)

    def play(self, data: bytes, tick: int) -> None:
        """A channel message of the musician."""
        kind, key = data[0] & 0xF0, (data[0] & 0x0F, data[1] if len(data) > 1 else 0)
        if kind in (NOTE_ON, NOTE_OFF) and key in self._held:
            self._let_go(key, tick)
        if kind == NOTE_ON and len(data) == 3 and data[2]:
            self._held[key] = tick, data[2]
            self._touch(PLAYED, tick)

    def transport(self, *, playing: bool, tick: int, epoch: int, now: int) -> None:
        """The timeline plays or stands; with another epoch what was placed is void, and from `tick` on ticks come
        again."""
        is_another = self._epoch not in (0, epoch)
        stops = self._is_playing and not playing
        self._epoch, self._is_playing = epoch, playing
        if is_another or stops:
            for key in list(self._held):
                self._let_go(key, now)
        if is_another:
            for name, voice in self._voices.items():
                self._end(name, voice, now)
                self._drop(name, voice, tick)
                self._trim(name, voice, tick)

    def forget(self) -> None:
        """Another player: its timeline and its generations begin anew."""
        for name in self._voices:
            self._touch(name, -FAR)
        self._voices.clear()
        self._held.clear()
        self._epoch, self._is_playing = 0, True

    # --- what is to be shown -------------------------------------------------------------------------------

    def changes(self, now: int) -> Changes:
        """What has changed since the last call; notes that are held reach to now, or a little farther."""
        grown_to = (now // GROWTH + 1) * GROWTH
        is_grown, self._grown_to = grown_to != self._grown_to, grown_to
        dirty, self._dirty = self._dirty, {}
        if self._held and self._is_playing and is_grown:
            first = min(start for start, _ in self._held.values())
            dirty[PLAYED] = min(first, dirty.get(PLAYED, first))
        before, self._forget_before = self._forget_before, None
        notes = {name: (tick, self._from(name, tick)) for name, tick in dirty.items()}
        return Changes(notes=notes, forget_before=before)

    def sounding(self, now: int) -> dict[int, str]:
        """Pitch -> source, of what sounds at `now`; the musician's own come last, so that they are seen."""
        found: dict[int, str] = {}
        for name, voice in self._voices.items():
            if self._is_playing and name != PLAYED:
                for note in voice.heard(voice.first_reaching(now + 1)):
                    if note.start_tick <= now < note.end_tick:
                        found[note.pitch] = _source(name)
        return found | dict.fromkeys(self.held, PLAYED)

    # --- inside --------------------------------------------------------------------------------------------

    def _from(self, source: str, tick: int) -> list[Note]:
        notes = [note for name, voice in self._voices.items() if _source(name) == source for note in voice.heard(tick)]
        if source == PLAYED and self._is_playing:
            notes += [
                Note(start, pitch, max(1, self._grown_to - start), velocity)
                for (_, pitch), (start, velocity) in self._held.items()
                if start >= tick
            ]
        return sorted(notes)

    def _is_of_another_time(self, chunk: Chunk) -> bool:
        return chunk.epoch != self._epoch if chunk.epoch and self._epoch else not self._is_playing

    def _let_go(self, key: tuple[int, int], tick: int) -> None:
        start, velocity = self._held.pop(key)
        if self._is_playing and tick > start:
            voice = self._voices.setdefault(PLAYED, _Voice())
            insort(voice.notes, Note(start, key[1], tick - start, velocity), key=_start)
        self._touch(PLAYED, start)
        self._bound()

    def _drop(self, name: str, voice: _Voice, from_tick: int) -> None:
        dropped = voice.drop(from_tick)
        if dropped is not None:
            self._touch(name, voice.first_reaching(dropped))

    def _end(self, name: str, voice: _Voice, now: int) -> None:
        """Nothing begins after `now`, and nothing sounds on."""
        self._drop(name, voice, now + 1)
        self._trim(name, voice, now)

    def _trim(self, name: str, voice: _Voice, tick: int) -> None:
        """Nothing sounds beyond `tick`."""
        first = voice.index(voice.first_reaching(tick))
        for i in range(first, len(voice.notes)):
            note = voice.notes[i]
            if note.end_tick > tick:
                self._touch(name, note.start_tick)
                voice.notes[i] = Note(note.start_tick, note.pitch, max(1, tick - note.start_tick), note.velocity)

    def _touch(self, name: str, tick: int) -> None:
        source = _source(name)
        self._dirty[source] = min(tick, self._dirty.get(source, tick))

    def _bound(self) -> None:
        if len(self) <= MAX_NOTES:
            return
        starts = sorted(note.start_tick for voice in self._voices.values() for note in voice.notes)
        before = starts[len(starts) - MAX_NOTES + SPARE_NOTES]
        for voice in self._voices.values():
            voice.notes[:] = [note for note in voice.notes if note.start_tick >= before]
        self._forget_before = before


def _source(name: str) -> str:
    return name.partition("/")[0]


def _note_of(note: ChunkNote) -> Note | None:
    """None for one that the player would refuse."""
    try:
        return Note(note.start_tick, note.pitch, note.duration_ticks, note.velocity)
    except ValueError:
        return None
