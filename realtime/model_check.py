"""What `hocket models` tells of each bundle: size, speed here, controls, and whether it computes what it should."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec
import numpy as np

from realtime.bundle import Bundle, load_bundle
from realtime.bundle.installed import installed_bundles
from realtime.bundle.spec import ControlSpec
from realtime.bundle.store import GOLDEN
from realtime.errors import BundleError, HocketError
from realtime.generators.base import GenerateRequest
from realtime.generators.latent import PatternNetwork
from realtime.generators.quartet_network import QuartetNetwork
from realtime.generators.registry import open_generator
from realtime.generators.sampling import probabilities
from realtime.generators.sketch_network import SketchNetwork
from realtime.generators.step_decoder import StepDecoder
from realtime.music.examples import EXAMPLES
from realtime.music.melody_codec import OFFSETS, PITCH_IDS, Row

Golden = Mapping[str, np.ndarray]
BARS = 8  # generated for the speed
# int8 kernels differ a little from CPU to CPU; a wrong graph is off by far more.
PROBABILITY_TOLERANCE = 0.05


class ControlReport(msgspec.Struct, frozen=True, kw_only=True):
    """A control in words."""

    name: str
    low: float
    high: float
    default: float
    help: str
    labels: tuple[str, ...]
    unit: str

    @classmethod
    def of(cls, c: ControlSpec) -> "ControlReport":
        """From the bundle's spec."""
        return cls(name=c.name, low=c.low, high=c.high, default=c.default, help=c.help, labels=c.labels, unit=c.unit)

    @property
    def range_text(self) -> str:
        """The choices, or low to high with the unit."""
        return "|".join(self.labels) if self.labels else f"{self.low:g} .. {self.high:g} {self.unit}".rstrip()

    @property
    def default_text(self) -> str:
        """The default as one would type it."""
        return self.labels[int(self.default - self.low)] if self.labels else f"{self.default:g}"


class ModelReport(msgspec.Struct, frozen=True, kw_only=True):
    """One installed bundle; `error` says why it cannot be used, then the rest is empty."""

    name: str
    folder: str
    error: str = ""
    kind: str = ""
    title: str = ""
    params: int = 0
    size_mb: float = 0.0
    load_ms: float = 0.0
    ms_per_bar: float = 0.0
    scores: dict[str, float] = {}
    controls: tuple[ControlReport, ...] = ()
    verified: bool | None = None


def report_models(*, verify: bool) -> list[ModelReport]:
    """All installed bundles, broken ones with their error."""
    return [_report(name, folder, verify=verify) for name, folder in installed_bundles().items()]


def _report(name: str, folder: Path, *, verify: bool) -> ModelReport:
    try:
        bundle = load_bundle(folder)
        begun = time.perf_counter()
        generator = open_generator(folder)
        load_ms = (time.perf_counter() - begun) * 1e3
        phrase = EXAMPLES["bach"].phrase()
        bar = phrase.meter.bar_ticks
        request = GenerateRequest(context=phrase, start_tick=phrase.length_ticks, length_ticks=BARS * bar)
        generator.prepare(request)
        begun = time.perf_counter()
        generator.generate(request, generator.initial_state(0))
        ms_per_bar = (time.perf_counter() - begun) * 1e3 / BARS
        if verify:
            verify_golden(bundle)
    except HocketError as error:
        return ModelReport(name=name, folder=folder.name, error=str(error))
    spec = bundle.spec
    return ModelReport(
        name=name,
        folder=folder.name,
        kind=spec.kind,
        title=spec.title,
        params=spec.params,
        size_mb=round(bundle.size_bytes / 1e6, 2),
        load_ms=round(load_ms, 1),
        ms_per_bar=round(ms_per_bar, 3),
        scores=spec.scores,
        controls=tuple(ControlReport.of(control) for control in spec.controls),
        verified=True if verify else None,
    )


