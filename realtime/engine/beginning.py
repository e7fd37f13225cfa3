"""Where an answer begins: at the first place at which its first notes still reach the player in time. Pure.

A cache that has to be filled first, or a model that is slow today, makes an answer begin at the next point of its grid,
in time with the bars, and not a few milliseconds behind the point it was meant for.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final

from realtime.generators.base import GenerateRequest
from realtime.music.note import Note

NO_GRID_TICKS: Final = 1
SLOWER: Final = 2.0  # so much longer than the last try may the next one take

Batches = Iterator[list[Note]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """Stream an answer."""

    request: GenerateRequest  # in ticks from the origin
    origin_tick: int  # of the timeline
    seed: int
    generation: int
    grid_ticks: int = NO_GRID_TICKS  # distance of the points it may begin on
    keeps_end: bool = False  # what begins later ends no later
    delay_ticks: int = 0  # without a grid: all its notes come so much later
    judged_ns: int = 0  # when the phrase was judged ended

    @property
    def start_tick(self) -> int:
        """Of the timeline."""
        return self.origin_tick + self.delay_ticks + self.request.start_tick

    def on_timeline(self, notes: list[Note]) -> list[Note]:
        """The model's notes, where they are to sound."""
        return [note.shifted(self.origin_tick + self.delay_ticks) for note in notes]

    def not_before(self, tick: int) -> "Play":
        """The same from the first point of the grid on at or after `tick`."""
        later = -(-max(0, tick - self.start_tick) // self.grid_ticks) * self.grid_ticks
        length = max(0, self.request.length_ticks - later) if self.keeps_end else self.request.length_ticks
        return replace(
            self, request=replace(self.request, start_tick=self.request.start_tick + later, length_ticks=length)
        )

    def delayed_until(self, tick: int) -> "Play":
        """The same notes, later."""
        return replace(self, delay_ticks=self.delay_ticks + max(0, tick - self.start_tick))


def begin_in_time(
    play: Play,
    make: Callable[[Play], Batches],
    soonest_tick: Callable[[Play, float], int],
    seconds: float,
    now: Callable[[], float] = time.perf_counter,
) -> tuple[Play, Batches]:
    """`play` from where it can begin, and its notes, of which the first are made already.

    What will have been made in some seconds can sound from `soonest_tick(play, seconds)` on; the first notes should
    take `seconds`.
    """
    if play.grid_ticks == NO_GRID_TICKS:  # no place is better than another: as soon as there is something to play
        _, batches = _started(make(play))
        return play.delayed_until(soonest_tick(play, 0.0)), batches
    while True:
        play = play.not_before(soonest_tick(play, seconds))
        begun = now()
        first, batches = _started(make(play))
        if not first or play.on_timeline(first)[0].start_tick >= soonest_tick(play, 0.0):
            return play, batches
        seconds = max(SLOWER * seconds, SLOWER * (now() - begun))  # grows, so that some try is the last


def _started(batches: Batches) -> tuple[list[Note], Batches]:
    first = next(batches, [])
    return first, chain([first] if first else [], batches)
