"""What this process and those it started take of the machine, all together."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from tests.benchmarks.measure import PROC, child_pids, resident_mb

SAMPLE_SECONDS: Final = 1.0


def cpu_seconds(pid: int) -> float | None:
    """User and system time of a process since its start; None where there is no /proc, or no such process."""
    try:
        text = (PROC / str(pid) / "stat").read_text()
    except OSError:
        return None
    user, system = text.rpartition(")")[2].split()[11:13]  # the name before it may hold blanks
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Usage:
    """Of a stretch of time. `cpu_percent` is of one core, on average; `rss_mb` the most at any one time."""

    cpu_percent: float | None = None
    rss_mb: float | None = None
    processes: int = 0
    _samples_mb: list[float] = field(default_factory=list)

    def _take(self, pids: list[int]) -> None:
        sizes = [mb for pid in pids if (mb := resident_mb(pid)) is not None]
        self._samples_mb += [sum(sizes)] if sizes else []
        self.rss_mb = round(max(self._samples_mb), 1) if self._samples_mb else None


@contextmanager
def metered() -> Iterator[Usage]:
    """Measure until the end of the block; the processes are those there are at its beginning."""
    pids, usage, ended = [os.getpid(), *child_pids(os.getpid())], Usage(), threading.Event()

    def sample() -> None:
        while not ended.wait(SAMPLE_SECONDS):
            usage._take(pids)

    sampler = threading.Thread(target=sample, daemon=True)
    before, begun = [cpu_seconds(pid) for pid in pids], time.perf_counter()
    sampler.start()
    try:
        yield usage
    finally:
        seconds, after = time.perf_counter() - begun, [cpu_seconds(pid) for pid in pids]
        ended.set()
        sampler.join()
        usage._take(pids)
        usage.processes = len(pids)
        taken = [end - start for start, end in zip(before, after, strict=True) if start is not None and end is not None]
        usage.cpu_percent = round(100 * sum(taken) / seconds, 1) if len(taken) == len(pids) else None
