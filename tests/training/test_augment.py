"""Augmented arrays are what `RowBuilder` gives for the same line."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from realtime.music.melody_codec import (
    DURATIONS,
    METERS,
    OFFSETS,
    PITCHES,
    POSITION_UNKNOWN,
    REST,
    Event,
    EventLine,
    RowBuilder,
)
from realtime.music.units import Meter
from training.data.augment import AugmentConfig, TuneArrays, View, draw_transposition, draw_view, to_arrays, window
from training.data.corpus import Tune
from training.data.melodies import BEAT_ONLY
from training.data.windows import WindowConfig, epoch, score_windows

meters = st.sampled_from([Meter(*pair) for pair in METERS] + [Meter(5, 4), BEAT_ONLY])
pitch_ids = st.one_of(st.integers(13, PITCHES - 14), st.just(REST))
events = st.builds(Event, pitch_ids, st.integers(0, len(DURATIONS) - 1))


@st.composite
def cases(draw: st.DrawFn) -> tuple[EventLine, View]:
    line = EventLine(tuple(draw(st.lists(events, min_size=1, max_size=40))), draw(st.integers(0, 4000)), draw(meters))
    view = View(
        start=draw(st.integers(0, len(line.events) - 1)),
        length=draw(st.integers(1, 40)),
        transpose=draw(st.integers(-6, 6)),
        style=draw(st.sampled_from([None, 0])),
        metric=draw(st.booleans()),
        turn=draw(st.integers(0, 40)),
        turn_semitones=draw(st.integers(-7, 7)),
    )
    return line, view


def tune_of(line: EventLine, style: int = 2) -> Tune:
    return Tune(name="t", source="s", split="train", line=line, style=style)


@given(cases())
@settings(max_examples=150, deadline=None)
def test_a_view_equals_the_row_builder(case: tuple[EventLine, View]) -> None:
    line, view = case
    got = window(to_arrays(tune_of(line)), view)
    start_tick = line.start_tick + sum(event.ticks for event in line.events[: view.start])
    style = 2 if view.style is None else view.style
    builder = RowBuilder(start_tick=start_tick, meter=line.meter, style=style, metric=view.metric)
    turned = [view.turn_semitones if view.turn and i >= view.turn else 0 for i in range(view.length)]
    shown = line.events[view.start : view.start + view.length]
    moved = [
        event if event.is_rest else Event(event.pitch_id + view.transpose + by, event.duration_id)
        for event, by in zip(shown, turned, strict=False)
    ]
    expected = [builder.first(), *(builder.after(event) for event in moved)][:-1]
    assert got.rows_SF.tolist() == [list(row) for row in expected]
    assert got.pitch_S.tolist() == [event.pitch_id for event in moved]
    assert got.duration_S.tolist() == [event.duration_id for event in moved]


def test_transposition_stays_in_range() -> None:
    rng = np.random.default_rng(0)
    low_and_high = np.array([0, PITCHES - 1, REST])
    assert {draw_transposition(low_and_high, AugmentConfig(), rng) for _ in range(50)} == {0}
    middle = np.array([30, REST, 33])
    drawn = {draw_transposition(middle, AugmentConfig(octave=0.0), rng) for _ in range(500)}
    assert drawn == set(range(-6, 7))
    with_octaves = {draw_transposition(middle, AugmentConfig(octave=1.0), rng) for _ in range(500)}
    assert with_octaves == set(range(-18, -5)) | set(range(6, 19))


def test_only_rests_are_left_alone() -> None:
    assert draw_transposition(np.array([REST, REST]), AugmentConfig(), np.random.default_rng(0)) == 0


def test_lines_without_bars_are_put_on_some_beat_of_4_4() -> None:
    line = EventLine(tuple(Event(20, 9) for _ in range(30)), 0, BEAT_ONLY)
    rng = np.random.default_rng(0)
    config = AugmentConfig(guess_bar=1.0)
    views = [draw_view(to_arrays(tune_of(line)), config, rng, inside=False, length=20) for _ in range(40)]
    assert {view.meter for view in views} == {Meter(4, 4)}
    assert {view.shift_ticks for view in views} == {0, 480, 960, 1440}


@pytest.mark.parametrize("count", [1, 63, 64, 65, 200])
def test_scoring_windows_count_every_event_once(count: int) -> None:
    line = EventLine(tuple(Event(i % 50, 9) for i in range(count)), 0, Meter())
    tune = to_arrays(tune_of(line))
    pieces = list(score_windows(tune, WindowConfig(length=64, keep=40)))
    counted = np.concatenate([piece.pitch_S[piece.weight_S > 0] for piece in pieces])
    assert counted.tolist() == tune.pitch_N.tolist()
    assert all(len(piece.pitch_S) <= 64 for piece in pieces)


@pytest.mark.parametrize("metric", [True, False])
def test_scoring_windows_say_their_place_in_the_bar_or_never_do(tunes: list[TuneArrays], metric: bool) -> None:
    places = [piece.rows_SF[:, 3] - OFFSETS[3] for piece in score_windows(tunes[0], WindowConfig(metric=metric))]
    assert (np.concatenate(places) == POSITION_UNKNOWN).all() != metric


def test_an_epoch_shows_every_tune_and_hides_first_notes_of_cuts(tunes: list[TuneArrays]) -> None:
    config = WindowConfig(length=16, batch_events=64, repeats=())
    batches = list(epoch(tunes, config, AugmentConfig(), np.random.default_rng(0)))
    assert sum(len(batch.sources) for batch in batches) == 3 * len(tunes)  # 40 events: three windows of 16
    for batch in batches:
        assert batch.rows_BSF.shape[:2] == batch.pitch_BS.shape == batch.weight_BS.shape
        assert batch.pitch_BS[batch.weight_BS > 0].max() <= REST


def test_a_turn_into_another_key_is_not_held_against_the_network() -> None:
    line = EventLine(tuple(Event(30 + i % 5, 5) for i in range(40)), 0, Meter())
    got = window(to_arrays(tune_of(line)), View(turn=20, turn_semitones=5))
    assert got.weight_S.tolist() == [0.0 if i == 20 else 1.0 for i in range(40)]


def test_turns_are_drawn_and_stay_in_range() -> None:
    rng = np.random.default_rng(0)
    line = EventLine(tuple(Event(20 + i % 25, 5) for i in range(64)), 0, Meter())
    tune, config = to_arrays(tune_of(line)), AugmentConfig(modulate=0.5)
    views = [draw_view(tune, config, rng, inside=False, length=320) for _ in range(300)]
    assert 60 < sum(view.turn > 0 for view in views) < 200
    for view in views:
        pitch_S = window(tune, view).pitch_S
        assert 0 <= pitch_S.min() <= pitch_S.max() < PITCHES
