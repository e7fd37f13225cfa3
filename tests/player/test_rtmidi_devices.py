"""RtMidi where the system has no virtual ports, and where devices are in use, unplugged or renumbered.

The MIDI system is the test's: no runner has Windows' loopback drivers or a sequencer that can be taken away.
"""

import time
from collections.abc import Callable, Iterator

import pytest
import rtmidi

from realtime.errors import PortError
from realtime.messages import Plugged
from realtime.player.backends import rtmidi_ports
from realtime.player.backends.rtmidi import RtMidiIO, open_rtmidi
from realtime.player.midi_bytes import note_on
from realtime.player.ports import BackendMissingError, Outgoing, PortConfig
from tests.player.jack_peer import wait_until
from tests.player.rtmidi_fake import FakeSystem

NOTE = note_on(0, 60, 1)
Opened = Callable[..., RtMidiIO]


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> FakeSystem:
    made = FakeSystem()
    monkeypatch.setattr(rtmidi_ports, "KINDS", made.kinds())
    monkeypatch.setattr(rtmidi_ports, "WATCH_SECONDS", 0.005)
    monkeypatch.setattr(rtmidi_ports, "_system_api", lambda: rtmidi.API_LINUX_ALSA)
    return made


@pytest.fixture
def opened(system: FakeSystem) -> Iterator[Opened]:
    made: list[RtMidiIO] = []

    def open_ports(**names: str | bool) -> RtMidiIO:
        made.append(open_rtmidi(PortConfig(**names), "rtmidi"))  # type: ignore[arg-type]
        return made[-1]

    yield open_ports
    for io in made:
        io.close()
    assert all(client.is_deleted for client in system.clients)


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without virtual ports."""
    monkeypatch.setattr(rtmidi_ports, "HAS_VIRTUAL_PORTS", False)


def told(io: RtMidiIO, count: int) -> list[Plugged]:
    """The next `count` words of devices; the main thread looks at its ports meanwhile."""
    words: list[Plugged] = []

    def enough() -> bool:
        io.poll()
        words.extend(io.plugs())  # type: ignore[arg-type]
        return len(words) >= count

    wait_until(enough, f"{count} words of devices", 5.0)
    return words


def play(io: RtMidiIO, port: str = "") -> None:
    io.send(Outgoing(due_ns=time.monotonic_ns(), data=NOTE, port=port))


@pytest.mark.usefixtures("windows")
def test_a_loopback_driver_stands_for_virtual_ports(system: FakeSystem, opened: Opened) -> None:
    system.names = {"in": ["Keys", "LoopMIDI Port 1"], "out": ["Synth", "LoopMIDI Port 2"]}
    io = opened()
    assert (io.in_name, io.out_name) == ("LoopMIDI Port 1", "LoopMIDI Port 2")
    play(io)
    assert system.opened()["LoopMIDI Port 2"].sent == [NOTE]


@pytest.mark.usefixtures("windows")
def test_without_a_loopback_driver_the_line_names_one(system: FakeSystem, opened: Opened) -> None:
    system.names["in"] = ["Keys"]
    with pytest.raises(PortError, match=r"no loopback input port: start loopMIDI or name a port; ports here: 'Keys'"):
        opened()
    assert system.opened() == {}


@pytest.mark.usefixtures("windows")
def test_an_output_of_its_own_is_a_device_of_that_name_where_there_are_no_virtual_ports(
    system: FakeSystem, opened: Opened
) -> None:
    system.names = {"in": ["Keys"], "out": ["Synth", "Bass station"]}
    io = opened(in_name="Keys", out_name="Synth")
    io.set_outputs(["bass"])
    assert told(io, 1) == [Plugged("Bass station", "out", "bass", there=True)]
    play(io, "bass")
    assert system.opened()["Bass station"].sent == [NOTE]
    io.set_outputs([])
    wait_until(lambda: io.poll() == [] and "Bass station" not in system.opened(), "the output to close", 5.0)
    play(io, "bass")
    assert io.lost_output == 1


def test_a_device_in_use_is_said_and_nothing_stays_open(system: FakeSystem, opened: Opened) -> None:
    system.names["out"], system.busy = ["Synth"], {"Synth"}
    with pytest.raises(PortError, match="cannot open 'Synth': another program is using this port"):
        opened(out_name="Synth")
    assert system.opened() == {}


def test_the_patient_take_a_device_as_soon_as_it_is_free(system: FakeSystem, opened: Opened) -> None:
    system.names["in"], system.busy = ["Keys 20:0"], {"Keys 20:0"}
    io = opened(in_name="Keys", patient=True)
    assert told(io, 1) == [Plugged("Keys", "in", "", there=False)]
    system.busy = set()
    assert told(io, 1) == [Plugged("Keys 20:0", "in", "", there=True)]
    system.opened()["Keys 20:0"].arriving.append(NOTE)
    assert [data for _, data in io.poll()] == [NOTE]


def test_a_device_is_known_again_although_alsa_gives_it_another_number(system: FakeSystem, opened: Opened) -> None:
    system.names["out"] = ["Synth 20:0", "Other synth 24:0"]
    io = opened(out_name="Synth")
    system.names["out"] = ["Other synth 24:0"]
    assert told(io, 1) == [Plugged("Synth 20:0", "out", "", there=False)]
    play(io)  # to nobody: another device is not taken for it
    assert io.lost_output == 1
    system.names["out"] = ["Other synth 24:0", "Synth 28:0"]
    assert told(io, 1) == [Plugged("Synth 28:0", "out", "", there=True)]
    play(io)
    assert system.opened()["Synth 28:0"].sent == [NOTE]


def test_a_send_that_fails_says_where(system: FakeSystem, opened: Opened) -> None:
    system.names["out"] = ["Synth"]
    io = opened(out_name="Synth")
    system.opened()["Synth"].fails = True
    with pytest.raises(PortError, match="cannot send to 'Synth': unplugged"):
        play(io)
    assert io.written() == []


def test_a_system_that_goes_is_told(system: FakeSystem, opened: Opened) -> None:
    system.names["in"] = ["Keys"]
    io = opened(in_name="Keys")
    assert io.alive() is None
    system.is_gone = True
    wait_until(lambda: io.alive() is not None, "word of the loss", 5.0)
    assert io.alive() == "the MIDI system is gone (the sequencer is gone)"


def test_a_system_that_is_not_there_is_missing(system: FakeSystem) -> None:
    system.is_gone = True
    with pytest.raises(BackendMissingError, match="is not available here"):
        open_rtmidi(PortConfig(), "rtmidi")


def test_a_build_that_knows_no_midi_system_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rtmidi, "get_compiled_api", lambda: [rtmidi.API_RTMIDI_DUMMY])
    with pytest.raises(BackendMissingError, match="knows no MIDI system"):
        open_rtmidi(PortConfig(), "rtmidi")
