"""The real synth process: on a real JACK server of the test's own, and with no audio at all."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from realtime.synth.client import SynthClient, SynthOptions
from tests.jack_server import JackServer

LEAD_NS = 800_000_000  # the pipe and two Python processes lie between the sender and the synth's clock
TAKES = 3


@contextmanager
def recorder() -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "tests.synth.record_jack"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.kill()


def record_wood_blocks(client: SynthClient) -> tuple[list[int], dict[str, Any]]:
    """When eight strokes were due, and what was heard of them."""
    with recorder() as recording:
        begin_ns = time.monotonic_ns() + LEAD_NS
        due_ns = [begin_ns + k * 200_000_000 for k in range(8)]
        for due in due_ns:
            assert client.send(b"\x99\x4c\x6e", due)  # wood block
            assert client.send(b"\x89\x4c\x00", due + 60_000_000)
        time.sleep((due_ns[-1] - time.monotonic_ns()) / 1e9 + 0.5)
        heard = json.loads(recording.communicate(timeout=30)[0])
    assert heard["onsets_ns"]
    return due_ns, heard


@pytest.mark.jack
@pytest.mark.usefixtures("jack_server")
def test_notes_sound_evenly_and_the_process_ends_on_eof(soundfont: Path) -> None:
    client = SynthClient.start(SynthOptions(soundfont=soundfont, driver="jack"))
    assert client.report["driver"] == "jack"
    # A server that misses deadlines loses audio time, which no synth can mend: then once more.
    takes = (record_wood_blocks(client) for _ in range(TAKES))
    due_ns, heard = next((take for take in takes if take[1]["undisturbed"]), (None, None))
    assert client.alive()
    started = time.monotonic()
    assert client.close() == 0
    assert time.monotonic() - started < 2.0
    if due_ns is None or heard is None:
        pytest.skip(f"too busy a machine: its JACK server missed deadlines in all {TAKES} takes")
    assert len(heard["onsets_ns"]) == len(due_ns)
    # Measured on an idle machine: 14.4 ms (10 ms latency and the periods around it), all within 0.3 ms.
    late_ms = (np.array(heard["onsets_ns"]) - np.array(due_ns)) / 1e6
    assert np.abs(late_ms - np.median(late_ms)).max() < 2.0, late_ms
    assert 0.0 < np.median(late_ms) < 40.0, late_ms


@pytest.mark.jack
def test_a_lost_jack_server_ends_the_process_with_a_reason(soundfont: Path, tmp_path: Path) -> None:
    if not JackServer.is_installed():
        pytest.skip("jackd is not installed (Debian: jackd2)")
    with JackServer(tmp_path / "jackd.log", name=f"hocket-synth-{os.getpid()}") as server:
        client = SynthClient.start(SynthOptions(soundfont=soundfont, driver="jack"))
        server.stop()  # not kill(): a killed server keeps one of the eight places that JACK has on a machine
    deadline = time.monotonic() + 10
    while client.alive() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert client.error == "the audio device went away (jack)"
    assert client.close() == 6


def test_without_an_audio_device_it_says_so_and_exits_6(soundfont: Path) -> None:
    environment = os.environ | {"JACK_DEFAULT_SERVER": "no-such-server"}
    done = subprocess.run(
        [sys.executable, "-m", "realtime.synth", "--driver", "jack", "--soundfont", str(soundfont)],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, env=environment, timeout=30, check=False,
    )  # fmt: skip
    assert done.returncode == 6
    assert "no audio device" in json.loads(done.stdout)["error"]


def test_without_a_soundfont_it_says_so_and_exits_4(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "realtime.synth", "--soundfont", str(tmp_path / "none.sf2")]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 4
    assert "no such soundfont" in json.loads(done.stdout)["error"]
