"""A folder as people have them: broken, empty, huge, hanging, duplicate and transposed files, names to leave out."""

import dataclasses
import json
import sys
from pathlib import Path

import mido
import pytest

from realtime.errors import FileError
from tests.training.test_corpus import MELODY, write_index, write_tune
from training.cli import train_command
from training.data import workers
from training.data.corpus import ReadConfig, load_corpus, write_lists
from training.data.melodies import MAX_NOTES
from training.data.parse import Job
from training.data.workers import MAX_BYTES, Pool
from training.recipes import RECIPES

OTHER = [60, 67, 64, 72, 71, 65, 62, 69, 74, 72, 67, 64, 60, 55, 59, 62]


def walk(number: int) -> list[int]:
    """A melody of its own for each number."""
    return [60 + (number * (i + 3) + i * i) % 17 for i in range(24)]


def write_many_notes(path: Path, count: int) -> None:
    file = mido.MidiFile(ticks_per_beat=96)
    track = mido.MidiTrack()
    file.tracks.append(track)
    for i in range(count):
        track.append(mido.Message("note_on", note=60 + i % 12, velocity=70, time=0))
        track.append(mido.Message("note_off", note=60 + i % 12, time=24))
    file.save(path)


@pytest.fixture(scope="module")
def messy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("messy")
    write_tune(folder / "a.mid", pitches=MELODY)
    (folder / "b copy.mid").write_bytes((folder / "a.mid").read_bytes())
    write_tune(folder / "c in F.mid", pitches=[p + 5 for p in MELODY])
    write_tune(folder / "d longer.mid", pitches=[*MELODY, 65, 64, 62, 60])
    write_tune(folder / "e.mid", pitches=OTHER)
    (folder / "broken.mid").write_bytes((folder / "a.mid").read_bytes()[:40])
    (folder / "empty.mid").write_bytes(b"")
    (folder / "huge.mid").write_bytes(b"MThd" + bytes(MAX_BYTES))
    write_many_notes(folder / "endless.mid", MAX_NOTES + 1)
    (folder / "folder.mid").mkdir()
    return folder


def test_a_messy_folder_loses_its_bad_files_only(messy: Path, tmp_path: Path) -> None:
    corpus = load_corpus([messy])
    reasons = {problem.file: problem.reason for problem in corpus.problems}
    assert set(reasons) == {"broken.mid", "empty.mid", "huge.mid", "endless.mid", "folder.mid"}
    assert reasons["huge.mid"] == "4,194,308 bytes; at most 4,194,304 are read"
    assert reasons["endless.mid"] == "100,001 notes; at most 100,000 are read"
    assert reasons["folder.mid"] == "not a plain file"
    assert {tune.name for tune in corpus.tunes} == {"a", "d longer", "e"}
    write_lists(corpus, tmp_path)
    listed = [json.loads(line) for line in (tmp_path / "problems.jsonl").read_text().splitlines()]
    assert {line["file"]: line["reason"] for line in listed} == reasons


def test_copies_and_near_copies_are_on_one_side_and_listed(messy: Path, tmp_path: Path) -> None:
    write_lists(load_corpus([messy]), tmp_path)
    lines = [json.loads(line) for line in (tmp_path / "split.jsonl").read_text().splitlines()]
    by_name = {line["name"]: line for line in lines}
    assert by_name["b copy"]["reason"] == by_name["c in F"]["reason"] == "a copy of a"
    assert by_name["b copy"]["file_sha256"] == by_name["a"]["file_sha256"] != by_name["c in F"]["file_sha256"]
    assert by_name["c in F"]["content"] == by_name["a"]["content"] != by_name["d longer"]["content"]
    assert by_name["d longer"]["split"] == by_name["a"]["split"]
    assert {len(line["content"]) for line in lines} == {64}


def test_the_split_is_the_same_every_time_and_never_without_valid(tmp_path: Path) -> None:
    for number in range(3):
        write_tune(tmp_path / f"{number}.mid", pitches=walk(number))
    first, again = load_corpus([tmp_path]), load_corpus([tmp_path])
    assert first.listing == again.listing
    assert len(first.split("valid")) >= 1
    assert len(first.tunes) == 3


def test_what_opens_like_a_held_out_tune_is_not_trained_on(tmp_path: Path) -> None:
    write_tune(tmp_path / "v.mid", pitches=MELODY)
    write_tune(tmp_path / "t.mid", pitches=[*(p + 3 for p in MELODY), 70, 71, 72])
    write_tune(tmp_path / "o.mid", pitches=OTHER)
    write_index(
        tmp_path, [{"file": f"{n}.mid", "split": s} for n, s in (("t", "train"), ("v", "valid"), ("o", "train"))]
    )
    corpus = load_corpus([tmp_path])
    assert {(tune.name, tune.split) for tune in corpus.tunes} == {("v", "valid"), ("o", "train")}
    assert [line["reason"] for line in corpus.listing if "reason" in line] == ["opens like v, which is held out"]


