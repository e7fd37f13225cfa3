"""Nothing that was saved is lost: real kills, a full disk, folders that cannot be written, files that are broken."""

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from realtime.errors import FileError
from realtime.files import MAX_BYTES, parse_toml, read_with_last_good, write_atomic, write_toml

ROOT = Path(__file__).parents[1]
POSIX = pytest.mark.skipif(os.name == "nt", reason="signals, limits and users are those of POSIX systems")
NOBODY = "HOCKET_TEST_NOBODY"  # set: the child gives up the rights of root
SIZE = 200_000  # more than one write of the system, so that half a file can be seen

# Saves version after version until it is killed: by its parent, or by itself at the nth thing it asks of the system.
SAVES = """
import os, signal, sys
from pathlib import Path
from realtime.files import write_atomic
from tests.test_files import version
path, at = Path(sys.argv[1]), int(sys.argv[2])
write_atomic(path, version(1))
left = [at]
def count(event, args):
    if at and event in ("open", "os.rename", "os.link", "os.remove"):
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(count)
print("ready", flush=True)
number = 1
while True:
    number += 1
    write_atomic(path, version(number))
    if at:
        print(number, flush=True)
"""
# Writes once over what is there, under limits that its parent has set; says what came of it.
WRITES = """
import sys
from pathlib import Path
from realtime.errors import FileError
from realtime.files import write_atomic
from tests.test_files import be_nobody, version
if len(sys.argv) > 2:
    import resource
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
be_nobody()
try:
    write_atomic(Path(sys.argv[1]), version(2))
except FileError as error:
    print(error)
else:
    print("written")
"""


def version(number: int) -> bytes:
    """Contents that tell whether they are whole."""
    body = random.Random(number).randbytes(SIZE)
    return hashlib.sha256(body).digest() + body


def is_whole(data: bytes) -> bool:
    return len(data) == SIZE + 32 and hashlib.sha256(data[32:]).digest() == data[:32]


def child(code: str, *arguments: object, **options: object) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, **options)  # type: ignore[call-overload, no-any-return]


def said(code: str, *arguments: object, **options: object) -> str:
    with child(code, *arguments, **options) as process:
        return process.communicate(timeout=60)[0].strip()


def assert_whole(file: Path) -> None:
    assert is_whole(file.read_bytes())
    last = file.with_name(f"{file.name}.bak")
    assert not last.exists() or is_whole(last.read_bytes())
    write_atomic(file, version(0))  # and what was left behind is in nobody's way
    assert file.read_bytes() == version(0)


@POSIX
def test_a_kill_at_any_moment_leaves_a_whole_file(tmp_path: Path) -> None:
    chance = random.Random(7)
    for number in range(20):
        file = tmp_path / f"{number}.toml"
        with child(SAVES, file, 0) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(chance.uniform(0, 0.03))  # somewhere within some ten saves
            process.kill()
        assert process.returncode == -signal.SIGKILL
        assert_whole(file)


@POSIX
def test_a_kill_at_each_call_of_the_system_leaves_a_whole_file(tmp_path: Path) -> None:
    for at in range(1, 13):  # a save asks for five to eight
        file = tmp_path / f"{at}.toml"
        with child(SAVES, file, at) as process:
            output = process.communicate(timeout=60)[0]
        assert process.returncode == -signal.SIGKILL, output
        assert_whole(file)


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
    assert said(WRITES, file, SIZE // 2) == f"{file}: cannot be written (File too large)"
    assert file.read_bytes() == version(1)
    assert [path.name for path in tmp_path.iterdir()] == ["set.toml"]


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    here = f"mount -t tmpfs -o size={SIZE * 3 // 2} x {disk}"
    if not shutil.which("unshare") or subprocess.run(["unshare", "-rm", "sh", "-c", here], check=False).returncode:
        pytest.skip("no file system of our own can be mounted here")
    (tmp_path / "old").write_bytes(version(1))
    (tmp_path / "writes.py").write_text(WRITES)
    steps = f"{here} && cp {tmp_path}/old {disk}/set && {sys.executable} {tmp_path}/writes.py {disk}/set; ls {disk}"
    steps += f"; cmp {tmp_path}/old {disk}/set && echo same"
    command, path = ["unshare", "-rm", "sh", "-c", steps], {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, env=path, cwd=ROOT, timeout=60, check=False)
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


def be_nobody() -> None:
    """Permissions do not bind root."""
    if os.environ.get(NOBODY) and os.geteuid() == 0:
        os.seteuid(65534)


@POSIX
def test_a_folder_that_cannot_be_written_is_said(read_only: Path) -> None:
    file = read_only / "set.toml"
    assert said(WRITES, file, env={**os.environ, NOBODY: "1"}) == f"{file}: cannot be written (Permission denied)"
    assert file.read_bytes() == version(1)


READS = """
import sys
from pathlib import Path
from realtime.files import read_with_last_good
from tests.test_files import be_nobody, parsed
be_nobody()
print(read_with_last_good(Path(sys.argv[1]), parsed, tell=print))
"""


@POSIX
def test_a_broken_file_in_such_a_folder_is_read_from_the_last_good_copy(read_only: Path) -> None:
    file = read_only / "set.toml"
    file.write_bytes(b"broken")
    (read_only / "set.toml.bak").write_bytes(b"good")
    lines = said(READS, file, env={**os.environ, NOBODY: "1"}).splitlines()
    assert lines == [
        f"{file}: not good; the last good copy is used, the broken file is where it was: the folder cannot be written",
        "good",
    ]


def parsed(data: bytes) -> str:
    if data == b"newer":
        raise FileError("of a newer version")
    if not data.startswith(b"good"):
        raise ValueError("not good")
    return data.decode()


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
