"""What every back end must do, checked against the real thing."""

import time
from collections.abc import Callable, Iterator
from typing import Protocol

import pytest

from realtime.errors import PortError, UsageError
from realtime.messages import Plugged
from realtime.player.backends.memory import MemoryIO
from realtime.player.midi_bytes import note_on
from realtime.player.opening import list_ports, open_io
from realtime.player.ports import MidiIO, Outgoing, PortConfig, Written, match_port
from tests.player.jack_peer import JackPeer, wait_until

MS = 1_000_000
JACK_BACKENDS = [pytest.param(name, marks=pytest.mark.jack) for name in ("jack", "rtmidi-jack")]


class Other(Protocol):
    """The other end of the ports."""

    def heard(self, port: str = "") -> list[bytes]: ...

    def play(self, data: bytes) -> None: ...


class MemoryOther:
    def __init__(self, io: MemoryIO) -> None:
        self._io = io
        self.seen: list[Written] = []

    def heard(self, port: str = "") -> list[bytes]:
        self.seen += self._io.written()
        return [written.event.data for written in self.seen if written.event.port == port]

    def play(self, data: bytes) -> None:
        self._io.inject(data)


class JackOther:
    def __init__(self, peer: JackPeer) -> None:
        self._peers = {"": peer}
        self.play = peer.play

    def heard(self, port: str = "") -> list[bytes]:
        if port not in self._peers:
            self._peers[port] = JackPeer(f"peer-{port}")
            self._peers[port].connect(plays=False, output=f"Hocket Out {port}")
        return [data for _, data in self._peers[port].heard]

    def close(self) -> None:
        for port in filter(None, self._peers):
            self._peers[port].close()


@pytest.fixture
def jack_peer(request: pytest.FixtureRequest) -> Iterator[JackPeer]:
    request.getfixturevalue("jack_server")
    peer = JackPeer()
    yield peer
    peer.close()


def nothing() -> None:
    """For back ends that want to wake somebody."""


@pytest.fixture(params=["memory", *JACK_BACKENDS])
def pair(request: pytest.FixtureRequest) -> Iterator[tuple[MidiIO, Other]]:
    if request.param == "memory":
        memory = MemoryIO(PortConfig())
        yield memory, MemoryOther(memory)
        return
    peer: JackPeer = request.getfixturevalue("jack_peer")
    io, _ = open_io(PortConfig(backend=request.param), nothing)
    peer.connect()
    other = JackOther(peer)
    yield io, other
    io.close()
    other.close()


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


def opened(io: MidiIO, *names: str) -> None:
    """Ask for outputs, and wait until they are there; `poll` is the main thread's sign of life."""
    io.set_outputs(names)
    told: list[Plugged] = []

    def all_there() -> bool:
        io.poll()
        told.extend(io.plugs())
        return len(told) >= len(names)

    wait_until(all_there, f"the outputs {names}")
    assert [(plug.direction, plug.port, plug.there) for plug in told] == [("out", name, True) for name in names]
    assert all(plug.name.endswith(f"Hocket Out {plug.port}") for plug in told)


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


@pytest.mark.parametrize("backend", JACK_BACKENDS)
def test_the_patient_wait_for_devices_and_keep_their_own_ports(backend: str, jack_server: object) -> None:
    io, _ = open_io(PortConfig(backend=backend, in_name="late:mouth", out_name="late:ear", patient=True), nothing)
    plugs: list[Plugged] = []

    def told(count: int) -> list[Plugged]:
        def enough() -> bool:
            io.poll()
            plugs.extend(io.plugs())
            return len(plugs) >= count

        wait_until(enough, f"{count} words of the devices", 2.0)
        assert io.alive() is None
        return plugs[-2:]

    try:
        assert {(plug.name, plug.there) for plug in told(2)} == {("late:mouth", False), ("late:ear", False)}
        for count in (4, 8):  # twice: what came back once may go again
            peer = JackPeer("late")
            assert {(plug.name, plug.there) for plug in told(count)} == {("late:mouth", True), ("late:ear", True)}
            wait_until(lambda peer=peer: len(peer.connections) == 2, "both connections")  # type: ignore[misc]
            peer.play(note_on(0, 60, 9))
            wait_until(lambda: [data for _, data in io.poll()] == [note_on(0, 60, 9)], "a key")
            io.send(Outgoing(due_ns=time.monotonic_ns(), data=note_on(1, 61, 9)))
            wait_until(lambda peer=peer: [data for _, data in peer.heard] == [note_on(1, 61, 9)], "a note")  # type: ignore[misc]
            peer.close()
            assert {(plug.name, plug.there) for plug in told(count + 2)} == {("late:mouth", False), ("late:ear", False)}
    finally:
        io.close()