def test_an_unlabelled_folder_follows_the_held_out_side_of_another(tmp_path: Path) -> None:
    indexed, own = tmp_path / "indexed", tmp_path / "own"
    indexed.mkdir()
    own.mkdir()
    write_tune(indexed / "v.mid", pitches=MELODY)
    write_index(indexed, [{"file": "v.mid", "split": "valid"}])
    write_tune(own / "mine.mid", pitches=[*(p - 2 for p in MELODY), 50, 52, 53])
    assert [tune.split for tune in load_corpus([own, indexed]).tunes] == ["valid", "valid"]


def test_names_on_a_list_are_left_out(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    (folder / "sub").mkdir(parents=True)
    for number, name in enumerate(("a", "b", "sub/c", "d")):
        write_tune(folder / f"{name}.mid", pitches=walk(number))
    (folder / "leave_out.txt").write_text("# held out elsewhere\na\n\n")
    (tmp_path / "list.txt").write_text("sub/c.mid\nd.mid\n")
    corpus = load_corpus([folder], config=ReadConfig(leave_out=[tmp_path / "list.txt"]))
    assert [tune.name for tune in corpus.tunes] == ["b"]


def test_a_file_that_takes_too_long_costs_its_worker_and_nothing_else(tmp_path: Path) -> None:
    write_many_notes(tmp_path / "slow.mid", MAX_NOTES)
    write_tune(tmp_path / "good.mid", pitches=MELODY)
    jobs = [Job(path=str(tmp_path / name), seconds=s) for name, s in (("slow.mid", 0.01), ("good.mid", 20.0))]
    slow, good = Pool(cache=tmp_path / "cache").parse_all(jobs)
    assert slow.parsed.problems == ["not read within 0.01 s"]
    assert len(good.parsed.lines) == 1
    assert len(list((tmp_path / "cache").rglob("*.msgpack"))) == 1  # another time it may be in time


def test_a_reader_that_crashes_is_named(tmp_path: Path) -> None:
    write_tune(tmp_path / "a.mid", pitches=MELODY)
    crash = "import os, sys; from training.data import parse; parse.write_frame(sys.stdout.buffer, parse.Parsed()); "
    pool = Pool(command=(sys.executable, "-c", crash + "sys.stdin.buffer.read(9); os.abort()"))
    (read,) = pool.parse_all([Job(path=str(tmp_path / "a.mid"))])
    assert read.parsed.problems == ["the reader crashed (exit status -6)"]
    (read,) = Pool(command=(sys.executable, "-c", "raise SystemExit(3)")).parse_all([Job(path=str(tmp_path / "a.mid"))])
    assert read.parsed.problems == ["the reader does not start (exit status 3)"]


def test_each_content_is_parsed_once(messy: Path, tmp_path: Path) -> None:
    jobs = [Job(path=str(path)) for path in sorted(messy.glob("*.mid"))]
    pools = [Pool(cache=tmp_path / "cache") for _ in range(2)]
    results = [pool.parse_all(jobs) for pool in pools]
    assert results[0] == results[1]
    assert [pool.read for pool in pools] == [8, 0]
    (tmp_path / "renamed.mid").write_bytes((messy / "e.mid").read_bytes())
    elsewhere = Pool(cache=tmp_path / "cache")
    assert elsewhere.parse_all([Job(path=str(tmp_path / "renamed.mid"))])[0].parsed.lines
    assert elsewhere.read == 0
    for kept in (tmp_path / "cache").rglob("*.msgpack"):
        kept.write_bytes(b"\x93cut off")
    again = Pool(cache=tmp_path / "cache")
    assert again.parse_all(jobs) == results[0]
    assert again.read == 8


def test_the_cache_knows_when_the_reader_changes(messy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    job = Job(path=str(messy / "a.mid"))
    before = workers._key("00", job)
    monkeypatch.setattr(workers, "_readers", lambda: "another")
    assert workers._key("00", job) != before


def test_an_index_without_files_says_what_it_needs(tmp_path: Path) -> None:
    write_index(tmp_path, [{"name": "a.mid", "split": "train"}])
    with pytest.raises(FileError, match='has no column "file"; it needs one'):
        load_corpus([tmp_path])


def test_a_run_lists_its_data_and_keeps_what_it_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOCKET_CACHE", raising=False)
    folder, run = tmp_path / "mine", tmp_path / "run"
    folder.mkdir()
    for number in range(6):
        write_tune(folder / f"{number}.mid", pitches=walk(number))
    (folder / "empty.mid").write_bytes(b"")
    (tmp_path / "no.txt").write_text("5\n")
    monkeypatch.setattr("training.cli.find_recipe", _debug_on_files)
    train_command("continue-debug", [folder], run, leave_out=[tmp_path / "no.txt"])
    names = {json.loads(line)["name"] for line in (run / "split.jsonl").read_text().splitlines()}
    assert names == set("01234")
    assert json.loads((run / "problems.jsonl").read_text())["file"] == "empty.mid"
    assert (run / "left_out.txt").read_text() == "5\n"
    assert len(list((run / "cache").rglob("*.msgpack"))) == 6
    with pytest.raises(FileError, match="--leave-out takes a text file"):
        train_command("continue-debug", [folder], run, leave_out=[tmp_path / "nowhere.txt"])


def _debug_on_files(name: str):  # type: ignore[no-untyped-def]
    return dataclasses.replace(RECIPES[name](), generated=0)
