"""From a trained articulation network to `articulate.onnx`, which the four-part models' bundles contain.

Shapes: N windows, V voices, S steps.
"""

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
import onnx
import onnxruntime as ort
import torch

from realtime.bundle.spec import GraphSpec, Strict, TensorSpec, TrainedBy
from realtime.errors import BundleError
from realtime.generators.articulation import GRAPH
from realtime.music.chorale import REST, STEPS, VOICES
from training.data.chorales import Symbols
from training.export.decoder_graph import GraphBuilder, make_model
from training.networks.articulation import BEAT_STEPS, CHANNELS, WIDEST, ArticulationNet
from training.networks.pattern_vae import TimeConv

log = logging.getLogger(__name__)
FILE, ABOUT = "articulate.onnx", "articulate.json"
SHIPPED: Final = Path(__file__).parents[2] / "exported_models" / "shared"
PARITY_WINDOWS: Final = 64
PARITY_TOLERANCE: Final = 1e-4
SPEC: Final = GraphSpec(
    name=GRAPH,
    file=FILE,
    inputs=(TensorSpec(name="symbols", shape=("N", VOICES, STEPS), dtype="int64"),),
    outputs=(TensorSpec(name="strike_logits", shape=("N", VOICES, STEPS), dtype="float32"),),
)


class ArticulateAbout(Strict, frozen=True, kw_only=True):
    """What `articulate.json` says."""

    sha256: str
    params: int
    trained_by: TrainedBy
    scores: dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticulatePart:
    """The graph for a bundle: its spec, its bytes, and where the weights come from."""

    data: bytes
    about: ArticulateAbout
    spec: GraphSpec = SPEC


def export_articulation(
    network: ArticulationNet, trained_by: TrainedBy, scores: Mapping[str, float], windows_NVS: Symbols, out: Path
) -> ArticulatePart:
    """Write both files into `out` and read them back. Raises `BundleError` if the graph is not the network."""
    network.eval()
    data = build_graph(network).SerializeToString()
    symbols = windows_NVS[:PARITY_WINDOWS].astype(np.int64)
    with torch.no_grad():
        wanted = network(torch.from_numpy(symbols)).numpy()
    (got,) = ort.InferenceSession(data, providers=["CPUExecutionProvider"]).run(None, {"symbols": symbols})
    error = float(np.abs(got - wanted).max())
    if not error <= PARITY_TOLERANCE:
        raise BundleError(f"{out}: the graph differs from the network by {error:.2g}, at most {PARITY_TOLERANCE:g}")
    log.info("graph = network within %.2g on %d windows", error, len(symbols))
    about = ArticulateAbout(
        sha256=hashlib.sha256(data).hexdigest(),
        params=sum(parameter.numel() for parameter in network.parameters()),
        trained_by=trained_by,
        scores=dict(scores),
    )
    out.mkdir(parents=True, exist_ok=True)
    (out / FILE).write_bytes(data)
    (out / ABOUT).write_bytes(msgspec.json.format(msgspec.json.encode(about), indent=2) + b"\n")
    return articulate_part(out)


def articulate_part(folder: Path = SHIPPED) -> ArticulatePart:
    """The shipped graph, to be put into a bundle. Raises `BundleError` if it is missing or damaged."""
    try:
        about = msgspec.json.decode((folder / ABOUT).read_bytes(), type=ArticulateAbout)
        data = (folder / FILE).read_bytes()
    except (OSError, msgspec.MsgspecError) as error:
        again = "`hocket train articulation --out RUN` and `hocket export RUN -o` this folder make it"
        raise BundleError(f"{folder}: no articulation network here ({error}); {again}") from None
    if hashlib.sha256(data).hexdigest() != about.sha256:
        raise BundleError(f"{folder / FILE}: not the file that {ABOUT} tells of; export it again")
    return ArticulatePart(data=data, about=about)


def build_graph(network: ArticulationNet) -> onnx.ModelProto:
    """Symbols in, logits of a strike out."""
    g = GraphBuilder()
    x = _channels(g)
    x = g.node("Add", [_conv(g, x, network.first, "first"), _beats(g, network)])[0]
    x = g.node("Relu", [x])[0]
    for i, layer in enumerate(network.more):
        x = g.node("Add", [x, g.node("Relu", [_conv(g, x, layer, f"more{i}")])[0]])[0]
    weight = g.weight(network.out.weight[:, :, None], "out.weight")
    g.node("Conv", [x, weight, g.weight(network.out.bias, "out.bias")], ["strike_logits"], kernel_shape=[1])
    return make_model(g, SPEC)


def _channels(g: GraphBuilder) -> str:
    """[N, V * C, S], as `channels` of the network."""
    ends = [g.constant(np.array([n]), f"at{n}") for n in (0, 1, STEPS - 1, STEPS)]
    axis = g.constant(np.array([2]), "time")
    before = g.node("Slice", ["symbols", ends[0], ends[2], axis])[0]
    now = g.node("Slice", ["symbols", ends[1], ends[3], axis])[0]
    rest = g.constant(np.array(REST), "rest")
    rests, rested = (g.node("Equal", [x, rest])[0] for x in (now, before))
    sounds, sounded = (g.node("Not", [x])[0] for x in (rests, rested))
    same = g.node("Equal", [now, before])[0]
    goes_on = g.node("And", [sounds, same])[0]
    changes = g.node("And", [sounds, g.node("Not", [same])[0]])[0]
    limits = [g.constant(np.array(n), f"limit{n}") for n in (-WIDEST, WIDEST)]
    moved = _float(g, g.node("Clip", [g.node("Sub", [now, before])[0], *limits])[0])
    scaled = g.node("Mul", [moved, g.constant(np.array(1 / WIDEST, np.float32), "scale")])[0]
    both = _float(g, g.node("And", [sounds, sounded])[0])
    told = [*(_float(g, x) for x in (goes_on, changes, rests)), g.node("Mul", [scaled, both])[0]]
    last = g.constant(np.array([2]), "channel")
    stacked = g.node("Concat", [g.node("Unsqueeze", [x, last])[0] for x in told], axis=2)[0]  # [N, V, C, S - 1]
    flat = g.node("Reshape", [stacked, g.constant(np.array([0, VOICES * CHANNELS, STEPS - 1]), "flat")])[0]
    return g.node("Pad", [flat, g.constant(np.array([0, 0, 1, 0, 0, 0]), "first_step")])[0]


def _float(g: GraphBuilder, x: str) -> str:
    return g.node("Cast", [x], to=onnx.TensorProto.FLOAT)[0]


def _beats(g: GraphBuilder, network: ArticulationNet) -> str:
    table_HS = network.beat_CH.detach().repeat(STEPS // BEAT_STEPS, 1).T
    return g.weight(table_HS[None], "beats")


def _conv(g: GraphBuilder, x: str, conv: TimeConv, name: str) -> str:
    """Over time, which comes last here."""
    weight_OTI = conv.linear.weight.detach().numpy().reshape(conv.linear.out_features, conv.taps, -1)
    inputs = [
        x,
        g.constant(weight_OTI.transpose(0, 2, 1), f"{name}.weight"),
        g.weight(conv.linear.bias, f"{name}.bias"),
    ]
    before = (conv.taps - 1) // 2
    return g.node("Conv", inputs, kernel_shape=[conv.taps], pads=[before, conv.taps - 1 - before])[0]
