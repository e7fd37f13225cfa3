import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.errors import UsageError
from realtime.music.units import PPQ, Meter, TempoAnchor, TempoMap, check_bpm


@pytest.mark.parametrize(
    ("meter", "ticks"), [(Meter(4, 4), 1920), (Meter(6, 8), 1440), (Meter(3, 4), 1440), (Meter(2, 2), 1920)]
)
def test_bar_length(meter: Meter, ticks: int) -> None:
    assert meter.bar_ticks == ticks


@pytest.mark.parametrize("bad", [(0, 4), (4, 3), (65, 4), (4, 0)])
def test_no_such_meter(bad: tuple[int, int]) -> None:
    with pytest.raises(UsageError, match="no such meter"):
        Meter(*bad)


@pytest.mark.parametrize("bpm", [0, -1, 19.9, 401, float("nan"), float("inf")])
def test_impossible_tempos_are_refused(bpm: float) -> None:
    with pytest.raises(UsageError, match="tempo must be"):
        check_bpm(bpm)


def test_one_beat_at_120_is_half_a_second() -> None:
    anchor = TempoAnchor(tick=960, time_ns=1_000, bpm=120.0)
    assert anchor.time_of(960 + PPQ) == 1_000 + 500_000_000
    assert anchor.tick_at(1_000 + 500_000_000) == 960 + PPQ


@given(tick=st.integers(0, 10**9), time_ns=st.integers(0, 10**15), bpm=st.floats(20, 400), ahead=st.integers(0, 10**7))
def test_a_tick_begins_where_it_is_said_to(tick: int, time_ns: int, bpm: float, ahead: int) -> None:
    anchor = TempoAnchor(tick, time_ns, bpm)
    assert anchor.tick_at(anchor.time_of(tick + ahead)) == tick + ahead


@given(bpm=st.floats(20, 400), other=st.floats(20, 400), elapsed_ns=st.integers(0, 10**13))
def test_a_tempo_change_does_not_move_the_tick(bpm: float, other: float, elapsed_ns: int) -> None:
    anchor = TempoAnchor(0, 0, bpm)
    assert anchor.retempo(elapsed_ns, other).tick_at(elapsed_ns) == anchor.tick_at(elapsed_ns)


def test_seconds_through_a_tempo_change() -> None:
    tempo = TempoMap(((0, 120.0), (2 * PPQ, 60.0)))
    assert tempo.seconds_at(2 * PPQ) == pytest.approx(1.0)
    assert tempo.seconds_at(3 * PPQ) == pytest.approx(2.0)
    assert tempo.bpm_at(2 * PPQ - 1) == 120.0
    assert tempo.bpm_at(2 * PPQ) == 60.0


def test_a_tempo_map_starts_at_zero_and_rises() -> None:
    with pytest.raises(ValueError, match="start at tick 0"):
        TempoMap(((10, 120.0),))
