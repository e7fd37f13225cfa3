"""From a trained network to a bundle: graph, parity with torch, int8, scores, manifest; then loads what it wrote."""

import logging
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnxruntime.quantization import QuantType, quantize_dynamic

from realtime.bundle.spec import FORMAT_VERSION, BundleSpec, DataSet, TrainedBy
from realtime.bundle.store import GOLDEN, Bundle, load_bundle, save_bundle
from realtime.errors import BundleError
from realtime.music.melody_codec import MelodyCodec
from training.data.augment import TuneArrays, View, window
from training.evaluate.melody import open_stepper, score_tunes, scores_of
from training.export.controls import CONTINUE_CONTROLS
from training.export.decoder_graph import STEP_FILE, build_step_graph, step_spec
from training.export.parity import check_parity, golden, step_logits
from training.export.stepper import Stepper
from training.networks.transformer import MelodyTransformer, TransformerConfig

log = logging.getLogger(__name__)
GOLDEN_TOLERANCE = 1e-4  # the same graph on the same machine


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportAbout:
    """What the manifest says of a network beyond its sizes."""

    name: str
    title: str
    trained_by: TrainedBy
    scores: Mapping[str, float] = field(default_factory=dict)
    keep: int = 192


def export_continue(
    network: MelodyTransformer, about: ExportAbout, tunes: Sequence[TuneArrays], out: Path, *, score: bool = True
) -> Bundle:
    """Write the bundle `out`. `tunes` are valid ones: real steps for the parity check, and what is scored."""
    network.eval()
    config = network.config
    sample = window(max(tunes, key=lambda tune: min(len(tune), config.max_context)), View(length=config.max_context))
    graph = build_step_graph(network)
    full = Stepper(graph.SerializeToString(), step_spec(config), config.max_context)
    error = check_parity(network, full, sample.rows_SF)
    log.info("graph = network within %.2g on real steps", error)
    small_bytes = quantise(graph)
    small = Stepper(small_bytes, step_spec(config), config.max_context)
    scores = {**about.scores, "parity.fp32_max_logit_difference": error}
    if score:
        scores |= int8_scores(full, small, tunes, about.keep)
    files = {STEP_FILE: small_bytes, GOLDEN: golden(small, sample.rows_SF, sample.pitch_S)}
    save_bundle(out, make_spec(network, about, scores), files)
    return check_bundle(out)


def int8_scores(full: Stepper, small: Stepper, tunes: Sequence[TuneArrays], keep: int) -> dict[str, float]:
    """Valid scores of the shipped int8 graph, and what int8 costs against fp32, both stepped with the cache."""
    memory = next(control.default for control in CONTINUE_CONTROLS if control.name == "memory")
    scores = scores_of(score_tunes(small, tunes, keep=keep, memory=memory), "valid.")
    before = scores_of(score_tunes(full, tunes, keep=keep), "valid.")
    cost = scores["valid.nats_per_note"] - before["valid.nats_per_note"]
    log.info("int8 costs %.4f nats a note (%.4f)", cost, scores["valid.nats_per_note"])
    return {**scores, "int8_cost_nats": round(cost, 4)}


def quantise(graph: onnx.ModelProto) -> bytes:
    """int8 weights a channel, activations scaled at run time.

    Seven-bit weights (`reduce_range`): on CPUs without VNNI an 8 x 8 bit product of pairs overflows 16 bits.
    """
    with tempfile.TemporaryDirectory() as folder, quiet_root_logger():
        path = Path(folder) / STEP_FILE
        quantize_dynamic(
            graph,
            path,
            weight_type=QuantType.QInt8,
            per_channel=True,
            reduce_range=True,
            op_types_to_quantize=["MatMul"],
            # The types of contrib nodes' outputs are not inferred: they are all floats.
            extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
        )
        return path.read_bytes()


@contextmanager
def quiet_root_logger() -> Iterator[None]:
    """onnxruntime's quantiser says two lines a product straight to the root logger; leave those out."""
    root = logging.getLogger()
    root.addFilter(_nothing)
    try:
        yield
    finally:
        root.removeFilter(_nothing)


def _nothing(record: logging.LogRecord) -> bool:
    return False


def make_spec(network: MelodyTransformer, about: ExportAbout, scores: Mapping[str, float]) -> BundleSpec:
    """The manifest; `save_bundle` fills in the files' hashes."""
    codec, config = MelodyCodec(), network.config
    return BundleSpec(
        format_version=FORMAT_VERSION,
        kind="continue",
        name=about.name,
        title=about.title,
        codec=codec.name,
        codec_hash=codec.table_hash(),
        graphs=(step_spec(config),),
        controls=CONTINUE_CONTROLS,
        config=graph_config(config, about.keep),
        files={},
        trained_by=about.trained_by,
        scores=dict(scores),
        params=sum(parameter.numel() for parameter in network.parameters()),
    )


def graph_config(config: TransformerConfig, keep: int) -> dict[str, int | float | str]:
    """What the generator needs to know of the network."""
    return {
        "layers": config.layers,
        "heads": config.heads,
        "kv_heads": config.kv_heads,
        "head_dim": config.head_width,
        "max_context": config.max_context,
        "keep_context": keep,
        "precision": "int8",
    }


def trained_by(about: Mapping[str, Any], *, commit: str) -> TrainedBy:
    """From a checkpoint's header."""
    return TrainedBy(
        recipe=about["recipe"],
        command=about["command"],
        commit=commit,
        seed=about["seed"],
        cpu_minutes=round(about["cpu_minutes"], 1),
        data=tuple(DataSet(**item) for item in about["data"]),
    )


def check_bundle(folder: Path) -> Bundle:
    """Load the bundle as the live app does and reproduce its golden steps; `BundleError` if they differ."""
    bundle = load_bundle(folder)
    with np.load(folder / GOLDEN, allow_pickle=False) as steps:
        pitch_NP, duration_NL = step_logits(open_stepper(bundle), steps["input_ids"], steps["pitch"])
        pairs = ((pitch_NP, steps["pitch_logits"]), (duration_NL, steps["duration_logits"]))
        worst = max(float(np.abs(ours - theirs).max()) for ours, theirs in pairs)
    if not worst <= GOLDEN_TOLERANCE:
        raise BundleError(f"{folder}: the golden steps come out {worst:.2g} off; export again")
    return bundle
