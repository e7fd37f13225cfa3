"""The real process: pipes, signals, lost parents, and a JACK server that dies."""

import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from realtime.messages import (
    Chunk,
    ChunkNote,
    Clock,
    Counters,
    Cut,
    Failed,
    Inject,
    Panic,
    Played,
    PortLost,
    Quit,
    Ready,
    Sent,
    SetTempo,
    Silenced,
)
from realtime.player.midi_bytes import is_note_off, is_note_on, note_off, note_on
from realtime.wire import Sender
from tests.jack_server import JackServer
from tests.player.jack_peer import JackPeer, wait_until
from tests.player.player_process import PlayerProcess, chord

pytestmark = pytest.mark.processes
MS = 1_000_000


@pytest.fixture
def player() -> Iterator[PlayerProcess]:
    with PlayerProcess("--backend", "memory", "--trace") as process:
        process.wait_ready()
        yield process


def ons(player: PlayerProcess) -> int:
    return sum(is_note_on(sent.data) for sent in player.of(Sent))


def offs(player: PlayerProcess) -> int:
    return sum(is_note_off(sent.data) for sent in player.of(Sent))


def sound_a_chord(player: PlayerProcess) -> None:
    player.send(chord(player.tick()))
    player.wait(lambda: ons(player) == 12, "the chord does not sound")


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat")
        return not state.exists() or ") Z " not in state.read_text()
    except (ProcessLookupError, FileNotFoundError):
        return False


def test_ready_is_the_first_word(player: PlayerProcess) -> None:
    ready, clock = player.messages[:2]
    assert isinstance(ready, Ready)
    assert isinstance(clock, Clock)
    assert ready.realtime_priority.split(":")[0] in ("fifo", "fifo+latency", "none")


def test_notes_leave_when_they_are_due(player: PlayerProcess) -> None:
    start = player.tick() + 100
    notes = tuple(ChunkNote(start + 10 * index, 30 + index, 5, 80) for index in range(50))
    player.send(Chunk(part="a", generation=1, channel=0, start_tick=start, notes=notes))
    player.wait(lambda: len(player.of(Sent)) == 100, "not all notes were sent")
    late_ms = [(sent.sent_ns - sent.due_ns) / MS for sent in player.of(Sent)]
    assert min(late_ms) >= 0
    assert statistics.median(late_ms) < 1.0


def test_a_note_that_is_due_now_leaves_within_milliseconds(player: PlayerProcess) -> None:
    took_ms = []
    for index in range(40):
        handed_ns = time.monotonic_ns()
        note = ChunkNote(player.tick(), 60, 1, 80)
        player.send(Chunk(part="a", generation=1, channel=0, start_tick=note.start_tick, notes=(note,)))
        player.wait(lambda want=2 * index + 2: len(player.of(Sent)) == want, "the note was not sent")  # type: ignore[misc]
        took_ms.append((player.of(Sent)[-2].sent_ns - handed_ns) / MS)
    assert statistics.median(took_ms) < 5.0


def test_cut_releases(player: PlayerProcess) -> None:
    sound_a_chord(player)
    player.send(Cut(part="a", generation=2))
    player.wait(lambda: offs(player) == 12, "the chord still sounds")


def test_panic_is_answered(player: PlayerProcess) -> None:
    sound_a_chord(player)
    player.send(Panic(everything=True))
    player.wait(lambda: player.of(Silenced) == [Silenced(released=12)], "no answer to the panic")


def test_tempo_is_answered(player: PlayerProcess) -> None:
    player.send(SetTempo(bpm=90.0))
    player.wait(lambda: player.of(Clock)[-1].bpm == 90.0, "no new clock")


def test_input_is_passed_on(player: PlayerProcess) -> None:
    player.send(Inject(data=note_on(0, 60, 0)))
    player.wait(lambda: bool(player.of(Played)), "the input was not passed on")
    assert player.of(Played)[0].data == note_off(0, 60)


@pytest.mark.parametrize("how", ["quit", "end of pipe", "SIGTERM", "SIGINT", "SIGHUP"])
def test_every_way_of_ending_releases(player: PlayerProcess, how: str) -> None:
    sound_a_chord(player)
    started = time.monotonic()
    if how == "quit":
        player.send(Quit())
    elif how == "end of pipe":
        player.sender.close()
    else:
        player.process.send_signal(getattr(signal, how))
    assert player.end() == 0
    assert time.monotonic() - started < 1.0
    assert offs(player) == 12
    last = player.of(Counters)[-1]
    assert (last.ons, last.offs) == (12, 12)
    assert player.errors == ""


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


