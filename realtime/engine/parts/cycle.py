"""When which notes of a part that plays in cycles go out. Pure: ticks in, notes out; no thread, no clock.

Ticks here count from a bar line. Notes go out a beat at a time, some beats ahead of the clock; a change replaces what
has gone out from the next point of a grid on, and the place in the cycle never jumps.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from realtime.engine.parts.material import Material
from realtime.music.note import Note
from realtime.music.units import PPQ, Meter

REPEAT, REST = "repeat", "rest"  # what a part does whose next material is not there in time


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """Notes of one beat by voice; the last beat of a bar may be a short one.

    `replaces_from`: unsent notes from this tick on are void (None: none are)."""

    voices: tuple[tuple[Note, ...], ...]
    start_tick: int
    replaces_from: int | None = None


class Cycle:
    """The running cycle: which material it plays, how far its notes have gone out."""

    def __init__(
        self, start_tick: int, material: Material, *, on_miss: str = REPEAT, bar_ticks: int = Meter().bar_ticks
    ) -> None:
        self._start_tick = start_tick
        self._current: Material | None = material
        self._next: Material | None = None
        self._on_miss, self._bar_ticks = on_miss, bar_ticks
        self._number = 0  # of the cycle that was begun last
        self._length = material.length_ticks
        self.sent_until_tick = start_tick
        self.expects_next = False  # whether each cycle is to have new material
        self.missed = 0

    @property
    def number(self) -> int:
        """How many cycles have gone out, with the one that is going out."""
        return self._number

    @property
    def current(self) -> Material | None:
        """What goes out now; None while resting after a miss."""
        return self._current

    def place_tick(self, tick: int) -> int:
        """How far into its cycle the part is at `tick`."""
        return (tick - self._start_tick) % self._length

    def join_at(self, tick: int) -> None:
        """Leave out the beats that would have begun before `tick`."""
        while self.sent_until_tick < tick:
            self.sent_until_tick += self._beat_ticks(self.sent_until_tick)

    def offer_next(self, material: Material) -> None:
        """What to play from the next cycle on."""
        self._next = material

    def advance(self, until_tick: int) -> Iterator[Slice]:
        """The beats that begin before `until_tick` and have not gone out yet."""
        while self.sent_until_tick < until_tick:
            tick = self.sent_until_tick
            if (tick - self._start_tick) % self._length == 0 and tick > self._start_tick:
                self._turn_over()
            yield Slice(voices=self._beat(tick), start_tick=tick)
            self.sent_until_tick = tick + self._beat_ticks(tick)

    def change(self, material: Material, from_tick: int) -> Iterator[Slice]:
        """Other material from `from_tick` on: the beats that have gone out so far, as they are now."""
        self._current, self._next = material, None
        beat = from_tick - self.place_tick(from_tick) % self._bar_ticks % PPQ
        replaces: int | None = from_tick
        while beat < self.sent_until_tick:
            yield Slice(voices=self._beat(beat), start_tick=beat, replaces_from=replaces)
            beat, replaces = beat + self._beat_ticks(beat), None
        if replaces is not None and self.sent_until_tick <= from_tick:
            yield Slice(voices=tuple(() for _ in material.voices), start_tick=from_tick, replaces_from=from_tick)

    def again(self, from_tick: int) -> Iterator[Slice]:
        """The same material once more from `from_tick` on: after a mute, or when what shapes its notes has changed."""
        if self._current is None:
            return iter(())
        pending = self._next
        slices = list(self.change(self._current, from_tick))
        self._next = pending
        return iter(slices)

    def _turn_over(self) -> None:
        self._number += 1
        if self._next is not None:
            self._current, self._next = self._next, None
        elif self.expects_next:
            self.missed += 1
            if self._on_miss == REST:
                self._current = None

    def _beat_ticks(self, tick: int) -> int:
        """Length of the beat that begins at `tick`: beats are counted from each bar of the cycle."""
        place = self.place_tick(tick)
        return min(PPQ, self._bar_ticks - place % self._bar_ticks, self._length - place)

    def _beat(self, tick: int) -> tuple[tuple[Note, ...], ...]:
        if self._current is None:
            return ()
        place = self.place_tick(tick)
        end = place + self._beat_ticks(tick)
        return tuple(
            tuple(note.shifted(tick - place) for note in voice.notes if place <= note.start_tick < end)
            for voice in self._current.voices
        )
