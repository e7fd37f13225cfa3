"""Play a phrase, hear the answer: `hocket run` on a real JACK server between two other processes."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from realtime.music.examples import EXAMPLES
from realtime.music.midi_file import OutTrack, read_midi, write_midi
from realtime.music.note import Note
from realtime.music.units import PPQ
from tests.jack_server import JackServer
from tests.live.rig import Performance, wait_for

pytestmark = [pytest.mark.jack, pytest.mark.processes]
BPM = 120.0
PERIOD_TICKS = 11  # 512 frames of the test server at 48 kHz are 10.7 ms; the musician's notes leave at its next period
# Ours leaves on the sample; RtMidi's JACK output waits for the next period, or the one after.
TOLERANCE_TICKS = {"jack": 2, "rtmidi-jack": 2 * PERIOD_TICKS}


@pytest.fixture
def phrase_file(tmp_path: Path) -> Path:
    file = tmp_path / "prelude.mid"
    write_midi(file, [OutTrack(name="Prélude", phrase=EXAMPLES["bach"].phrase())], bpm=BPM)
    return file


def perform(folder: Path, file: Path, backend: str, *options: str) -> Performance:
    return Performance(folder, file, BPM, "--backend", backend, "--seed", "7", *options)


def near_grid(tick: int, tolerance: int) -> bool:
    return (tick + tolerance) % PPQ <= 2 * tolerance


@pytest.mark.parametrize("backend", ["jack", "rtmidi-jack"])
def test_the_answer_comes_on_the_grid_whole_and_is_no_echo(
    jack_server: JackServer, tmp_path: Path, phrase_file: Path, backend: str
) -> None:
    performance = perform(tmp_path, phrase_file, backend, "--grid", "beat")
    start, turn = performance.start, performance.turn
    performance.wait_for_answer()
    answer = performance.end()
    assert answer.ons == answer.offs == len(answer.notes) >= 4
    assert answer.unmatched == 0
    tolerance = TOLERANCE_TICKS[backend]
    assert abs(answer.notes[0].start_tick - turn["start_tick"]) <= tolerance
    assert near_grid(answer.notes[0].start_tick - turn["origin_tick"], tolerance)
    assert abs(turn["origin_tick"] - start) <= 5 + 2 * PERIOD_TICKS  # bars are counted from the musician's first note
    assert turn["start_tick"] >= start + 8 * PPQ
    assert turn["start_tick"] + turn["length_ticks"] >= answer.notes[-1].end_tick - tolerance
    prompt = EXAMPLES["bach"].phrase().notes
    assert [n.pitch for n in answer.notes] != [n.pitch for n in prompt][: len(answer.notes)]
    assert len({n.pitch for n in answer.notes}) >= 3
    assert len({n.velocity for n in answer.notes}) >= 3


def test_the_model_gives_way_when_the_player_returns(
    jack_server: JackServer, tmp_path: Path, phrase_file: Path
) -> None:
    performance = perform(tmp_path, phrase_file, "jack", "--grid", "beat", "--length", "endless")
    back = performance.turn["start_tick"] + 9 * PPQ
    musician = performance.musician(phrase_file)
    performance.play(musician, back)
    wait_for(performance.run, "Yielded", 1)
    answer = performance.end(signal.SIGTERM)
    musician.end()
    assert answer.unmatched == 0
    assert answer.notes[-1].start_tick <= back + PERIOD_TICKS
    assert max(note.end_tick for note in answer.notes) <= back + PERIOD_TICKS + 29  # 30 ms after it was heard


def test_same_seed_same_phrase_same_answer_live_and_offline(
    jack_server: JackServer, tmp_path: Path, phrase_file: Path
) -> None:
    performance = perform(tmp_path, phrase_file, "jack", "--grid", "bar")
    performance.wait_for_answer()
    live = performance.end().notes
    out = tmp_path / "offline.mid"
    command = [sys.executable, "-m", "realtime", "generate", "continue", "--prime", str(phrase_file)]
    subprocess.run([*command, "--grid", "bar", "--seed", "7", "-o", str(out)], check=True, timeout=60)
    offline = read_midi(out).phrase(1).notes
    assert [n.pitch for n in live] == [n.pitch for n in offline]
    assert [n.velocity for n in live] == [n.velocity for n in offline]
    assert all(_same_time(a, b, performance.turn["origin_tick"]) for a, b in zip(live, offline, strict=True))


def _same_time(live: Note, offline: Note, start_tick: int) -> bool:
    """Within 3 ms of one another."""
    return (
        abs(live.start_tick - start_tick - offline.start_tick) <= 3
        and abs(live.duration_ticks - offline.duration_ticks) <= 3
    )


def test_a_port_that_is_not_there_is_exit_code_3(jack_server: JackServer, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "realtime", "run", "--backend", "jack", "--in", "Theremin"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert result.returncode == 3
    assert "Theremin" in result.stderr
    assert "Traceback" not in result.stderr
