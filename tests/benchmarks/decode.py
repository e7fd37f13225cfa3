"""One event of Continue at 256 events of context, beside other ways to compute it: `python -m tests.benchmarks.decode`

All in one process and one run, one thread each, in turn in small batches; ratios are those of the medians.
`p50_ms` is a whole event of the shipped bundle: the network's step, the tune memory, the draw of pitch and duration,
the note. `network_p50_ms` is the same with the tune memory off, which is what the others do, and `vs_*` is a
contestant's time over that: `torch_naive` and `torch_cache` hold the bundle's own weights (int8 times scale, see
`weights`), `hf_generate` and `ctranslate2` are a GPT-2 of the same width, layers and heads, 128 tokens.
`vs_limit` is our step alone over the time to read its int8 weights once, at the speed at which this core scans that
many bytes again and again. `by_cpu_time` holds the same ratios of CPU times: where they differ much, the machine was
busy. `spaced_*`: an event every 20 ms, with caches gone cold, as when playing.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np

from realtime.bundle import Bundle, load_bundle
from realtime.generators.base import GenerateRequest, GeneratorState
from realtime.generators.continuation import ContinueGenerator
from realtime.generators.registry import find_bundle
from realtime.generators.step_decoder import StepDecoder
from realtime.music.melody_codec import MelodyCodec, Row
from realtime.music.note import Note, Phrase
from realtime.music.units import PPQ, STEP_TICKS
from tests.benchmarks.measure import (
    Batch,
    Contestant,
    Samples,
    Stopwatch,
    finish,
    laps,
    machine,
    milliseconds,
    note,
    parser,
    percentile,
    round_robin,
)

CONTEXT: Final = 256
ENDLESS_TICKS: Final = PPQ * 1024
SPACING_SECONDS: Final = 0.02
BATCHES: Final = {
    "shipped": 16,
    "event": 16,
    "step": 16,
    "limit": 32,
    "torch_naive": 3,
    "torch_cache": 16,
    "hf": 16,
    "ct2": 32,
}
# Name in the report -> (contestant, what of ours it is measured against).
RATIOS: Final = {
    "vs_torch_naive": ("torch_naive", "event"),
    "vs_torch_cache": ("torch_cache", "event"),
    "vs_hf_generate": ("hf", "event"),
    "vs_ctranslate2": ("ct2", "event"),
    "step_vs_ctranslate2": ("ct2", "step"),
}


def prompt(events: int) -> Phrase:
    """That many sixteenths: a line that wanders through an octave and a half."""
    rng = np.random.default_rng(0)
    scale = (60, 62, 64, 65, 67, 69, 71, 72, 74, 76, 77, 79)
    places = np.abs(np.cumsum(rng.integers(-2, 3, events))) % len(scale)
    return Phrase.of(Note(i * STEP_TICKS, scale[p], STEP_TICKS, 80) for i, p in enumerate(places))


def context_rows(events: int) -> list[Row]:
    """The rows of such a context, first row included."""
    return MelodyCodec().rows(MelodyCodec().encode(prompt(events)))[:events]


class Events:
    """`ContinueGenerator.stream` as the engine uses it."""

    def __init__(self, bundle: Bundle, controls: Mapping[str, float]) -> None:
        self._generator = ContinueGenerator(bundle)
        self._controls = controls
        self._seed = 0

    def run(self, count: int) -> Batch:
        """`count` notes around the context. A rest before a note is an event of its own."""
        context = prompt(CONTEXT - count // 2)
        end = context.notes[-1].end_tick
        request = GenerateRequest(context=context, start_tick=end, length_ticks=ENDLESS_TICKS, controls=self._controls)
        self._seed += 1
        stream = self._generator.stream(request, GeneratorState(self._seed))
        notes = [next(stream)]
        watch = Stopwatch()
        for _ in range(count):
            notes.append(next(stream))
            watch.lap()
        batch = watch.batch()
        events = [1 + (b.start_tick > a.end_tick) for a, b in pairwise(notes)]
        wall = [seconds / n for seconds, n in zip(batch.wall, events, strict=True)]
        return Batch(wall, batch.cpu * count / sum(events))


class Steps:
    """`StepDecoder.append` alone."""

    def __init__(self, bundle: Bundle) -> None:
        self._decoder = StepDecoder(bundle)
        self._rows = context_rows(CONTEXT + 64)

    def run(self, count: int) -> Batch:
        """`count` rows around the context."""
        first = CONTEXT - count // 2
        self._decoder.advance(self._rows[:first])
        following = iter(self._rows[first:])
        return laps(lambda: self._decoder.append(next(following)), count)


class Reads:
    """One scan of as many bytes as the weights are (memchr for a byte that is not there)."""

    def __init__(self, size: int) -> None:
        self._bytes = b"\x01" * size

    def run(self, count: int) -> Batch:
        """`count` scans."""
        return laps(lambda: self._bytes.find(b"\x00"), count)


def contestants(bundle: Bundle, folder: Path) -> dict[str, Contestant]:
    """Ours and those whose packages are here; one line on stderr for each that is not."""
    made: dict[str, Contestant] = {
        "shipped": Events(bundle, {}),
        "event": Events(bundle, {"memory": 0.0}),
        "step": Steps(bundle),
    }
    config = bundle.spec.config
    sizes = {"layers": int(config["layers"]), "heads": int(config["heads"])}
    sizes["width"] = sizes["heads"] * int(config["head_dim"])
    wanted: dict[str, Callable[[], Contestant]] = {
        "limit": lambda: _reads(bundle),
        "torch_naive": lambda: _torch(bundle, "TorchNaive"),
        "torch_cache": lambda: _torch(bundle, "TorchCached"),
        "hf": lambda: _rivals().HuggingFace(**sizes, context=CONTEXT),
        "ct2": lambda: _rivals().CTranslate2(made["hf"].model, context=CONTEXT, folder=folder),  # type: ignore[attr-defined]
    }
    for name, make in wanted.items():
        try:
            made[name] = make()
        except (ImportError, KeyError) as error:
            note(f"{name} is left out: {error} is missing (pip install '.[train,bench]')")
    return made


def _rivals() -> Any:
    import torch

    from tests.benchmarks import rivals

    torch.set_num_threads(1)
    torch.manual_seed(0)
    return rivals


def _torch(bundle: Bundle, name: str) -> Contestant:
    rivals = _rivals()
    from tests.benchmarks.weights import network_of

    made: Contestant = getattr(rivals, name)(network_of(bundle), context_rows(CONTEXT))
    return made


def _reads(bundle: Bundle) -> Contestant:
    from tests.benchmarks.weights import int8_bytes

    return Reads(int8_bytes(bundle.graph_path("step")))


def spaced(contestant: Contestant, count: int) -> list[float]:
    """Single events with pauses between them."""
    walls = []
    for _ in range(count):
        time.sleep(SPACING_SECONDS)
        walls += contestant.run(1).wall
    return walls


def ratios(samples: Mapping[str, Samples], time_of: Callable[[Samples], float]) -> dict[str, float | None]:
    """Each contestant's time over ours, and our step over its limit."""
    found: dict[str, float | None] = {
        name: round(time_of(samples[theirs]) / time_of(samples[ours]), 2) if theirs in samples else None
        for name, (theirs, ours) in RATIOS.items()
    }
    limit = samples.get("limit")
    return {**found, "vs_limit": round(time_of(samples["step"]) / time_of(limit), 2) if limit else None}


