"""What the engine costs: processor time and memory of its two processes. No thread; some 50 us a call."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

STATUS_SECONDS: Final = 0.5
MB: Final = 1e6


class LoadMeter:
    """Twice a second. Where a system has no /proc, the engine's own is told alone."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._next = 0.0
        self._at, self._used, self._pid = now(), time.process_time(), 0

    def is_due(self) -> bool:
        """Whether it is time for the next reading."""
        return self._now() >= self._next

    def read(self, player_pid: int) -> tuple[float, float]:
        """Percent of one core since the last reading, and MB in memory: engine and player."""
        now, used = self._now(), time.process_time() + (_seconds(player_pid) or 0.0)
        if player_pid != self._pid:  # another player: what it has used so far was not in the last reading
            self._used, self._pid = used, player_pid
        percent = 100.0 * max(0.0, used - self._used) / max(1e-3, now - self._at)
        self._at, self._used, self._next = now, used, now + STATUS_SECONDS
        return percent, (_memory(os.getpid()) + _memory(player_pid)) / MB


def _seconds(pid: int) -> float | None:
    """Processor time of another process; None where that cannot be known."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory(pid: int) -> float:
    """Bytes in memory; the most there were of our own, and 0 of others, where there is no /proc."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return _own_peak() if pid == os.getpid() else 0.0


def _own_peak() -> float:
    if sys.platform == "win32":
        return 0.0
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
