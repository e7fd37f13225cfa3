"""From a trained sketch network to a bundle: two graphs, parity with torch, golden windows.

Shapes: N windows, V voices, S steps, T beats, Z latent axes a beat, K symbols.
"""

import io
import logging
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
import torch

from realtime.bundle.spec import FORMAT_VERSION, BundleSpec, ControlSpec, choice
from realtime.bundle.store import GOLDEN, Bundle, load_bundle, save_bundle
from realtime.errors import BundleError
from realtime.generators.sketch_cells import MASK, told_of
from realtime.generators.sketch_frame import LOWEST_SHIFT, SHIFTS, UNKNOWN_FRAME, best_shifts, moved
from realtime.generators.sketch_network import SketchNetwork
from realtime.generators.sketch_window import MODES, STEP_COUNTS
from realtime.model_check import verify_golden
from realtime.music.chorale import ChoraleCodec
from realtime.music.scales import PITCH_CLASSES, SCALES
from training.data.chorales import Symbols
from training.evaluate.sketch import bound
from training.export.articulation import ArticulatePart
from training.export.controls import ACCENT
from training.export.exporter import ExportAbout, quantise
from training.export.sketch_graph import build_denoiser, build_imagine, denoise_spec, imagine_spec
from training.networks.sketch import BEATS, SketchNet
from training.networks.sketch_flow import LatentFlow, travel

