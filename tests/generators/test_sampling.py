import numpy as np
import pytest

from realtime.generators.sampling import MASKED, choose, probabilities


def test_softmax_by_hand() -> None:
    p = probabilities(np.log(np.array([1.0, 2.0, 5.0])), temperature=1.0, top_p=1.0)
    assert p == pytest.approx([0.125, 0.25, 0.625])


def test_low_temperature_sharpens_and_zero_is_greedy() -> None:
    logits = np.array([0.0, 1.0, 2.0])
    assert probabilities(logits, temperature=0.5, top_p=1.0)[2] > probabilities(logits, temperature=1.0, top_p=1.0)[2]
    assert probabilities(logits, temperature=0.0, top_p=0.5).tolist() == [0.0, 0.0, 1.0]


@pytest.mark.parametrize(("top_p", "kept"), [(0.05, 1), (0.6, 1), (0.7, 2), (0.9, 3), (1.0, 3)])
def test_nucleus_keeps_the_smallest_set_that_holds_top_p(top_p: float, kept: int) -> None:
    p = probabilities(np.log(np.array([0.125, 0.25, 0.625])), temperature=1.0, top_p=top_p)
    assert int((p > 0).sum()) == kept
    assert p.sum() == pytest.approx(1.0)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_broken_logits_still_give_a_choice(bad: float) -> None:
    p = probabilities(np.array([bad, 0.0, 0.0]), temperature=1.0, top_p=0.9)
    assert np.isfinite(p).all()
    assert p.sum() == pytest.approx(1.0)


def test_masked_is_never_drawn_unless_all_are() -> None:
    rng = np.random.default_rng(0)
    logits = np.array([MASKED, 0.0, MASKED], np.float32)
    assert {choose(logits, rng, temperature=2.0, top_p=1.0) for _ in range(200)} == {1}
    assert 0 <= choose(np.full(3, MASKED), rng, temperature=1.0, top_p=1.0) <= 2


def test_draws_follow_the_probabilities() -> None:
    rng = np.random.default_rng(3)
    logits = np.log(np.array([0.2, 0.3, 0.5]))
    counts = np.bincount([choose(logits, rng, temperature=1.0, top_p=1.0) for _ in range(4000)], minlength=3)
    assert counts / 4000 == pytest.approx([0.2, 0.3, 0.5], abs=0.03)
