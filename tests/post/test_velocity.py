import pytest

from realtime.post import PostSettings
from realtime.post.velocity import UNCHANGED, velocity_table


def table(**values: float) -> tuple[int, ...]:
    return velocity_table(PostSettings.of(values))


@pytest.mark.parametrize(
    ("values", "velocity", "sounds"),
    [
        ({"level": 0.5}, 80, 40),
        ({"level": 2}, 80, 127),
        ({"level": 0}, 80, 1),  # velocity 0 would be a note-off
        ({"velocity_curve": 1}, 32, 64),  # 127 * sqrt(32 / 127) = 63.7
        ({"velocity_curve": -1}, 64, 32),  # 127 * (64 / 127) ** 2 = 32.3
        ({"fixed_velocity": 100}, 3, 100),
        ({"fixed_velocity": 100, "velocity_curve": 1, "level": 0.5}, 3, 50),
    ],
)
def test_loudness(values: dict[str, float], velocity: int, sounds: int) -> None:
    assert table(**values)[velocity] == sounds


@pytest.mark.parametrize("curve", [-1, -0.3, 0, 0.7, 1])
def test_a_curve_is_monotone_and_keeps_its_ends(curve: float) -> None:
    bent = table(velocity_curve=curve)
    assert list(bent) == sorted(bent)
    assert bent[127] == 127
    assert bent[1] >= 1
    assert (bent == UNCHANGED) == (curve == 0)
