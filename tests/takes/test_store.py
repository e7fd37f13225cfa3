"""The folder of takes."""

import time
from pathlib import Path

import pytest

from realtime.errors import FileError
from realtime.music.midi_file import read_midi
from realtime.takes.store import TakeStore
from tests.takes.examples import take


@pytest.fixture
def store(tmp_path: Path) -> TakeStore:
    store = TakeStore(tmp_path / "music" / "Takes")
    for number in (2, 1, 3):
        store.keep(take(number))
    return store


def ids(store: TakeStore) -> list[str]:
    return [stored.take.id[-3:] for stored in store.list()]


def test_takes_are_listed_the_newest_first_and_have_a_midi_file_each(store: TakeStore) -> None:
    assert ids(store) == ["003", "002", "001"]
    assert store.list()[0].take == take(3)
    assert len(read_midi(store.midi_path(take(1).id)).tracks) == 2


def test_a_take_never_replaces_another(store: TakeStore) -> None:
    assert store.keep(take(1, source="bass")).take.id[-3:] == "004"
    assert store.read(take(1).id).take == take(1)
    assert store.list()[0].take == take(4, source="bass")


def test_a_folder_that_is_not_there_holds_no_takes(tmp_path: Path) -> None:
    assert TakeStore(tmp_path / "none").list() == ()


def test_name_and_star_stay_and_change_nothing_else(store: TakeStore) -> None:
    store.rename(take(1).id, "the one")
    store.star(take(1).id, on=True)
    again = TakeStore(store.folder).read(take(1).id)
    assert (again.name, again.starred, again.take) == ("the one", True, take(1))
    assert not store.star(take(1).id, on=False).starred
    with pytest.raises(FileError, match="at most 120 printable characters"):
        store.rename(take(1).id, "a\nb")


def test_the_trash_gives_back_what_was_thrown_away(store: TakeStore) -> None:
    store.star(take(2).id, on=True)
    store.trash(take(2).id)
    store.trash(take(2).id)  # twice is once
    assert ids(store) == ["003", "001"]
    assert not store.midi_path(take(2).id).exists()
    assert store.restore(take(2).id).starred
    assert ids(store) == ["003", "002", "001"]
    assert store.midi_path(take(2).id).exists()
    with pytest.raises(FileError, match="there is no such take"):
        store.trash(take(9).id)


def test_broken_takes_are_left_out_with_a_line_each(store: TakeStore) -> None:
    said: list[str] = []
    (store.folder / "20260131-120000-002.json").write_bytes(b"{")
    (store.folder / "20260131-120000-003.json").rename(store.folder / "20260131-120000-009.json")
    (store.folder / "20260131-120000-010.json").write_bytes(b"[" * 10_000)
    assert [stored.take.id[-3:] for stored in store.list(said.append)] == ["001"]
    assert ["no take", "holds take 20260131-120000-003", "no take"] == [
        next(text for text in ("no take", "holds take 20260131-120000-003") if text in line) for line in said
    ]


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "20260131-120000-001/..", "20260131-120000-001\n"])
def test_no_id_leads_out_of_the_folder(store: TakeStore, name: str) -> None:
    for touch in (store.read, store.trash, store.midi_path, lambda name: store.star(name, on=True)):
        with pytest.raises(FileError, match="a take's id is like"):
            touch(name)


def test_old_takes_without_a_star_go_into_the_trash_on_request(store: TakeStore) -> None:
    store.keep(take(1, day="20250101"))
    store.keep(take(2, day="20250101"))
    store.star("20250101-120000-002", on=True)
    now = time.mktime((2026, 2, 2, 12, 0, 0, 0, 0, -1))
    assert store.prune(30.0, now=lambda: now) == ("20250101-120000-001",)
    assert len(store.list()) == 4
    store.restore("20250101-120000-001")


def test_a_folder_that_cannot_be_made_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FileError, match=r"cannot be made .*; choose another folder for takes"):
        TakeStore(tmp_path / "file" / "Takes").keep(take())
