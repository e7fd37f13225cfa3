"""A take that is listened to."""

from types import SimpleNamespace
from typing import Any

import pytest

from realtime.engine.audition import Audition
from realtime.engine.bar_lines import BarLines
from realtime.engine.reports import Auditioned
from realtime.messages import ASIDE, Chunk, Cut, Program
from realtime.music.units import Meter
from tests.takes.examples import take


class Rig:
    def __init__(self) -> None:
        self.tick, self.sent, self.told = 100, list[Any](), list[Any]()
        stage = SimpleNamespace(
            bars=BarLines(Meter()), hand_over_ticks=lambda: 19, send=self.sent.append, observe=self.told.append
        )
        self.audition = Audition(stage, lambda: self.tick)  # type: ignore[arg-type]

    def of(self, kind: type) -> list[Any]:
        return [message for message in self.sent if isinstance(message, kind)]


@pytest.fixture
def rig() -> Rig:
    return Rig()


def test_a_take_plays_from_the_next_beat_on_its_own_channels_and_ends_by_itself(rig: Rig) -> None:
    rig.audition.play(take(), on_beat=True)
    assert rig.told == [Auditioned(take().id, 480)]
    assert [(c.part, c.channel, c.start_tick) for c in rig.of(Chunk)] == [(f"{ASIDE}1", 2, 480), (f"{ASIDE}1", 2, 960)]
    assert rig.audition.deadline_tick() == 480 + 960 - 960
    rig.tick = 480
    rig.audition.passed()
    assert [(c.part, c.channel, c.start_tick) for c in rig.of(Chunk)][2:] == [(f"{ASIDE}2", 9, 1440)]
    assert rig.audition.deadline_tick() == 480 + 1440
    rig.tick = 480 + 1440
    rig.audition.passed()
    assert rig.told[1:] == [Auditioned("")]
    assert rig.audition.deadline_tick() is None
    assert [(p.channel, p.program) for p in rig.of(Program)] == [(2, 5), (2, 0)]


def test_another_take_ends_the_first_and_stop_releases_once(rig: Rig) -> None:
    rig.audition.play(take(1), on_beat=False)
    rig.audition.play(take(2), on_beat=False)
    assert [report.id[-3:] for report in rig.told] == ["001", "002"]
    assert len(rig.of(Cut)) == 2
    newest = rig.of(Chunk)[-1].generation
    assert newest > max(cut.generation for cut in rig.of(Cut)) - 1
    rig.audition.stop()
    rig.audition.stop()
    assert rig.told[2:] == [Auditioned("")]
    assert all(cut.generation > newest for cut in rig.of(Cut)[2:])