@pytest.mark.parametrize("backend", JACK_BACKENDS)
def test_a_port_is_found_by_a_part_of_its_name(backend: str, jack_peer: JackPeer) -> None:
    io, _ = open_io(PortConfig(backend=backend, in_name="PEER:mou", out_name=jack_peer.ear), nothing)
    try:
        assert (io.in_name, io.out_name) == (jack_peer.mouth, jack_peer.ear)
        wait_until(lambda: len(jack_peer.connections) == 2, "both connections")
    finally:
        io.close()


@pytest.mark.parametrize("backend", JACK_BACKENDS)
def test_a_missing_port_is_an_error_that_lists_what_is_there(backend: str, jack_peer: JackPeer) -> None:
    for _ in range(3):  # nothing may be left behind that breaks the next try
        with pytest.raises(PortError, match=r"'nowhere'.*ports here.*peer:ear"):
            open_io(PortConfig(backend=backend, out_name="nowhere"), nothing)


@pytest.mark.parametrize("backend", JACK_BACKENDS)
def test_ports_are_listed_with_ours_marked(backend: str, jack_peer: JackPeer) -> None:
    io, _ = open_io(PortConfig(backend="jack"), nothing)
    try:
        found = {(port.name, port.direction, port.ours) for port in list_ports(backend)}
    finally:
        io.close()
    assert {(jack_peer.mouth, "in", False), (jack_peer.ear, "out", False)} <= found
    assert {("Hocket:Hocket Out", "in", True), ("Hocket:Hocket In", "out", True)} <= found


@pytest.mark.jack
def test_a_second_player_gets_a_name_of_its_own(jack_server: object) -> None:
    first, _ = open_io(PortConfig(backend="jack"), nothing)
    second, _ = open_io(PortConfig(backend="jack"), nothing)
    first.close()
    second.close()
    assert first.out_name == "Hocket:Hocket Out"
    assert second.out_name == "Hocket-01:Hocket Out"


@pytest.mark.jack
def test_auto_prefers_jack(jack_server: object) -> None:
    io, warnings = open_io(PortConfig(), nothing)
    io.close()
    assert (io.backend, warnings) == ("jack", ())


def test_auto_goes_down_to_memory_with_a_line_for_each_step(no_midi: None) -> None:
    io, warnings = open_io(PortConfig(), nothing)
    assert io.backend == "memory"
    assert [line.partition(":")[0] for line in warnings] == ["jack", "rtmidi", "no MIDI output"]
    assert list_ports() == []


def test_auto_never_ignores_a_port_asked_for_by_name(no_midi: None) -> None:
    with pytest.raises(PortError, match="Launchkey"):
        open_io(PortConfig(in_name="Launchkey"), nothing)


@pytest.mark.parametrize("backend", ["jack", "rtmidi"])
def test_a_back_end_asked_for_by_name_must_be_there(backend: str, no_midi: None) -> None:
    with pytest.raises(PortError, match="here"):
        open_io(PortConfig(backend=backend), nothing)


@pytest.mark.parametrize("use", [lambda: open_io(PortConfig(backend="x"), nothing), lambda: list_ports("x")])
def test_an_unknown_back_end_is_refused(use: Callable[[], object]) -> None:
    with pytest.raises(UsageError, match="memory"):
        use()


@pytest.fixture
def no_midi(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which neither JACK nor the system's own MIDI works."""
    from realtime.player import opening
    from realtime.player.ports import BackendMissingError

    def missing(*_arguments: object) -> MidiIO:
        raise BackendMissingError("not here")

    opener, lister = opening._opener, opening._lister
    broken = ("jack", "rtmidi")
    monkeypatch.setattr(opening, "_opener", lambda name: missing if name in broken else opener(name))
    monkeypatch.setattr(opening, "_lister", lambda name: missing if name in broken else lister(name))


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("Synth", "Synth"), ("SYNTH", "Synth"), ("synth 2", "My Synth 2:in"), ("my", "My Synth 2:in")],
)
def test_names_match_exactly_first(wanted: str, found: str) -> None:
    assert match_port(wanted, ["My Synth 2:in", "Synth"], "output") == found


@pytest.mark.parametrize("name", ["", "  ", "Hocket Out", "hocket out", "Hocket:Hocket Out"])
def test_our_own_name_means_the_virtual_port_only(name: str) -> None:
    assert PortConfig(out_name=name).wanted_out == ""
    assert PortConfig(in_name="Hocket Out").wanted_in == "Hocket Out"  # another Hocket's output
