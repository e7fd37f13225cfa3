"""Codes, noise and borders of the quartet: what needs no network."""

import numpy as np
import pytest

from realtime.generators.quartet_border import MOVES, WIDEST, BorderModel, moves
from realtime.generators.quartet_code import CONDITION, INPUTS, Condition, held, moved, spans_of
from realtime.generators.quartet_settings import Draws, Reroll
from realtime.music.chorale import REST, SYMBOLS, VOICES
from realtime.music.keys import Key

SPANS = spans_of({"chords": 8, "style": 4, "melody": 6, "groove": 3})


def test_inputs_lie_side_by_side() -> None:
    assert list(SPANS) == list(INPUTS)
    assert [span.start for span in SPANS.values()] == [0, 8, 12, 18, 24, 30, 36, 39, 42, 45]
    assert SPANS["groove_4"].stop == 48


def test_a_condition_is_key_mode_and_density() -> None:
    row = Condition(key=Key(4, minor=True), density=1.5).row  # E minor: five semitones down
    assert row.shape == (CONDITION,)
    assert row.nonzero()[0].tolist() == [7, 12, 13]
    assert row[13] == 1.5


def test_moving_keeps_rests_and_stays_on_the_grid() -> None:
    cells = np.array([[[REST, 1, 40, SYMBOLS - 1]]])
    assert moved(cells, 3).tolist() == [[[0, 4, 43, SYMBOLS - 1 + 3 - 12]]]
    assert moved(cells, -2).tolist() == [[[0, 11, 38, SYMBOLS - 3]]]


def test_a_pitch_is_held_until_the_next_change() -> None:
    said = np.array([[[5, 6, 7, 8, 9]]])
    assert held(said, np.array([[[True, False, True, False, True]]])).tolist() == [[[5, 5, 7, 7, 9]]]
    assert held(said, np.zeros((1, 1, 5), bool)).tolist() == [[[5] * 5]]


def test_noise_belongs_to_its_input_alone() -> None:
    draws = Draws(spans=SPANS, seed=3, number=1)
    base = draws.all(0)
    for name, span in SPANS.items():
        changed = draws.reroll(base, {name: Reroll(seed=5)}, 0) != base
        assert changed[span].all()
        assert changed.sum() == span.stop - span.start


def test_amount_is_how_far_to_go() -> None:
    draws = Draws(spans=SPANS, seed=3, number=0)
    base = draws.all(0)
    assert (draws.reroll(base, {"chords": Reroll(seed=5, amount=0.0)}, 0) == base).all()
    ways = [draws.reroll(base, {"chords": Reroll(seed=5, amount=a)}, 0) for a in (0.25, 0.5, 0.75, 1.0)]
    far = [np.abs(way - base).sum() for way in ways]
    assert far == sorted(far)
    np.testing.assert_allclose(ways[-1][SPANS["chords"]], draws.of("chords", 0, 5), atol=1e-6)


def test_phrases_of_a_piece_have_one_style_and_their_own_melodies() -> None:
    first, second = (Draws(spans=SPANS, seed=3, number=number).all(0) for number in (0, 1))
    assert (first[SPANS["style"]] == second[SPANS["style"]]).all()
    assert (first[SPANS["melody_1"]] != second[SPANS["melody_1"]]).all()


def test_moves_are_counted_from_a_held_note() -> None:
    before = np.array([[40, 35, 30, REST]])
    after = np.array([[42, 35, 30 - WIDEST - 1, 20]])
    assert moves(before, after).tolist() == [[WIDEST + 2, WIDEST, MOVES - 1, MOVES - 1]]


@pytest.fixture
def borders() -> BorderModel:
    """Tonic to dominant, 30 times; the soprano steps down, the bass goes up a fifth."""
    tonic, dominant = np.array([49, 44, 41, 25]), np.array([48, 44, 39, 32])
    return BorderModel.learn(np.tile(tonic, (30, 1)), np.tile(dominant, (30, 1)))


def test_tables_are_probabilities(borders: BorderModel) -> None:
    assert borders.move_VM.shape == (VOICES, MOVES)
    for table in (borders.move_VM, borders.chord_CC, borders.parallel_2):
        np.testing.assert_allclose(np.exp(table).sum(-1), 1, atol=1e-9)
    assert borders.move_VM[0, WIDEST - 1] == pytest.approx(np.log(30.5 / (30 + 0.5 * MOVES)))


def test_what_was_seen_is_likelier(borders: BorderModel) -> None:
    tonic = np.array([49, 44, 41, 25])
    seen, leaping, parallel = [48, 44, 39, 32], [56, 44, 39, 32], [51, 46, 43, 27]
    scores = borders.score(tonic, np.array([seen, leaping, parallel]))
    assert scores.argmax() == 0
    assert scores[1] > scores[2]
