from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.music.units import Meter
from realtime.post.timing import QUANTISE_TICKS, SWING_TICKS, Groove
from tests.post.settings_strategy import METERS

BAR = Meter(4, 4).bar_ticks
LINES, HALVES = tuple(QUANTISE_TICKS), tuple(SWING_TICKS)


def groove(quantise: str = "off", strength: float = 1.0, swing: float = 0.0, swing_grid: str = "1/8") -> Groove:
    return Groove.of(
        quantise=LINES.index(quantise), strength=strength, swing=swing, swing_grid=HALVES.index(swing_grid)
    )


@pytest.mark.parametrize(
    ("grid", "strength", "bar", "tick", "moved"),
    [
        ("1/8", 1.0, BAR, 119, 0),
        ("1/8", 1.0, BAR, 120, 0),  # as near to both: the earlier
        ("1/8", 1.0, BAR, 121, 240),
        ("1/8", 0.5, BAR, 100, 50),
        ("1/8", 0.0, BAR, 100, 100),
        ("1/16T", 1.0, BAR, 45, 80),
        ("1/8T", 1.0, BAR, 5 * BAR + 500, 5 * BAR + 480),
        ("1/4", 1.0, 1680, 1600, 1680),  # 7/8: the grid begins anew at the bar line
        ("1/4", 1.0, 1680, 1680 + 1500, 1680 + 1440),
        ("1/16", 1.0, BAR, -70, -120),  # before the first bar
    ],
)
def test_quantise(grid: str, strength: float, bar: int, tick: int, moved: int) -> None:
    assert groove(grid, strength).moved(tick, tick + 77, bar) == (moved, moved + 77)


@pytest.mark.parametrize(
    ("grid", "swing", "bar", "tick", "moved"),
    [
        ("1/8", 1.0, BAR, 240, 360),  # dotted
        ("1/8", 2 / 3, BAR, 240, 320),  # triplet
        ("1/8", 1.0, BAR, 120, 180),
        ("1/8", 1.0, BAR, 360, 420),
        ("1/8", 1.0, BAR, 480, 480),
        ("1/16", 1.0, BAR, 120, 180),
        ("1/16", 1.0, BAR, 240, 240),
        ("1/8", 1.0, 1680, 1560, 1560),  # 7/8: the last eighth has no pair to swing in
        ("1/8", 1.0, 1680, 1680 + 240, 1680 + 360),
    ],
)
def test_swing(grid: str, swing: float, bar: int, tick: int, moved: int) -> None:
    assert groove(swing=swing, swing_grid=grid).moved(tick, tick + 1, bar)[0] == moved


@given(swing=st.floats(0, 1, allow_subnormal=False), grid=st.sampled_from(HALVES), meter=METERS)
def test_swing_never_runs_back_nor_over_the_bar_line(swing: float, grid: str, meter: Meter) -> None:
    swinging = groove(swing=swing, swing_grid=grid)
    starts = [swinging.moved(tick, tick + 1, meter.bar_ticks)[0] for tick in range(meter.bar_ticks + 1)]
    assert all(a <= b for a, b in pairwise(starts))
    assert starts[-1] == meter.bar_ticks
    assert all(tick <= start for tick, start in enumerate(starts))


def test_tied_notes_stay_tied_through_swing() -> None:
    swinging = groove(swing=0.7)
    assert swinging.moved(0, 240, BAR)[1] == swinging.moved(240, 480, BAR)[0] == 324


@given(quantise=st.sampled_from(LINES[1:]), tick=st.integers(-5000, 5000), meter=METERS)
def test_a_second_quantise_changes_nothing(quantise: str, tick: int, meter: Meter) -> None:
    once = groove(quantise).moved(tick, tick + 50, meter.bar_ticks)
    assert groove(quantise).moved(*once, meter.bar_ticks) == once
