from typing import Any

import pytest

from realtime.engine.bar_buffer import BarBuffer
from realtime.engine.bar_lines import BarLines
from realtime.engine.parts.base import Stage
from realtime.music.units import Meter

NOW = 10_000


def stage(*, playing: bool, lead_seconds: float) -> Stage:
    bars, nothing = BarLines(Meter()), dict[str, Any]()
    for name in ("send", "post", "observe", "now_ns"):
        nothing[name] = lambda *_: None
    return Stage(
        bars=bars,
        buffer=BarBuffer(bars),
        now_tick=lambda: NOW,
        bpm=lambda: 125.0,  # 1 tick a ms
        playing=lambda: playing,
        lead_seconds=lambda: lead_seconds,
        **nothing,
    )


@pytest.mark.parametrize(("lead_seconds", "ahead"), [(0.001, 20), (0.043, 55)])
def test_while_time_passes_what_is_decided_needs_its_way(lead_seconds: float, ahead: int) -> None:
    there = stage(playing=True, lead_seconds=lead_seconds)
    assert there.soonest_tick() == NOW + ahead
    assert there.soonest_note_tick(0.005) == NOW + round(1000 * lead_seconds) + 5


def test_while_the_music_stands_all_can_sound_from_its_beginning_on() -> None:
    there = stage(playing=False, lead_seconds=0.043)
    assert there.soonest_tick() == there.soonest_note_tick(3.0) == NOW
