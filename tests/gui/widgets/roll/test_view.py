from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gui.widgets.roll.view import MAX_BEAT, MIN_BEAT, RollView
from realtime.music.units import PPQ, Meter

views = st.builds(
    RollView,
    left_px=st.floats(-1e4, 1e5, allow_subnormal=False),
    beat_px=st.floats(MIN_BEAT, MAX_BEAT),
    top_pitch=st.integers(20, 127),
    row_px=st.integers(3, 28).map(float),
    meter=st.sampled_from([Meter(4, 4), Meter(3, 4), Meter(7, 8)]),
    origin_tick=st.integers(-5_000, 5_000),
)
HEIGHT = 300.0


@settings(deadline=None)
@given(views, st.integers(-10_000, 100_000))
def test_a_tick_is_found_where_it_is_drawn(view: RollView, tick: int) -> None:
    assert view.tick_at(view.x_of(tick)) == pytest.approx(tick, abs=1e-3)


@settings(deadline=None)
@given(views, st.integers(0, 127), st.floats(0, 0.99, allow_subnormal=False))
def test_a_pitch_is_found_in_its_row(view: RollView, pitch: int, share: float) -> None:
    assert view.pitch_at(view.y_of(pitch) + share * view.row_px) == pitch


@settings(deadline=None)
@given(views, st.integers(-50, 500), st.floats(0, 0.999, allow_subnormal=False))
def test_a_bar_is_found_in_its_ticks(view: RollView, bar: int, share: float) -> None:
    assert view.bar_at(view.bar_tick(bar) + share * view.meter.bar_ticks) == bar


@settings(deadline=None)
@given(views, st.floats(0.1, 10), st.floats(0, 1000, allow_subnormal=False))
def test_zoom_keeps_what_is_under_the_pointer(view: RollView, factor: float, x: float) -> None:
    near = view.zoomed(factor, x)
    assert near.tick_at(x) == pytest.approx(
        view.tick_at(x), abs=1e-3 * PPQ / near.beat_px + 1e-6 * abs(view.left_px) + 1
    )
    assert MIN_BEAT <= near.beat_px <= MAX_BEAT


@settings(deadline=None)
@given(views, st.integers(-200, 200))
def test_no_row_lies_beyond_the_pitches(view: RollView, rows: int) -> None:
    moved = view.moved_rows(rows, HEIGHT)
    assert moved.top_pitch <= 127
    if HEIGHT / view.row_px <= 128:
        assert moved.y_of(0) + moved.row_px >= HEIGHT - moved.row_px


@settings(deadline=None)
@given(views, st.integers(0, 127), st.integers(0, 40))
def test_fitted_shows_all(view: RollView, low: int, span: int) -> None:
    high = min(127, low + span)
    assert view.fitted(low, high, HEIGHT).shows(low, high, HEIGHT)


def test_higher_rows_keep_the_middle() -> None:
    view = RollView(top_pitch=84, row_px=10.0)
    near = view.zoomed_rows(1.5, HEIGHT)
    assert near.row_px == 15
    assert abs(near.pitch_at(HEIGHT / 2) - view.pitch_at(HEIGHT / 2)) <= 1


def test_bars_count_from_the_origin() -> None:
    view = replace(RollView(), origin_tick=100, meter=Meter(3, 4))
    assert [view.bar_at(tick) for tick in (99, 100, 100 + 3 * PPQ - 1, 100 + 3 * PPQ)] == [-1, 0, 0, 1]
