"""Nothing that was saved is lost: real kills, a full disk, folders that cannot be written, files that are broken."""

import os
import random
import shlex
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from realtime.errors import FileError
from realtime.files import MAX_BYTES, parse_toml, read_with_last_good, write_atomic, write_toml
from tests.saving_process import NOBODY, ROOT, SIZE, Saving, command, is_whole, parsed, said, version

POSIX = pytest.mark.skipif(os.name == "nt", reason="signals, limits and users are those of POSIX systems")


def assert_whole(file: Path) -> None:
    assert is_whole(file.read_bytes())
    last = file.with_name(f"{file.name}.bak")
    assert not last.exists() or is_whole(last.read_bytes())
    write_atomic(file, version(0))  # and what was left behind is in nobody's way
    assert file.read_bytes() == version(0)


@pytest.fixture
def saving(tmp_path: Path) -> Iterator[Saving]:
    made = Saving(tmp_path)
    yield made
    made.close()


@POSIX
def test_a_kill_at_any_moment_leaves_a_whole_file(saving: Saving, tmp_path: Path) -> None:
    chance = random.Random(7)
    for number in range(20):
        child = saving.begin(f"{number}.toml")
        time.sleep(chance.uniform(0, 0.03))  # somewhere within some ten saves
        os.kill(child, signal.SIGKILL)
        assert saving.ended() == -signal.SIGKILL
        assert_whole(tmp_path / f"{number}.toml")


@POSIX
def test_a_kill_at_each_call_of_the_system_leaves_a_whole_file(saving: Saving, tmp_path: Path) -> None:
    for at in range(1, 13):  # a save asks for five to eight
        saving.begin(f"{at}.toml", kill_at=at)
        assert saving.ended() == -signal.SIGKILL
        assert_whole(tmp_path / f"{at}.toml")


def test_the_version_before_stays_and_only_one(tmp_path: Path) -> None:
    file = tmp_path / "set.toml"
    for number in range(4):
        write_atomic(file, version(number))
    assert file.read_bytes() == version(3)
    assert (tmp_path / "set.toml.bak").read_bytes() == version(2)
    write_atomic(file, b"last", keep_last=False)
    assert (tmp_path / "set.toml.bak").read_bytes() == version(2)
    assert {path.name for path in tmp_path.iterdir()} == {"set.toml", "set.toml.bak"}


