"""The real process: whatever ends it, signals, closed pipes or nonsense, nothing sounds afterwards."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from realtime.messages import Counters, Quit, SetTempo
from realtime.player.midi_bytes import is_note_off
from realtime.wire import Sender
from tests.player.jack_peer import JackPeer, wait_until
from tests.player.player_process import PlayerProcess, offs, sound_a_chord

pytestmark = pytest.mark.processes
WAYS = ("quit", "end of pipe", "SIGTERM", "SIGINT", "SIGHUP")


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat")
        return not state.exists() or ") Z " not in state.read_text()
    except (ProcessLookupError, FileNotFoundError):
        return False


def end_by(player: PlayerProcess, how: str) -> None:
    if how == "quit":
        player.send(Quit())
    elif how == "end of pipe":
        player.sender.close()
    else:
        player.process.send_signal(getattr(signal, how))
    assert player.end() == 0


@pytest.mark.parametrize("how", WAYS)
def test_every_way_of_ending_releases(player: PlayerProcess, how: str) -> None:
    sound_a_chord(player)
    started = time.monotonic()
    end_by(player, how)
    assert time.monotonic() - started < 1.0
    assert offs(player) == 12
    last = player.of(Counters)[-1]
    assert (last.ons, last.offs) == (12, 12)
    assert player.errors == ""


@pytest.mark.jack
@pytest.mark.parametrize("how", WAYS)
def test_jack_hears_all_releases(jack_player: tuple[PlayerProcess, JackPeer], how: str) -> None:
    player, peer = jack_player
    sound_a_chord(player)
    end_by(player, how)
    assert len([data for _, data in peer.heard if is_note_off(data)]) == 12
    assert peer.heard[-1][1] == bytes((0xB0, 123, 0))


def test_a_killed_engine_leaves_silence(tmp_path: Path) -> None:
    """A parent that dies by SIGKILL can tell nobody: both pipes close, and that is all."""
    parent = (
        "import subprocess, sys, time\n"
        "pipe = subprocess.PIPE\n"
        "command = [sys.executable, '-m', 'realtime.player', '--backend', 'memory']\n"
        "player = subprocess.Popen(command, stdin=pipe, stdout=pipe)\n"
        "player.stdout.read(4)\n"
        "print(player.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        player_pid = int(process.stdout.readline())
        process.kill()
        wait_until(lambda: not _is_running(player_pid), "the player to end", 2.0)


def test_an_engine_that_stops_listening_for_good_ends_it() -> None:
    command = [sys.executable, "-m", "realtime.player", "--backend", "memory"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.read(4)
        process.stdout.close()
        Sender(process.stdin).send(SetTempo(bpm=99.0))  # type: ignore[arg-type]
        assert process.wait(2) == 0


def test_bytes_that_are_no_message_end_it_cleanly(player: PlayerProcess) -> None:
    sound_a_chord(player)
    assert player.process.stdin is not None
    player.process.stdin.write(b"\xff" * 64)
    player.process.stdin.flush()
    assert player.end() == 0
    assert offs(player) == 12
