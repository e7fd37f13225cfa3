"""Which ports there are: pure, in the core, and on a JACK server."""

import subprocess
import sys

import pytest

from realtime.messages import PortsSeen, SeenPort, WatchPorts
from realtime.player.port_watch import PortWatch
from tests.jack_server import JackServer
from tests.player.fakes import RecordingIO, Rig
from tests.player.player_process import PlayerProcess

SEEN_SECONDS = 2.0
OTHER = "import jack, sys; c = jack.Client('Keys'); c.midi_outports.register('out'); c.activate(); sys.stdin.read()"


def test_ports_are_told_at_once_and_at_each_change() -> None:
    watch = PortWatch("jack")
    names = {"in": ["Keys:out"], "out": ["Synth:in"]}
    assert watch.look(names, ()) is None
    watch.switch(on=True)
    told = PortsSeen((SeenPort("Keys:out", "in", "jack"), SeenPort("Synth:in", "out", "jack", used=True)))
    assert watch.look(names, {"Synth:in"}) == told
    assert watch.look(names, {"Synth:in"}) is None
    assert watch.look({**names, "in": []}, {"Synth:in"}) == PortsSeen(told.ports[1:])
    watch.switch(on=True)  # asked once more: told once more
    assert watch.look({**names, "in": []}, {"Synth:in"}) == PortsSeen(told.ports[1:])
    watch.switch(on=False)
    assert watch.look({}, ()) is None


def test_other_ports_are_watched_too() -> None:
    rig = Rig()
    rig.core.handle(WatchPorts())
    rig.run_ms(1)
    assert rig.of(PortsSeen) == [PortsSeen(())]
    rig.core.attach(RecordingIO(rig.time), "none: test", ())
    rig.io = rig.core._io  # type: ignore[assignment]
    rig.run_ms(1)
    assert rig.of(PortsSeen) == [PortsSeen(())] * 2
    rig.core.handle(WatchPorts(on=False))
    rig.run_ms(1)
    assert len(rig.of(PortsSeen)) == 2


@pytest.mark.jack
@pytest.mark.parametrize("backend", ["jack", "rtmidi-jack"])
def test_a_port_that_comes_and_goes_is_seen_within_two_seconds(jack_server: JackServer, backend: str) -> None:
    keys = SeenPort("Keys:out", "in", backend)
    with PlayerProcess("--backend", backend) as player:
        player.wait_ready()
        player.send(WatchPorts())
        player.wait(lambda: bool(player.of(PortsSeen)), "the ports there are")
        assert not [port for port in player.of(PortsSeen)[0].ports if "Hocket" in port.name]
        with subprocess.Popen([sys.executable, "-c", OTHER], stdin=subprocess.PIPE) as other:
            player.wait(lambda: keys in player.of(PortsSeen)[-1].ports, "the keys")
            assert other.stdin is not None
            other.stdin.close()
            other.wait()
        player.wait(lambda: keys not in player.of(PortsSeen)[-1].ports, "the keys to go", SEEN_SECONDS)
