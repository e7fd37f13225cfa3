"""The evaluation's formulas, by cases small enough to work out by hand."""

import numpy as np
import pytest

from realtime.music.attributes import ATTRIBUTES
from realtime.music.pattern_codec import HOLD, REST, STEPS, onset
from training.evaluate.pattern import kl_nats, nearest, pca_scores, prior_scores, reconstruction_scores, way_scores
from training.evaluate.sliders import correlations, ranks, slider_scores, spearman, turn_scores

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
    assert way_scores([straight])["morph_monotone"] == 1
    assert way_scores([back])["morph_monotone"] == 0
    assert way_scores([straight])["morph_largest_jump"] == pytest.approx(1)
    assert way_scores([at_once])["morph_largest_jump"] == pytest.approx(3)
    assert way_scores([straight, at_once])["morph_even"] == 0.5


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
