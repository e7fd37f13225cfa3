"""The client against a stand-in for the synth process, which reads its pipe only when told."""

import os
import sys
import time
from pathlib import Path

import pytest

from realtime.synth.client import SynthClient, SynthOptions
from realtime.synth.errors import SynthError
from realtime.synth.frames import FRAME_BYTES
from realtime.synth.pipes import ThreadPipe

# Ready at once; reads once the file argv[1] exists; writes all it was sent to argv[2].
SLOW_READER = """
import json, os, pathlib, sys, time
print("a library says hello", flush=True)
print(json.dumps({"ready": True, "driver": "fake"}), flush=True)
while not os.path.exists(sys.argv[1]): time.sleep(0.01)
pathlib.Path(sys.argv[2]).write_bytes(sys.stdin.buffer.read())
"""


def start(tmp_path: Path, *, reads: bool) -> SynthClient:
    go = tmp_path / "go"
    if reads:
        go.touch()
    return SynthClient.start(command=[sys.executable, "-c", SLOW_READER, str(go), str(tmp_path / "got")])


def received(tmp_path: Path) -> list[bytes]:
    raw = (tmp_path / "got").read_bytes()
    assert len(raw) % FRAME_BYTES == 0
    return [raw[start + 9 : start + 12] for start in range(0, len(raw), FRAME_BYTES)]


def test_messages_arrive_whole_and_in_order(tmp_path: Path) -> None:
    client = start(tmp_path, reads=True)
    sent = [bytes((0x90, pitch, 100)) for pitch in range(100)]
    assert all(client.send(data, due_ns=1) for data in sent)
    assert client.alive()
    assert client.report["driver"] == "fake"
    assert client.close() == 0
    assert not client.alive()
    assert received(tmp_path) == sent


def test_a_full_pipe_drops_note_ons_keeps_the_rest_and_never_blocks(tmp_path: Path) -> None:
    client = start(tmp_path, reads=False)
    accepted, worst = 0, 0.0
    for _ in range(10_000):
        begin = time.perf_counter()
        accepted += client.send(b"\x90\x40\x64", due_ns=1)
        worst = max(worst, time.perf_counter() - begin)
    assert 1000 < accepted < 10_000
    assert client.dropped_ons == 10_000 - accepted
    assert worst < 0.5
    for pitch in range(128):
        client.send(bytes((0x80, pitch, 0)), due_ns=2)
        client.send(bytes((0x90, pitch, 0)), due_ns=3)  # ends the same note
    client.send(b"\xb0\x40\x7f", due_ns=2)
    client.send(b"\xb0\x40\x00", due_ns=3)  # the pedal's newest position counts
    assert client.waiting == 129
    (tmp_path / "go").touch()
    deadline = time.monotonic() + 10
    while not client.flush() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert client.close() == 0
    got = received(tmp_path)
    assert got[accepted:] == [*(bytes((0x80, pitch, 0)) for pitch in range(128)), b"\xb0\x40\x00"]


def test_a_synth_that_dies_is_noticed_and_sending_stays_harmless(tmp_path: Path) -> None:
    client = start(tmp_path, reads=False)
    client._process.kill()
    client._process.wait()
    deadline = time.monotonic() + 5
    while client.error is None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert client.error == "the built-in sound's process ended"
    assert not client.send(b"\x90\x40\x64", due_ns=1)
    assert not client.send(b"\x80\x40\x00", due_ns=1)
    assert not client.alive()
    assert client.close() != 0


def test_the_childs_reason_is_the_error() -> None:
    command = [sys.executable, "-c", 'print(\'{"error": "no audio device"}\')']
    with pytest.raises(SynthError, match="no audio device"):
        SynthClient.start(command=command)


def test_a_child_that_says_nothing_is_given_up(tmp_path: Path) -> None:
    with pytest.raises(SynthError, match="not ready"):
        SynthClient.start(command=[sys.executable, "-c", "import time; time.sleep(60)"], timeout_seconds=0.2)


def test_a_message_that_is_none_is_refused(tmp_path: Path) -> None:
    client = start(tmp_path, reads=True)
    with pytest.raises(ValueError, match="channel message"):
        client.send(b"\xf8", due_ns=1)
    client.close()


def test_options_become_a_command_line() -> None:
    command = SynthOptions(soundfont=Path("a b.sf2"), driver="jack").command()
    assert command[1:] == ["-m", "realtime.synth", "--soundfont", "a b.sf2", "--driver", "jack"]


def test_thread_pipe_passes_frames_on_and_reports_a_lost_reader() -> None:
    read_end, write_end = os.pipe()
    pipe = ThreadPipe(write_end)
    assert pipe.write(b"abc")
    assert os.read(read_end, 3) == b"abc"
    os.close(read_end)
    with pytest.raises(BrokenPipeError):
        write_for(pipe, seconds=5)
    pipe.close()


def write_for(pipe: ThreadPipe, *, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        pipe.write(b"abc")
        time.sleep(0.001)
