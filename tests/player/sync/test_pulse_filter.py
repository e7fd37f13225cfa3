import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.player.sync.pulse_filter import PulseFilter
from tests.player.sync.master import PULSES_A_BEAT, Pulse, percentile, pulses

FIRST_GUESS_NS = 60e9 / 24 / 120


def feed(clock: list[Pulse]) -> tuple[PulseFilter, list[float]]:
    """A filter after all of it, and at each pulse that came how far in ms its time is from the truth."""
    filtered, errors = PulseFilter(FIRST_GUESS_NS), []
    for pulse in clock:
        if pulse.arrival_ns is not None:
            filtered.add(pulse.arrival_ns)
            off = pulse.number - filtered.number
            errors.append(abs(filtered.time_ns + off * filtered.period_ns - pulse.true_ns) / 1e6)
    return filtered, errors


def test_exact_pulses_give_the_exact_line() -> None:
    filtered, errors = feed(list(pulses(200, 97.0)))
    assert max(errors) < 1e-3
    assert filtered.period_ns == pytest.approx(60e9 / 24 / 97.0, rel=1e-6)
    assert filtered.number == 199


@pytest.mark.parametrize("bpm", [20.0, 60.0, 120.0, 180.0, 400.0])
def test_jitter_of_5_ms_is_filtered(bpm: float) -> None:
    filtered, errors = feed(list(pulses(4000, bpm, jitter_ms=5)))
    assert percentile(errors[4 * PULSES_A_BEAT :], 0.99) < 1.6
    assert filtered.number == 3999
    assert filtered.period_ns == pytest.approx(60e9 / 24 / bpm, rel=0.005)


# Faster clocks come with 10 ms between two pulses or less, and jitter of 5 ms hides which of them was lost: of those
# above 250 beats a minute one in a hundred is off by a pulse at first.
@given(st.floats(20, 180), st.floats(0, 5, allow_subnormal=False), st.integers(0, 1 << 30))
def test_no_jitter_up_to_5_ms_loses_or_invents_a_pulse(bpm: float, jitter_ms: float, seed: int) -> None:
    filtered, _ = feed(list(pulses(150, bpm, jitter_ms=jitter_ms, seed=seed)))
    assert filtered.number == 149


JUMPS = [(60, 240), (240, 60), (120, 60), (120, 240), (120, 80), (400, 60), (20, 300), (300, 20), (120, 125)]


@pytest.mark.parametrize("jitter_ms", [0.05, 5.0])
@pytest.mark.parametrize(("before", "after"), JUMPS)
def test_a_tempo_jump_is_followed_within_two_beats(before: float, after: float, jitter_ms: float) -> None:
    clock = list(pulses(600, lambda n: before if n < 300 else after, jitter_ms=jitter_ms))
    filtered, _ = feed(clock[: 300 + 2 * PULSES_A_BEAT])
    assert filtered.number == 299 + 2 * PULSES_A_BEAT
    assert filtered.period_ns == pytest.approx(60e9 / 24 / after, rel=0.02 if jitter_ms > 1 else 0.002)
    filtered, _ = feed(clock)
    assert filtered.number == 599
    assert filtered.period_ns == pytest.approx(60e9 / 24 / after, rel=0.005)


def test_an_accelerando_of_a_clean_clock_is_followed() -> None:
    clock = list(pulses(900, lambda n: 120 + 20 * min(1, max(0, (n - 200) / 384)), jitter_ms=0.05))
    assert max(feed(clock)[1][100:]) < 1.0


def test_lost_pulses_are_counted() -> None:
    lost = {150, 300, 301, 450, 451, 452, 453, 454, 455}
    filtered, errors = feed(list(pulses(600, jitter_ms=2, lost=lost.__contains__)))
    assert filtered.number == 599
    assert max(errors[100:]) < 3


def test_pulses_that_were_held_up_and_come_in_a_bunch_count_once() -> None:
    clock = list(pulses(300))
    held = [clock[n].arrival_ns for n in range(200, 205)]
    assert held[-1] is not None
    late = [Pulse(p.number, p.true_ns, held[-1] + p.number) if 200 <= p.number < 205 else p for p in clock]
    filtered, errors = feed(late)
    assert filtered.number == 299
    assert max(errors[210:]) < 0.1


def test_half_the_tempo_is_no_clock_that_loses_every_other_pulse() -> None:
    filtered, _ = feed(list(pulses(320, lambda n: 120 if n < 300 else 60)))
    assert filtered.number == 319
    assert filtered.period_ns == pytest.approx(60e9 / 24 / 60, rel=1e-3)
