import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.errors import PortError
from realtime.messages import (
    THRU_MODES,
    THRU_OFF,
    WIRE_VERSION,
    Accepted,
    Chunk,
    ChunkNote,
    Clock,
    Counters,
    Cut,
    Inject,
    Panic,
    Played,
    PortLost,
    Quit,
    Ready,
    Sent,
    SetTempo,
    SetThru,
    Silenced,
    Transport,
)
from realtime.player.midi_bytes import control_change, is_note_off, is_note_on, note_off, note_on, release_messages
from realtime.player.ports import Outgoing
from tests.player.fakes import RecordingIO, Rig

MS = 1_000_000


def one_note(tick: int, duration: int = 480, *, pitch: int = 60, generation: int = 1, part: str = "a") -> Chunk:
    note = ChunkNote(tick, pitch, duration, 90)
    return Chunk(part=part, generation=generation, channel=0, start_tick=tick, notes=(note,))


def test_ready_comes_first_and_then_the_clock_and_the_transport() -> None:
    rig = Rig()
    ready, clock, transport = rig.messages
    assert isinstance(ready, Ready)
    assert ready.wire_version == WIRE_VERSION
    assert (ready.backend, ready.in_port, ready.out_port) == ("memory", "Hocket In", "Hocket Out")
    assert clock == Clock(tick=0, time_ns=rig.time.ns, bpm=120.0)
    assert transport == Transport(playing=True, tick=0, source="internal")


def test_with_tracing_on_each_chunk_that_was_placed_is_told_and_a_stale_one_is_not() -> None:
    rig = Rig(trace=True)
    rig.core.handle(one_note(48, generation=3))
    rig.time.pass_ms(2)
    rig.core.handle(one_note(48, generation=2))
    rig.core.handle(one_note(96, generation=4))
    start = rig.clock.time_of(0)
    told = [message for message in rig.messages if isinstance(message, Accepted)]
    assert told == [Accepted("a", 3, start), Accepted("a", 4, start + 2 * MS)]


def test_without_tracing_placed_chunks_are_not_told() -> None:
    rig = Rig()
    rig.core.handle(one_note(48))
    assert not any(isinstance(message, Accepted) for message in rig.messages)


def test_a_note_leaves_when_it_is_due_and_is_traced() -> None:
    rig = Rig(trace=True)
    start = rig.time.ns
    rig.core.handle(one_note(48, 96))
    assert rig.core.next_deadline_ns() <= start + 50 * MS
    rig.run_ms(49)
    assert rig.io.sent == []
    rig.run_ms(200)
    assert [(event.data, event.due_ns - start) for event in rig.io.sent] == [
        (note_on(0, 60, 90), 50 * MS),
        (note_off(0, 60), 150 * MS),
    ]
    traced = rig.of(Sent)
    assert [(sent.part, sent.generation, sent.data[0]) for sent in traced] == [("a", 1, 0x90), ("a", 1, 0x80)]
    assert all(0 <= sent.sent_ns - sent.due_ns <= MS for sent in traced)


def test_a_note_that_is_a_little_late_leaves_at_once_and_counts() -> None:
    rig = Rig()
    rig.run_ms(60)
    rig.core.handle(one_note(10))
    rig.core.handle(one_note(57, pitch=61))
    rig.core.step()
    assert rig.io.data == [note_on(0, 60, 90), note_on(0, 61, 90)]
    rig.run_ms(600)
    counters = rig.of(Counters)[-1]
    assert counters.late_events == 1
    assert 48_000 <= counters.late_max_us <= 51_000


def test_a_cut_follows_a_note_on_that_was_handed_over_ahead() -> None:
    rig = Rig(lead_ns=20 * MS)
    start = rig.time.ns
    rig.core.handle(one_note(48))
    rig.run_ms(35)
    assert rig.io.data == [note_on(0, 60, 90)]
    rig.core.handle(Cut(part="a", generation=2))
    assert [event.due_ns - start for event in rig.io.sent] == [50 * MS, 50 * MS]
    assert is_note_off(rig.io.sent[1].data)