def measure(rounds: int) -> dict[str, Any]:
    """The report on Continue."""
    bundle = load_bundle(find_bundle("continue"))
    with tempfile.TemporaryDirectory() as folder:
        rivals = contestants(bundle, Path(folder))
        samples = round_robin(rivals, BATCHES, rounds=rounds)
    far_apart = spaced(rivals["shipped"], 2 * rounds)
    shipped, event, step = samples["shipped"], samples["event"], samples["step"]
    return {
        "p50_ms": milliseconds(shipped.p50),
        "p99_ms": milliseconds(percentile(shipped.wall, 99)),
        "network_p50_ms": milliseconds(event.p50),
        "context": CONTEXT,
        **ratios(samples, lambda s: s.p50),
        "step_p50_ms": milliseconds(step.p50),
        "choose_p50_ms": milliseconds(event.p50 - step.p50),
        "spaced_p50_ms": milliseconds(percentile(far_apart, 50)),
        "spaced_p99_ms": milliseconds(percentile(far_apart, 99)),
        "each_p50_ms": {name: milliseconds(s.p50) for name, s in samples.items()},
        "by_cpu_time": ratios(samples, lambda s: s.cpu_p50),
        "samples": len(event.wall),
    }


def main() -> int:
    """Measure and report."""
    options = parser(__doc__)
    options.add_argument("--rounds", type=int, default=60)
    arguments = options.parse_args()
    report = measure(arguments.rounds)
    if not arguments.json:
        note(", ".join(f"{name} {value}" for name, value in report["each_p50_ms"].items()) + " (ms an event, median)")
    finish({"continue": report, "machine": machine()})
    return 0


if __name__ == "__main__":
    sys.exit(main())
