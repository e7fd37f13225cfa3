"""The evaluation's formulas, by cases small enough to work out by hand."""

import numpy as np
import pytest

from realtime.music.attributes import ATTRIBUTES
from realtime.music.pattern_codec import HOLD, REST, STEPS, onset
from training.evaluate.pattern import kl_nats, nearest, pca_scores, prior_scores, reconstruction_scores
from training.evaluate.pattern_ngram import PatternNGram, runs
from training.evaluate.sliders import correlations, ranks, slider_scores, spearman, turn_scores
from training.evaluate.ways import cost_ratio, way_scores

A = len(ATTRIBUTES)


def test_ranks_share_ties() -> None:
    assert ranks([10, 30, 20, 20]).tolist() == [1, 4, 2.5, 2.5]


def test_spearman_by_hand() -> None:
    assert spearman([1, 2, 3], [10, 20, 1000]) == pytest.approx(1)
    assert spearman([1, 2, 3], [3, 2, 1]) == pytest.approx(-1)
    assert spearman([1, 2, 3, 4], [1, 3, 2, 4]) == pytest.approx(0.8)  # 1 - 6 * 2 / (4 * 15)
    assert spearman([1, 2, 3], [5, 5, 5]) == 0


def test_reconstruction_by_hand() -> None:
    true = np.array([[onset(60), HOLD, onset(62), REST], [onset(60), HOLD, HOLD, HOLD]])
    got = np.array([[onset(60), HOLD, onset(63), REST], [onset(60), HOLD, HOLD, HOLD]])
    scores = reconstruction_scores(got, true)
    assert scores["step_accuracy"] == pytest.approx(7 / 8)
    assert scores["exact"] == 0.5
    assert scores["note_f1"] == pytest.approx(2 * 2 / (3 + 3))


def test_kl_of_the_prior_is_nothing() -> None:
    assert kl_nats(np.zeros((3, 2), np.float32), np.zeros((3, 2), np.float32)).tolist() == [0, 0]
    assert kl_nats(np.full((3, 1), 2.0, np.float32), np.zeros((3, 1), np.float32)).tolist() == [2.0]


def test_ways_there_and_back_are_told_apart() -> None:
    straight = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [1, 1, 1]])
    back = np.array([[0, 0, 0], [1, 0, 0], [0, 0, 0], [1, 1, 1]])
    at_once = np.array([[0, 0, 0], [0, 0, 0], [0, 0, 0], [1, 1, 1]])
    assert way_scores([straight])["monotone"] == 1
    assert way_scores([back])["monotone"] == 0
    assert way_scores([straight])["largest_jump"] == pytest.approx(1)
    assert way_scores([at_once])["largest_jump"] == pytest.approx(3)
    assert way_scores([straight, at_once])["even"] == 0.5


def test_notes_half_way_are_counted() -> None:
    ends, thin = [onset(60), HOLD, onset(60), onset(62)], [onset(60), HOLD, HOLD, HOLD]
    assert way_scores([np.array([ends, thin, ends])])["notes"] == pytest.approx(1 / 3)


def test_runs_are_notes_and_rests() -> None:
    assert runs(np.array([REST, REST, onset(60), HOLD, onset(62), REST, onset(62)])) == [
        (0, 2), (2, 2), (4, 1), (5, 1), (6, 1),
    ]  # fmt: skip


def test_an_ngram_by_hand() -> None:
    tune = np.full((1, STEPS), HOLD)
    tune[0, 0] = onset(60)
    # One event, its length 32: uniform 1/33, then three contexts in which it was counted once: p = (1 + p) / 2 each.
    # "a note", after no length, and at the bar line after none: four contexts with the general one.
    p = 1 / 33
    for _ in range(3):
        p = (1 + p) / 2
    assert PatternNGram(tune).nats(tune) == pytest.approx(-np.log(p))
    other = np.full(STEPS, HOLD)
    other[0], other[16] = onset(60), onset(60)
    assert PatternNGram(tune).nats([other]) > 2 * PatternNGram(tune).nats(tune)


def test_cost_of_a_way_is_that_between_its_ends() -> None:
    end = np.full(STEPS, HOLD)
    end[0] = onset(60)
    strange = end.copy()
    strange[[5, 6, 7]] = onset(90), onset(40), REST
    strange[8:] = REST
    ngram = PatternNGram(np.array([end]))
    assert cost_ratio([np.array([end, end, end])], ngram) == pytest.approx(1)
    assert cost_ratio([np.array([end, strange, end])], ngram) == pytest.approx(
        ngram.nats([strange]) / ngram.nats([end])
    )
    assert ngram.nats([strange]) > ngram.nats([end])


def test_sliders_that_work_and_one_that_does_not() -> None:
    swept = np.zeros((A, 5, 9, A))
    for slider in range(A):
        swept[slider, :, :, slider] = np.arange(9)
    swept[2, :, :, 2] = 1.0  # this one is dead
    swept[3, :, :, 0] = -np.arange(9)  # and this one drags density along
    real = np.eye(A)
    real[3, 0] = real[0, 3] = 0.4
    scores = slider_scores(swept, real)
    assert scores["slider_spearman"] == 0
    assert scores["slider_spearman.density"] == pytest.approx(1)
    assert scores["slider_leakage.syncopation"] == scores["slider_leakage"] == pytest.approx(0.6)
    assert scores["slider_leakage.density"] == pytest.approx(0)
    turned = turn_scores(swept)
    assert turned["knob_spearman.density"] == pytest.approx(1)
    assert turned["knob_wrong_way.range"] == 0


def test_correlations_are_symmetric() -> None:
    values = np.random.default_rng(0).normal(size=(50, 3))
    values[:, 2] = -values[:, 0]
    found = correlations(values)
    assert found[0, 2] == pytest.approx(-1)
    np.testing.assert_allclose(found, found.T)


def test_pca_with_enough_axes_is_exact() -> None:
    rng = np.random.default_rng(0)
    patterns = rng.choice([REST, onset(60), onset(64)], size=(12, STEPS))
    assert pca_scores(patterns, patterns, 32)["step_accuracy"] == 1
    assert pca_scores(patterns, patterns, 1)["step_accuracy"] < 1


def test_nearest_and_prior_overlap() -> None:
    known = np.zeros((2, 4), np.int16)
    known[1] = 5
    assert nearest(np.array([[0, 0, 0, 0], [5, 5, 5, 0]], np.int16), known).tolist() == [0, 0.25]
    patterns = np.full((3, STEPS), HOLD)
    patterns[:, 0] = onset(60)
    patterns[1, 4] = onset(67)
    scores = prior_scores(patterns, patterns)
    assert scores["prior_overlap"] == pytest.approx(1)
    assert scores["prior_distinct"] == pytest.approx(2 / 3)
