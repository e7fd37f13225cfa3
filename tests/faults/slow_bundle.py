"""A bundle that passes every check and is far too slow, but only where its sliders are not all in the middle."""

import shutil
from pathlib import Path
from typing import Any

from onnx import TensorProto, helper

from tests.bundle import hostile

SIZE = 768  # a product of two such matrices takes some 20 ms
PRODUCTS = 500


def slow_graph() -> Any:
    """Products of matrices that are 1 x 1 where all of z is 0, and large elsewhere."""
    nodes = [
        helper.make_node("ReduceMax", ["z"], ["most"], keepdims=0),
        helper.make_node("Greater", ["most", "none"], ["over"]),
        helper.make_node("Cast", ["over"], ["grows"], to=TensorProto.INT64),
        helper.make_node("Mul", ["grows", "growth"], ["pads"]),
        helper.make_node("Pad", ["one", "pads"], ["m0"]),
        *(helper.make_node("MatMul", [f"m{n}", "m0"], [f"m{n + 1}"]) for n in range(PRODUCTS)),
        helper.make_node("ReduceMean", [f"m{PRODUCTS}"], ["mean"], keepdims=0),
        helper.make_node("Add", ["mean", "value"], ["logits"]),
    ]
    constants = [
        helper.make_tensor("none", TensorProto.FLOAT, [], [0.0]),
        helper.make_tensor("one", TensorProto.FLOAT, [1, 1], [1.0]),
        helper.make_tensor("growth", TensorProto.INT64, [4], [0, 0, SIZE - 1, SIZE - 1]),
        helper.make_tensor("value", TensorProto.FLOAT, [1, 32, 63], [0.0] * (32 * 63)),
    ]
    return hostile.model(nodes, constants)


def write_slow_bundle(good: Path, folder: Path) -> Path:
    """A copy of a good toy morph whose decoder is slow."""
    shutil.copytree(good, folder)
    return hostile.put(folder, "decoder.onnx", slow_graph().SerializeToString())
