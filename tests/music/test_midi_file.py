"""Reading refuses what is broken in one line; what we write is read back equal, by us and by mido."""

import contextlib
import struct
import time
from pathlib import Path

import mido
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from realtime.errors import FileError
from realtime.music.examples import EXAMPLES
from realtime.music.midi_file import OutTrack, read_midi, write_midi
from realtime.music.note import Note, Phrase
from realtime.music.units import Meter

TRACK_END = b"\x00\xff\x2f\x00"


def midi_bytes(*tracks: bytes, midi_format: int = 1, division: int = 480, count: int | None = None) -> bytes:
    header = struct.pack(">4sIHHH", b"MThd", 6, midi_format, len(tracks) if count is None else count, division)
    return header + b"".join(b"MTrk" + struct.pack(">I", len(track)) + track for track in tracks)


ONE_NOTE = b"\x00\x90\x3c\x50\x83\x60\x80\x3c\x40" + TRACK_END


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    file = tmp_path / "ünïcode.mid"
    phrases = [EXAMPLES["bach"].phrase(), EXAMPLES["joy"].phrase(960)]
    write_midi(file, [OutTrack(name=f"Prélude {i}", phrase=p, channel=i) for i, p in enumerate(phrases)], bpm=96)
    score = read_midi(file)
    assert [score.phrase(i).notes for i in range(2)] == [p.notes for p in phrases]
    assert [track.name for track in score.tracks] == ["Prélude 0", "Prélude 1"]
    assert score.tempo.bpm_at(0) == pytest.approx(96, abs=0.01)
    assert score.meter == Meter(4, 4)


def test_mido_agrees_and_finds_offs_before_ons(tmp_path: Path) -> None:
    file = tmp_path / "repeat.mid"
    notes = [Note(i * 240, 60, 240) for i in range(4)]  # each ends where the next begins
    write_midi(file, [OutTrack(name="x", phrase=Phrase.of(notes, length_ticks=4800))])
    messages = [m for m in mido.MidiFile(file).tracks[1] if m.type in ("note_on", "note_off")]
    assert [m.type for m in messages] == ["note_on", "note_off"] * 4
    assert sum(m.time for m in mido.MidiFile(file).tracks[1]) == 4800


def test_other_resolutions_become_ours(tmp_path: Path) -> None:
    file = tmp_path / "96.mid"
    file.write_bytes(midi_bytes(b"\x00\x90\x3c\x50\x60\x80\x3c\x40" + TRACK_END, division=96))
    assert read_midi(file).phrase().notes == (Note(0, 60, 480, 80),)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "not a MIDI file"),
        (b"RIFF....", "not a MIDI file"),
        (midi_bytes(ONE_NOTE, midi_format=99), "format 99"),
        (midi_bytes(count=0), "with 0 tracks"),
        (midi_bytes(ONE_NOTE, division=0), "film frames or undefined"),
        (midi_bytes(ONE_NOTE, division=0xE728), "film frames or undefined"),
        (midi_bytes(ONE_NOTE)[:30], "cannot be read as MIDI"),
        (midi_bytes(ONE_NOTE)[:18] + b"\x7f" + midi_bytes(ONE_NOTE)[19:], "cannot be read as MIDI"),
    ],
)
def test_broken_files_are_refused_in_one_line(tmp_path: Path, data: bytes, says: str) -> None:
    file = tmp_path / "broken.mid"
    file.write_bytes(data)
    with pytest.raises(FileError, match=says) as raised:
        read_midi(file)
    assert "\n" not in str(raised.value)


def test_a_delta_time_bomb_is_refused_at_once(tmp_path: Path) -> None:
    file = tmp_path / "bomb.mid"
    file.write_bytes(midi_bytes(b"\xff" * 1_000_000))
    begun = time.monotonic()
    with pytest.raises(FileError):
        read_midi(file)
    assert time.monotonic() - begun < 4.0  # mido takes two minutes


def test_too_many_notes_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "black.mid"
    file.write_bytes(midi_bytes(b"\x00\x90\x3c\x50\x01\x80\x3c\x40" * 400_000 + TRACK_END))
    with pytest.raises(FileError, match="more than 300000 notes"):
        read_midi(file)


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="No such file"):
        read_midi(tmp_path / "nowhere.mid")


def test_an_unwritable_place_says_so_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="cannot be written"):
        write_midi(tmp_path / "no" / "folder.mid", [])
    assert list(tmp_path.iterdir()) == []


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_random_bytes_after_a_header_never_crash_us(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "random.mid"
    file.write_bytes(midi_bytes(data))
    with contextlib.suppress(FileError):
        read_midi(file)
