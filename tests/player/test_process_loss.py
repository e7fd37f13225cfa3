"""The real process: a JACK server that dies and a port that goes are told, survived and taken again."""

from pathlib import Path

import pytest

from realtime.messages import Counters, Played, Plugged, PortLost, Quit, Ready
from realtime.player.midi_bytes import is_note_off, note_off, note_on
from tests.jack_server import JackServer
from tests.player.jack_peer import JackPeer
from tests.player.player_process import PlayerProcess, sound_a_chord

pytestmark = pytest.mark.processes


@pytest.mark.jack
@pytest.mark.parametrize("backend", ["jack", "rtmidi-jack"])
def test_a_killed_server_is_told_and_survived(backend: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not JackServer.is_installed():
        pytest.skip("jackd is not installed (Debian: jackd2)")
    server = JackServer(tmp_path / "jackd.log", name="hocket-test-killed")  # a killed server keeps its place of eight
    with server, PlayerProcess("--backend", backend, "--trace") as player:
        player.wait_ready()
        sound_a_chord(player)
        server.kill()
        player.wait(lambda: bool(player.of(PortLost)), "the loss was not told", 2.5)
        assert player.process.poll() is None
        server.start()
        player.wait(lambda: len(player.of(Ready)) == 2, "the ports did not come back")
        assert len(player.of(PortLost)) == 1
        player.send(Quit())
        assert player.end() == 0
        last = player.of(Counters)[-1]
        assert (last.ons, last.offs) == (12, 12)


@pytest.mark.jack
@pytest.mark.parametrize("backend", ["jack", "rtmidi-jack"])
def test_a_named_port_that_goes_is_told_and_taken_again(backend: str, jack_server: JackServer) -> None:
    recorder, keyboard = JackPeer("recorder"), JackPeer("keyboard")
    with PlayerProcess("--backend", backend, "--in", "keyboard:mouth", "--trace") as player:
        assert player.wait_ready().in_port == "keyboard:mouth"
        recorder.connect()
        sound_a_chord(player)
        keyboard.play(note_on(3, 34, 44))
        player.wait(lambda: bool(player.of(Played)), "the key was not heard")
        keyboard.close()
        player.wait(lambda: bool(player.of(Plugged)), "the loss was not told", 2.5)
        player.wait(lambda: len(player.of(Played)) == 2, "the key is held for good")
        assert player.of(Played)[1].data == note_off(3, 34)
        keyboard = JackPeer("keyboard")
        player.wait(lambda: len(player.of(Plugged)) == 2, "the port was not taken again", 2.0)
        assert player.of(Plugged) == [Plugged("keyboard:mouth", "in", "", there) for there in (False, True)]
        keyboard.play(note_on(0, 33, 44))
        player.wait(lambda: len(player.of(Played)) == 3, "the input is deaf")
        assert not any(is_note_off(data) for _, data in recorder.heard)  # what plays on is none of the keyboard's
        assert player.of(PortLost) == []
        player.send(Quit())
        assert player.end() == 0
    keyboard.close()
    recorder.close()
