"""Reading melodies: splits, duplicates, broken files."""

import csv
import sys
import types
from importlib.machinery import ModuleSpec
from pathlib import Path

import mido
import numpy as np
import pytest

from realtime.errors import FileError
from realtime.music.melody_codec import PITCH_LOW, REST
from realtime.music.note import Note
from realtime.music.units import Meter
from training.data.corpus import content_key, hash_split, load_corpus
from training.data.melodies import BEAT_ONLY, read_chorales, read_midi, shorten_rests, split_abc

MELODY = [60, 62, 64, 65, 67, 69, 71, 72, 71, 69, 67, 65, 64, 62, 60, 67]


def write_tune(path: Path, *, pitches: list[int], meters: tuple[tuple[int, int, int], ...] = ((0, 4, 4),)) -> None:
    """Quarters, one after another; `meters` are (beat, numerator, denominator)."""
    file = mido.MidiFile(ticks_per_beat=96)
    notes, signs = mido.MidiTrack(), mido.MidiTrack()
    file.tracks += [signs, notes]
    now = 0
    for beat, numerator, denominator in meters:
        signs.append(
            mido.MetaMessage("time_signature", numerator=numerator, denominator=denominator, time=beat * 96 - now)
        )
        now = beat * 96
    for pitch in pitches:
        notes.append(mido.Message("note_on", note=pitch, velocity=70, time=0))
        notes.append(mido.Message("note_off", note=pitch, time=96))
    file.save(path)


