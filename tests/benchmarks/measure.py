"""Samples, their percentiles, and the machine they come from."""

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any, Final, Protocol

REPOSITORY: Final = Path(__file__).parents[2]
PROC: Final = Path("/proc")


@dataclass(frozen=True, slots=True)
class Batch:
    """A few events of one contestant: wall seconds of each, CPU seconds (all threads) of one on average."""

    wall: list[float]
    cpu: float


@dataclass(slots=True)
class Samples:
    """All batches of one contestant."""

    batches: list[Batch] = field(default_factory=list)

    @property
    def wall(self) -> list[float]:
        """Wall seconds of each event."""
        return [seconds for batch in self.batches for seconds in batch.wall]

    @property
    def p50(self) -> float:
        """Median wall seconds of an event."""
        return median(self.wall)

    @property
    def cpu_p50(self) -> float:
        """CPU seconds of an event, median of the batches: what other programs' load hardly moves."""
        return median(batch.cpu for batch in self.batches)


class Contestant(Protocol):
    """Something that makes events, a few at a time."""

    def run(self, count: int) -> Batch:
        """Make `count` events around the context that is measured."""


class Stopwatch:
    """Splits a stretch of work into laps."""

    def __init__(self) -> None:
        self._wall: list[float] = []
        self._cpu: list[float] = []
        self.lap()

    def lap(self) -> None:
        """A lap ends here and the next begins."""
        self._cpu.append(time.process_time())
        self._wall.append(time.perf_counter())

    def batch(self, skip: int = 0) -> Batch:
        """The laps without the first `skip`."""
        wall, cpu = self._wall[skip:], self._cpu[skip:]
        return Batch([b - a for a, b in pairwise(wall)], (cpu[-1] - cpu[0]) / (len(cpu) - 1))


def laps(work: Callable[[], object], count: int) -> Batch:
    """`work` done `count` times."""
    watch = Stopwatch()
    for _ in range(count):
        work()
        watch.lap()
    return watch.batch()


def round_robin(
    contestants: Mapping[str, Contestant], counts: Mapping[str, int], *, rounds: int, warm_up: int = 2
) -> dict[str, Samples]:
    """All contestants in turn, a batch each, again and again: what else the machine does hits them alike."""
    samples = {name: Samples() for name in contestants}
    for number in range(warm_up + rounds):
        for name, contestant in contestants.items():
            batch = contestant.run(counts[name])
            if number >= warm_up:
                samples[name].batches.append(batch)
    return samples


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that at least `percent` of 100 do not exceed (nearest rank)."""
    if not values:
        raise ValueError("percentile of no values")
    ordered = sorted(values)
    return ordered[max(0, min(len(ordered) - 1, -int(-len(ordered) * percent // 100) - 1))]


def milliseconds(seconds: float) -> float:
    """For a report: three decimals."""
    return round(seconds * 1e3, 3)


def machine() -> dict[str, Any]:
    """What the numbers were measured on, and how busy it was."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    return {
        "cpu": _cpu_model(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "load_1min": None if load is None else round(load, 2),
    }


def _cpu_model() -> str:
    try:
        lines = (PROC / "cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")


def resident_mb(pid: int) -> float | None:
    """VmRSS of a process; None where there is no /proc, or no such process."""
    try:
        lines = (PROC / str(pid) / "status").read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), None)


def child_pids(pid: int) -> list[int]:
    """Processes that `pid`'s main thread started; empty where /proc does not tell."""
    try:
        return [int(child) for child in (PROC / str(pid) / "task" / str(pid) / "children").read_text().split()]
    except OSError:
        return []


def note(text: str) -> None:
    """One line on stderr."""
    print(text, file=sys.stderr, flush=True)


def parser(description: str | None) -> argparse.ArgumentParser:
    """The options that every benchmark has."""
    made = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--json", action="store_true", help="only the line of JSON, nothing on stderr but warnings")
    return made


def finish(result: Mapping[str, Any]) -> None:
    """The last line of a benchmark."""
    print(json.dumps(result), flush=True)