def test_the_tempo_moves_what_is_not_sent_yet() -> None:
    rig = Rig()
    start = rig.time.ns
    rig.core.handle(one_note(480))
    rig.core.handle(SetTempo(bpm=240.0))
    assert rig.of(Clock)[-1].bpm == 240.0
    rig.run_ms(260)
    assert [event.due_ns - start for event in rig.io.sent] == [250 * MS]


def test_an_impossible_tempo_is_answered_with_the_one_in_force(capsys: pytest.CaptureFixture[str]) -> None:
    rig = Rig()
    rig.core.handle(SetTempo(bpm=float("nan")))
    assert rig.of(Clock)[-1].bpm == 120.0
    assert "tempo" in capsys.readouterr().err


def test_input_is_reported_and_thru_sends_the_same_bytes_at_once() -> None:
    rig = Rig(thru=True)
    rig.core.handle(Inject(data=note_on(2, 50, 70), time_ns=rig.time.ns))
    rig.core.step()
    assert rig.of(Played) == [Played(time_ns=rig.time.ns, tick=0, data=note_on(2, 50, 70))]
    assert rig.io.data == [note_on(2, 50, 70)]
    rig.core.handle(SetThru(THRU_OFF))
    assert rig.io.data[1:] == [note_off(2, 50)]
    rig.core.handle(Inject(data=note_on(2, 52, 70), time_ns=rig.time.ns))
    rig.core.step()
    assert len(rig.io.sent) == 2


def test_rubbish_on_the_input_is_counted() -> None:
    rig = Rig(thru=True)
    for data in (b"\xf0" + bytes(100_000), b"\x90", b"\xf8", bytes((0x90, 200, 1))):
        rig.core.handle(Inject(data=data))
    rig.run_ms(600)
    assert rig.of(Played) == []
    assert rig.of(Counters)[-1].ignored_input == 4
    assert rig.io.sent == []


def test_an_output_wired_to_its_own_input_does_not_run_away() -> None:
    rig = Rig(thru=True)
    rig.core.handle(Inject(data=note_on(0, 60, 70), time_ns=rig.time.ns))
    for _ in range(50):
        known = len(rig.io.sent)
        rig.core.step()
        for event in rig.io.sent[known:]:
            for _ in range(2):  # two cables
                rig.io.inject(event.data)
        rig.time.pass_ms(1)
    rig.core.shutdown()
    assert len([data for data in rig.io.data if is_note_on(data)]) == 1
    assert rig.of(Counters)[-1].echoes == 2


def test_panic_releases_first_and_then_resets_the_channels() -> None:
    rig = Rig()
    rig.core.handle(one_note(0))
    rig.core.handle(one_note(960, pitch=70))
    rig.core.step()
    rig.core.handle(Panic())
    expected = [note_off(0, 60)]
    expected += [control_change(0, number, 0) for number in (64, 123, 120)] + [bytes((0xE0, 0, 64))]
    assert rig.io.data[1:] == expected
    assert rig.of(Silenced) == [Silenced(released=1)]
    rig.run_ms(2000)
    assert len(rig.io.sent) == 1 + len(expected)


def test_panic_everywhere_names_every_note() -> None:
    rig = Rig()
    rig.core.handle(Panic(everything=True))
    offs = {(data[0] & 15, data[1]) for data in rig.io.data if is_note_off(data)}
    assert len(offs) == 16 * 128
    assert sum(data[1:] == bytes((123, 0)) for data in rig.io.data) == 16


def test_shutdown_releases_before_the_port_closes() -> None:
    rig = Rig(thru=True, trace=True)
    rig.core.handle(one_note(0))
    rig.core.handle(Inject(data=note_on(5, 40, 1), time_ns=rig.time.ns))
    rig.core.step()
    rig.core.shutdown()
    assert rig.io.data[2:4] == [note_off(0, 60), note_off(5, 40)]
    assert control_change(0, 123, 0) in rig.io.data
    assert control_change(5, 123, 0) in rig.io.data
    assert rig.io.is_closed
    assert rig.of(Counters)[-1].ons == rig.of(Counters)[-1].offs == 2
    assert len(rig.of(Sent)) == 4