def write_index(folder: Path, rows: list[dict[str, str]]) -> None:
    with (folder / "index.csv").open("w", newline="") as text:
        writer = csv.DictWriter(text, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def test_a_file_becomes_a_line(tmp_path: Path) -> None:
    write_tune(tmp_path / "a.mid", pitches=MELODY)
    (line,) = read_midi(tmp_path / "a.mid")
    assert [event.pitch_id + PITCH_LOW for event in line.events] == MELODY
    assert {event.ticks for event in line.events} == {480}
    assert line.meter == Meter(4, 4)
    assert line.start_tick == 0


def test_meter_changes_cut_the_tune(tmp_path: Path) -> None:
    write_tune(tmp_path / "a.mid", pitches=MELODY + MELODY, meters=((0, 4, 4), (16, 3, 4)))
    first, second = read_midi(tmp_path / "a.mid")
    assert (first.meter, second.meter) == (Meter(4, 4), Meter(3, 4))
    assert len(first.events) == len(second.events) == 16
    assert second.start_tick == 0  # counted from the bar line at which the meter begins


def test_without_a_time_signature_only_the_beat_is_known(tmp_path: Path) -> None:
    write_tune(tmp_path / "a.mid", pitches=MELODY, meters=())
    assert read_midi(tmp_path / "a.mid")[0].meter == BEAT_ONLY


def test_broken_and_empty_files_are_reported_and_the_rest_is_read(tmp_path: Path) -> None:
    write_tune(tmp_path / "good.mid", pitches=MELODY)
    write_tune(tmp_path / "short.mid", pitches=MELODY[:3])
    (tmp_path / "empty.mid").write_bytes(b"")
    (tmp_path / "broken.mid").write_bytes((tmp_path / "good.mid").read_bytes()[:40])
    (tmp_path / "text.mid").write_text("no music")
    (tmp_path / "notes.txt").write_text("left alone")
    corpus = load_corpus([tmp_path])
    assert [tune.name for tune in corpus.tunes] == ["good"]
    assert sorted(problem.file for problem in corpus.problems) == [
        "broken.mid", "empty.mid", "short.mid", "text.mid",
    ]  # fmt: skip


def test_an_index_decides_the_split(tmp_path: Path) -> None:
    rows = []
    for i, split in enumerate(("train", "valid", "train")):
        write_tune(tmp_path / f"{i}.mid", pitches=[p + i * (j % 3) for j, p in enumerate(MELODY)])
        rows.append({"file": f"{i}.mid", "split": split})
    write_index(tmp_path, rows)
    corpus = load_corpus([tmp_path])
    assert [tune.name for tune in corpus.split("valid")] == ["1"]
    assert [tune.name for tune in corpus.split("train")] == ["0", "2"]


def test_the_same_tune_in_another_key_is_one_tune_and_stays_held_out(tmp_path: Path) -> None:
    write_tune(tmp_path / "a.mid", pitches=MELODY)
    write_tune(tmp_path / "b.mid", pitches=[p + 5 for p in MELODY])
    write_index(tmp_path, [{"file": "a.mid", "split": "train"}, {"file": "b.mid", "split": "valid"}])
    (tune,) = load_corpus([tmp_path]).tunes
    assert (tune.name, tune.split) == ("b", "valid")


def test_content_and_split_do_not_depend_on_the_key(tmp_path: Path) -> None:
    for name, by in (("a", 0), ("b", 7)):
        write_tune(tmp_path / f"{name}.mid", pitches=[p + by for p in MELODY])
    a, b = (read_midi(tmp_path / f"{name}.mid")[0] for name in "ab")
    assert content_key(a) == content_key(b)
    assert hash_split(a) == hash_split(b)


def test_folders_without_an_index_may_be_all_held_out(tmp_path: Path) -> None:
    write_tune(tmp_path / "a.mid", pitches=MELODY)
    assert load_corpus([tmp_path], unlabelled="test").tunes[0].split == "test"


def test_long_rests_lose_whole_bars() -> None:
    notes = [Note(0, 60, 480), Note(480 * 20, 62, 480), Note(480 * 21, 64, 480)]
    got = shorten_rests(notes, Meter(4, 4))
    assert [note.start_tick for note in got] == [0, 480 * 8, 480 * 9]
    assert all(a.start_tick % 1920 == b.start_tick % 1920 for a, b in zip(notes, got, strict=True))


def test_chorales_join_equal_steps(tmp_path: Path) -> None:
    voice = [60] * 4 + [-1] * 4 + [p for p in MELODY for _ in range(2)]
    grid = np.full((len(voice), 4), -1, np.int8)
    grid[:, 1] = voice
    np.savez(tmp_path / "grid.npz", train_pitch=grid, train_start=np.array([0, len(voice)], np.int32))
    (line,) = read_chorales(tmp_path / "grid.npz", "train")
    assert [event.ticks for event in line.events[:4]] == [480, 480, 240, 240]
    assert line.events[1].pitch_id == REST
    assert line.meter == BEAT_ONLY


def test_books_are_cut_at_their_numbers() -> None:
    book = "% about\nX:1\nT:A\nK:C\nCDEF\n\nX: 2\r\nT:B\r\nK:C\r\nGABc\r\n"
    tunes = split_abc(book)
    assert [tune.splitlines()[0] for tune in tunes] == ["X:1", "X: 2"]
    assert tunes[0].endswith("CDEF\n")


def test_a_missing_folder_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"no such folder; --data takes a folder of \.mid files"):
        load_corpus([tmp_path / "nowhere"])
    with pytest.raises(FileError, match="no melody of at least 12 notes"):
        load_corpus([tmp_path])


def test_without_music21_the_default_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(FileError, match=r"music21 is not installed; `pip install hocket\[train\]`"):
        load_corpus()


def test_the_default_reads_music21_books_without_importing_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "music21" / "corpus" / "airdsAirs"
    folder.mkdir(parents=True)
    (folder / "book1.abc").write_text(
        "X:1\nT:One\nM:4/4\nL:1/8\nK:C\nCDEF GABc|cBAG FEDC|\n\n"
        "X:2\nT:Two\nM:6/8\nL:1/8\nK:G\nGAB cde|fed cBA|GAB cde|\n"
    )
    spec = ModuleSpec("music21", None, origin=str(tmp_path / "music21" / "__init__.py"))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: spec)
    corpus = load_corpus()
    assert [tune.name for tune in corpus.tunes] == ["book1:1", "book1:2"]
    assert {tune.source for tune in corpus.tunes} == {"music21-folk"}
    assert isinstance(sys.modules.get("music21"), types.NoneType)
