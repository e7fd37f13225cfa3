"""Faults 5, 6, 7, 15: processes that are asked to end, killed or suspended while music plays."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from realtime.engine.commands import QuitEngine
from realtime.messages import Counters, Ready, Silenced
from realtime.player.midi_bytes import control_change, is_note_on
from tests.faults.long import LONG, seconds
from tests.faults.rig import MS, Tape, is_running, playing, session_of, wait_until
from tests.jack_server import JackServer

pytestmark = [pytest.mark.jack, pytest.mark.processes]
Measured = Callable[[int, str, float], None]
BAND = ("morph", "quartet", "sketch")
SUSPENDED_SECONDS = seconds(1.0, 30.0)
LATE_LIMIT_NS = 100 * MS  # what is later than this is dropped
SOON_NS = 150 * MS

# In a process of its own, for what is asked for is no death by a signal.
RUDE_CLIENT = """
import sys, threading, time
from realtime.errors import PortError
from realtime.player.opening import open_io
from realtime.player.ports import Outgoing, PortConfig

def send(io, note):
    io.send(Outgoing(due_ns=time.monotonic_ns(), data=bytes((0x90, note % 128, 80))))

io, _ = open_io(PortConfig(backend=sys.argv[1], client_name="Rude"), lambda: None)
send(io, 60)
refused = threading.Event()

def keep_sending():
    try:
        for note in range(10**9):
            send(io, note)
    except PortError:
        refused.set()

thread = threading.Thread(target=keep_sending, daemon=True)
thread.start()
time.sleep(0.02)
io.close()
io.close()
assert refused.wait(2), "what was sent while it closed was taken"
try:
    send(io, 62)
except PortError:
    print("PortError")
"""


@pytest.mark.parametrize("backend", ["jack", "rtmidi-jack", "memory"])
def test_a_port_that_is_closed_while_it_sends(server: JackServer, backend: str) -> None:
    command = [sys.executable, "-c", RUDE_CLIENT, backend]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, done.stdout) == (0, "PortError\n"), done.stderr


@pytest.mark.parametrize(
    "how", ["SIGTERM", *(pytest.param(name, marks=LONG) for name in ("SIGINT", "SIGHUP")), "quit", "end of pipe"]
)
def test_every_way_of_ending_is_silence(tape: Tape, measured: Measured, how: str) -> None:
    with playing(session_of(("morph", "quartet"))) as played:
        tape.wait(lambda ledger: ledger.hung >= 4, "notes that sound")
        player_pid, begin = played.player_pid, time.monotonic()
        if how == "quit":
            played.ask(QuitEngine())
        elif how == "end of pipe":
            played.client._sender.close()  # what a window's death looks like from here
        else:
            os.kill(played.client.pid, getattr(signal, how))
        assert played.gone.wait(3)
        wait_until(lambda: not is_running(player_pid), "the player to end", 2.0)
        took = time.monotonic() - begin
        measured(6, f"{how}: to the end of both processes, s", took)
        assert played.close() == 0
    assert took < 1.0
    tape.wait_for_silence(0.5)
    assert tape.is_balanced()
    used = [channel for channel, count in tape.ledger.ons.items() if count]
    assert {control_change(channel, 123, 0) for channel in used} <= {data for _, data in tape.events}


def test_a_killed_engine_leaves_silence_and_the_next_one_plays(tape: Tape, measured: Measured) -> None:
    session = session_of(BAND, bpm=120.0)
    with playing(session) as played:
        tape.wait(lambda ledger: ledger.hung >= 6, "notes that sound")
        player_pid, begin = played.player_pid, time.monotonic()
        os.kill(played.client.pid, signal.SIGKILL)
        measured(7, "engine killed to silence, s", tape.wait_for_silence(2.0))
        assert played.gone.wait(1)
        wait_until(lambda: not is_running(player_pid), "the player to end", 2.0)
    assert tape.is_balanced()
    with playing(session):  # the window does no more than this
        tape.wait_for_music(4.0, ons=1)
        measured(7, "engine killed to playing again, s", time.monotonic() - begin)
    tape.wait_for_silence(0.5)


def test_a_killed_player_is_followed_by_one_that_silences_what_it_left(tape: Tape, measured: Measured) -> None:
    with playing(session_of(BAND)) as played:
        tape.wait(lambda ledger: ledger.hung >= 6, "notes that sound")
        begin = time.monotonic()
        os.kill(played.player_pid, signal.SIGKILL)
        time.sleep(0.05)
        hung = set(tape.listen().sounding)  # nobody is left who could release them
        measured(7, "player killed: notes that hang until the next one is there", len(hung))
        tape.wait(lambda ledger: not hung & set(ledger.sounding), "what hangs to be silenced", 3.0)
        measured(7, "player killed to silence, s", time.monotonic() - begin)
        played.wait(Ready, 2)
        played.wait(Silenced)
        tape.wait_for_music(4.0)
        measured(7, "player killed to playing again, s", time.monotonic() - begin)
        assert played.close() == 0
    tape.wait_for_silence(0.5)
    assert tape.ledger.ons - tape.ledger.offs == tape.ledger.ended_by_panic  # CC 123 comes before the note-offs
    assert not tape.ledger.struck_twice.total()


def suspend(pids: list[int], seconds: float) -> None:
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    time.sleep(seconds)
    for pid in pids:
        os.kill(pid, signal.SIGCONT)


@pytest.mark.parametrize("who", ["player", pytest.param("engine", marks=LONG), "both"])
def test_a_suspended_process_catches_up_without_a_burst(tape: Tape, measured: Measured, who: str) -> None:
    with playing(session_of(BAND)) as played:
        tape.wait_for_music(ons=24)
        usual = notes_in(tape, LATE_LIMIT_NS + SOON_NS)
        pids = {"player": [played.player_pid], "engine": [played.client.pid]}
        suspend(pids.get(who, [*pids["player"], *pids["engine"]]), SUSPENDED_SECONDS)
        woken_ns = time.monotonic_ns()
        time.sleep(2 * SOON_NS / 1e9)
        tape.listen()
        soon = sum(bool(data and is_note_on(data)) and 0 < ns - woken_ns < SOON_NS for ns, data in tape.events)
        tape.wait_for_music(6.0)
        dropped = max((told.late_ons_dropped for told in played.of(Counters)), default=0)
        measured(15, f"{who} suspended {SUSPENDED_SECONDS:g} s: note-ons in the 150 ms after", soon)
        measured(15, f"{who} suspended: most note-ons in 250 ms before", usual)
        measured(15, f"{who} suspended: note-ons dropped as late", dropped)
        assert soon <= usual
        assert is_running(pids["player"][0])
        assert is_running(pids["engine"][0])
        assert played.close() == 0
    tape.wait_for_silence(0.5)
    assert tape.is_balanced()


def notes_in(tape: Tape, length_ns: int) -> int:
    """The most note-ons in a time so long of the music that was heard."""
    ons = [ns for ns, data in tape.events if data and is_note_on(data)]
    return max(sum(begin <= ns < begin + length_ns for ns in ons) for begin in ons)
