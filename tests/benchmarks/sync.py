"""How near Hocket's notes are to another program's MIDI clock, through JACK: python -m tests.benchmarks.sync --json

A JACK server of our own (jackd, dummy driver), a process that sends a clock whose pulses come early or late by chance,
and a player that follows it and plays a note every sixteenth; a third client notes at which sample each arrives. Notes
of the first four beats are left out. On a busy machine JACK itself loses messages: `xruns` says so. Last line: one JSON
object (`p50_ms`, `p99_ms`, `max_ms` of the absolute error).
"""

import os
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any, Final

from realtime.player.priority import raise_priority
from tests.benchmarks.measure import finish, machine, note, parser, percentile
from tests.jack_server import JackServer
from tests.player.sync.following import Followed, follow

SETTLED_STEPS: Final = 16  # sixteenths in four beats


def report_of(followed: Followed) -> dict[str, Any]:
    """Errors, and what was lost."""
    settled = [off for step, off in followed.off_ms.items() if step >= SETTLED_STEPS]
    first = [abs(off) for step, off in followed.off_ms.items() if step < SETTLED_STEPS]
    errors = [abs(off) for off in settled]
    return {
        "p50_ms": round(median(errors), 3),
        "p99_ms": round(percentile(errors, 99), 3),
        "max_ms": round(max(errors), 3),
        "mean_ms": round(sum(settled) / len(settled), 3),  # signed: below 0, the notes are early
        "first_4_beats_max_ms": round(max(first), 3),
        "notes": len(followed.off_ms),
        "notes_expected": followed.expected,
        "pulses_heard": followed.counters.pulses_in,
        "anchors_told": followed.anchors,
        "late_events": followed.counters.late_events,
        "late_max_us": followed.counters.late_max_us,
    }


def main() -> int:
    """Measure and report."""
    options = parser(__doc__)
    options.add_argument("--seconds", type=float, default=60.0)
    options.add_argument("--bpm", type=float, default=120.0)
    options.add_argument("--jitter-ms", type=float, default=5.0)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--period", type=int, default=1024)
    arguments = options.parse_args()
    if not JackServer.is_installed():
        note("jackd is not installed (Debian: jackd2)")
        return 1
    begun = machine()
    raise_priority()
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "jackd.log"
        with JackServer(log, name=f"hocket-bench-{os.getpid()}", period=arguments.period) as server:
            followed = follow(
                bpm=arguments.bpm, jitter_ms=arguments.jitter_ms, seconds=arguments.seconds, seed=arguments.seed
            )
            xruns = server.xruns
    settings = {name: getattr(arguments, name) for name in ("bpm", "jitter_ms", "seconds", "seed", "period")}
    finish({**report_of(followed), **settings, "xruns": xruns, "machine": begun})
    return 0


if __name__ == "__main__":
    sys.exit(main())
