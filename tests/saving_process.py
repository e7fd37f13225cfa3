"""What saves or reads one file under `tests/test_files.py`'s eyes: `python -m tests.saving_process ROLE FILE [NUMBER]`.

`forks` makes a child for each line that it reads: a name in the folder FILE, and a number. The child says its pid and
saves version after version until it is killed: by the test, or by itself at that many things it has asked of the system
(0: never). `writes` writes once over what is there, with NUMBER as the longest file that the system allows it, and says
what came of it. `reads` reads with the last good copy at hand.
"""

import hashlib
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

from realtime.errors import FileError
from realtime.files import read_with_last_good, write_atomic

ROOT = Path(__file__).parents[1]
NOBODY = "HOCKET_TEST_NOBODY"  # set: the process gives up the rights of root
SIZE = 200_000  # more than one write of the system, so that half a file can be seen
MOST = 1_000  # versions, for a child that nobody kills
ASKED = ("open", "os.rename", "os.link", "os.remove")


def version(number: int) -> bytes:
    """Contents that tell whether they are whole."""
    body = random.Random(number).randbytes(SIZE)
    return hashlib.sha256(body).digest() + body


def is_whole(data: bytes) -> bool:
    return len(data) == SIZE + 32 and hashlib.sha256(data[32:]).digest() == data[:32]


def parsed(data: bytes) -> str:
    if data == b"newer":
        raise FileError("of a newer version")
    if not data.startswith(b"good"):
        raise ValueError("not good")
    return data.decode()


def command(role: str, *arguments: object) -> list[str]:
    return [sys.executable, "-m", "tests.saving_process", role, *map(str, arguments)]


def start(role: str, *arguments: object, **options: object) -> "subprocess.Popen[str]":
    words = command(role, *arguments)
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=ROOT, **options)  # type: ignore[call-overload, no-any-return]


def said(role: str, *arguments: object, **options: object) -> str:
    with start(role, *arguments, **options) as process:
        return process.communicate(timeout=60)[0].strip()


class Saving:
    """A process whose children save and are killed."""

    def __init__(self, folder: Path) -> None:
        self._process = start("forks", folder, stdin=subprocess.PIPE)

    def begin(self, name: str, *, kill_at: int = 0) -> int:
        """The number of a child that has just begun to save `name`."""
        assert self._process.stdin is not None
        print(name, kill_at, file=self._process.stdin, flush=True)
        return self._heard()

    def ended(self) -> int:
        """The exit code of that child."""
        return self._heard()

    def _heard(self) -> int:
        assert self._process.stdout is not None
        return int(self._process.stdout.readline())

    def close(self) -> None:
        self._process.communicate(timeout=60)


def saves(file: Path, at: int) -> None:
    write_atomic(file, version(1))
    left = at

    def count(event: str, _: object) -> None:
        nonlocal left
        if at and event in ASKED:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)
    print(os.getpid(), flush=True)
    for number in range(2, MOST):
        write_atomic(file, version(number))


def forks(folder: Path, _: int) -> None:
    for line in sys.stdin:
        name, at = line.split()
        pid = os.fork()
        if pid == 0:
            saves(folder / name, int(at))
            os._exit(0)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


def writes(file: Path, limit: int) -> None:
    if limit:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    try:
        write_atomic(file, version(2))
    except FileError as error:
        print(error)
    else:
        print("written")


def reads(file: Path, _: int) -> None:
    print(read_with_last_good(file, parsed, tell=print))


if __name__ == "__main__":
    if os.environ.get(NOBODY) and os.geteuid() == 0:
        os.seteuid(65534)  # permissions do not bind root
    {"forks": forks, "writes": writes, "reads": reads}[sys.argv[1]](Path(sys.argv[2]), int([*sys.argv, "0"][3]))
