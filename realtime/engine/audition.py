"""A take that is listened to: it plays once, on its own channels, beside the parts. Main loop only.

It runs on the player's clock, which goes on while the transport stands, so a take can be heard then too.
"""

from collections import deque
from collections.abc import Callable
from typing import Final

from realtime.engine.parts.base import Stage
from realtime.engine.reports import Auditioned
from realtime.messages import ASIDE, Chunk, ChunkNote, Cut, Program
from realtime.music.units import PPQ
from realtime.takes.take import Take

AHEAD_TICKS: Final = 2 * PPQ  # notes are handed over so long before they are due


class Audition:
    """One take at a time. `clock_tick` is the player's clock, which runs on while the transport stands."""

    def __init__(self, stage: Stage, clock_tick: Callable[[], int]) -> None:
        self._stage, self._clock_tick = stage, clock_tick
        self._take: Take | None = None
        self._waiting: deque[tuple[int, ChunkNote]] = deque()  # voice, note on the timeline; by start
        self._end_tick = 0
        self._generation = 0

    def play(self, take: Take, *, on_beat: bool) -> None:
        """Begin on the next beat, or at once; a take that plays ends."""
        self.stop(tell=False)
        start = self._clock_tick() + self._stage.hand_over_ticks()
        start = self._stage.bars.next_tick(start, "beat") if on_beat else start
        self._take, self._end_tick = take, start + take.length_ticks
        self._generation += 1
        notes = [(voice, note) for voice, each in enumerate(take.voices) for note in each.notes]
        self._waiting.extend(
            (voice, ChunkNote(start + note.start_tick, note.pitch, note.duration_ticks, note.velocity))
            for voice, note in sorted(notes, key=lambda each: each[1].start_tick)
        )
        for voice, each in enumerate(take.voices):
            if each.program:
                self._stage.send(Program(_name(voice), "", each.channel, 0, each.program))
        self._stage.observe(Auditioned(take.id, start))
        self.passed()

    def stop(self, *, tell: bool = True) -> None:
        """Release it; nothing if none plays."""
        take, self._take = self._take, None
        self._waiting.clear()
        if take is None:
            return
        self._generation += 1
        for voice, each in enumerate(take.voices):
            self._stage.send(Cut(_name(voice), self._generation))
            if each.program:
                self._stage.send(Program(_name(voice), "", each.channel, 0, 0))
        if tell:
            self._stage.observe(Auditioned(""))

    def deadline_tick(self) -> int | None:
        """When `passed` is to be called at the latest, by the clock."""
        if self._take is None:
            return None
        return self._waiting[0][1].start_tick - AHEAD_TICKS if self._waiting else self._end_tick

    def passed(self) -> None:
        """Hand over what comes soon; the end comes by itself."""
        now = self._clock_tick()
        while self._waiting and self._waiting[0][1].start_tick <= now + AHEAD_TICKS:
            voice, note = self._waiting.popleft()
            self._send(voice, note)
        if self._take is not None and not self._waiting and now >= self._end_tick:
            self.stop()

    def _send(self, voice: int, note: ChunkNote) -> None:
        assert self._take is not None
        channel = self._take.voices[voice].channel
        self._stage.send(Chunk(_name(voice), self._generation, channel, note.start_tick, (note,)))


def _name(voice: int) -> str:
    return f"{ASIDE}{voice + 1}"
