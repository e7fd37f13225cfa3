"""How soon a touch is heard of: `python -m tests.benchmarks.touch`

Engine and player as shipped, memory ports, all four models playing at 120 beats a minute, shown by Hocket's own window
in a process of its own (offscreen; where PySide6 is installed). A seeded script moves Morph's sliders, re-rolls Quartet
and Sketch and hands over to Continue; a part is touched again when its last touch has been answered. From the command
to the first chunk of the new notes placed on the player's timeline (`Accepted.time_ns`). `p50_ms`, `p99_ms`: Morph's
sliders; `parts`: each part. `cpu_percent` (of one core) and `rss_mb`: engine, player, window and this script, together.
In the end a panic; `hung` is what sounds after it.
"""

import sys
from collections.abc import Sequence
from statistics import median
from typing import Any, Final

import msgspec

from tests.benchmarks.measure import finish, machine, note, parser, percentile
from tests.benchmarks.processes import Usage, metered
from tests.benchmarks.rack import CYCLES, MODELS, FourParts, Touch
from tests.benchmarks.window import WindowProcess

BPM: Final = 120.0
SLIDERS: Final = "morph"
EXPLAINED: Final = {
    "ons": "note-ons sent; as many note-offs (`offs`) mean that none hangs",
    "late_ons_dropped": "more than 100 ms late, so left out",
    "refused_notes": "of chunks that a newer one had overtaken on the way",
    "doubled_notes": "of one channel and pitch, struck at one tick",
    "late_events": "sent more than 1 ms after they were due; `late_max_us` the worst",
    "overflow": "dropped for want of room in a queue",
}


def waits(touches: Sequence[Touch]) -> dict[str, Any]:
    """How long they took, and how many came to nothing within a second."""
    waited = [wait for touch in touches if (wait := touch.wait_ms) is not None]
    lost = len(touches) - len(waited)
    if not waited:
        return {"touches": len(touches), "unanswered": lost, "p50_ms": None, "p99_ms": None, "max_ms": None}
    return {
        "touches": len(touches),
        "unanswered": lost,
        "p50_ms": round(median(waited), 3),
        "p99_ms": round(percentile(waited, 99), 3),
        "max_ms": round(max(waited), 3),
    }


def report_of(played: FourParts, usage: Usage) -> dict[str, Any]:
    """The touches, what they cost, and whether all that sounded was released."""
    parts = {part: waits([t for t in played.touches if t.part == part]) for part in sorted({*CYCLES, "continue"})}
    counters = msgspec.to_builtins(played.notes.counters)
    return {
        **parts[SLIDERS],
        "parts": parts,
        "cpu_percent": usage.cpu_percent,
        "rss_mb": usage.rss_mb,
        "processes": usage.processes,
        "hung": len(played.notes.sounding),
        "counters": {name: count for name, count in counters.items() if name != "type"},
        "explained": EXPLAINED,
        "failures": sorted(set(played.notes.failures)),
    }


def play(seconds: float, seed: int) -> dict[str, Any]:
    """Play and touch for so long."""
    window = WindowProcess(MODELS) if WindowProcess.is_installed() else None
    played, usage = FourParts(BPM, seed, window=window), Usage()

    def script() -> None:
        nonlocal usage
        with metered() as usage:
            played.touch_for(seconds)
        played.silence()

    played.play(script)
    frames = window.end() if window else None
    return {**report_of(played, usage), "window_fps": frames}


def main() -> int:
    """Measure and report."""
    options = parser(__doc__)
    options.add_argument("--minutes", type=float, default=1.0)
    options.add_argument("--seed", type=int, default=1)
    arguments = options.parse_args()
    begun = machine()
    if not WindowProcess.is_installed():
        note("PySide6 is not installed: measured without a window (pip install -e '.[gui]')")
    result = play(60 * arguments.minutes, arguments.seed)
    if not arguments.json:
        note(f"{result['touches']} slider moves: p50 {result['p50_ms']} ms, p99 {result['p99_ms']} ms")
    finish({**result, "bpm": BPM, "minutes": arguments.minutes, "seed": arguments.seed, "machine": begun})
    return 0


if __name__ == "__main__":
    sys.exit(main())
