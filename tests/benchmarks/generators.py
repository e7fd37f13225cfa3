"""Each installed model, its network beside PyTorch, and two bars of an answer: `-m tests.benchmarks.generators`

One process, one thread each, in turn in small batches. `ort_*`: one run of the bundle's main graph for one answer
(Continue: one step at 256 events of context), as the generator opens it. `torch_p50_ms`: the same network in PyTorch,
eager, without gradients: for Continue with the bundle's own weights, else with random ones and the sizes of the recipe
that the bundle names, on the same inputs. `answer_*`: two bars through the generator at the controls' defaults, after
the example phrase. `evaluations`: runs of the main graph for two bars out of nothing, `vs_1000_steps` a sampler's
1,000 over them. `variants`: the same with other settings. `load_ms`: manifest checked, graphs opened, warmed up.
`file_mb`: all of the bundle.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import numpy as np
import onnxruntime as ort

from realtime.bundle import Bundle, load_bundle
from realtime.bundle.installed import installed_bundles
from realtime.bundle.spec import ControlSpec
from realtime.errors import HocketError
from realtime.generators.base import GenerateRequest, Generator
from realtime.generators.graph import open_session
from realtime.generators.registry import open_generator
from realtime.music.examples import EXAMPLES
from realtime.music.note import Phrase
from realtime.music.units import Meter
from tests.benchmarks.decode import Steps, _torch
from tests.benchmarks.measure import (
    Batch,
    Contestant,
    Samples,
    finish,
    laps,
    machine,
    milliseconds,
    note,
    parser,
    percentile,
    round_robin,
)

BARS: Final = 2
SEED_STEPS: Final = 1000  # network evaluations of the sampler that Sketch replaces
LOADS: Final = 5
RUNS: Final = {"ort": 16, "torch": 8, "answer": 2}  # in a batch
MAIN_GRAPHS: Final = {"continue": "step", "morph": "decoder", "quartet": "decode", "sketch": "denoise"}
VARIED: Final = ("steps", "candidates")  # controls that cost time


class Work:
    """A call, done again and again."""

    def __init__(self, work: Callable[[], object]) -> None:
        self._work = work

    def run(self, count: int) -> Batch:
        """`count` calls."""
        return laps(self._work, count)


def inputs_of(bundle: Bundle, graph: str) -> dict[str, np.ndarray]:
    """One row for each input: noise for numbers, zeros for ids."""
    rng, feed = np.random.default_rng(0), {}
    for tensor in bundle.spec.graph(graph).inputs:
        shape = tuple(size if isinstance(size, int) else 1 for size in tensor.shape)
        noise = rng.standard_normal(shape) if tensor.dtype == "float32" else np.zeros(shape)
        feed[tensor.name] = noise.astype(tensor.dtype)
    return feed


def torch_network(bundle: Bundle) -> Any:
    """The main graph's network with random weights, as large as the recipe says; takes the graph's inputs in order."""
    from training.cli import find_recipe
    from training.networks.pattern_vae import PatternVae
    from training.networks.quartet import QuartetNet
    from training.networks.sketch import SketchNet

    made: dict[str, Callable[[Any], Any]] = {
        "morph": lambda config: PatternVae(config).decoder,
        "quartet": QuartetNet,
        "sketch": lambda config: SketchNet(config).denoiser,
    }
    return made[bundle.spec.kind](find_recipe(bundle.spec.trained_by.recipe).network).eval()


def torch_rival(bundle: Bundle, graph: str) -> Contestant:
    """The network in PyTorch. Raises `ImportError` without it."""
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(0)
    network = torch_network(bundle)
    tensors = [torch.from_numpy(array) for array in inputs_of(bundle, graph).values()]

    def work() -> None:
        with torch.inference_mode():
            network(*tensors)

    return Work(work)


def network_contestants(bundle: Bundle) -> dict[str, Contestant]:
    """One run of the main graph, here and in PyTorch."""
    if bundle.spec.kind == "continue":
        made: dict[str, Contestant] = {"ort": Steps(bundle)}
        make: Callable[[], Contestant] = lambda: _torch(bundle, "TorchCached")  # noqa: E731
    else:
        graph = MAIN_GRAPHS[bundle.spec.kind]
        session, feed = open_session(bundle, graph), inputs_of(bundle, graph)
        made = {"ort": Work(lambda: session.run(None, feed))}
        make = lambda: torch_rival(bundle, graph)  # noqa: E731
    try:
        made["torch"] = make()
    except (ImportError, KeyError, HocketError) as error:
        note(f"{bundle.spec.name}: torch is left out ({error})")
    return made


class Answers:
    """Two bars after a phrase, another seed each time."""

    def __init__(self, generator: Generator, controls: dict[str, float], phrase: Phrase) -> None:
        length = BARS * Meter().bar_ticks
        self._generator, self._seed = generator, 0
        self._request = GenerateRequest(
            context=phrase, start_tick=phrase.length_ticks, length_ticks=length, controls=controls
        )

    def once(self) -> None:
        """One answer; what can be done before it is asked for is done before."""
        self._seed += 1
        self._generator.generate(self._request, self._generator.initial_state(self._seed))

    def run(self, count: int) -> Batch:
        """`count` answers."""
        self._generator.prepare(self._request)
        return laps(self.once, count)


@contextmanager
def counted() -> Iterator[list[str]]:
    """A list that grows with every run of a graph, by the graph's first output."""
    runs: list[str] = []
    plain = {name: getattr(ort.InferenceSession, name) for name in ("run", "run_with_iobinding")}

    def counting(call: Callable[..., Any]) -> Callable[..., Any]:
        def run(session: ort.InferenceSession, *arguments: Any, **options: Any) -> Any:
            runs.append(session.get_outputs()[0].name)
            return call(session, *arguments, **options)

        return run

    for name, call in plain.items():
        setattr(ort.InferenceSession, name, counting(call))
    try:
        yield runs
    finally:
        for name, call in plain.items():
            setattr(ort.InferenceSession, name, call)


