import numpy as np
import pytest

from realtime.music.dynamics import Dynamics
from realtime.music.note import Note
from realtime.music.units import Meter


def velocities(dynamics: Dynamics, accent: float, count: int = 64) -> list[int]:
    rng = np.random.default_rng(0)
    return [
        dynamics.velocity(tick=i * 240, pitch=60 + i % 12, meter=Meter(), progress=i / count, accent=accent, rng=rng)
        for i in range(count)
    ]


def phrase(*levels: int) -> list[Note]:
    return [Note(i * 240, 60 + i % 5, 200, level) for i, level in enumerate(levels)]


@pytest.mark.parametrize("level", [1, 40, 100, 127])
def test_the_level_is_the_players(level: int) -> None:
    got = velocities(Dynamics.of(phrase(*[level] * 12)), accent=0.0)
    assert set(got) == {level}


def test_a_wider_player_gets_a_wider_answer() -> None:
    narrow = np.std(velocities(Dynamics.of(phrase(*[80, 82] * 6)), 0.5))
    wide = np.std(velocities(Dynamics.of(phrase(*[50, 110] * 6)), 0.5))
    assert wide > 2 * narrow > 2


def test_velocities_stay_legal() -> None:
    for levels in ([1, 127] * 6, [127] * 12, [1] * 12):
        assert all(1 <= v <= 127 for v in velocities(Dynamics.of(phrase(*levels)), 1.0))


def test_silence_has_defaults() -> None:
    assert Dynamics.of([]) == Dynamics()
