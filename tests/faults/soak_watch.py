"""Memory, handles and threads of each process over its life. Linux only: it reads /proc."""

import os
import statistics
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Final

YOUNG_SECONDS: Final = 8.0  # a process is still loading
WINDOW_SECONDS: Final = 10.0
LIFE_SECONDS: Final = 40.0  # a shorter one tells nothing of growth
FIELDS: Final = ("rss_mb", "handles", "threads")


@dataclass(frozen=True, slots=True)
class Look:
    """One process at one moment."""

    age: float
    rss_mb: float
    handles: int
    threads: int


class Watch:
    """Looks by role and process."""

    def __init__(self) -> None:
        self._born: dict[tuple[str, int], float] = {}
        self.looks: dict[tuple[str, int], list[Look]] = defaultdict(list)

    def look(self, pids: dict[str, int]) -> None:
        for key in pids.items():
            born = self._born.setdefault(key, time.monotonic())
            root = Path(f"/proc/{key[1]}")
            try:
                rss = int((root / "statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / 1e6
                look = Look(time.monotonic() - born, rss, len(os.listdir(root / "fd")), len(os.listdir(root / "task")))  # noqa: PTH208
            except OSError:
                continue  # it has just ended
            self.looks[key].append(look)

    def grown(self, role: str) -> list[tuple[float, float, float]]:
        """Of each life that lasted: MB from its beginning to its end, handles and threads likewise."""
        found = []
        for (name, _), looks in self.looks.items():
            last = looks[-1].age
            young = [look for look in looks if YOUNG_SECONDS <= look.age <= YOUNG_SECONDS + WINDOW_SECONDS]
            old = [look for look in looks if look.age >= last - WINDOW_SECONDS]
            if name == role and last >= LIFE_SECONDS and young:
                mb, handles, threads = (_median(old, field) - _median(young, field) for field in FIELDS)
                found.append((mb, handles, threads))
        return found

    def growth_mb(self) -> dict[str, float]:
        """The most that any life of a role has grown."""
        grown = {role: [mb for mb, _, _ in self.grown(role)] for role in sorted({role for role, _ in self.looks})}
        return {role: round(max(found), 2) for role, found in grown.items() if found}

    def tell(self) -> None:
        print(
            f"Processes: most of MB, handles, threads; how each life of {LIFE_SECONDS:g} s or more has grown in them:"
        )
        for role in sorted({role for role, _ in self.looks}):
            lives = [looks for (name, _), looks in self.looks.items() if name == role]
            most = [max(getattr(look, field) for looks in lives for look in looks) for field in FIELDS]
            grown = " / ".join(f"{mb:+.1f} {handles:+.0f} {threads:+.0f}" for mb, handles, threads in self.grown(role))
            print(f"  {role:<14} {len(lives):>3} lives  {most[0]:.1f} {most[1]} {most[2]}  {grown or '-'}")


def _median(looks: list[Look], name: str) -> float:
    return statistics.median(getattr(look, name) for look in looks)