def test_two_who_save_at_once_leave_one_whole_file(tmp_path: Path) -> None:
    file, failed = tmp_path / "set.toml", []

    def save(number: int) -> None:
        try:
            for _ in range(25):
                write_atomic(file, version(number))
        except FileError as error:
            failed.append(error)

    threads = [threading.Thread(target=save, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert is_whole(file.read_bytes())
    assert is_whole((tmp_path / "set.toml.bak").read_bytes())
    assert {path.name for path in tmp_path.iterdir()} == {"set.toml", "set.toml.bak"}


def test_file_systems_without_hard_links_keep_the_version_before_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    for number in range(3):
        write_atomic(tmp_path / "a", version(number))
    assert (tmp_path / "a.bak").read_bytes() == version(1)


def test_what_a_killed_program_left_goes_away_in_time(tmp_path: Path) -> None:
    old, new = tmp_path / "a.toml.1.partial", tmp_path / "a.toml.2.partial"
    for left in (old, new):
        left.write_bytes(b"half")
    os.utime(old, (0, 0))
    write_atomic(tmp_path / "a.toml", b"whole")
    assert not old.exists()
    assert new.exists()  # somebody may be writing it


def test_a_link_is_followed(tmp_path: Path) -> None:
    target, link = tmp_path / "target.toml", tmp_path / "link.toml"
    target.write_bytes(b"old")
    link.symlink_to(target)
    write_atomic(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


@POSIX
def test_a_file_that_grows_over_the_limit_leaves_the_old_one(tmp_path: Path) -> None:
    file = tmp_path / "set.toml"
    write_atomic(file, version(1))
    assert said("writes", file, SIZE // 2) == f"{file}: cannot be written (File too large)"
    assert file.read_bytes() == version(1)
    assert [path.name for path in tmp_path.iterdir()] == ["set.toml"]


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    here = f"mount -t tmpfs -o size={SIZE * 3 // 2} x {disk}"
    if not shutil.which("unshare") or subprocess.run(["unshare", "-rm", "sh", "-c", here], check=False).returncode:
        pytest.skip("no file system of our own can be mounted here")
    (tmp_path / "old").write_bytes(version(1))
    writes = shlex.join(command("writes", disk / "set"))
    steps = f"{here} && cp {tmp_path}/old {disk}/set && {writes}; ls {disk}; cmp {tmp_path}/old {disk}/set && echo same"
    words = ["unshare", "-rm", "sh", "-c", steps]
    done = subprocess.run(words, capture_output=True, text=True, cwd=ROOT, timeout=60, check=False)
    assert done.stdout.splitlines() == [f"{disk}/set: cannot be written (No space left on device)", "set", "same"]


@pytest.fixture
def read_only(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder, with a file in it, that whoever runs the children below cannot write."""
    with tempfile.TemporaryDirectory() as made:  # pytest's own folders are closed to others
        folder = Path(made)
        write_atomic(folder / "set.toml", version(0))
        write_atomic(folder / "set.toml", version(1))
        folder.chmod(0o555)
        yield folder
        folder.chmod(0o755)


@POSIX
def test_a_folder_that_cannot_be_written_is_said(read_only: Path) -> None:
    file = read_only / "set.toml"
    assert said("writes", file, env={**os.environ, NOBODY: "1"}) == f"{file}: cannot be written (Permission denied)"
    assert file.read_bytes() == version(1)


@POSIX
def test_a_broken_file_in_such_a_folder_is_read_from_the_last_good_copy(read_only: Path) -> None:
    file = read_only / "set.toml"
    file.write_bytes(b"broken")
    (read_only / "set.toml.bak").write_bytes(b"good")
    lines = said("reads", file, env={**os.environ, NOBODY: "1"}).splitlines()
    assert lines == [
        f"{file}: not good; the last good copy is used, the broken file is where it was: the folder cannot be written",
        "good",
    ]


def read(file: Path, lines: list[str] | None = None) -> str:
    return read_with_last_good(file, parsed, tell=[].append if lines is None else lines.append)


@pytest.mark.parametrize("broken", [b"", b"good"[:2], bytes(100), b"good" * MAX_BYTES])
def test_a_broken_file_is_kept_aside_and_the_last_good_one_takes_its_place(tmp_path: Path, broken: bytes) -> None:
    file, lines = tmp_path / "set.toml", list[str]()
    write_atomic(file, b"good 1")
    write_atomic(file, b"good 2")
    file.write_bytes(broken)
    assert read(file, lines) == "good 1"
    (line,) = lines
    assert line.startswith(f"{file}: ")
    assert line.endswith("the last good copy is used, the broken file is kept as set.toml.broken")
    assert (tmp_path / "set.toml.broken").read_bytes() == broken
    assert read(file, lines) == "good 1"  # from now on without a word
    assert len(lines) == 1
    write_atomic(file, b"good 3")
    assert (tmp_path / "set.toml.bak").read_bytes() == b"good 1"


def test_what_cannot_be_mended_is_an_error_and_stays_where_it_is(tmp_path: Path) -> None:
    file = tmp_path / "set.toml"
    with pytest.raises(FileError, match="cannot be read"):
        read(file)
    file.write_bytes(b"broken")
    with pytest.raises(FileError, match="not good"):
        read(file)
    (tmp_path / "set.toml.bak").write_bytes(b"broken too")
    with pytest.raises(FileError, match="not good"):
        read(file)
    assert file.read_bytes() == b"broken"
    assert not (tmp_path / "set.toml.broken").exists()


def test_a_file_of_a_newer_version_is_not_broken(tmp_path: Path) -> None:
    file = tmp_path / "set.toml"
    write_atomic(file, b"good 1")
    write_atomic(file, b"newer")
    with pytest.raises(FileError, match="of a newer version"):
        read(file)
    assert file.read_bytes() == b"newer"


def test_names_that_no_file_can_have_are_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for name in ("a\0b", "x" * 5000, "file/inside", "no/folder"):
        with pytest.raises(FileError, match="cannot be written"):
            write_atomic(tmp_path / name, b"")
        with pytest.raises(FileError, match="cannot be read"):
            read(tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_toml_keeps_what_it_can_say(tmp_path: Path) -> None:
    file = tmp_path / "set.toml"
    write_toml({"a": 1, "none": None, "empty": {}, "list": ({"b": None, "c": "ü"},)}, file)
    assert parse_toml(file.read_bytes()) == {"a": 1, "list": [{"c": "ü"}]}
    for data in (b"\xff", b"a =", b"a = " + b"[" * 3000):
        with pytest.raises(ValueError, match="not TOML"):
            parse_toml(data)
