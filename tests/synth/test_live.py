"""The real synth process: on a real JACK server of the test's own, and with no audio at all."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from realtime.synth.client import SynthClient, SynthOptions
from tests.synth.private_jack import SAMPLE_RATE, environment_for, has_jack, private_jack, server_name


@pytest.fixture
def jack_environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    if not has_jack():
        pytest.skip("jackd is not installed (apt install jackd2)")
    for key, value in environment_for(server_name()).items():
        monkeypatch.setenv(key, value)
    with private_jack(server_name()):
        yield


class Recorder:
    """Keeps what the JACK port "Hocket:left" plays."""

    def __init__(self) -> None:
        import jack

        self.client = jack.Client("recorder", no_start_server=True)
        self._port = self.client.inports.register("in")
        self._blocks: list[tuple[int, np.ndarray[tuple[int], np.dtype[np.float32]]]] = []
        self._xruns = 0
        self.client.set_process_callback(self._process)
        self.client.set_xrun_callback(self._xrun)
        self.client.activate()
        self.client.connect("Hocket:left", self._port)

    def _process(self, frames: int) -> None:
        # JACK's own count of frames: on a busy machine this callback may miss a block.
        self._blocks.append((self.client.last_frame_time, self._port.get_array().copy()))

    def _xrun(self, delayed_usecs: float) -> None:
        self._xruns += 1

    @property
    def undisturbed(self) -> bool:
        """Whether the server met all its deadlines and this recorder heard every block."""
        starts = np.array([first for first, _ in self._blocks])
        return self._xruns == 0 and bool(np.all(np.diff(starts) == len(self._blocks[0][1])))

    def close(self) -> None:
        self._now = self.client.frame_time, time.monotonic_ns()
        self.client.deactivate()
        self.client.close()

    def onsets_ns(self) -> list[float]:
        """Monotonic time of each attack after 100 ms of anything quieter than a fifth of the peak."""
        sound = np.abs(np.concatenate([block for _, block in self._blocks]))
        frames = np.concatenate([first + np.arange(len(block)) for first, block in self._blocks])
        loud = frames[sound > 0.2 * sound.max()]
        attacks = loud[np.diff(loud, prepend=loud[0] - SAMPLE_RATE) > SAMPLE_RATE // 10]
        now_frame, now_ns = self._now
        return [now_ns - (now_frame - int(attack)) * 1e9 / SAMPLE_RATE for attack in attacks]


@pytest.mark.jack
@pytest.mark.usefixtures("jack_environment")
def test_notes_sound_evenly_and_the_process_ends_on_eof(soundfont: Path) -> None:
    client = SynthClient.start(SynthOptions(soundfont=soundfont, driver="jack"))
    assert client.report["driver"] == "jack"
    recorder = Recorder()
    begin_ns = time.monotonic_ns() + 300_000_000
    due_ns = [begin_ns + k * 200_000_000 for k in range(8)]
    for due in due_ns:
        assert client.send(b"\x99\x4c\x6e", due)  # wood block
        assert client.send(b"\x89\x4c\x00", due + 60_000_000)
    time.sleep(2.2)
    assert client.alive()
    started = time.monotonic()
    assert client.close() == 0
    assert time.monotonic() - started < 2.0
    recorder.close()
    onsets = recorder.onsets_ns()
    assert onsets
    if not recorder.undisturbed:
        return  # too busy a machine: a server that misses deadlines loses audio time, which no synth can mend
    assert len(onsets) == len(due_ns)
    # Measured on an idle machine: 14.4 ms (10 ms latency and the periods around it), all within 0.3 ms.
    late_ms = (np.array(onsets) - np.array(due_ns)) / 1e6
    assert np.abs(late_ms - np.median(late_ms)).max() < 2.0, late_ms
    assert 0.0 < np.median(late_ms) < 40.0, late_ms


@pytest.mark.jack
def test_a_lost_jack_server_ends_the_process_with_a_reason(soundfont: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not has_jack():
        pytest.skip("jackd is not installed (apt install jackd2)")
    for key, value in environment_for(server_name()).items():
        monkeypatch.setenv(key, value)
    with private_jack(server_name()):
        client = SynthClient.start(SynthOptions(soundfont=soundfont, driver="jack"))
    deadline = time.monotonic() + 10
    while client.alive() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert client.error == "the audio device went away (jack)"
    assert client.close() == 6


def test_without_an_audio_device_it_says_so_and_exits_6(soundfont: Path) -> None:
    environment = os.environ | environment_for("no-such-server")
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
