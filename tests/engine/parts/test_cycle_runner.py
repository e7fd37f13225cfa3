"""Where a cycle begins that is launched, or joins in; on a still clock of 1 tick a ms."""

from typing import Any

import pytest

from realtime.engine.bar_buffer import BarBuffer
from realtime.engine.bar_lines import BarLines
from realtime.engine.parts.base import Stage
from realtime.engine.parts.cycle_runner import CycleRunner
from realtime.engine.parts.material import Material
from realtime.engine.parts.outlet import Outlet
from realtime.engine.reports import PartLaunched
from realtime.messages import Chunk
from realtime.music.note import Note, Phrase
from realtime.music.units import PPQ, Meter

BAR = 4 * PPQ
ORIGIN = 100
MATERIAL = Material(
    voices=(Phrase.of(Note(beat * PPQ, 60 + beat, 240) for beat in range(8)),),
    length_ticks=2 * BAR,
)


class Rig:
    """A runner at a tick."""

    def __init__(self, now_tick: int, *, playing: bool = True) -> None:
        self.sent: list[Any] = []
        self.told: list[Any] = []
        bars = BarLines(Meter())
        bars.set_origin(ORIGIN)
        bars.hold("another")
        self.stage = Stage(
            bars=bars,
            buffer=BarBuffer(bars),
            send=self.sent.append,
            post=lambda *_: None,
            observe=self.told.append,
            now_tick=lambda: now_tick,
            now_ns=lambda: 0,
            bpm=lambda: 125.0,
            playing=lambda: playing,
            lead_seconds=lambda: 0.0,
        )
        outlet = Outlet("a", 1, bars=bars, buffer=self.stage.buffer, send=self.sent.append, monophonic=True)
        self.runner = CycleRunner("a", self.stage, outlet)

    def launch(self, *, joins: bool, grid: str = "bar") -> list[tuple[int, int]]:
        """The (tick, pitch) pairs of the next two bars; ticks from the bar line."""
        self.runner.launch(MATERIAL, grid, "repeat", joins=joins)
        self.runner.advance(self.stage.now_tick(), 2 * BAR)
        chunks = [message for message in self.sent if isinstance(message, Chunk)]
        return [(note.start_tick - ORIGIN, note.pitch) for chunk in chunks for note in chunk.notes]


def test_what_is_launched_begins_with_its_first_note_on_the_grid() -> None:
    rig = Rig(ORIGIN + 10 * BAR + 3 * PPQ - 5)
    assert rig.launch(joins=False)[0] == (11 * BAR, 60)
    assert rig.told == [PartLaunched(part="a", start_tick=ORIGIN + 11 * BAR)]


@pytest.mark.parametrize(("now", "first"), [(3 * PPQ - 30, 3), (3 * PPQ - 5, 4), (1, 1)])
def test_what_joins_is_heard_on_the_next_beat_where_it_would_be_by_then(now: int, first: int) -> None:
    rig = Rig(ORIGIN + 10 * BAR + now)  # 5 ticks are too few to get there
    heard = rig.launch(joins=True)
    assert heard[:2] == [(10 * BAR + (first + more) * PPQ, 60 + first + more) for more in (0, 1)]
    assert rig.told == [PartLaunched(part="a", start_tick=ORIGIN + 10 * BAR)]


def test_while_the_music_stands_it_joins_where_that_will_begin() -> None:
    rig = Rig(ORIGIN + 10 * BAR + 2 * PPQ, playing=False)
    assert rig.launch(joins=True)[0] == (10 * BAR + 2 * PPQ, 62)
