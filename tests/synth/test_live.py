"""The real synth process: on a real JACK server of the test's own, and with no audio at all."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from realtime.synth.client import SynthClient, SynthOptions
from tests.jack_server import JackServer


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


@pytest.mark.jack
@pytest.mark.usefixtures("jack_server")
def test_notes_sound_evenly_and_the_process_ends_on_eof(soundfont: Path) -> None:
    client = SynthClient.start(SynthOptions(soundfont=soundfont, driver="jack"))
    assert client.report["driver"] == "jack"
    with recorder() as recording:
        begin_ns = time.monotonic_ns() + 300_000_000
        due_ns = [begin_ns + k * 200_000_000 for k in range(8)]
        for due in due_ns:
            assert client.send(b"\x99\x4c\x6e", due)  # wood block
            assert client.send(b"\x89\x4c\x00", due + 60_000_000)
        time.sleep(2.2)
        heard = json.loads(recording.communicate(timeout=30)[0])
    assert client.alive()
    started = time.monotonic()
    assert client.close() == 0
    assert time.monotonic() - started < 2.0
    assert heard["onsets_ns"]
    if not heard["undisturbed"]:
        return  # too busy a machine: a server that misses deadlines loses audio time, which no synth can mend
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
