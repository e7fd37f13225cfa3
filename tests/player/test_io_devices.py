"""Ports of other programs: found by their names, waited for, listed."""

import time

import pytest

from realtime.errors import PortError
from realtime.messages import Plugged
from realtime.player.midi_bytes import note_on
from realtime.player.opening import list_ports, open_io
from realtime.player.ports import Outgoing, PortConfig
from tests.player.io_pair import JACK_BACKENDS, nothing
from tests.player.jack_peer import JackPeer, wait_until


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
