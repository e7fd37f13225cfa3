"""Memory, handles and threads of each process over its life. Linux only: it reads /proc."""

import os
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

# What has begun fills its buffers, of bars and notes, and the allocator's pools for so long: an engine of four parts
# went from 119 MB to 127 in its first three minutes, and stayed there for the next twelve.
YOUNG_SECONDS: Final = 180.0
LIFE_SECONDS: Final = 400.0  # a shorter one tells nothing of growth
SLOPE_SECONDS: Final = 600.0  # slopes are MB in so long a time
MOST_MB: Final = 2.0  # in that time, and altogether: more is a leak, less may be a step that comes once
MOST_MORE: Final = 2  # handles, threads
OURS: Final = "tape"  # roles that are no part of Hocket begin so


@dataclass(frozen=True, slots=True)
class Look:
    """One process at one moment."""

    age: float
    rss_mb: float
    handles: int
    threads: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """How a long life went, after its youth."""

    role: str
    seconds: float  # that it was looked at
    mb: float  # slope, in `SLOPE_SECONDS`
    handles: float  # last quarter against first
    threads: float

    @property
    def is_leak(self) -> bool:
        grown = min(self.mb, self.mb * self.seconds / SLOPE_SECONDS)
        return not self.role.startswith(OURS) and (
            grown > MOST_MB or self.handles > MOST_MORE or self.threads > MOST_MORE
        )


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

    @property
    def roles(self) -> list[str]:
        return sorted({role for role, _ in self.looks})

    def grown(self) -> Iterator[Growth]:
        """Of each life that lasted."""
        for (role, _), looks in self.looks.items():
            if looks[-1].age >= LIFE_SECONDS:
                yield growth(role, [look for look in looks if look.age >= YOUNG_SECONDS])

    def tell(self) -> None:
        print("Processes: lives, most of MB, handles, threads")
        for role in self.roles:
            lives = [looks for (name, _), looks in self.looks.items() if name == role]
            most = [max(getattr(look, name) for looks in lives for look in looks) for name in Look.__slots__[1:]]
            print(f"  {role:<16}{len(lives):>4}  {most[0]:.1f} {most[1]} {most[2]}")
        print(
            f"Lives of {LIFE_SECONDS:g} s and more, after their first {YOUNG_SECONDS:g} s: MB in {SLOPE_SECONDS:g} s "
            "(the median slope between moments half that life apart), handles, threads (last quarter against the first)"
        )
        for life in self.grown():
            mark = "  LEAK" if life.is_leak else ""
            print(
                f"  {life.role:<16}{life.seconds:>5.0f} s  {life.mb:+.2f} {life.handles:+.0f} {life.threads:+.0f}{mark}"
            )


def growth(role: str, looks: Sequence[Look]) -> Growth:
    """The slope is Theil's: half the looks against the other half, which an outlier does not move."""
    half, quarter = len(looks) // 2, max(1, len(looks) // 4)
    pairs = zip(looks[:half], looks[-half:], strict=True)
    slopes = [(late.rss_mb - early.rss_mb) / (late.age - early.age) for early, late in pairs]
    more = [
        statistics.median(getattr(look, name) for look in looks[-quarter:])
        - statistics.median(getattr(look, name) for look in looks[:quarter])
        for name in ("handles", "threads")
    ]
    return Growth(
        role=role,
        seconds=looks[-1].age - looks[0].age,
        mb=statistics.median(slopes) * SLOPE_SECONDS,
        handles=more[0],
        threads=more[1],
    )
