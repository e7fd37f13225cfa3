import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.music.chorale import (
    PITCH_LOW,
    REST,
    STEPS,
    SYMBOLS,
    VOICES,
    ChoraleCodec,
    ChoraleGrid,
    pitch_of,
    symbol_of,
)
from realtime.music.note import Note, Phrase
from realtime.music.units import STEP_TICKS

CODEC = ChoraleCodec()
HELD, STRUCK_AGAIN = [60] * 4, [True, False, True, False]


@given(st.integers(0, 2**32))
def test_a_grid_survives_both_ways(seed: int) -> None:
    rng = np.random.default_rng(seed)
    # Few pitches and many strikes: pitches are held, repeated and broken by rests.
    grid = ChoraleGrid.of(rng.choice([REST, 30, 31], (VOICES, STEPS)), rng.random((VOICES, STEPS)) < 0.5)
    assert CODEC.encode(CODEC.decode(grid)) == grid


def test_a_silent_voice_is_a_phrase_without_notes() -> None:
    silent = ChoraleGrid.of(np.zeros((VOICES, STEPS), np.int64))
    assert [phrase.notes for phrase in CODEC.decode(silent)] == [()] * VOICES


def test_a_repeated_note_is_not_a_long_one() -> None:
    symbols = np.full((VOICES, 4), symbol_of(60))
    strikes = np.array([STRUCK_AGAIN, *[[False] * 4] * 3])
    notes = [phrase.notes for phrase in CODEC.decode(ChoraleGrid.of(symbols, strikes))]
    assert [note.duration_ticks for note in notes[0]] == [2 * STEP_TICKS] * 2
    assert [note.duration_ticks for note in notes[1]] == [4 * STEP_TICKS]


def test_strikes_stand_where_pitches_change_and_nowhere_at_rests() -> None:
    symbols = np.array([[5, 5, REST, 5, 6]] * VOICES)
    assert ChoraleGrid.of(symbols).strike_VS[0].tolist() == [True, False, False, True, True]
    assert ChoraleGrid.of(symbols, np.ones((VOICES, 5), bool)).strike_VS[0].tolist() == [True, True, False, True, True]


def test_what_began_before_the_window_is_struck_at_its_first_step() -> None:
    held = Phrase.of([Note(0, 60, 8 * STEP_TICKS)])
    rest = Phrase()
    grid = CODEC.encode([held, rest, rest, rest], start_tick=4 * STEP_TICKS, steps=8)
    assert grid.symbol_VS[0].tolist() == [symbol_of(60)] * 4 + [REST] * 4
    assert np.flatnonzero(grid.strike_VS[0]).tolist() == [0]


def test_of_notes_that_overlap_the_later_is_heard() -> None:
    two = Phrase.of([Note(0, 60, 4 * STEP_TICKS), Note(2 * STEP_TICKS, 62, STEP_TICKS)])
    grid = CODEC.encode([two, Phrase(), Phrase(), Phrase()], steps=4)
    assert grid.symbol_VS[0].tolist() == [symbol_of(60)] * 2 + [symbol_of(62), symbol_of(60)]


@pytest.mark.parametrize(("pitch", "folded"), [(0, 24), (23, 35), (24, 24), (107, 107), (108, 96), (127, 103)])
def test_pitches_out_of_range_move_by_octaves(pitch: int, folded: int) -> None:
    assert pitch_of(symbol_of(pitch)) == folded
    assert PITCH_LOW <= folded < PITCH_LOW + SYMBOLS - 1


def test_grids_are_values() -> None:
    a, b = (ChoraleGrid.of(np.full((VOICES, 4), 9)) for _ in range(2))
    assert a == b
    assert len({a, b}) == 1
    assert a != ChoraleGrid.of(np.full((VOICES, 4), 9), np.ones((VOICES, 4), bool))
    assert a != 3
    assert a.steps == 4


def test_the_table_hash_is_the_one_that_shipped_networks_name() -> None:
    assert CODEC.table_hash() == "19c395b1650ac04a3e21f2740fd433660b0345c4bccb1e7048027e0521448dc3"