def test_an_engine_that_does_not_read_does_not_stop_the_music() -> None:
    command = [sys.executable, "-m", "realtime.player", "--backend", "memory", "--trace"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        assert process.stdin is not None
        sender = Sender(process.stdin)  # type: ignore[arg-type]
        notes = tuple(ChunkNote(0, pitch, 1, 80) for pitch in range(128))
        for generation in range(30):
            for channel in range(16):
                sender.send(
                    Chunk(part=f"p{channel}", generation=generation, channel=channel, start_tick=0, notes=notes)
                )
        sender.send(Quit())
        assert process.wait(10) == 0  # nobody has read a single message


def test_priority_can_be_refused() -> None:
    with PlayerProcess("--backend", "memory", "--no-realtime") as player:
        assert player.wait_ready().realtime_priority.startswith("none: ")
        player.send(Quit())
        assert player.end() == 0


def test_a_missing_port_is_exit_code_3(jack_server: JackServer) -> None:
    with PlayerProcess("--backend", "jack", "--out", "nowhere") as player:
        assert player.end() == 3
        (failed,) = player.of(Failed)
        assert failed.exit_code == 3
        assert "nowhere" in failed.text


def test_a_wrong_tempo_is_exit_code_2() -> None:
    with PlayerProcess("--backend", "memory", "--bpm", "9999") as player:
        assert player.end() == 2
        assert player.of(Failed)[0].exit_code == 2


def test_it_imports_nothing_heavy() -> None:
    code = (
        "import sys, realtime.player.process, realtime.player.backends.jack, realtime.player.backends.rtmidi\n"
        "heavy = {'numpy', 'onnxruntime', 'PySide6', 'torch', 'mido', 'typer', 'asyncio'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


# --- on JACK ------------------------------------------------------------------------------------------


@pytest.fixture
def jack_player(jack_server: JackServer) -> Iterator[tuple[PlayerProcess, JackPeer]]:
    with PlayerProcess("--backend", "jack", "--trace") as player:
        player.wait_ready()
        peer = JackPeer()
        peer.connect()
        yield player, peer
        peer.close()


@pytest.mark.jack
def test_jack_notes_arrive_at_their_sample(jack_player: tuple[PlayerProcess, JackPeer]) -> None:
    player, peer = jack_player
    start = player.tick() + 200
    notes = tuple(ChunkNote(start + 7 * index, 30 + index, 3, 80) for index in range(50))
    player.send(Chunk(part="a", generation=1, channel=0, start_tick=start, notes=notes))
    wait_until(lambda: len(peer.heard) == 100, "all notes at the recorder")
    anchor = player.of(Clock)[-1].anchor()
    heard = {data[1]: time_ns for time_ns, data in peer.heard if is_note_on(data)}
    late_ms = [(heard[note.pitch] - anchor.time_of(note.start_tick)) / MS for note in notes]
    middle = statistics.median(late_ms)
    assert sorted(abs(late - middle) for late in late_ms)[-1] < 1.5


@pytest.mark.jack
@pytest.mark.parametrize("how", ["quit", "SIGTERM", "SIGINT", "SIGHUP", "end of pipe"])
def test_jack_hears_all_releases(jack_player: tuple[PlayerProcess, JackPeer], how: str) -> None:
    player, peer = jack_player
    sound_a_chord(player)
    if how == "quit":
        player.send(Quit())
    elif how == "end of pipe":
        player.sender.close()
    else:
        player.process.send_signal(getattr(signal, how))
    assert player.end() == 0
    assert len([data for _, data in peer.heard if is_note_off(data)]) == 12
    assert peer.heard[-1][1] == bytes((0xB0, 123, 0))


@pytest.mark.jack
def test_jack_input_is_stamped_and_passed_on(jack_player: tuple[PlayerProcess, JackPeer]) -> None:
    player, peer = jack_player
    before_ns = time.monotonic_ns()
    peer.play(note_on(1, 64, 99))
    player.wait(lambda: bool(player.of(Played)), "the input was not passed on")
    played = player.of(Played)[0]
    assert played.data == note_on(1, 64, 99)
    assert before_ns - 10 * MS < played.time_ns < time.monotonic_ns()


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
        keyboard.close()
        player.wait(lambda: bool(player.of(PortLost)), "the loss was not told", 2.5)
        assert "keyboard:mouth" in player.of(PortLost)[0].text
        wait_until(lambda: sum(is_note_off(data) for _, data in recorder.heard) == 12, "the release")
        keyboard = JackPeer("keyboard")
        player.wait(lambda: len(player.of(Ready)) == 2, "the port was not taken again")
        keyboard.play(note_on(0, 33, 44))
        player.wait(lambda: bool(player.of(Played)), "the input is deaf")
        player.send(Quit())
        assert player.end() == 0
    keyboard.close()
    recorder.close()
