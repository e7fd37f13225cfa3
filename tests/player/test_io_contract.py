"""What every back end must do, checked against the real thing."""

import time

import pytest

from realtime.errors import PortError
from realtime.player.midi_bytes import note_on
from realtime.player.ports import MidiIO, Outgoing, Written
from tests.player.io_pair import Other, opened
from tests.player.jack_peer import wait_until
from tests.player.player_process import MS


def test_all_arrives_once_and_in_order(pair: tuple[MidiIO, Other]) -> None:
    io, other = pair
    sent = [note_on(index % 16, index % 128, 1 + index // 128) for index in range(500)]
    for data in sent:
        io.send(Outgoing(due_ns=time.monotonic_ns(), data=data))
        if data[1] % 16 == 0:
            time.sleep(0.001)  # RtMidi's ring to JACK is small
    wait_until(lambda: len(other.heard()) >= len(sent), "all notes")
    assert other.heard() == sent


def test_written_tells_what_left_and_when(pair: tuple[MidiIO, Other]) -> None:
    io, _ = pair
    before_ns = time.monotonic_ns()
    events = [Outgoing(due_ns=before_ns, data=note_on(0, pitch, 1)) for pitch in range(20)]
    for event in events:
        io.send(event)
    written: list[Written] = []

    def all_written() -> bool:
        written.extend(io.written())
        return len(written) >= len(events)

    wait_until(all_written, "word of what was written")
    assert [entry.event for entry in written] == events
    assert all(-5 * MS < entry.sent_ns - before_ns < 1000 * MS for entry in written)


def test_input_arrives_in_order_with_the_time_it_came(pair: tuple[MidiIO, Other]) -> None:
    io, other = pair
    before_ns = time.monotonic_ns()
    played = [note_on(3, pitch, 64) for pitch in range(50)]
    for data in played:
        other.play(data)
    got: list[tuple[int, bytes]] = []

    def all_in() -> bool:
        got.extend(io.poll())
        return len(got) >= len(played)

    wait_until(all_in, "the input")
    assert [data for _, data in got] == played
    times = [time_ns for time_ns, _ in got]
    assert times == sorted(times)
    assert before_ns - 10 * MS <= times[0] <= times[-1] <= time.monotonic_ns() + 10 * MS


def test_clock_and_song_position_come_through(pair: tuple[MidiIO, Other]) -> None:
    io, other = pair
    played = [bytes((0xFA,)), bytes((0xF8,)), bytes((0xF2, 3, 1)), bytes((0xFB,)), bytes((0xFC,))]
    for data in played:
        other.play(data)
    got: list[bytes] = []

    def all_in() -> bool:
        got.extend(data for _, data in io.poll())
        return len(got) >= len(played)

    wait_until(all_in, "the clock")
    assert got == played


def test_what_was_sent_last_leaves_before_the_port_closes(pair: tuple[MidiIO, Other]) -> None:
    io, other = pair
    for pitch in range(12):
        io.send(Outgoing(due_ns=time.monotonic_ns(), data=note_on(0, pitch, 1)))
    io.close()
    wait_until(lambda: len(other.heard()) >= 12, f"the last notes ({len(other.heard())})", 2.0)
    assert len(other.heard()) == 12


def test_closed_is_closed(pair: tuple[MidiIO, Other]) -> None:
    io, _ = pair
    io.close()
    io.close()
    for _ in range(3):
        with pytest.raises(PortError, match="closed"):
            io.send(Outgoing(due_ns=0, data=note_on(0, 60, 1)))
    assert io.poll() == []
    io.written()


def test_open_ports_are_alive(pair: tuple[MidiIO, Other]) -> None:
    assert pair[0].alive() is None


def test_each_output_gets_its_own_in_order(pair: tuple[MidiIO, Other]) -> None:
    io, other = pair
    opened(io, "bass", "pad")
    ports = ("", "bass", "pad")
    assert [other.heard(port) for port in ports] == [[], [], []]
    due_ns = time.monotonic_ns()
    for pitch in range(60):
        io.send(Outgoing(due_ns=due_ns, data=note_on(0, pitch, 1 + pitch % 3), port=ports[pitch % 3]))
    wait_until(lambda: sum(len(other.heard(port)) for port in ports) >= 60, "all notes")
    for place, port in enumerate(ports):
        assert other.heard(port) == [note_on(0, pitch, 1 + place) for pitch in range(place, 60, 3)]
    assert io.lost_output == 0


def test_a_closed_output_loses_nothing_before_and_counts_all_after(pair: tuple[MidiIO, Other]) -> None:
    io, other = pair
    opened(io, "bass")
    other.heard("bass")
    for pitch in range(12):
        io.send(Outgoing(due_ns=time.monotonic_ns(), data=note_on(0, pitch, 1), port="bass"))
    heard = len(other.heard("bass"))
    io.set_outputs(())
    wait_until(lambda: len(other.heard("bass")) == 12, f"the last notes ({heard} before)")

    def is_lost() -> bool:
        io.poll()
        io.send(Outgoing(due_ns=time.monotonic_ns(), data=note_on(0, 90, 1), port="bass"))
        return io.lost_output > 0

    wait_until(is_lost, "the output to close")
    io.send(Outgoing(due_ns=time.monotonic_ns(), data=note_on(0, 91, 1)))
    wait_until(lambda: other.heard() == [note_on(0, 91, 1)], "the common output")
    opened(io, "bass")  # it may come back
