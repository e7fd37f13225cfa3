"""Processes that measure how late the machine itself is: for the player, which waits, and for the engine, which works.

python -m tests.faults.canary waiter|worker: a line on stdout for each time that it was late: monotonic ns, ns of
delay. The waiter has the player's own priority, and is late when it wakes over 1 ms after its time. The worker has
none, and is late when 1 ms of work has taken it over the 12 ms that an engine has for the way of a note.
"""

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from realtime.engine.parts.base import WAY_SECONDS
from realtime.player.priority import FIFO_PRIORITY

WAIT_SECONDS: Final = 0.002
REST_SECONDS: Final = 0.03
WORK_NS: Final = 1_000_000
LATE_NS: Final = 1_000_000  # what the player counts as late
WAY_NS: Final = round(WAY_SECONDS * 1e9)


class Canary:
    """The processes; what they say goes to files of this folder."""

    def __init__(self, folder: Path) -> None:
        self._logs = {who: folder / f"{who}.log" for who in ROLES}
        self._processes = [_started(who, log) for who, log in self._logs.items()]

    def late_ns(self, who: str) -> list[tuple[int, int]]:
        """When it was late, and by how much."""
        told = [line.split() for line in self._logs[who].read_text().splitlines()]
        return [(int(when), int(delay)) for when, delay in told]

    def close(self) -> None:
        for process in self._processes:
            process.kill()
            process.wait()


def _started(who: str, log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as out:
        return subprocess.Popen([sys.executable, "-m", "tests.faults.canary", who], stdout=out)


def wait() -> None:
    with contextlib.suppress(OSError, AttributeError):
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(FIFO_PRIORITY))
    while True:
        due_ns = time.monotonic_ns() + round(WAIT_SECONDS * 1e9)
        time.sleep(WAIT_SECONDS)
        tell(due_ns, LATE_NS)


def work() -> None:
    while True:
        due_ns = time.monotonic_ns() + round(REST_SECONDS * 1e9)
        time.sleep(REST_SECONDS)
        begin_ns = time.thread_time_ns()
        while time.thread_time_ns() < begin_ns + WORK_NS:
            pass
        tell(due_ns + WORK_NS, WAY_NS)


def tell(due_ns: int, most_ns: int) -> None:
    now_ns = time.monotonic_ns()
    if now_ns > due_ns + most_ns:
        print(now_ns, now_ns - due_ns, flush=True)


ROLES: Final = {"waiter": wait, "worker": work}

if __name__ == "__main__":
    ROLES[sys.argv[1]]()
