"""MIDI clock to others, through the core on memory ports; and what a follower makes of it."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from realtime.messages import Counters, Locate, Plugged, SetPorts, SetSync, SetTempo, StartTransport, StopTransport
from realtime.player.clock import MS_NS
from realtime.player.midi_bytes import CLOCK, CONTINUE, SONG_POSITION, START, STOP, SYNC_STATUSES, song_position
from realtime.player.sync.clock_out import ClockOut
from realtime.player.sync.options import SyncOptions
from tests.player.fakes import FakeSound, FakeTime, RecordingIO, Rig
from tests.player.sync.master import Follower

PULSE_NS = 500_000_000 / 24
NAMES = {CLOCK: ".", START: "start", CONTINUE: "continue", STOP: "stop", SONG_POSITION: "position"}


def clock_rig(**options: object) -> Rig:
    return Rig(sync=SyncOptions(clock_out=True, **options))  # type: ignore[arg-type]


def names(rig: Rig) -> list[str]:
    """What was sent, pulses left out."""
    return [NAMES[data[0]] for data in rig.io.data if data[0] != CLOCK]


def test_start_and_then_a_pulse_every_24th_of_a_beat_on_its_time() -> None:
    rig = clock_rig()
    start_ns = rig.time.ns
    rig.run_ms(20_000)
    assert names(rig) == ["start"]
    assert rig.io.data[0] == bytes((START,))
    due = [event.due_ns - start_ns for event in rig.io.sent if event.data[0] == CLOCK]
    assert len(due) == 20 * 48 + 1
    assert max(abs(at_ns - number * PULSE_NS) for number, at_ns in enumerate(due)) <= 1
    counters = rig.of(Counters)[-1]
    assert (counters.ons, counters.offs) == (0, 0)
    assert counters.late_events == 0
    assert len(due) - 24 <= counters.pulses_out <= len(due)


def test_stop_and_start_put_the_follower_to_its_place() -> None:
    rig = clock_rig()
    rig.run_ms(1000)
    rig.core.handle(StopTransport())
    rig.run_ms(1000)
    assert names(rig) == ["start", "stop"]
    pulses = rig.io.data.count(bytes((CLOCK,)))
    assert pulses == pytest.approx(96, abs=2)  # they go on, so that others know the tempo
    rig.core.handle(Locate(4 * 480))
    rig.core.handle(StartTransport())
    rig.run_ms(30)
    last = [data for data in rig.io.data if data[0] != CLOCK][2:]
    assert last == [song_position(16), bytes((CONTINUE,))]
    assert [data for data in rig.io.data[-4:] if data[0] == CLOCK]


def test_a_count_in_holds_the_start_back() -> None:
    rig = clock_rig(count_in=1, count_in_channel=0)
    rig.core.handle(StartTransport())
    rig.run_ms(1900)
    assert names(rig) == []
    rig.run_ms(101)
    assert names(rig) == ["start"]


def test_it_goes_on_after_a_standstill_of_the_machine() -> None:
    rig = clock_rig()
    rig.run_ms(100)
    sent = len(rig.io.sent)
    rig.time.pass_ms(30_000)
    rig.core.step()
    assert len(rig.io.sent) - sent < 12  # no burst of old pulses
    rig.run_ms(300)
    assert names(rig) == ["start", "stop", "position", "continue"]


def test_the_last_word_is_stop() -> None:
    rig = clock_rig()
    rig.run_ms(100)
    rig.core.shutdown()
    assert names(rig) == ["start", "stop"]
    rig = clock_rig()
    rig.run_ms(100)
    rig.core.handle(SetSync())
    rig.run_ms(100)
    assert names(rig) == ["start", "stop"]
    assert rig.io.data[-1] == bytes((STOP,))


def test_our_clock_heard_back_on_the_input_moves_nothing() -> None:
    rig = clock_rig()
    for _ in range(2000):
        known = len(rig.io.sent)
        rig.run_ms(1)
        for event in rig.io.sent[known:]:
            rig.io.inject(event.data)
    assert names(rig) == ["start"]
    assert rig.clock.tick() == pytest.approx(4 * 480, abs=1)
    counters = rig.of(Counters)[-1]
    assert (counters.pulses_in, counters.echoes) == (0, 0)


def test_the_synth_hears_no_clock() -> None:
    rig = clock_rig()
    sound = FakeSound()
    rig.core.hear(sound)
    rig.run_ms(100)
    assert rig.io.sent
    assert sound.heard == []


def told(rig: Rig, port: str) -> list[str]:
    """What one output was sent, pulses as one dot however many."""
    words = [NAMES[event.data[0]] for event in rig.io.sent if event.port == port]
    return [word for place, word in enumerate(words) if word != "." or words[place - 1 : place] != ["."]]


def test_each_output_has_its_own_way_with_the_clock() -> None:
    rig = clock_rig(clock_ports=(("drums", "on"), ("synth", "position"), ("bass", "off")))
    rig.run_ms(700)
    rig.core.handle(SetPorts(("bass", "drums", "synth")))
    rig.run_ms(2000)
    rig.core.handle(StopTransport())
    rig.run_ms(100)
    assert told(rig, "") == ["start", ".", "stop", "."]
    assert told(rig, "bass") == []
    assert told(rig, "synth") == ["position", ".", "continue", ".", "stop", "."]  # it came late, and joins
    assert told(rig, "drums") == [".", "start", ".", "stop", "."]
    starts = [event.due_ns for event in rig.io.sent if event.data[0] == START]
    assert starts[1] - starts[0] == pytest.approx(2000 * MS_NS, abs=1)  # the next bar line
    assert rig.of(Counters)[-1].lost_output == 0


def test_an_output_that_goes_is_stopped_and_comes_back_to_its_place() -> None:
    rig = clock_rig(clock_ports=(("synth", "position"),))
    rig.core.handle(SetPorts(("synth",)))
    rig.run_ms(300)
    rig.core.handle(SetPorts(()))
    rig.run_ms(300)
    assert told(rig, "synth") == ["start", ".", "stop"]
    rig.core.handle(SetPorts(("synth",)))
    rig.run_ms(300)
    assert told(rig, "synth")[3:] == ["position", ".", "continue", "."]
    assert told(rig, "") == ["start", "."]
    pulses = rig.io.data.count(bytes((CLOCK,)))
    rig.run_ms(600)
    assert rig.of(Counters)[-1].pulses_out >= pulses


def test_after_a_loss_only_outputs_that_are_there_get_pulses() -> None:
    rig = clock_rig(clock_ports=(("synth", "position"),))
    rig.core.handle(SetPorts(("synth",)))
    rig.run_ms(300)
    rig.io.reason = "unplugged"
    rig.run_ms(10)
    again = RecordingIO(rig.time)
    again.set_outputs = lambda names: None  # type: ignore[method-assign]
    rig.core.attach(again, "none: test", ())
    rig.run_ms(600)
    assert {event.port for event in again.sent} == {""}
    again.tell(Plugged("Hocket Out synth", "out", "synth", there=True))
    rig.run_ms(10)
    assert {event.port for event in again.sent} == {"", "synth"}


PLAN = st.lists(
    st.tuples(
        st.one_of(
            st.builds(SetTempo, bpm=st.sampled_from([60.0, 97.0, 120.0, 180.0])),
            st.builds(Locate, tick=st.integers(0, 40_000)),
            st.just(StopTransport()),
            st.just(StartTransport()),
        ),
        st.integers(0, 900),
    ),
    max_size=6,
)


def run_coarsely(rig: Rig, ms: int) -> None:
    """Steps of 5 ms: what was sent carries its due time all the same."""
    for _ in range(ms // 5):
        rig.time.pass_ms(5)
        rig.core.step()


@settings(max_examples=25, deadline=None)  # seconds of music each
@given(PLAN)
@example([(SetTempo(bpm=180.0), 45), (Locate(tick=9), 0), (SetTempo(bpm=97.0), 0)])  # half the tempo, then a start
@example([(Locate(tick=251), 43), (SetTempo(bpm=60.0), 147), (StartTransport(), 0)])
def test_a_follower_of_our_clock_is_where_we_are(plan: list[tuple[object, int]]) -> None:
    rig = clock_rig()
    for message, wait_ms in plan:
        rig.core.handle(message)  # type: ignore[arg-type]
        run_coarsely(rig, wait_ms)
    run_coarsely(rig, 3000)
    follower = Follower(time=FakeTime(rig.io.sent[0].due_ns - 1))
    for event in rig.io.sent:
        if event.data[0] in SYNC_STATUSES:
            follower.hear(event.data, max(event.due_ns, follower.time.ns))
    playing = rig.core._conductor.playing
    assert follower.conductor.playing == playing
    if playing:
        assert follower.clock.tick_at(rig.time.ns) == pytest.approx(rig.clock.tick(), abs=6)


@given(st.integers(-4000, 400_000), st.integers(0, 4000))
def test_a_follower_begins_on_a_sixteenth_at_or_after_the_place(tick: int, count_in: int) -> None:
    out = ClockOut()
    out.move(tick - count_in, tick)
    sent = out.pop_due(max(tick, 0) + 200, -(1 << 40))
    begins = [at for at, data in sent if data[0] in (START, CONTINUE)]
    assert len(begins) == 1
    begin_pulse = next(at for at, data in sent if data[0] == CLOCK and at > begins[0])
    assert begin_pulse % 120 == 0
    assert max(0, tick) <= begin_pulse < max(0, tick) + 120
