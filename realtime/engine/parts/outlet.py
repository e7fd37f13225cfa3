"""A part's way to the player: what shapes its notes, where they go, what of them has gone out.

Notes come in on a voice's own timeline of bars; out go chunks on the player's timeline.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from realtime.engine.bar_buffer import BarBuffer
from realtime.engine.bar_lines import BarLines
from realtime.messages import Chunk, ChunkNote, Cut, Message, Program, Way
from realtime.music.note import Note
from realtime.post.chain import PostChain
from realtime.post.density import in_beats


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where a part's notes go."""

    channels: tuple[int, ...] = (0,)  # 0..15, one a voice; the last one serves the voices left over
    port: str = ""  # name of an output of its own; empty: Hocket's common one
    bank: int = 0  # 0..16383, sent with a program only
    program: int = 0  # 1..128; 0: whatever the channels sound like

    def channel(self, voice: int) -> int:
        """The channel of a voice."""
        return self.channels[min(voice, len(self.channels) - 1)]


@dataclass(frozen=True, slots=True)
class _Placed:
    """A note before and after the post chain, both from the bar line."""

    nominal_tick: int
    note: Note


class Outlet:
    """Sends a part's notes. Main thread only, but for `stream`.

    Every voice is a part of its own to the player, so that the release of one never cuts another.
    """

    def __init__(
        self,
        name: str,
        voices: int,
        *,
        bars: BarLines,
        buffer: BarBuffer,
        send: Callable[[Message], object],
        monophonic: bool,
        route: Route | None = None,
        generation: int = 0,
    ) -> None:
        self._name, self._bars, self._buffer, self._send = name, bars, buffer, send
        self._monophonic = monophonic
        self._placed: list[list[_Placed]] = [[] for _ in range(voices)]
        self._generation = generation
        self._route = route or Route()
        self.chain = PostChain()
        self.silent_voices: frozenset[int] = frozenset()  # muted; their time goes on

    @property
    def generation(self) -> int:
        """Number of the work that is valid now."""
        return self._generation

    @property
    def voices(self) -> int:
        """How many voices there are."""
        return len(self._placed)

    @property
    def last_channel(self) -> int:
        """Of its last voice, 1..16."""
        return 1 + self._route.channel(self.voices - 1)

    def part_id(self, voice: int) -> str:
        """The name by which the player knows a voice."""
        return self._name if len(self._placed) == 1 else f"{self._name}/{voice + 1}"

    @property
    def route(self) -> Route:
        """Where the notes go."""
        return self._route

    @property
    def ways(self) -> tuple[Way, ...]:
        """The channels that the voices go to, each once."""
        channels = dict.fromkeys(map(self._route.channel, range(self.voices)))
        return tuple(Way(self._route.port, channel) for channel in channels)

    def set_route(self, route: Route) -> bool:
        """Send the notes elsewhere, or with another sound, from now on. Whether they go elsewhere: then what was sent
        is void, and what sounds is released first."""
        old, ways = self._route, self.ways
        self._route = route
        is_elsewhere = self.ways != ways
        if is_elsewhere:
            self.cut()
        if route != old:
            self.introduce()
        return is_elsewhere

    def introduce(self) -> None:
        """Tell the player what the voices sound like."""
        for voice in range(self.voices):
            self._send(self._sound(voice, self._route.program))

    def close(self) -> None:
        """Nothing more of what was sent; its channels sound like anything."""
        self.cut()
        for voice in range(self.voices):
            self._send(self._sound(voice, program=0))

    def _sound(self, voice: int, program: int) -> Program:
        route = self._route
        return Program(self.part_id(voice), route.port, route.channel(voice), route.bank, program)

    def send_beat(self, voices: Sequence[Sequence[Note]]) -> None:
        """The notes of one whole beat, a sequence a voice."""
        for voice, notes in enumerate(voices):
            if notes and voice not in self.silent_voices:
                placed = self._shaped(notes)
                self._placed[voice] = [*self._recent(voice), *placed]
                self._put(voice, [p.note for p in placed])

    def replace_beat(self, voices: Sequence[Sequence[Note]], from_tick: int) -> None:
        """From `from_tick` on all that has not been sent is void; of this beat, the notes from there on go out instead.

        Of the work before only what the post chain had delayed past that point stays; what it would move ahead of it
        waits for it.
        """
        self._generation += 1
        for voice in range(len(self._placed)):
            kept = [p for p in self._placed[voice] if p.nominal_tick < from_tick]
            beat = self._shaped(voices[voice]) if voice < len(voices) and voice not in self.silent_voices else []
            new = [_not_before(p, from_tick) for p in beat if p.nominal_tick >= from_tick]
            late = [p for p in kept if p.note.start_tick >= from_tick]
            self._placed[voice] = [*kept, *new]
            self._buffer.drop_from(self._name, self._bars.origin_tick + from_tick, voice)
            self._put(voice, [p.note for p in (*late, *new)], from_tick=from_tick)

    def next_generation(self) -> int:
        """Work of the generation before is void from its first note on."""
        self._generation += 1
        return self._generation

    def in_batches(self, notes: Iterable[Note]) -> Iterator[list[Note]]:
        """Any thread: notes that count from a bar line, as `stream` is to get them: each by itself, or, where the chain
        has to see them, whole beats."""
        if self.chain.needs_beats:
            return in_beats(notes, self._bars.meter)
        return ([note] for note in notes)

    def stream(self, generation: int, notes: Sequence[Note]) -> list[Note]:
        """Any thread: one batch on the timeline, of a part with one voice; returns what was sent of it."""
        if 0 in self.silent_voices:
            return []
        origin = self._bars.origin_tick
        nominal = [note.shifted(-origin) for note in notes]
        shaped = [note.shifted(origin) for note in self.chain.apply(nominal, self._bars.meter)]
        for each in shaped:
            self._send(self._chunk(0, generation, each.start_tick, [each]))
        return shaped

    def release(self) -> None:
        """End what sounds and what was sent, but let the work of this generation go on."""
        for voice in range(len(self._placed)):
            self._send(Cut(self.part_id(voice), self._generation))

    def silence(self, voices: frozenset[int]) -> bool:
        """These voices send nothing from now on, all others do: what they sound ends, what was sent of them is void.
        Whether a voice is heard again."""
        is_back = bool(self.silent_voices - voices)
        for voice in voices - self.silent_voices:
            self._placed[voice].clear()
            self._send(Cut(self.part_id(voice), self._generation))
        self.silent_voices = voices
        return is_back

    def cut(self) -> None:
        """Nothing more of what was sent, and release what sounds."""
        self._generation += 1
        for voice, placed in enumerate(self._placed):
            placed.clear()
            self._send(Cut(self.part_id(voice), self._generation))

    def _shaped(self, notes: Sequence[Note]) -> list[_Placed]:
        """In the chain's own order: the chain may leave notes out, so each is shaped knowing where it came from."""
        return [_Placed(nominal, note) for nominal, note in self.chain.apply_placed(notes, self._bars.meter)]

    def _recent(self, voice: int) -> list[_Placed]:
        """What may still be replaced: the last bars'."""
        placed = self._placed[voice]
        oldest = (placed[-1].nominal_tick if placed else 0) - 4 * self._bars.meter.bar_ticks
        return [p for p in placed if p.nominal_tick >= oldest]

    def _put(self, voice: int, notes: Iterable[Note], from_tick: int | None = None) -> None:
        origin = self._bars.origin_tick
        on_timeline = [note.shifted(origin) for note in notes]
        if from_tick is None and not on_timeline:
            return
        start = origin + from_tick if from_tick is not None else min(note.start_tick for note in on_timeline)
        self._buffer.add(self._name, on_timeline, voice)
        self._send(self._chunk(voice, self._generation, start, on_timeline))

    def _chunk(self, voice: int, generation: int, start_tick: int, notes: Iterable[Note]) -> Chunk:
        return Chunk(
            part=self.part_id(voice),
            generation=generation,
            channel=self._route.channel(voice),
            start_tick=start_tick,
            notes=tuple(ChunkNote(n.start_tick, n.pitch, n.duration_ticks, n.velocity) for n in notes),
            monophonic=self._monophonic,
            port=self._route.port,
        )


def _not_before(placed: _Placed, tick: int) -> _Placed:
    note = placed.note
    return placed if note.start_tick >= tick else replace(placed, note=replace(note, start_tick=tick))
