"""From a trained quartet to a bundle: four graphs, border counts, keys of the music, parity with torch, golden data."""

import io
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch

from realtime.bundle.spec import FORMAT_VERSION, BundleSpec
from realtime.bundle.store import GOLDEN, Bundle, load_bundle, save_bundle
from realtime.errors import BundleError
from realtime.generators.quartet import PIECES_FILE
from realtime.generators.quartet_border import BORDERS_FILE, BorderModel
from realtime.generators.quartet_network import QuartetNetwork
from realtime.model_check import verify_golden
from realtime.music.chorale import ChoraleCodec
from training.data.chorales import Chorale
from training.export.articulation import SPEC
from training.export.exporter import ExportAbout
from training.export.net_graph import halved
from training.export.quartet_controls import quartet_controls
from training.export.quartet_graph import build_graphs, graph_specs
from training.networks.quartet import QuartetNet
from training.networks.quartet_critic import Critic
from training.networks.quartet_mapping import Mapping as NoiseMapping
from training.tasks.quartet_data import QuartetData, key_of

log = logging.getLogger(__name__)
GOLDEN_PIECES: Final = 4
PARITY_PIECES: Final = 64
PARITY_TOLERANCE: Final = 1e-4
PIECES: Final = 512  # keys and densities that pieces of the bundle's own may have
BEAT: Final = 4  # steps
CALIBRATED: Final = 500  # pieces
CALIBRATIONS, EAGER_RATE, MOST_EAGER = 8, 6.0, 4.0
Arrays = dict[str, np.ndarray]


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """Of the controls; chosen on valid."""

    temperature: float = 0.0
    candidates: int = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """The networks of a run. `articulate`: the graph that says where held pitches are struck again."""

    network: QuartetNet
    mapping: NoiseMapping
    critic: Critic
    articulate: bytes


def export_quartet(
    trained: Trained, about: ExportAbout, music: QuartetData, tunes: Sequence[Chorale], out: Path
) -> Bundle:
    """Write the bundle `out`. `music`: training windows, `tunes`: the training pieces that they are of."""
    for network in (trained.network, trained.mapping, trained.critic):
        network.eval()
        halved(network)
    calibrate(trained, music)
    graphs = build_graphs(trained.network, trained.mapping, trained.critic)
    files = {f"{name}.onnx": graph.SerializeToString() for name, graph in graphs.items()}
    reference = outputs(trained, parity_inputs(trained, music, PARITY_PIECES))
    files |= {
        BORDERS_FILE: packed(vars_of(BorderModel.learn(*borders(tunes)))),
        PIECES_FILE: packed({"pieces": pieces(music)}),
        SPEC.file: trained.articulate,
        GOLDEN: packed({name: array[:GOLDEN_PIECES] for name, array in reference.items()}),
    }
    save_bundle(out, make_spec(trained, about), files)
    bundle = load_bundle(out)
    error = parity_error(QuartetNetwork(bundle), reference)
    if not error <= PARITY_TOLERANCE:
        raise BundleError(f"{out}: the graphs differ from the network by {error:.2g}, at most {PARITY_TOLERANCE:g}")
    verify_golden(bundle)
    log.info("graphs = network within %.2g on %d pieces", error, len(reference["noise"]))
    return bundle


@torch.no_grad()
def calibrate(trained: Trained, music: QuartetData) -> None:
    """Make each voice change as often as in the training music: the likelier of change and hold changes too seldom."""
    rng = np.random.default_rng(0)
    index = rng.integers(len(music), size=CALIBRATED)
    noise = torch.from_numpy(rng.standard_normal((CALIBRATED, trained.network.config.latent)).astype(np.float32))
    condition = torch.from_numpy(music.conditions(index))
    code = trained.mapping(noise, condition)
    eager_V, real_V = trained.network.grooves.eager_V, change_shares(music.symbol_NVS)
    for _ in range(CALIBRATIONS):
        got_V = change_shares(trained.network.symbols(code, condition).numpy())
        step_V = EAGER_RATE * (real_V / np.maximum(got_V, real_V / 2) - 1)
        eager_V += torch.from_numpy(step_V).to(eager_V)
        eager_V.clamp_(-MOST_EAGER, MOST_EAGER)
    halved(trained.network)
    log.info("eager %s: changes %s, real %s", *(np.round(x, 3).tolist() for x in (eager_V.numpy(), got_V, real_V)))


