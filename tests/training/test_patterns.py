import numpy as np
import pytest

from realtime.music.melody_codec import REST as REST_ID
from realtime.music.melody_codec import Event, EventLine, nearest_duration
from realtime.music.pattern_codec import FIRST_ONSET, HOLD, PITCHES, REST, STEPS, onset
from realtime.music.units import PPQ, Meter
from training.data.generated import generated_tunes
from training.data.melodies import BEAT_ONLY
from training.data.patterns import PatternConfig, draw_transposed, line_windows, shape_keys, transpose, unseen, windows


def quarters(count: int, *, start: int = 0, meter: Meter | None = None, ticks: int = PPQ) -> EventLine:
    events = tuple(Event(24 + i % 12, nearest_duration(ticks)) for i in range(count))
    return EventLine(events, start, meter or Meter())


def test_windows_begin_at_bar_lines() -> None:
    found = line_windows(quarters(12))
    assert len(found) == 2
    assert found[0].tolist() == [s for i in range(8) for s in (onset(60 + i), HOLD, HOLD, HOLD)]
    assert found[1][0] == onset(64)
    assert len(line_windows(quarters(12, meter=Meter(2, 4)))) == 3
    assert len(line_windows(quarters(12, meter=BEAT_ONLY))) == 3
    assert line_windows(quarters(12, meter=Meter(3, 4))) == []


def test_a_pick_up_stands_in_a_bar_of_rests() -> None:
    (first, *_) = line_windows(quarters(13, start=3 * PPQ))
    assert first[:13].tolist() == [*[REST] * 12, onset(60)]


def test_a_note_held_over_the_bar_line_is_not_heard() -> None:
    line = EventLine((Event(24, nearest_duration(6 * PPQ)), *quarters(6).events), 0, Meter())
    second = line_windows(line)[1] if len(line_windows(line)) > 1 else line_windows(line)[0]
    assert second[:9].tolist() == [*[REST] * 8, onset(60)]


def test_triplets_and_sparse_bars_are_left_out() -> None:
    assert line_windows(quarters(24, ticks=PPQ // 3)) == []
    assert line_windows(quarters(3, ticks=4 * PPQ)) == []
    rests = EventLine((*quarters(3).events, *[Event(REST_ID, nearest_duration(PPQ))] * 5), 0, Meter())
    assert line_windows(rests) == []


def test_duplicates_go_and_transposed_copies_are_known() -> None:
    tunes = generated_tunes(6, seed=1)
    once, twice = windows(tunes), windows([*tunes, *tunes])
    assert once.shape == twice.shape
    moved = transpose(once, np.full(len(once), 3))
    assert (shape_keys(moved) == shape_keys(once)).all()
    assert len(unseen(moved, once)) == 0
    assert len(unseen(once[:5], once[5:])) <= 5


def test_transposition_stays_in_range() -> None:
    patterns = windows(generated_tunes(4))
    high = transpose(patterns, np.full(len(patterns), 100))
    assert high.max() == FIRST_ONSET + PITCHES - 1
    assert ((high >= FIRST_ONSET) == (patterns >= FIRST_ONSET)).all()
    drawn = draw_transposed(patterns, PatternConfig(transpose=6), np.random.default_rng(0))
    on = patterns >= FIRST_ONSET
    moves = np.unique((drawn - patterns)[on])
    assert moves.min() >= -6
    assert moves.max() <= 6
    assert len(moves) > 5


def test_no_tunes_no_windows() -> None:
    assert windows([]).shape == (0, STEPS)
    assert unseen(windows([]), windows([])).shape == (0, STEPS)
    with pytest.raises(IndexError):
        _ = windows([])[0]
