"""Ports by name, waited for when they are gone, and a note to try the way out."""

import pytest
from pytestqt.qtbot import QtBot

from gui.models import Models
from gui.viewmodels.ports import IN, OUT, PATIENCE_MS, TEST_ID, PortChoice, PortsModel
from realtime.engine.commands import Audition, ChangePorts, Forward, SetThruTo
from realtime.engine.reports import Auditioned, Refused
from realtime.messages import Plugged, PortsSeen, Ready, SeenPort, WatchPorts
from realtime.session import Ports
from tests.gui.fakes import FakeHost

READY = Ready(wire_version=3, backend="jack", in_port="Hocket In", out_port="Hocket Out", realtime_priority="none")
KEYS, DAW = SeenPort("Launchkey MIDI 1", "in", "jack"), SeenPort("Ardour:MIDI 1", "out", "jack")


@pytest.fixture
def ports(models: Models, host: FakeHost) -> PortsModel:
    models.settings.set(autosave=False)  # nothing is asked but what is looked for
    models.sessions.begin()
    host.tell(READY)
    return models.ports


def test_each_player_is_asked_to_tell_the_ports(ports: PortsModel, host: FakeHost) -> None:
    assert host.asked == [Forward(WatchPorts())]
    host.tell(READY)
    assert host.asked == 2 * [Forward(WatchPorts())]


def test_the_list_is_live(ports: PortsModel, host: FakeHost, qtbot: QtBot) -> None:
    assert ports.choices(IN) == [PortChoice(name="")]
    with qtbot.waitSignal(ports.changed):
        host.tell(PortsSeen((KEYS, DAW)))
    assert [choice.name for choice in ports.choices(IN)] == ["", KEYS.name]
    assert [choice.name for choice in ports.choices(OUT)] == ["", DAW.name]
    host.tell(PortsSeen((DAW,)))
    assert [choice.name for choice in ports.choices(IN)] == [""]


def test_a_chosen_port_is_asked_for_and_kept_for_new_sessions(
    ports: PortsModel, host: FakeHost, models: Models
) -> None:
    host.tell(PortsSeen((KEYS, DAW)))
    ports.choose(IN, KEYS.name)
    (asked,) = [command for command in host.asked if isinstance(command, ChangePorts)]
    assert asked.ports.input == KEYS.name
    assert asked.ports.sound
    assert models.settings.now.input == KEYS.name
    assert ports.chosen_choice(IN) == 1
    assert models.sessions.is_changed


def test_a_port_that_is_gone_stays_chosen_and_is_waited_for(ports: PortsModel, host: FakeHost) -> None:
    host.tell(PortsSeen((KEYS, DAW)))
    ports.choose(IN, KEYS.name)
    assert not ports.is_waiting(IN)
    host.tell(PortsSeen((DAW,)), Plugged(KEYS.name, IN, "", there=False))
    assert ports.is_waiting(IN)
    assert ports.choices(IN)[-1] == PortChoice(name=KEYS.name, there=False)
    host.tell(PortsSeen((KEYS, DAW)), Plugged(KEYS.name, IN, "", there=True))
    assert not ports.is_waiting(IN)


def test_part_of_a_name_is_enough(ports: PortsModel, host: FakeHost) -> None:
    ports.choose(IN, "launchkey")
    host.tell(PortsSeen((KEYS,)))
    assert ports.choices(IN)[ports.chosen_choice(IN)].name == KEYS.name


def test_ports_that_are_refused_are_not_shown_as_chosen(ports: PortsModel, host: FakeHost) -> None:
    ports.change(backend="jack")
    host.tell(Refused("no JACK server"))
    assert ports.now.backend == "auto"


def test_thru_needs_no_other_player(ports: PortsModel, host: FakeHost) -> None:
    host.asked.clear()
    ports.change(thru="controls")
    assert host.asked == [SetThruTo("controls")]


def test_another_session_has_other_ports(ports: PortsModel, models: Models) -> None:
    session = models.sessions.session
    models.sessions.open_session(session.__class__(ports=Ports(output="Synth"), part=session.part))
    assert ports.chosen(OUT) == "Synth"


def test_a_test_note_goes_to_the_output_and_is_said(ports: PortsModel, host: FakeHost, qtbot: QtBot) -> None:
    host.tell(PortsSeen((DAW,)))
    ports.choose(OUT, DAW.name)
    ports.test(3)
    asked = host.asked[-1]
    assert isinstance(asked, Audition)
    (voice,) = asked.take.voices
    assert voice.channel == 2
    assert [note.pitch for note in voice.notes] == [60]
    with qtbot.waitSignal(ports.tested) as told:
        host.tell(Auditioned(TEST_ID, 960))
    assert told.args == ["Sent C4 on channel 3 to Ardour:MIDI 1"]


def test_a_test_note_to_a_port_that_is_gone_says_so(ports: PortsModel, host: FakeHost, qtbot: QtBot) -> None:
    ports.choose(OUT, DAW.name)
    host.tell(PortsSeen((KEYS,)))
    ports.test(1)
    with qtbot.waitSignal(ports.tested) as told:
        host.tell(Auditioned(TEST_ID, 960))
    assert told.args == ["C4 went nowhere: Ardour:MIDI 1 is not there"]


def test_a_test_note_without_an_answer_says_so(ports: PortsModel, qtbot: QtBot) -> None:
    ports._patience.setInterval(1)
    with qtbot.waitSignal(ports.tested, timeout=PATIENCE_MS) as told:
        ports.test(1)
    assert "did not answer" in told.args[0]
    with pytest.raises(ValueError, match=r"1\.\.16"):
        ports.test(17)


def test_a_lost_engine_sees_nothing(ports: PortsModel, host: FakeHost) -> None:
    host.tell(PortsSeen((KEYS, DAW)))
    host.become("lost")
    assert ports.backend == ""
    assert ports.choices(IN) == [PortChoice(name="")]
