"""Faults 1, 4, 6, 7 with the real window: it has no MIDI, loses its server or its engine, is ended, is killed."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from realtime.player.midi_bytes import control_change
from realtime.session import Session
from tests.faults.long import LONG
from tests.faults.rig import Tape, children, is_running, wait_until
from tests.faults.window_rig import HAS_WINDOW, Window, led_by_jack, roll
from tests.jack_server import JackServer

pytestmark = [
    pytest.mark.jack,
    pytest.mark.processes,
    pytest.mark.skipif(not HAS_WINDOW, reason="the window's extra is not installed"),
]
Measured = Callable[[int, str, float], None]


@contextmanager
def window(folder: Path, session: Session | None = None, **environment: str) -> Iterator[Window]:
    shown = Window(folder, session, **environment)
    try:
        yield shown
    finally:
        shown.close()


@pytest.fixture
def shown(tape: Tape, tmp_path: Path) -> Iterator[Window]:
    """A window that plays to the tape."""
    with window(tmp_path, led_by_jack()) as opened:
        opened.wait_for("realtime.player")
        roll()
        tape.wait_for_music(ons=8)
        tape.wait(lambda ledger: ledger.hung >= 3, "notes that sound")
        yield opened


def test_without_midi_and_sound_it_is_there_and_ends_well(tmp_path: Path, measured: Measured) -> None:
    begin = time.monotonic()
    nothing = {"JACK_DEFAULT_SERVER": "hocket-nobody", "JACK_NO_START_SERVER": "1"}
    with window(tmp_path, **nothing) as opened:
        opened.wait_for("realtime.engine", "realtime.player")
        measured(1, "start to engine and player, s", time.monotonic() - begin)
        time.sleep(2.0)
        assert opened.process.poll() is None
        assert opened.child("realtime.engine")
        opened.process.send_signal(signal.SIGTERM)
        assert opened.process.wait(5) == 0
        assert "Traceback" not in opened.said, opened.said


def test_a_window_that_is_ended_releases_all(tape: Tape, shown: Window, measured: Measured) -> None:
    below, begin = children(shown.process.pid), time.monotonic()
    shown.process.send_signal(signal.SIGTERM)
    assert shown.process.wait(5) == 0
    measured(6, "window ended by SIGTERM, s", time.monotonic() - begin)
    wait_until(lambda: not any(map(is_running, below)), "all of its processes to end", 2.0)
    tape.wait_for_silence(0.5)
    assert tape.is_balanced()
    used = [channel for channel, count in tape.ledger.ons.items() if count]
    assert {control_change(channel, 123, 0) for channel in used} <= {data for _, data in tape.events}
    assert "Traceback" not in shown.said, shown.said


def test_a_killed_window_leaves_silence_and_no_process(tape: Tape, shown: Window, measured: Measured) -> None:
    below, begin = children(shown.process.pid), time.monotonic()
    shown.process.kill()
    tape.wait_for_silence(2.0)
    measured(7, "window killed to silence, s", time.monotonic() - begin)
    wait_until(lambda: not any(map(is_running, below)), "all of its processes to end", 3.0)
    assert tape.is_balanced()


def test_an_engine_killed_under_the_window_plays_again(tape: Tape, shown: Window, measured: Measured) -> None:
    engine = shown.child("realtime.engine")
    assert engine is not None
    begin = time.monotonic()
    os.kill(engine, signal.SIGKILL)
    tape.wait_for_silence(1.0)
    tape.wait_for_music(5.0, ons=1)
    took = time.monotonic() - begin
    measured(7, "window: engine killed to playing again, s", took)
    assert took < 4.0  # on a machine that others use too; the figure to reach is 2
    assert shown.process.poll() is None
    assert tape.ledger.ons - tape.ledger.offs == {channel: 1 for channel, _ in tape.ledger.sounding}


@LONG
def test_a_killed_server_leaves_the_window_there(
    mortal_server: JackServer, new_tape: Callable[..., Tape], tmp_path: Path, measured: Measured
) -> None:
    tape = new_tape("tape")
    with window(tmp_path, led_by_jack(("morph",))) as opened:
        opened.wait_for("realtime.player")
        roll()
        tape.wait_for_music()
        mortal_server.kill()
        time.sleep(1.0)
        assert opened.process.poll() is None
        mortal_server.start()
        begin = time.monotonic()
        wait_until(lambda: _has_ports(mortal_server), "the ports", 5.0)
        measured(4, "window: server back to ports back, s", time.monotonic() - begin)
        roll()
        tape.wait_for_music(5.0)
        opened.process.send_signal(signal.SIGTERM)
        assert opened.process.wait(5) == 0
        tape.wait_for_silence(0.5)
        assert "Traceback" not in opened.said, opened.said


def _has_ports(server: JackServer) -> bool:
    listed = subprocess.run(["jack_lsp"], env={**os.environ, **server.environment}, capture_output=True, check=False)
    return b":Hocket Out" in listed.stdout
