"""What was really sent and played, voice by voice, on the timeline: what takes are made of. Pure, no clock of its own.

It follows the messages to the player by the player's own rules, so that a note that was replaced, cut or muted before
it sounded is in no take.
"""

from dataclasses import dataclass, field, replace
from itertools import pairwise

import msgspec

from realtime.engine.bar_buffer import KEPT_BARS, PLAYED
from realtime.engine.bar_lines import BarLines
from realtime.engine.listener import NOTE_OFF, NOTE_ON
from realtime.messages import Chunk, ChunkNote, Cut, Played


@dataclass(slots=True)
class Voice:
    """A voice as the player knows it."""

    channel: int
    notes: list[ChunkNote] = field(default_factory=list)
    generation: int = 0
    monophonic: bool = False

    def cut(self, tick: int) -> None:
        """Nothing begins at `tick` or later, and what sounds then ends."""
        self.notes = [_ended(note, tick) for note in self.notes if note.start_tick < tick]

    def between(self, start: int, end: int) -> tuple[ChunkNote, ...]:
        """The notes that begin in [start, end), from tick 0 on."""
        notes = sorted((note for note in self.notes if start <= note.start_tick < end), key=msgspec.structs.astuple)
        if self.monophonic:  # the next note ends the last
            next_ticks = dict(pairwise(sorted({note.start_tick for note in notes})))
            notes = [_ended(note, next_ticks.get(note.start_tick, end + note.duration_ticks)) for note in notes]
        return tuple(_moved(note, -start) for note in notes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A stretch of the timeline with the voices that have notes in it, by the player's names for them."""

    start_tick: int
    length_ticks: int
    voices: dict[str, tuple[int, tuple[ChunkNote, ...]]]  # channel, notes from tick 0 on


class Recorder:
    """The last bars, by the player's name of a voice: a part's, or "played/CHANNEL" for the musician."""

    def __init__(self, bars: BarLines) -> None:
        self._bars = bars
        self._voices: dict[str, Voice] = {}
        self._before: dict[str, Voice] = {}  # of the timeline before, until this one has notes
        self._before_tick = 0  # where that one ended
        self._held: dict[tuple[int, int], tuple[int, int]] = {}  # (channel, pitch) of the musician -> start, velocity

    def place(self, chunk: Chunk, now_tick: int) -> None:
        """Notes are placed; of a newer generation, instead of those that have not begun."""
        voice = self._voice(chunk.part, chunk.channel)
        if chunk.generation < voice.generation:
            return
        voice.channel, voice.monophonic = chunk.channel, chunk.monophonic
        if chunk.generation > voice.generation:
            first = max(chunk.start_tick, now_tick)
            voice.notes = [note for note in voice.notes if note.start_tick < first]
        voice.generation = chunk.generation
        voice.notes.extend(chunk.notes)
        self._prune(voice)

    def cut(self, cut: Cut, now_tick: int) -> None:
        """A voice ends now; what is older than the cut comes too late."""
        voice = self._voices.get(cut.part)
        if voice is not None:
            voice.cut(now_tick)
            voice.generation = max(voice.generation, cut.generation)

    def silence(self, now_tick: int) -> None:
        """All voices end now."""
        for voice in self._voices.values():
            voice.cut(now_tick)

    def play(self, played: Played) -> None:
        """A message of the musician."""
        kind, channel = played.data[0] & 0xF0, played.data[0] & 0x0F
        if kind not in (NOTE_ON, NOTE_OFF):
            return
        key = channel, played.data[1]
        if key in self._held:
            self._release(key, played.tick)
        if kind == NOTE_ON:
            self._held[key] = played.tick, played.data[2]

    def begin_again(self, now_tick: int) -> None:
        """The timeline ends at `now_tick` and another one begins; what there was stays until that one has notes."""
        self.silence(now_tick)
        for key in list(self._held):
            self._release(key, now_tick)
        if any(voice.notes for voice in self._voices.values()):
            self._before, self._voices, self._before_tick = self._voices, {}, now_tick

    def notes(self, voice: str, start: int, end: int) -> tuple[int, tuple[ChunkNote, ...]]:
        """Channel of a voice, and its notes that begin in [start, end), from tick 0 on."""
        found = self._voices.get(voice)
        return (found.channel, found.between(start, end)) if found else (0, ())

    def last_bars(self, source: str, now_tick: int, bars: int) -> Window | None:
        """The last bars in which something began, of one source or (empty) of all; None where nothing did.

        The newest bar counts as far as it has come; while it is less than half over, one bar before it comes along.
        """
        heard, now_tick = self._heard(now_tick)
        voices = {name: voice for name, voice in heard.items() if source in ("", name.split("/")[0])}
        begun = [note.start_tick for voice in voices.values() for note in voice.notes if note.start_tick < now_tick]
        if not begun:
            return None
        bar, origin = self._bars.meter.bar_ticks, self._bars.origin_tick
        newest, oldest = (max(begun) - origin) // bar, (min(begun) - origin) // bar
        is_young = now_tick - (origin + newest * bar) < bar // 2
        first = max(newest + 1 - min(KEPT_BARS, bars + is_young), oldest)
        start = origin + first * bar
        found = {name: (v.channel, v.between(start, now_tick)) for name, v in voices.items()}
        return Window(
            start_tick=start,
            length_ticks=(newest + 1 - first) * bar,
            voices={name: each for name, each in found.items() if each[1]},
        )

    def _heard(self, now_tick: int) -> tuple[dict[str, Voice], int]:
        """With the keys that are down, until now; or the timeline before and its end, if nothing has begun on this."""
        heard = {name: replace(voice, notes=list(voice.notes)) for name, voice in self._voices.items()}
        for (channel, pitch), (start, velocity) in self._held.items():
            note = ChunkNote(start, pitch, max(1, now_tick - start), velocity)
            heard.setdefault(_played(channel), Voice(channel)).notes.append(note)
        is_new = any(note.start_tick < now_tick for voice in heard.values() for note in voice.notes)
        return (heard, now_tick) if is_new else (self._before, self._before_tick)

    def _release(self, key: tuple[int, int], tick: int) -> None:
        (start, velocity), (channel, pitch) = self._held.pop(key), key
        voice = self._voice(_played(channel), channel)
        voice.notes.append(ChunkNote(start, pitch, max(1, tick - start), velocity))
        self._prune(voice)

    def _voice(self, name: str, channel: int) -> Voice:
        return self._voices.setdefault(name, Voice(channel))

    def _prune(self, voice: Voice) -> None:
        if voice.notes:
            oldest = voice.notes[-1].start_tick - (KEPT_BARS + 2) * self._bars.meter.bar_ticks
            if voice.notes[0].start_tick < oldest:
                voice.notes = [note for note in voice.notes if note.start_tick >= oldest]


def _played(channel: int) -> str:
    return f"{PLAYED}/{channel + 1}"


def _moved(note: ChunkNote, ticks: int) -> ChunkNote:
    return ChunkNote(note.start_tick + ticks, note.pitch, note.duration_ticks, note.velocity)


def _ended(note: ChunkNote, tick: int) -> ChunkNote:
    """The note, over at `tick` at the latest."""
    length = max(1, min(note.duration_ticks, tick - note.start_tick))
    return ChunkNote(note.start_tick, note.pitch, length, note.velocity)