def variants(controls: tuple[ControlSpec, ...]) -> dict[str, dict[str, float]]:
    """Settings to be measured: the defaults, and each choice of what costs time."""
    found: dict[str, dict[str, float]] = {"default": {}}
    for control in (control for control in controls if control.name in VARIED):
        if control.labels:
            found |= {
                f"{control.name}={text}": {control.name: control.low + i} for i, text in enumerate(control.labels)
            }
        else:
            found |= {
                f"{control.name}={value:g}": {control.name: value}
                for value in (control.low, 8)
                if value <= control.high
            }
    return found


def evaluations_of(bundle: Bundle, generator: Generator, controls: dict[str, float]) -> int:
    """Runs of the main graph for two bars out of nothing."""
    main_graph = bundle.spec.graph(MAIN_GRAPHS[bundle.spec.kind])
    with counted() as runs:
        Answers(generator, controls, Phrase()).once()
    return runs.count(main_graph.outputs[0].name)


def answer_report(samples: Samples, evaluations: int) -> dict[str, float]:
    """Times of an answer, and how many runs of the network one takes."""
    return {
        "answer_p50_ms": milliseconds(samples.p50),
        "answer_p99_ms": milliseconds(percentile(samples.wall, 99)),
        "evaluations": evaluations,
        "vs_1000_steps": round(SEED_STEPS / max(1, evaluations), 1),
    }


def measure(name: str, bundle: Bundle, rounds: int) -> dict[str, Any]:
    """One model's report."""
    loads = []
    for _ in range(LOADS):
        begun = time.perf_counter()
        generator = open_generator(bundle.folder)
        loads.append(time.perf_counter() - begun)
    samples = round_robin(network_contestants(bundle), RUNS, rounds=rounds)
    ours, torch = samples["ort"], samples.get("torch")
    varied, phrase = variants(bundle.spec.controls), EXAMPLES["bach"].phrase()
    settings = {text: Answers(generator, controls, phrase) for text, controls in varied.items()}
    answers = round_robin(settings, dict.fromkeys(settings, RUNS["answer"]), rounds=max(1, rounds // 2))
    told = {
        text: answer_report(answers[text], evaluations_of(bundle, generator, controls))
        for text, controls in varied.items()
    }
    return {
        "ort_p50_ms": milliseconds(ours.p50),
        "ort_p99_ms": milliseconds(percentile(ours.wall, 99)),
        "torch_p50_ms": milliseconds(torch.p50) if torch else None,
        "torch_weights": "the bundle's" if bundle.spec.kind == "continue" else "random",
        "vs_torch": round(torch.p50 / ours.p50, 2) if torch else None,
        "vs_torch_by_cpu_time": round(torch.cpu_p50 / ours.cpu_p50, 2) if torch else None,
        "load_ms": milliseconds(sorted(loads)[LOADS // 2]),
        "file_mb": round(bundle.size_bytes / 1e6, 2),
        **told.pop("default"),
        "variants": told,
    }


def main() -> int:
    """Measure and report."""
    options = parser(__doc__)
    options.add_argument("--rounds", type=int, default=40)
    arguments = options.parse_args()
    report: dict[str, Any] = {}
    for name, folder in installed_bundles().items():
        report[name] = measure(name, load_bundle(folder), arguments.rounds)
        if not arguments.json:
            shown = ("ort_p50_ms", "torch_p50_ms", "answer_p50_ms", "load_ms", "file_mb")
            note(f"{name}: " + ", ".join(f"{key} {report[name][key]}" for key in shown))
    finish({**report, "machine": machine()})
    return 0


if __name__ == "__main__":
    sys.exit(main())
