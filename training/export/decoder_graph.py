"""The decoder's ONNX graph, built by hand.

torch's exporter cannot reach GroupQueryAttention, which keeps the cache in place.
About nine nodes a layer. `past_key_values.*` and `present.*` are meant to be bound to the same memory; the graph then
writes the new rows behind the `total_sequence_length - S` rows that are there and copies nothing.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor

from realtime.bundle.spec import GraphSpec, TensorSpec
from realtime.music.melody_codec import DURATIONS, FEATURES, PITCH_IDS
from training.networks.transformer import EPSILON, Block, MelodyTransformer, TransformerConfig

CONTRIB: Final = "com.microsoft"
OPSETS: Final = (("", 18), (CONTRIB, 1))
IR_VERSION: Final = 10
STEP_GRAPH: Final = "step"
STEP_FILE: Final = "step.onnx"
NUMPY_TYPES: Final = {"int64": TensorProto.INT64, "int32": TensorProto.INT32, "float32": TensorProto.FLOAT}


def step_spec(config: TransformerConfig) -> GraphSpec:
    """Names, shapes and types of the graph. S rows are read at a time; T rows fit into the cache."""
    cache = (1, config.kv_heads, "T", config.head_width)
    parts = [f"{layer}.{part}" for layer in range(config.layers) for part in ("key", "value")]
    return GraphSpec(
        name=STEP_GRAPH,
        file=STEP_FILE,
        inputs=(
            TensorSpec(name="input_ids", shape=(1, "S", len(FEATURES)), dtype="int64"),
            TensorSpec(name="seqlens_k", shape=(1,), dtype="int32"),
            TensorSpec(name="total_sequence_length", shape=(), dtype="int32"),
            *(TensorSpec(name=f"past_key_values.{part}", shape=cache, dtype="float32") for part in parts),
        ),
        outputs=(
            TensorSpec(name="pitch_logits", shape=(1, PITCH_IDS), dtype="float32"),
            TensorSpec(name="duration_logits", shape=(1, PITCH_IDS, len(DURATIONS)), dtype="float32"),
            *(TensorSpec(name=f"present.{part}", shape=cache, dtype="float32") for part in parts),
        ),
    )


class GraphBuilder:
    """Collects nodes and weights; names what it is not told to name."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []

    def constant(self, array: np.ndarray, name: str) -> str:
        """A weight of the graph."""
        self.weights.append(numpy_helper.from_array(np.array(array, order="C"), name))
        return name

    def weight(self, tensor: Tensor, name: str, *, transposed: bool = False) -> str:
        """A weight of the network; a linear layer's matrix is stored as MatMul wants it."""
        array = tensor.detach().float().cpu().numpy()
        return self.constant(array.T if transposed else array, name)

    def node(self, kind: str, inputs: Sequence[str], outputs: Sequence[str] | int = 1, **options: object) -> list[str]:
        """Append a node; `outputs` are their names or how many there are."""
        name = f"{kind}_{len(self.nodes)}"
        names = [f"{name}:{i}" for i in range(outputs)] if isinstance(outputs, int) else list(outputs)
        self.nodes.append(helper.make_node(kind, list(inputs), names, name=name, **options))
        return names

    def matmul(self, x: str, tensor: Tensor, name: str) -> str:
        """x times a linear layer's weight."""
        return self.node("MatMul", [x, self.weight(tensor, name, transposed=True)])[0]

    def gelu(self, x: str) -> str:
        """The exact (erf) GELU."""
        return self.node("Gelu", [x], domain=CONTRIB)[0]

    def skip_norm(self, x: str, added: str, weight: Tensor, name: str) -> tuple[str, str]:
        """(RMS norm of x + added, x + added)."""
        outputs = self.node(
            "SkipSimplifiedLayerNormalization",
            [x, added, self.weight(weight, name)],
            4,
            domain=CONTRIB,
            epsilon=EPSILON,
        )
        return outputs[0], outputs[3]


def build_step_graph(network: MelodyTransformer) -> onnx.ModelProto:
    """The fp32 graph: rows and cache in; logits after the last row, and the grown cache, out."""
    g, blocks, norms = GraphBuilder(), list(network.blocks), []
    rows = g.node("Gather", [g.weight(network.table.weight, "table"), "input_ids"])[0]
    x = g.node("ReduceSum", [rows, g.constant(np.array([2]), "feature_axis")], keepdims=0)[0]
    cos = g.weight(network.cos_SK, "cos")
    sin = g.weight(network.sin_SK, "sin")
    norms = [*(block.norm_attention.weight for block in blocks[1:]), network.norm.weight]
    first = g.weight(blocks[0].norm_attention.weight, "norm")
    y = g.node("SimplifiedLayerNormalization", [x, first], axis=-1, epsilon=EPSILON, stash_type=1)[0]
    for i, (block, norm) in enumerate(zip(blocks, norms, strict=True)):
        a = _attention(g, y, block, i, (cos, sin))
        y, x = g.skip_norm(x, a, block.norm_mlp.weight, f"{i}.norm_mlp")
        m = g.matmul(g.gelu(g.matmul(y, block.up.weight, f"{i}.up")), block.down.weight, f"{i}.down")
        y, x = g.skip_norm(x, m, norm, f"{i}.norm_next")
    _heads(g, y, network)
    return make_model(g, step_spec(network.config))


def _attention(g: GraphBuilder, y: str, block: Block, layer: int, tables: tuple[str, str]) -> str:
    qkv = g.matmul(y, block.qkv.weight, f"{layer}.qkv")
    cache = [f"past_key_values.{layer}.{part}" for part in ("key", "value")]
    attended = g.node(
        "GroupQueryAttention",
        [qkv, "", "", *cache, "seqlens_k", "total_sequence_length", *tables],
        [f"{layer}.attended", f"present.{layer}.key", f"present.{layer}.value"],
        domain=CONTRIB,
        num_heads=block.config.heads,
        kv_num_heads=block.config.kv_heads,
        do_rotary=1,
        rotary_interleaved=0,
    )[0]
    return g.matmul(attended, block.out.weight, f"{layer}.out")


def _heads(g: GraphBuilder, y: str, network: MelodyTransformer) -> None:
    """Only the last row is asked for: pitch logits, and the table of duration logits given each pitch."""
    last = g.node("Gather", [y, g.constant(np.array(-1), "last")], axis=1)[0]
    g.node("MatMul", [last, g.weight(network.pitch.weight, "pitch", transposed=True)], ["pitch_logits"])
    hidden = g.matmul(last, network.duration_hidden.weight, "duration_hidden")
    hidden = g.node("Unsqueeze", [hidden, g.constant(np.array([1]), "pitch_axis")])[0]
    table = g.gelu(g.node("Add", [hidden, g.weight(network.duration_pitch.weight, "duration_pitch")])[0])
    g.node("MatMul", [table, g.weight(network.duration.weight, "duration", transposed=True)], ["duration_logits"])


def make_model(g: GraphBuilder, spec: GraphSpec) -> onnx.ModelProto:
    """The finished graph, with the inputs and outputs that the spec names."""
    inputs, outputs = (
        [helper.make_tensor_value_info(t.name, NUMPY_TYPES[t.dtype], list(t.shape)) for t in tensors]
        for tensors in (spec.inputs, spec.outputs)
    )
    graph = helper.make_graph(g.nodes, spec.name, inputs, outputs, g.weights)
    opsets = [helper.make_opsetid(domain, version) for domain, version in OPSETS]
    return helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION, producer_name="hocket")
