import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from realtime.music.examples import EXAMPLES
from realtime.music.note import Note, Phrase
from realtime.music.pianoroll import HELD, ONSET, PianoRollCodec
from realtime.music.units import STEP_TICKS

CODEC = PianoRollCodec()
STEPS = 32


def rolls() -> st.SearchStrategy[np.ndarray]:
    """Two tracks of non-overlapping notes a pitch, as rolls."""
    cell = st.tuples(st.integers(0, 1), st.integers(0, STEPS - 1), st.integers(0, 127), st.integers(1, 12))

    def build(notes: list[tuple[int, int, int, int]]) -> np.ndarray:
        roll = np.zeros((2, STEPS, 128), np.uint8)
        for track, start, pitch, length in notes:
            if not roll[track, start : start + length + 1, pitch].any():
                roll[track, start, pitch] = ONSET
                roll[track, start + 1 : start + length, pitch] = HELD
        return roll

    return st.lists(cell, max_size=20).map(build)


@given(rolls())
def test_a_roll_survives_both_ways(roll: np.ndarray) -> None:
    assert (CODEC.encode(CODEC.decode(roll), steps=STEPS) == roll).all()


def test_repeated_notes_are_not_one_long_note() -> None:
    twice = Phrase.of([Note(0, 60, 240), Note(240, 60, 240)])
    once = Phrase.of([Note(0, 60, 480)])
    assert [len(CODEC.decode(CODEC.encode([p], steps=8))[0].notes) for p in (twice, once)] == [2, 1]


def test_playing_is_moved_to_the_grid() -> None:
    roll = CODEC.encode([Phrase.of([Note(131, 60, 100)])], steps=8)
    assert roll[0, :, 60].tolist() == [0, ONSET, 0, 0, 0, 0, 0, 0]


def test_real_phrases_survive_in_pitch_and_onset() -> None:
    phrase = EXAMPLES["joy"].phrase()
    (again,) = CODEC.decode(CODEC.encode([phrase], steps=64))
    assert [(n.start_tick, n.pitch) for n in again.notes] == [(n.start_tick, n.pitch) for n in phrase.notes]
    assert again.length_ticks == 64 * STEP_TICKS


def test_what_begins_after_the_roll_is_left_out_and_held_cells_begin_notes() -> None:
    assert not CODEC.encode([Phrase.of([Note(8 * STEP_TICKS, 60, 100)])], steps=8).any()
    roll = np.zeros((1, 4, 128), np.uint8)
    roll[0, :2, 60] = HELD
    assert CODEC.decode(roll)[0].notes == (Note(0, 60, 2 * STEP_TICKS),)
