from statistics import correlation, fmean, pstdev

import pytest

from realtime.post.chance import chances

TICKS = range(0, 240 * 2000, 240)


def drawn(seed: int = 1, pitch: int = 60, which: int = 0) -> list[float]:
    return [chances(seed, tick, pitch)[which] for tick in TICKS]


def test_it_is_the_same_everywhere() -> None:
    assert chances(7, 960, 64) == pytest.approx((-0.6390783550774395, 0.9035934996566719))


def test_it_spreads_evenly_around_nothing() -> None:
    values = drawn()
    assert -1 <= min(values) < -0.9
    assert 0.9 < max(values) <= 1
    assert abs(fmean(values)) < 0.03
    assert pstdev(values) == pytest.approx(6**-0.5, abs=0.02)  # of the mean of two even numbers in -1..1


@pytest.mark.parametrize(
    "other", [drawn(which=1), drawn(seed=2), drawn(pitch=61), drawn(pitch=72), drawn()[1:] + drawn()[:1]]
)
def test_neither_seed_nor_pitch_nor_place_tells_of_another(other: list[float]) -> None:
    assert abs(correlation(drawn(), other)) < 0.08


def test_before_the_first_bar_too() -> None:
    assert all(-1 <= value <= 1 for value in chances(9999, -5000, 127))