log = logging.getLogger(__name__)
GOLDEN_WINDOWS: Final = 4
PARITY_WINDOWS: Final = 32
PARITY_TOLERANCE: Final = 1e-4
COST_WINDOWS: Final = 150  # that int8's cost is measured on
CONTROLS: Final = (
    choice("mode", MODES, text="go on from what was played, fill its gaps, vary it or add voices below it"),
    ControlSpec(name="amount", low=0, high=1, default=0.5, help="of vary: how much is drawn anew; 0 leaves all"),
    choice("steps", tuple(str(steps) for steps in STEP_COUNTS), default=2, text="runs of the network for two bars"),
    ControlSpec(name="temperature", low=0, high=1.5, default=1, help="how bold; 0 always takes the likeliest note"),
    ControlSpec(
        name="refine", low=0, high=16, default=0, integer=True, unit="passes", help="each draws a quarter again"
    ),
    choice("key", PITCH_CLASSES, text="the root of the scale"),
    choice("scale", tuple(SCALES), default=tuple(SCALES).index("major"), text="the notes of the scale"),
    ControlSpec(name="scale_pull", low=0, high=12, default=0, unit="nats", help="against other notes; 12 has none"),
    choice("melody_only", ("four voices", "one voice"), text="one voice alone, or all four"),
    ACCENT,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SketchParts:
    """The networks of a bundle. `few`: the one-step flow."""

    network: SketchNet
    few: LatentFlow
    articulate: ArticulatePart


def export_sketch(parts: SketchParts, about: ExportAbout, windows_NVS: Mapping[str, Symbols], out: Path) -> Bundle:
    """Write the bundle `out`. `windows_NVS`: "train" says how often music is in each frame, "valid" is for the checks.

    The graphs are compared with torch as they are, then shipped in int8: half the time, at a cost that is measured.
    """
    config, valid = parts.network.config, windows_NVS["valid"]
    parts.network.eval()
    parts.few.eval()
    graphs = {
        "denoise.onnx": build_denoiser(parts.network.denoiser, config),
        "imagine.onnx": build_imagine(parts.few, config),
    }
    sample = Sample.of(valid[:PARITY_WINDOWS], config.latent)
    first = sample.first(GOLDEN_WINDOWS)
    spec = make_spec(parts, about, frame_counts(windows_NVS["train"]))
    articulate = {parts.articulate.spec.file: parts.articulate.data}
    with tempfile.TemporaryDirectory() as folder:
        plain = {name: graph.SerializeToString() for name, graph in graphs.items()}
        full = saved(Path(folder) / "full", spec, {**plain, **articulate})
        error = parity_error(parts, full, sample)
        small_files = {**{name: quantise(graph) for name, graph in graphs.items()}, **articulate}
        small = saved(Path(folder) / "small", spec, small_files)
        some = valid[:: max(1, len(valid) // COST_WINDOWS)]
        cost = round(bound(small, some) - bound(full, some), 4)
        known = golden(small, first)
    if not error <= PARITY_TOLERANCE:
        raise BundleError(f"{out}: the graphs differ from the network by {error:.2g}, at most {PARITY_TOLERANCE:g}")
    log.info("graphs = network within %.2g on %d windows; int8 costs %.4f nats a cell", error, len(some), cost)
    scores = {**spec.scores, "parity.max_difference": error, "int8_cost_nats": cost}
    save_bundle(out, msgspec.structs.replace(spec, scores=scores), {**small_files, GOLDEN: known})
    bundle = load_bundle(out)
    verify_golden(bundle)
    return bundle


def saved(folder: Path, spec: BundleSpec, files: Mapping[str, bytes]) -> SketchNetwork:
    """The graphs as the live app opens them."""
    save_bundle(folder, spec, files)
    return SketchNetwork(load_bundle(folder))


def frame_counts(train_NVS: Symbols) -> Sequence[int]:
    """How many windows are in each frame."""
    shift_N = best_shifts(train_NVS.astype(np.int64)) - LOWEST_SHIFT
    counts: list[int] = np.bincount(shift_N, minlength=SHIFTS).tolist()
    return counts


def make_spec(parts: SketchParts, about: ExportAbout, frames: Sequence[int]) -> BundleSpec:
    """The manifest; `save_bundle` fills in the files' hashes."""
    codec, config, articulate = ChoraleCodec(), parts.network.config, parts.articulate
    shipped = (parts.network.denoiser, parts.few)
    struck = {f"articulate.{name}": value for name, value in articulate.about.scores.items()}
    return BundleSpec(
        format_version=FORMAT_VERSION,
        kind="sketch",
        name=about.name,
        title=about.title,
        codec=codec.name,
        codec_hash=codec.table_hash(),
        graphs=(denoise_spec(config), imagine_spec(config), articulate.spec),
        controls=CONTROLS,
        config={
            "latent": config.latent,
            "frames": ",".join(str(count) for count in frames),
            "precision": "int8",
        },
        files={},
        trained_by=about.trained_by,
        scores={**about.scores, **struck},
        params=articulate.about.params + sum(parameter.numel() for net in shipped for parameter in net.parameters()),
    )


class Sample:
    """Real windows in their frame with some cells hidden, latents for them, and who heeds theirs."""

    def __init__(self, cell_NVS: np.ndarray, frame_N: np.ndarray, noise_NTZ: np.ndarray) -> None:
        self.cell_NVS, self.frame_N, self.noise_NTZ = cell_NVS, frame_N, noise_NTZ

    @classmethod
    def of(cls, symbol_NVS: Symbols, latent: int) -> "Sample":
        """Every other cell or so hidden, in some windows all."""
        rng = np.random.default_rng(0)
        symbols = symbol_NVS.astype(np.int64)
        hidden = rng.random(symbols.shape) < rng.random(len(symbols))[:, None, None] * 1.2
        shift_N = best_shifts(symbols)
        frame_N = np.where(rng.random(len(symbols)) < 0.5, shift_N - LOWEST_SHIFT, UNKNOWN_FRAME)
        noise = rng.standard_normal((len(symbols), BEATS, latent)).astype(np.float32)
        return cls(np.where(hidden, MASK, moved(symbols, shift_N)), frame_N, noise)

    def first(self, count: int) -> "Sample":
        """So many of them."""
        return Sample(self.cell_NVS[:count], self.frame_N[:count], self.noise_NTZ[:count])


def golden(network: SketchNetwork, sample: Sample) -> bytes:
    """`golden.npz`: cells, frame, noise, and what comes of them: latent, logits with it and `plain` ones without."""
    latent = network.imagine(sample.noise_NTZ, sample.cell_NVS, sample.frame_N)
    file = io.BytesIO()
    np.savez_compressed(
        file,
        cells=sample.cell_NVS,
        frame=sample.frame_N,
        noise=sample.noise_NTZ,
        latent=latent,
        logits=network.denoise(sample.cell_NVS, sample.frame_N, latent),
        plain=network.denoise(sample.cell_NVS, sample.frame_N, None),
    )
    return file.getvalue()


@torch.no_grad()
def parity_error(parts: SketchParts, graphs: SketchNetwork, sample: Sample) -> float:
    """Largest difference between torch and onnxruntime: of latents and logits."""
    cells, frames, noise = (torch.from_numpy(x) for x in (sample.cell_NVS, sample.frame_N, sample.noise_NTZ))
    told, ones = torch.from_numpy(told_of(sample.cell_NVS)), torch.ones(len(cells))
    drawn = travel(parts.few, noise, cells, frames, 1)
    denoiser = parts.network.denoiser
    pairs = (
        (graphs.imagine(sample.noise_NTZ, sample.cell_NVS, sample.frame_N), drawn),
        (graphs.denoise(sample.cell_NVS, sample.frame_N, drawn.numpy()), denoiser(told, frames, drawn, ones)),
        (graphs.denoise(sample.cell_NVS, sample.frame_N, None), denoiser(told, frames, 0 * drawn, 0 * ones)),
    )
    return max(float(np.abs(ours - theirs.numpy()).max()) for ours, theirs in pairs)