def verify_golden(bundle: Bundle) -> float:
    """Compute the golden inputs again; returns the largest difference of a probability (or of a latent mean).

    Raises `BundleError` if it is over 0.05 or the file does not fit.
    """
    path = bundle.folder / GOLDEN
    try:
        worst = DIFFERENCES[bundle.spec.kind](bundle, bundle.arrays(GOLDEN))
    except (ValueError, KeyError) as error:
        raise BundleError(f"{path}: no golden outputs to compare with ({error}); export the bundle again") from None
    if not worst <= PROBABILITY_TOLERANCE:
        raise BundleError(
            f"{bundle.folder}: golden outputs differ by {worst:.3f} in probability, allowed {PROBABILITY_TOLERANCE}; "
            "the file is damaged or this CPU's kernels are wrong"
        )
    return worst


def _step_difference(bundle: Bundle, golden: Golden) -> float:
    """Continue: rows fed step by step."""
    rows_NF, pitch_NP, duration_ND = golden["input_ids"], golden["pitch_logits"], golden["duration_logits"]
    decoder = StepDecoder(bundle)
    worst = 0.0
    rows: list[Row] = []
    for index, row in enumerate(rows_NF):
        rows.append(tuple(int(i) for i in row))  # type: ignore[arg-type]
        decoder.advance(rows)
        worst = max(worst, _difference(decoder.pitch_logits_P, pitch_NP[index]))
        if index + 1 < len(rows_NF):
            pitch_id = min(int(rows_NF[index + 1][0]) - OFFSETS[0], PITCH_IDS - 1)
            worst = max(worst, _difference(decoder.duration_logits_PD[pitch_id], duration_ND[index]))
    return worst


def _pattern_difference(bundle: Bundle, golden: Golden) -> float:
    """Morph: patterns encoded, and their means decoded."""
    network = PatternNetwork(bundle)
    symbols_NS, mean_NZ, logits_NSK = golden["symbols"], golden["mean"], golden["logits"]
    worst = 0.0
    for symbols_S, mean_Z, logits_SK in zip(symbols_NS, mean_NZ, logits_NSK, strict=True):
        worst = max(worst, float(np.abs(network.encode(symbols_S)[0] - mean_Z).max()))
        got_SK = network.decode(mean_Z)
        worst = max(worst, *(_difference(got_K, wanted_K) for got_K, wanted_K in zip(got_SK, logits_SK, strict=True)))
    return worst


def _quartet_difference(bundle: Bundle, golden: Golden) -> float:
    """Quartet: noise mapped, codes decoded, music encoded."""
    network, condition = QuartetNetwork(bundle), golden["condition"]
    code = network.codes(golden["noise"], condition)
    mean, _ = network.encode(golden["symbols"], golden["seen"])
    change, pitch = network.decode(golden["code"], condition)
    worst = max(float(np.abs(got - golden[name]).max()) for name, got in (("code", code), ("mean", mean)))
    changes = (1 / (1 + np.exp(-logits)) for logits in (change, golden["change_logits"]))
    worst = max(worst, float(np.abs(np.subtract(*changes)).max()))
    rows = (logits.reshape(-1, logits.shape[-1]) for logits in (pitch, golden["pitch_logits"]))
    return max(worst, *(_difference(got_K, wanted_K) for got_K, wanted_K in zip(*rows, strict=True)))


def _sketch_difference(bundle: Bundle, golden: Golden) -> float:
    """Sketch: noise made a latent, hidden cells read with it and without."""
    network, cells, frame = SketchNetwork(bundle), golden["cells"], golden["frame"]
    worst = float(np.abs(network.imagine(golden["noise"], cells, frame) - golden["latent"]).max())
    for latent, name in ((golden["latent"], "logits"), (None, "plain")):
        both = (network.denoise(cells, frame, latent), golden[name])
        rows = (logits.reshape(-1, logits.shape[-1]) for logits in both)
        worst = max(worst, *(_difference(got_K, wanted_K) for got_K, wanted_K in zip(*rows, strict=True)))
    return worst


# Of each kind: the largest difference between what the bundle computes here and its golden outputs.
DIFFERENCES: dict[str, Callable[[Bundle, Golden], float]] = {
    "continue": _step_difference,
    "morph": _pattern_difference,
    "quartet": _quartet_difference,
    "sketch": _sketch_difference,
}


def _difference(got_V: np.ndarray, expected_V: np.ndarray) -> float:
    got = probabilities(got_V, temperature=1.0, top_p=1.0)
    expected = probabilities(expected_V, temperature=1.0, top_p=1.0)
    return float(np.abs(got - expected).max())
