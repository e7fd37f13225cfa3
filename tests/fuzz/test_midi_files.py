"""Files from anywhere: every invalid class, bombs, and thousands of spoiled ones, within time and memory."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from realtime.errors import FileError
from realtime.music.midi_file import read_midi
from tests.fuzz import DEEP
from tests.fuzz.midi_files import BOMBS, END, INVALID, NOTE, VALID, file, meta
from tests.fuzz.mutations import spoil

ROOT = Path(__file__).parents[2]
REFUSED = {  # what no reader should guess at; the others may be read as far as they go
    *("chunk too long", "chunk too short", "header too long", "header too short", "no header", "bad parameter"),
    *("bad status", "no status", "short meta", "film frames", "division 0", "format 99", "0 tracks", "empty"),
    *("unfinished SysEx", "SysEx larger than the file", "half a header"),
}
SECONDS = {"class": 1.0, "bomb": 2.0}
SLACK = 3.0  # these machines are shared; and half a second of each is Python's start
MAX_RSS_MB = 300

# The reader's memory as the system counted it: of its own process, so that no other child is in it.
MEASURED = """
import resource, sys
from pathlib import Path
from realtime.errors import FileError
from realtime.music.midi_file import read_midi
try:
    score = read_midi(Path(sys.argv[1]))
except FileError as error:
    print("refused", error)
else:
    print("read", sum(len(track.notes) for track in score.tracks))
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
"""


@pytest.mark.parametrize("name", VALID)
def test_valid_files_are_read(tmp_path: Path, name: str) -> None:
    path = tmp_path / "ä 音.mid"
    path.write_bytes(VALID[name])
    notes = sum(len(track.notes) for track in read_midi(path).tracks)
    assert notes == VALID[name].count(b"\x3c\x50") + VALID[name].count(b"\x40\x50") + VALID[name].count(b"\x24\x64")


@pytest.mark.parametrize("name", INVALID)
def test_invalid_files_are_refused_in_one_line_or_read(tmp_path: Path, name: str) -> None:
    path, begun = tmp_path / "invalid.mid", time.monotonic()
    path.write_bytes(INVALID[name])
    if name in REFUSED:
        with pytest.raises(FileError) as refused:
            read_midi(path)
        said = str(refused.value)
        assert said.startswith(f"{path}: ")
        assert "\n" not in said
        assert "Error" not in said  # no Python in it
    else:
        score = read_midi(path)
        assert all(track.name.isprintable() for track in score.tracks)
        score.phrase()
    assert time.monotonic() - begun < SECONDS["class"] * SLACK


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_are_refused_or_capped(tmp_path: Path, name: str) -> None:
    path = tmp_path / "bomb.mid"
    path.write_bytes(BOMBS[name]())
    begun = time.monotonic()
    command = [sys.executable, "-c", MEASURED, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=30, check=False)
    what, rss_mb = done.stdout.splitlines()
    assert time.monotonic() - begun < SECONDS["bomb"] * SLACK, what
    assert int(rss_mb) < MAX_RSS_MB
    assert what.startswith(("read", f"refused {path}: "))


def test_a_hundred_megabytes_are_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "large.mid"
    with path.open("wb") as large:
        large.write(file(NOTE + END))
        large.truncate(100 << 20)
    begun = time.monotonic()
    with pytest.raises(FileError, match="100 MiB; MIDI files up to 16 MiB are read"):
        read_midi(path)
    assert time.monotonic() - begun < 0.5


def test_names_of_tracks_can_be_shown(tmp_path: Path) -> None:
    path = tmp_path / "names.mid"
    path.write_bytes(file(meta(0x03, b"a\x1b[2J\nb") + NOTE + END))
    assert [track.name for track in read_midi(path).tracks] == ["a[2Jb"]


GOOD = [*VALID.values(), *INVALID.values()]


@pytest.mark.parametrize("seed", range(100 if DEEP else 2))
def test_spoiled_files_never_take_the_reader_down(tmp_path: Path, seed: int) -> None:
    """Hundreds in one process, which names the file that it died of."""
    chance, count = random.Random(seed), 500
    for number in range(count):
        (tmp_path / f"{number:03}.mid").write_bytes(spoil(chance.choice(GOOD), chance))
    command = [sys.executable, "-m", "tests.fuzz.read_many", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=60, check=False)
    assert done.returncode == 0, f"{done.stdout.splitlines()[-1:]} {done.stderr[-500:]}"
    assert len(done.stdout.splitlines()) == count
