import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.errors import UsageError
from realtime.player.clock import PlayerClock
from tests.player.fakes import FakeTime

BPMS = st.floats(20.0, 400.0)


def test_ticks_follow_the_tempo() -> None:
    time = FakeTime(5_000)
    clock = PlayerClock(120.0, time)
    assert clock.tick() == 0
    time.ns += 500_000_000  # one beat
    assert clock.tick() == 480
    clock.set_bpm(60.0)
    time.ns += 500_000_000  # half a beat
    assert clock.tick() == 720
    assert clock.time_of(720) == time.ns


@given(st.lists(st.tuples(st.integers(0, 3_000_000_000), BPMS), max_size=30))
def test_a_tempo_change_never_moves_the_tick_that_is_now(changes: list[tuple[int, float]]) -> None:
    time = FakeTime(0)
    clock = PlayerClock(120.0, time)
    for wait_ns, bpm in changes:
        last = clock.tick()
        time.ns += wait_ns
        before = clock.tick()
        clock.set_bpm(bpm)
        assert before - 1 <= clock.tick() <= before + 1  # rounding of one ns at a tick's edge
        assert clock.tick() >= last


def test_a_wild_tempo_slider_does_not_push_the_beat_back() -> None:
    time = FakeTime(0)
    clock = PlayerClock(120.0, time)
    for _ in range(3000):
        time.ns += 333_333
        clock.set_bpm(120.0)
    assert clock.tick() == pytest.approx(3000 * 333_333 * 480 // 500_000_000, abs=1)


@pytest.mark.parametrize("bpm", [0.0, -1.0, 19.9, 401.0, float("nan"), float("inf")])
def test_a_tempo_out_of_range_is_refused_and_changes_nothing(bpm: float) -> None:
    clock = PlayerClock(120.0, FakeTime(0))
    with pytest.raises(UsageError):
        clock.set_bpm(bpm)
    assert clock.anchor.bpm == 120.0
