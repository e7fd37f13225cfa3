"""The shipped bundle's network in torch again: its int8 weights times their scales are its fp32 weights."""

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor

from realtime.bundle import Bundle
from training.networks.transformer import MelodyTransformer, TransformerConfig

# A parameter of the network -> the initialiser of the graph that holds it (transposed, where it is a matrix).
LAYER_NAMES = {"qkv.weight": "qkv", "out.weight": "out", "up.weight": "up", "down.weight": "down"}
HEAD_NAMES = {"pitch.weight": "pitch", "duration_hidden.weight": "duration_hidden", "duration.weight": "duration"}
TABLE_NAMES = {"table.weight": "table", "duration_pitch.weight": "duration_pitch"}


def int8_bytes(path: Path) -> int:
    """Bytes of all 8-bit weights of a graph: what one step has to read at least."""
    kinds = (onnx.TensorProto.INT8, onnx.TensorProto.UINT8)
    return sum(int(np.prod(w.dims)) for w in onnx.load(path).graph.initializer if w.data_type in kinds)


def network_of(bundle: Bundle) -> MelodyTransformer:
    """The network with the bundle's own weights, rounding to int8 included."""
    weights = {w.name: numpy_helper.to_array(w) for w in onnx.load(bundle.graph_path("step")).graph.initializer}
    values = bundle.spec.config
    heads, layers = int(values["heads"]), int(values["layers"])
    width = heads * int(values["head_dim"])
    config = TransformerConfig(
        width=width,
        layers=layers,
        heads=heads,
        kv_heads=int(values.get("kv_heads", heads)),
        expansion=_matrix(weights, "0.up").shape[0] // width,
        max_context=int(values["max_context"]),
        dropout=0.0,
    )
    network = MelodyTransformer(config)
    network.load_state_dict(_state(weights, layers), strict=True)
    return network.eval()


def _state(weights: dict[str, np.ndarray], layers: int) -> dict[str, Tensor]:
    state = {name: _matrix(weights, held) for name, held in HEAD_NAMES.items()}
    state |= {name: _vector(weights, held) for name, held in TABLE_NAMES.items()}
    for i in range(layers):
        before = "norm" if i == 0 else f"{i - 1}.norm_next"
        state |= {f"blocks.{i}.{name}": _matrix(weights, f"{i}.{held}") for name, held in LAYER_NAMES.items()}
        state[f"blocks.{i}.norm_attention.weight"] = _vector(weights, before)
        state[f"blocks.{i}.norm_mlp.weight"] = _vector(weights, f"{i}.norm_mlp")
    state["norm.weight"] = _vector(weights, f"{layers - 1}.norm_next")
    return state


def _matrix(weights: dict[str, np.ndarray], name: str) -> Tensor:
    """A linear layer's matrix [out, in] from the graph's [in, out], int8 with a scale and zero point a column."""
    if name in weights:  # a graph that was not quantised
        return _vector(weights, name).T.contiguous()
    zero, scale = (weights[f"{name}_{part}"].astype(np.float32) for part in ("zero_point", "scale"))
    return torch.from_numpy((weights[f"{name}_quantized"].astype(np.float32) - zero) * scale).T.contiguous()


def _vector(weights: dict[str, np.ndarray], name: str) -> Tensor:
    return torch.from_numpy(weights[name].astype(np.float32))
