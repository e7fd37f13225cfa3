"""MIDI clock, from its bytes to the player's ticks."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.messages import Locate, SetTempo, StartTransport, StopTransport
from realtime.player.midi_bytes import CONTINUE, START, STOP, song_position
from realtime.player.sync.conductor import Direction
from tests.player.sync.master import BEGIN_NS, NS, PULSE, PULSES_A_BEAT, Follower, percentile, pulses

STARTED, STOPPED, CONTINUED = bytes((START,)), bytes((STOP,)), bytes((CONTINUE,))
HALF_HOUR_BEATS = 30 * 60  # at 60 a minute


def started(**clock: object) -> tuple[Follower, list[float]]:
    """A follower after a Start and a clock."""
    follower = Follower()
    follower.hear(STARTED)
    return follower, follower.follow(pulses(**clock))  # type: ignore[arg-type]


@pytest.mark.parametrize("bpm", [60.0, 120.0, 240.0])
def test_with_jitter_of_5_ms_the_beat_is_within_2_ms_after_four_beats(bpm: float) -> None:
    _, errors = started(count=200 * PULSES_A_BEAT, bpm=bpm, jitter_ms=5.0)
    assert percentile(errors[4 * PULSES_A_BEAT :], 0.99) <= 2.0


def test_nothing_is_lost_over_half_an_hour() -> None:
    follower, errors = started(count=HALF_HOUR_BEATS * PULSES_A_BEAT, bpm=60.0, jitter_ms=5.0)
    settled = errors[4 * PULSES_A_BEAT :]
    assert percentile(settled, 0.99) <= 2.0
    assert max(settled) < 4.0
    assert follower.conductor.pulses_in == HALF_HOUR_BEATS * PULSES_A_BEAT
    assert abs(follower.clock.tick() - HALF_HOUR_BEATS * 480) < 25
    assert all(later >= earlier for earlier, later in pairwise(follower.ticks[1:]))
    assert len(follower.told) < HALF_HOUR_BEATS / 2  # the engine is not flooded with anchors


def test_a_clean_clock_is_followed_to_a_tenth_of_a_ms() -> None:
    _, errors = started(count=40 * PULSES_A_BEAT, bpm=131.0, jitter_ms=0.02)
    assert max(errors[4 * PULSES_A_BEAT :]) < 0.15  # 0.1 tick is not worth another tempo


@pytest.mark.parametrize(
    ("asked", "what"),
    [
        (StartTransport(), "start"),
        (StopTransport(), "stop"),
        (Locate(960), "locate"),
        (SetTempo(90.0), "set the tempo"),
    ],
)
def test_what_is_the_leaders_to_do_is_refused_in_one_line(
    what: str, asked: Direction, capsys: pytest.CaptureFixture[str]
) -> None:
    follower, _ = started(count=8 * PULSES_A_BEAT)
    before = (follower.conductor.playing, follower.transport, follower.clock.anchor)
    follower.conductor.direct(asked)
    assert (follower.conductor.playing, follower.transport, follower.clock.anchor) == before
    (line,) = capsys.readouterr().err.splitlines()
    assert line == f"player: cannot {what}: MIDI clock leads; do it there, or choose --sync internal"


def test_start_waits_for_the_first_pulse_where_none_came_before() -> None:
    follower = Follower()
    follower.hear(STARTED)
    follower.wait(300)
    assert not follower.conductor.playing
    follower.hear(PULSE)
    assert follower.conductor.playing
    assert follower.clock.tick() == 0
    assert follower.transport.tick == 0


def test_start_on_a_running_clock_puts_tick_0_on_the_next_pulse_ahead_of_it() -> None:
    follower = Follower()
    clock = list(pulses(200))
    follower.follow(iter(clock[:100]))
    follower.hear(STARTED, round(clock[99].true_ns) + 2_000_000)
    assert follower.conductor.playing
    assert follower.transport.counting_in
    assert follower.clock.time_of(0) == pytest.approx(clock[100].true_ns, abs=100_000)
    follower.origin_tick = -100 * 20
    errors = follower.follow(iter(clock[100:]))
    assert max(errors) < 0.3
    assert not follower.transport.counting_in


def test_what_waits_for_the_announced_place_is_not_cleared_by_the_start() -> None:
    follower = Follower()
    before = follower.conductor.step()
    assert before.transport is None
    follower.follow(pulses(50))
    follower.hear(STARTED)
    start = next(step for step in follower.steps if step.transport and step.transport.playing)
    assert not start.clear
    assert start.transport is not None
    assert start.transport.epoch == 1


def test_stop_keeps_the_place_and_continue_goes_on_from_it() -> None:
    follower, _ = started(count=97)
    assert follower.conductor.playing
    follower.hear(STOPPED)
    assert not follower.conductor.playing
    assert follower.steps[-1].clear
    assert (follower.transport.tick, follower.transport.epoch) == (97 * 20, 2)
    second = list(pulses(48, begin_ns=follower.time.ns + 20_000_000))
    follower.follow(iter(second[:24]))
    follower.hear(CONTINUED)
    assert follower.transport.playing
    assert follower.transport.tick == 97 * 20
    follower.origin_tick = 97 * 20 - 24 * 20
    assert max(follower.follow(iter(second[24:]))) < 0.5


def test_the_clock_runs_on_while_the_music_stands() -> None:
    follower, _ = started(count=48)
    follower.hear(STOPPED)
    tick = follower.clock.tick()
    follower.wait(500)
    assert follower.clock.tick() == pytest.approx(tick + 480, abs=30)


@pytest.mark.parametrize("sixteenths", [0, 1, 64, 16383])
def test_a_song_position_moves_the_next_start(sixteenths: int) -> None:
    follower = Follower()
    follower.follow(pulses(30))
    follower.hear(song_position(sixteenths))
    if sixteenths:
        assert follower.steps[-1].clear
        assert (follower.transport.tick, follower.transport.epoch) == (sixteenths * 120, 2)
    follower.hear(CONTINUED)
    follower.hear(PULSE, round(BEGIN_NS + 30 * NS / 48))
    assert follower.conductor.playing
    assert follower.clock.tick() == pytest.approx(sixteenths * 120, abs=1)


def test_a_song_position_while_playing_moves_only_if_it_is_elsewhere() -> None:
    follower, _ = started(count=96)
    told = len(follower.steps)
    follower.hear(song_position(16))  # the next pulse, 96, is sixteenth 16
    assert len(follower.steps) == told
    follower.hear(song_position(64))
    assert follower.steps[-1].clear
    follower.hear(PULSE, round(BEGIN_NS + 96 * NS / 48))
    assert follower.clock.tick() == pytest.approx(64 * 120, abs=1)


def test_start_twice_stop_twice_and_continue_first_make_sense() -> None:
    follower = Follower()
    follower.hear(CONTINUED)
    follower.hear(CONTINUED)
    follower.follow(pulses(24))
    assert follower.transport.tick == 0
    told = len(follower.steps)
    follower.hear(STARTED)
    follower.hear(CONTINUED)
    assert len(follower.steps) == told
    follower.hear(STOPPED)
    epoch = follower.transport.epoch
    follower.hear(STOPPED)
    assert follower.transport.epoch == epoch
    assert follower.transport.tick == 24 * 20


def test_a_drop_out_is_bridged_for_a_second() -> None:
    follower, _ = started(count=96, jitter_ms=2)
    told = len(follower.steps)
    follower.wait(900)
    assert follower.conductor.playing
    assert len(follower.steps) == told
    follower.wait(200)
    assert not follower.conductor.playing
    assert not follower.transport.locked
    assert follower.steps[-1].clear


def test_a_clock_that_comes_back_goes_on_where_it_would_be() -> None:
    back_pulse = 96 + 24 * 8  # 4 s later
    follower = Follower()
    follower.hear(STARTED)
    clock = pulses(400, jitter_ms=0.5, lost=lambda n: 96 <= n < back_pulse)
    errors: list[float] = []
    for pulse in clock:
        follower.time.ns = max(follower.time.ns, round(pulse.true_ns))
        follower.step()
        errors += follower.follow(iter([pulse]))
    assert follower.transport.playing
    assert follower.transport.tick == back_pulse * 20
    assert max(errors[back_pulse + 24 :]) < 2.0


@pytest.mark.parametrize("bpm", [15.0, 600.0, 999.0])
def test_a_tempo_out_of_range_is_not_followed(bpm: float) -> None:
    follower, _ = started(count=200, bpm=bpm)
    assert not follower.transport.locked
    assert 20 <= follower.clock.anchor.bpm <= 400


def test_a_tempo_jump_moves_no_tick() -> None:
    follower = Follower()
    follower.hear(STARTED)
    errors = follower.follow(pulses(400, lambda n: 60 if n < 200 else 240, jitter_ms=1))
    assert follower.transport.epoch == 1
    assert max(errors[200 + 4 * PULSES_A_BEAT :]) < 2.0
    assert all(later >= earlier for earlier, later in pairwise(follower.ticks[1:]))


EVENTS = st.one_of(
    st.tuples(st.just(PULSE * 1), st.integers(1, 200)),
    st.tuples(st.sampled_from([STARTED, STOPPED, CONTINUED]), st.integers(0, 30)),
    st.tuples(st.builds(song_position, st.integers(0, 16383)), st.integers(0, 30)),
    st.tuples(st.just(b""), st.integers(1, 3000)),
)


@given(st.lists(st.one_of(EVENTS, st.tuples(st.just(PULSE), st.just(21))), max_size=80))
def test_ticks_go_back_only_where_it_is_said(events: list[tuple[bytes, int]]) -> None:
    follower = Follower()
    last = follower.clock.tick()
    for data, wait_ms in events:
        follower.time.pass_ms(wait_ms)
        said = len(follower.steps)
        before = follower.clock.tick()
        assert before >= last
        if data:
            follower.hear(data)
        else:
            follower.step()
        last = follower.clock.tick()
        new = [step.transport for step in follower.steps[said:] if step.transport]
        if last < before:
            assert new, "a tick came twice and nobody was told"
            assert follower.steps[-1].clock is not None
