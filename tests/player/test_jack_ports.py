"""Our ports on a JACK server that refuses, is late, or connects by another program's hand. The server is the test."""

from collections.abc import Callable, Iterator

import jack
import pytest

from realtime.errors import PortError
from realtime.messages import Plugged
from realtime.player.backends import jack_ports
from realtime.player.backends.jack_ports import LIST_TRIES, JackPorts, midi_ports
from realtime.player.backends.jack_transport import JackTransport
from realtime.player.ports import PortConfig
from tests.player.jack_fake import FakeClient
from tests.player.jack_peer import wait_until

Make = Callable[..., JackPorts]


@pytest.fixture
def client() -> FakeClient:
    made = FakeClient()
    made.others = ["Synth:in"]
    return made


@pytest.fixture
def make(client: FakeClient, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    monkeypatch.setattr(jack_ports, "LOOK_SECONDS", 0.005)
    made: list[JackPorts] = []

    def start(**names: str | bool) -> JackPorts:
        made.append(JackPorts(client, PortConfig(**names), lambda: None, lambda: None))  # type: ignore[arg-type]
        made[-1].start()
        return made[-1]

    yield start
    for ports in made:
        ports.stop()


def told(ports: JackPorts, count: int = 1) -> list[Plugged]:
    """The next words of devices."""
    words: list[Plugged] = []

    def heard() -> bool:
        words.extend(ports.plugs())  # type: ignore[arg-type]
        return len(words) >= count

    wait_until(heard, f"{count} words of devices", 5.0)
    return words


def test_a_list_that_fails_is_asked_for_again(client: FakeClient) -> None:
    client.failing = LIST_TRIES - 1
    assert midi_ports(client) == ["Synth:in"]
    client.failing = LIST_TRIES
    with pytest.raises(PortError, match="does not list its ports"):
        midi_ports(client)


def test_a_connection_that_is_refused_is_an_error_for_the_hurried(client: FakeClient, make: Make) -> None:
    client.refuses_to_connect = True
    with pytest.raises(PortError, match="cannot connect 'Synth:in'"):
        make(out_name="Synth")


def test_the_patient_try_again_until_it_is_connected(client: FakeClient, make: Make) -> None:
    client.refuses_to_connect = True
    ports = make(out_name="Synth", patient=True)
    assert told(ports) == [Plugged("Synth", "out", "", there=False)]
    client.refuses_to_connect = False
    assert told(ports) == [Plugged("Synth:in", "out", "", there=True)]
    assert [port.name for port in client.midi_outports.made["Hocket Out"].connections] == ["Synth:in"]


def test_a_connection_that_somebody_else_made_at_this_moment_is_a_connection(client: FakeClient, make: Make) -> None:
    client.refuses_to_connect = client.connected_by_another = True
    assert make(out_name="Synth").out_name == "Synth:in"


def test_a_device_that_came_back_under_its_name_between_two_looks_is_connected_again(
    client: FakeClient, make: Make
) -> None:
    ports = make(out_name="Synth")
    own = client.midi_outports.made["Hocket Out"]
    own.connections.clear()  # as JACK does when a port goes
    client.register("Synth:in")
    assert told(ports, 2) == [Plugged("Synth:in", "out", "", there=there) for there in (False, True)]
    assert [port.name for port in own.connections] == ["Synth:in"]


def test_the_transport_is_read_only_for_those_who_follow_it() -> None:
    client = FakeClient()
    transport = JackTransport(client)
    transport.read_cycle(5)
    assert transport.reading() is None
    assert client.calls == []
    client.rolling, client.transport_frame = jack.ROLLING, 4800
    transport.read_cycle(7)
    reading = transport.reading()
    assert reading is not None
    assert (reading.time_ns, reading.frame, reading.rate, reading.rolling) == (7, 4800, client.samplerate, True)


def test_the_transport_is_moved_for_all_programs() -> None:
    client = FakeClient()
    transport = JackTransport(client)
    transport.roll(True)
    transport.locate(96_000)
    transport.roll(False)
    assert client.calls == ["start", "stop"]
    assert client.transport_frame == 96_000