def test_a_lost_port_is_told_once_and_the_player_goes_on_in_silence() -> None:
    rig = Rig()
    rig.core.handle(one_note(0))
    rig.core.step()
    rig.io.reason = "unplugged"
    rig.core.handle(one_note(480, pitch=64))
    rig.run_ms(700)
    assert rig.of(PortLost) == [PortLost(text="unplugged")]
    assert rig.io.data == [note_on(0, 60, 90), note_off(0, 60)]  # only the input may have gone
    assert rig.core.take_lost() is rig.io
    assert rig.core.take_lost() is None
    again = RecordingIO(rig.time)
    rig.core.attach(again, "none: test", ())
    assert len(rig.of(Ready)) == 2
    rig.core.handle(one_note(960, 10, pitch=65))
    rig.run_ms(600)
    owed = [note_off(0, 60), *release_messages(0)]  # nobody knows who has heard the release
    assert again.data == [*owed, note_on(0, 65, 90), note_off(0, 65)]


def test_a_port_that_fails_while_sending_is_lost() -> None:
    rig = Rig()

    def fail(_event: Outgoing) -> None:
        raise PortError("gone in the middle")

    rig.io.send = fail  # type: ignore[method-assign]
    rig.core.handle(one_note(0))
    rig.core.handle(one_note(0, pitch=61))
    rig.core.step()
    assert rig.of(PortLost) == [PortLost(text="gone in the middle")]
    rig.run_ms(600)
    assert rig.of(Counters)[-1].ons == rig.of(Counters)[-1].offs


def test_counters_come_twice_a_second_and_only_when_changed() -> None:
    rig = Rig()
    rig.run_ms(2000)
    assert rig.of(Counters) == []
    rig.core.handle(one_note(2000, 1))
    rig.run_ms(2000)
    assert len(rig.of(Counters)) == 1


def test_quit_ends() -> None:
    assert not Rig().core.handle(Quit())


NOTES = st.tuples(st.integers(0, 2000), st.integers(55, 60), st.integers(1, 400), st.integers(0, 5))
WORK = st.one_of(
    st.builds(lambda n: one_note(n[0], n[2], pitch=n[1], generation=n[3]), NOTES),
    st.builds(lambda n: one_note(n[0], n[2], pitch=n[1], generation=n[3], part="b"), NOTES),
    st.builds(Cut, part=st.sampled_from("ab"), generation=st.integers(0, 6)),
    st.builds(SetTempo, bpm=st.floats(20, 400)),
    st.builds(SetThru, st.sampled_from(THRU_MODES)),
    st.builds(Inject, data=st.builds(note_on, st.just(0), st.integers(55, 60), st.just(9))),
    st.builds(Inject, data=st.builds(note_off, st.just(0), st.integers(55, 60))),
    st.just(Panic()),
)


@given(st.lists(st.tuples(WORK, st.integers(0, 300)), max_size=25), st.sampled_from([0, 20 * MS]))
def test_the_wire_sees_pairs_in_order_of_due_time(work: list, lead_ns: int) -> None:  # type: ignore[type-arg]
    rig = Rig(thru=True, lead_ns=lead_ns)
    for message, wait_ms in work:
        rig.core.handle(message)
        rig.core.step()
        rig.time.pass_ms(wait_ms)
        rig.core.step()
    rig.core.shutdown()
    sounding: set[int] = set()
    # As a back end with sample offsets writes them: by due time, then in the order of sending.
    for event in sorted(rig.io.sent, key=lambda event: event.due_ns):
        if is_note_on(event.data):
            assert event.data[1] not in sounding
            sounding.add(event.data[1])
        elif is_note_off(event.data) and event.part:
            assert event.data[1] in sounding
            sounding.remove(event.data[1])
    assert sounding == set()
