"""`hocket run` as a user starts it: how long until it is ready, how much memory it holds."""

import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Final

from tests.benchmarks.measure import child_pids, resident_mb

STARTS: Final = 5
ANSWERING_SECONDS: Final = 2.5  # an answer's whole length at the default tempo


def hocket_command() -> list[str]:
    """The environment's `hocket`, or the module where it is not installed."""
    script = Path(sys.executable).with_name("hocket")
    return [str(script)] if script.is_file() else [sys.executable, "-m", "realtime"]


class HocketRun:
    """`hocket run` on memory ports, from its launch to its end."""

    def __init__(self) -> None:
        begun = time.perf_counter()
        self._process = subprocess.Popen(
            [*hocket_command(), "run", "--backend", "memory"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.wait_for("ready")
        self.start_seconds = time.perf_counter() - begun

    def wait_for(self, word: str) -> None:
        """Read what it says until a line begins with `word`."""
        assert self._process.stderr is not None
        for line in self._process.stderr:
            if line.removeprefix("hocket: ").startswith(word):
                return
        raise RuntimeError(f"hocket run ended ({self._process.wait()}) before it said {word!r}")

    def say(self, line: str) -> None:
        """Type a command."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def memory_mb(self) -> dict[str, float] | None:
        """Resident memory of engine and player; None where the system does not tell."""
        engine = resident_mb(self._process.pid)
        players = [resident_mb(pid) for pid in child_pids(self._process.pid)]
        if engine is None or not players or None in players:
            return None
        player = sum(mb for mb in players if mb is not None)
        return {"rss_mb": round(engine + player, 1), "engine_mb": round(engine, 1), "player_mb": round(player, 1)}

    def end(self) -> None:
        """Let it release its notes and end."""
        self.say("quit")
        self._process.communicate(timeout=10)


def measure_starts() -> dict[str, float | None]:
    """Seconds from launch to ready (median), and the memory of engine and player after an answer."""
    seconds = []
    memory: dict[str, float] | None = None
    for number in range(STARTS):
        run = HocketRun()
        seconds.append(run.start_seconds)
        if number == STARTS - 1:
            run.say("go")
            run.wait_for("answer")
            time.sleep(ANSWERING_SECONDS)
            memory = run.memory_mb()
        run.end()
    return {"start_s": round(median(seconds), 3), **(memory or {"rss_mb": None})}