def change_shares(symbol_NVS: np.ndarray) -> np.ndarray:
    """[V]: in how many of the steps each voice changes."""
    return (symbol_NVS[..., 1:] != symbol_NVS[..., :-1]).mean((0, 2))


def make_spec(trained: Trained, about: ExportAbout, defaults: Defaults | None = None) -> BundleSpec:
    """The manifest; `save_bundle` fills in the files' hashes."""
    codec, config, defaults = ChoraleCodec(), trained.network.config, defaults or Defaults()
    sizes = {"chords": config.chords, "style": config.style, "melody": config.melody, "groove": config.groove}
    networks = (trained.network, trained.mapping, trained.critic)
    return BundleSpec(
        format_version=FORMAT_VERSION,
        kind="quartet",
        name=about.name,
        title=about.title,
        codec=codec.name,
        codec_hash=codec.table_hash(),
        graphs=(*graph_specs(config).values(), SPEC),
        controls=quartet_controls(temperature=defaults.temperature, candidates=defaults.candidates),
        config={**sizes, "precision": "fp32, weights stored in half"},
        files={},
        trained_by=about.trained_by,
        scores=dict(about.scores),
        params=sum(p.numel() for network in networks for p in network.parameters()),
    )


def borders(tunes: Sequence[Chorale]) -> tuple[np.ndarray, np.ndarray]:
    """(before_NV, after_NV): what sounds on both sides of every beat, in C major or A minor."""
    before, after = [], []
    for tune in tunes:
        symbol_VT = tune.symbol_VT.astype(np.int64)
        in_key = np.where(symbol_VT == 0, 0, symbol_VT - key_of(tune).offset)
        before.append(in_key[:, BEAT - 1 : -1 : BEAT].T)
        after.append(in_key[:, BEAT::BEAT].T)
    return np.concatenate(before), np.concatenate(after)


def pieces(music: QuartetData) -> np.ndarray:
    """[N, 3]: offset, minor and density of windows drawn from the training music."""
    drawn = np.random.default_rng(0).permutation(len(music))[:PIECES]
    rows = np.stack([music.offset_N, music.minor_N, music.density_N], axis=1)
    return rows[drawn].astype(np.float32).round(2)


def parity_inputs(trained: Trained, music: QuartetData, count: int) -> Arrays:
    """Noise and real music to compare on."""
    rng = np.random.default_rng(0)
    index = rng.integers(len(music), size=count)
    noise = rng.standard_normal((count, trained.network.config.latent))
    return {
        "noise": noise.astype(np.float32),
        "condition": music.conditions(index),
        "symbols": music.symbol_NVS[index].astype(np.int64),
        "seen": rng.permuted(np.tile([True, True, True, False], (count, 1)), axis=1),
    }


@torch.no_grad()
def outputs(trained: Trained, inputs: Arrays) -> Arrays:
    """The inputs, and what torch makes of them."""
    tensors = {name: torch.from_numpy(array) for name, array in inputs.items()}
    code = trained.mapping(tensors["noise"], tensors["condition"])
    change, pitch = trained.network(code, tensors["condition"])
    mean, log_variance = trained.network.encoder(tensors["symbols"], tensors["seen"])
    roll = torch.nn.functional.one_hot(tensors["symbols"], pitch.shape[-1]).float()
    made = {
        "code": code,
        "change_logits": change,
        "pitch_logits": pitch,
        "mean": mean,
        "log_variance": log_variance,
        "score": trained.critic.plain(roll, tensors["condition"]),
    }
    return {**inputs, **{name: tensor.numpy() for name, tensor in made.items()}}


def parity_error(network: QuartetNetwork, reference: Arrays) -> float:
    """Largest difference between torch and onnxruntime, of every output, relative to the outputs' size."""
    condition, symbols = reference["condition"], reference["symbols"]
    got: dict[str, np.ndarray] = {"code": network.codes(reference["noise"], condition)}
    got["change_logits"], got["pitch_logits"] = network.decode(reference["code"], condition)
    got["mean"], got["log_variance"] = network.encode(symbols, reference["seen"])
    got["score"] = network.judge(symbols, condition)
    return max(
        float(np.abs(ours - reference[name]).max() / max(1.0, np.abs(reference[name]).max()))
        for name, ours in got.items()
    )


def packed(arrays: Mapping[str, np.ndarray]) -> bytes:
    """An `.npz` file."""
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def vars_of(model: BorderModel) -> Arrays:
    """Its tables by name."""
    return {name: getattr(model, name).astype(np.float32) for name in ("move_VM", "chord_CC", "parallel_2")}
