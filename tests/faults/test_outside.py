"""Faults 18, 25: whoever reaches us by OSC, and another Hocket beside us."""

import os
import random
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

import jack
import pytest

from tests.faults.long import seconds
from tests.faults.rig import Tape, is_running, playing, session_of
from tests.faults.soak_harm import OSC_RUBBISH
from tests.faults.soak_stage import Second
from tests.faults.test_input import rss_mb

pytestmark = [pytest.mark.jack, pytest.mark.processes]
Measured = Callable[[int, str, float], None]
FLOOD_SECONDS = seconds(1.0, 10.0)
A_SECOND = 10_000


def test_a_flood_of_rubbish_by_osc(
    tape: Tape, new_tape: Callable[..., Tape], measured: Measured, tmp_path: Path
) -> None:
    heard, rng = new_tape("second"), random.Random(1)
    hocket = Second(tmp_path / "log.txt")
    try:
        heard.wait_for_music()
        before, ons = rss_mb(hocket.process.pid), heard.listen().ons.total()
        begin = time.monotonic()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
            for number in range(round(A_SECOND * FLOOD_SECONDS)):
                out.sendto(rng.choice((*OSC_RUBBISH, rng.randbytes(rng.randrange(200)))), ("127.0.0.1", hocket.port))
                if number % 100 == 0:
                    time.sleep(max(0.0, begin + number / A_SECOND - time.monotonic()))
            out.sendto(bytes(60_000), ("127.0.0.1", hocket.port))
            measured(18, "packets a second", A_SECOND * FLOOD_SECONDS / (time.monotonic() - begin))
        assert is_running(hocket.process.pid)
        heard.wait_for_music()
        measured(18, "notes in the meantime", heard.ledger.ons.total() - ons)
        measured(18, "growth, MB", rss_mb(hocket.process.pid) - before)
        assert rss_mb(hocket.process.pid) - before < 30.0
    finally:
        hocket.close()
    heard.wait_for_silence(0.5)
    assert heard.is_balanced()
    log = (tmp_path / "log.txt").read_text()
    assert "Traceback" not in log
    assert "ignored" in log
    assert len(log.splitlines()) < 40  # a line a second, not one a packet


def test_two_at_once_have_ports_of_their_own(tape: Tape, new_tape: Callable[..., Tape], measured: Measured) -> None:
    other = new_tape("other")
    with playing(session_of()) as first, playing(session_of(output="other:ear")) as second:
        tape.wait_for_music()
        other.wait_for_music()
        looker = jack.Client("looker", no_start_server=True)
        names = [port.name for port in looker.get_ports(is_midi=True, is_output=True) if "Hocket Out" in port.name]
        looker.close()
        assert names == ["Hocket:Hocket Out", "Hocket-01:Hocket Out"]
        measured(25, "instances side by side", len(names))
        os.kill(second.client.pid, signal.SIGKILL)
        other.wait_for_silence(2.0)
        tape.wait_for_music()
        assert first.close() == 0
    tape.wait_for_silence(0.5)
    assert tape.is_balanced()
    assert other.is_balanced()
