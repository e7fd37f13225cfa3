"""What happens within one JACK cycle: samples, full buffers, floods. The server is the test.

A real server calls from a thread of its own, at its own time: what all back ends must do there is in
`test_io_contract`.
"""

from collections.abc import Iterator

import pytest

from realtime.errors import PortError
from realtime.player.backends import jack as backend
from realtime.player.backends.jack import MAX_CONTINUOUS, MAX_INPUT, MAX_WRITES, JackIO
from realtime.player.backends.jack_time import Cycles
from realtime.player.midi_bytes import note_off, note_on
from realtime.player.ports import Outgoing, PortConfig
from tests.player.jack_fake import CYCLE_NS, FRAMES, RATE, START_NS, FakeClient, FakeClock, FakePort

MS = 1_000_000
NOTES = [note_on(index % 16, index // 16, 1) for index in range(2 * MAX_WRITES)]


@pytest.fixture
def client() -> FakeClient:
    return FakeClient()


@pytest.fixture
def woken() -> list[None]:
    """Grows with each call to the player that input has come."""
    return []


@pytest.fixture
def io(client: FakeClient, woken: list[None], monkeypatch: pytest.MonkeyPatch) -> Iterator[JackIO]:
    monkeypatch.setattr(backend, "CycleClock", FakeClock)
    made = JackIO(client, PortConfig(), lambda: woken.append(None))
    yield made
    client.go("the test is over")
    made.close()


@pytest.fixture
def out(io: JackIO, client: FakeClient) -> FakePort:
    return client.midi_outports.made["Hocket Out"]


def send(io: JackIO, after_ms: float, data: bytes, port: str = "") -> None:
    io.send(Outgoing(due_ns=START_NS + round(after_ms * MS), data=data, port=port))


def test_a_message_is_written_at_the_sample_of_its_time(io: JackIO, client: FakeClient, out: FakePort) -> None:
    for after_ms, pitch in ((2.5, 60), (0, 61), (9.999, 62), (-7, 63), (10, 64), (31, 65)):
        send(io, after_ms, note_on(0, pitch, 1))
    for _ in range(4):
        client.cycle()
    assert [[(offset, data[1]) for offset, data in cycle] for cycle in out.cycles] == [
        [(0, 63), (0, 61), (120, 60), (479, 62)],  # by their times; what is late, at once
        [(0, 64)],
        [],
        [(48, 65)],
    ]
    told = [(each.event.data[1], each.sent_ns - START_NS) for each in io.written()]
    assert told == [(63, 0), (61, 0), (60, 2.5 * MS), (62, 479 * CYCLE_NS // FRAMES), (64, 10 * MS), (65, 31 * MS)]


def test_what_is_due_at_one_time_leaves_in_the_order_of_sending(io: JackIO, client: FakeClient, out: FakePort) -> None:
    row = [note_off(0, 60), note_on(0, 60, 1), note_off(0, 60), note_on(0, 60, 2)]
    for data in row:
        send(io, 5, data)
    client.cycle()
    assert out.cycles == [[(240, data) for data in row]]


def test_a_cycle_that_is_called_twice_keeps_what_it_wrote_and_reads_once(
    io: JackIO, client: FakeClient, out: FakePort
) -> None:
    send(io, 5, note_on(0, 60, 1))
    client.midi_inports.made["Hocket In"].incoming = [(0, note_on(0, 61, 1))]
    client.cycle(calls=2)
    client.cycle()
    assert out.cycles == [[(240, note_on(0, 60, 1))], []]
    assert len(io.poll()) == 1
    assert io.missed_cycles == 0


def test_a_cycle_without_a_call_is_counted_and_its_notes_leave_in_the_next(
    io: JackIO, client: FakeClient, out: FakePort
) -> None:
    client.cycle()
    send(io, 25, note_on(0, 60, 1))
    client.cycle(calls=0)
    client.cycle(calls=0)
    client.cycle(calls=2)
    assert io.missed_cycles == 2
    assert [[data for _, data in cycle] for cycle in out.cycles] == [[], [note_on(0, 60, 1)]]


def test_the_count_of_frames_begins_again_after_32_bits() -> None:
    cycles = Cycles()
    for frame in ((1 << 32) - 960, (1 << 32) - 480, 0, 0, 960):
        cycles.follow(frame, 480)
    assert (cycles.missed, cycles.is_repeated) == (1, False)


def test_a_full_buffer_delays_and_loses_nothing(io: JackIO, client: FakeClient, out: FakePort) -> None:
    out.room = 3
    for data in NOTES[:8]:
        send(io, 0, data)
    for _ in range(4):
        client.cycle()
    assert [len(cycle) for cycle in out.cycles] == [3, 3, 2, 0]
    assert [data for cycle in out.cycles for _, data in cycle] == NOTES[:8]
    assert [each.sent_ns for each in io.written()] == [START_NS + CYCLE_NS * n for n in (0, 0, 0, 1, 1, 1, 2, 2)]
    assert io.lost_output == 0


def test_a_burst_is_spread_over_cycles(io: JackIO, client: FakeClient, out: FakePort) -> None:
    for data in NOTES:
        send(io, 0, data)
    client.cycle()
    client.cycle()
    assert [len(cycle) for cycle in out.cycles] == [MAX_WRITES, MAX_WRITES]
    assert [data for cycle in out.cycles for _, data in cycle] == NOTES


def test_what_is_for_an_output_that_is_gone_is_counted_and_holds_up_nobody(
    io: JackIO, client: FakeClient, out: FakePort
) -> None:
    send(io, 0, NOTES[0], "bass")
    send(io, 0, NOTES[1])
    client.cycle()
    assert out.cycles == [[(0, NOTES[1])]]
    assert io.lost_output == 1
    assert [each.event.data for each in io.written()] == [NOTES[1]]


def test_input_is_stamped_at_its_sample_and_wakes_the_player_once(
    io: JackIO, client: FakeClient, woken: list[None]
) -> None:
    source = client.midi_inports.made["Hocket In"]
    client.cycle()
    assert woken == []
    source.incoming = [(0, NOTES[0]), (240, NOTES[1])]
    client.cycle()
    assert woken == [None]
    assert io.poll() == [(START_NS + CYCLE_NS, NOTES[0]), (START_NS + CYCLE_NS + 5 * MS, NOTES[1])]
    assert io.poll() == []


def test_a_flood_that_nobody_takes_is_bounded_and_counted(io: JackIO, client: FakeClient, woken: list[None]) -> None:
    source = client.midi_inports.made["Hocket In"]
    source.incoming = [(0, NOTES[0])] * (MAX_INPUT + 7)
    client.cycle()
    source.incoming = [(0, NOTES[1])]
    client.cycle()
    assert io.lost_input == 8
    assert len(woken) == 1  # the second cycle brought nothing that could be taken
    taken = 0
    while batch := io.poll():
        taken += len(batch)
    assert taken == MAX_INPUT


def test_a_flood_of_controllers_leaves_room_for_notes(io: JackIO, client: FakeClient) -> None:
    source = client.midi_inports.made["Hocket In"]
    source.incoming = [(0, bytes((0xB0, 1, 5)))] * (MAX_CONTINUOUS + 7) + [(1, NOTES[0])]
    client.cycle()
    assert io.lost_input == 7
    taken = [message for _ in range(MAX_INPUT) for message in io.poll()]
    assert len(taken) == MAX_CONTINUOUS + 1
    assert taken[-1][1] == NOTES[0]


def test_a_longer_period_asks_for_an_earlier_hand_over(io: JackIO, client: FakeClient) -> None:
    assert io.lead_ns == 2 * CYCLE_NS
    client.cycle(1024)
    assert io.lead_ns == 2 * 1024 * 1_000_000_000 // RATE
    client.cycle(64)
    assert io.lead_ns == 10 * MS  # never less, however short the period


def test_a_server_that_ends_is_told_with_its_reason(io: JackIO, client: FakeClient, woken: list[None]) -> None:
    assert io.alive() is None
    client.go("killed")
    assert io.alive() == "the JACK server is gone (killed)"
    assert woken == [None]
    with pytest.raises(PortError, match="killed"):
        send(io, 0, NOTES[0])
    io.close()
    assert client.calls == ["activate", "close"]  # a server that is gone is not asked for anything


def test_a_server_that_makes_no_cycles_does_not_hold_up_the_end(
    io: JackIO, client: FakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backend, "CLOSE_SECONDS", 0.02)
    send(io, 0, NOTES[0])
    io.close()
    assert client.calls == ["activate", "deactivate", "close"]
