"""Graphs that nobody should run, with the inputs and outputs of a toy morph's decoder, and folders that hold them."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import onnx
from onnx import TensorProto, helper

from realtime.bundle import Bundle, load_bundle

LATENT = 16
Z = helper.make_tensor_value_info("z", TensorProto.FLOAT, [1, LATENT])
LOGITS = helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, 32, 63])
SHAPE = helper.make_tensor("shape", TensorProto.INT64, [3], [1, 32, 63])


def model(nodes: list[Any], constants: list[Any], *, output: Any = LOGITS, opset: int = 18, **options: Any) -> Any:
    graph = helper.make_graph(nodes, "hostile", [Z], [output], constants)
    opsets = [helper.make_opsetid("", opset), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(graph, opset_imports=opsets, **{"ir_version": 10, **options})


def plain(value: float = 0.0, **options: Any) -> Any:
    """Logits that are all `value` plus the mean of z."""
    constants = [SHAPE, helper.make_tensor("value", TensorProto.FLOAT, [1, 32, 63], [value] * (32 * 63))]
    mean = helper.make_node("ReduceMean", ["z"], ["mean"], keepdims=0)
    return model([mean, helper.make_node("Add", ["mean", "value"], ["logits"])], constants, **options)


def endless(*, unless_zero: bool = False) -> Any:
    """A loop without an end; with `unless_zero` only where some z is over 0, so that a warm-up passes."""
    counted = helper.make_tensor_value_info("turn", TensorProto.INT64, [])
    going, on = (helper.make_tensor_value_info(name, TensorProto.BOOL, []) for name in ("going", "on"))
    sum_in, sum_out = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in ("sum", "more"))
    more = [helper.make_node("Identity", ["going"], ["on"]), helper.make_node("Add", ["sum", "sum"], ["more"])]
    body = helper.make_graph(more, "body", [counted, going, sum_in], [on, sum_out])
    nodes = [
        helper.make_node("ReduceMax", ["z"], ["most"], keepdims=0),
        helper.make_node("Greater", ["most", "none"], ["over"]),
        helper.make_node("Loop", ["", "over" if unless_zero else "true", "zero"], ["summed"], body=body),
        helper.make_node("Add", ["summed", "value"], ["logits"]),
    ]
    constants = [
        helper.make_tensor("none", TensorProto.FLOAT, [], [0.0]),
        helper.make_tensor("true", TensorProto.BOOL, [], [True]),
        helper.make_tensor("zero", TensorProto.FLOAT, [1], [0.0]),
        helper.make_tensor("value", TensorProto.FLOAT, [1, 32, 63], [0.0] * (32 * 63)),
    ]
    return model(nodes, constants)


def slow() -> Any:
    """Minutes of work where some z is over 0, and none in a warm-up at 0: of allowed operators, so it can be loaded."""
    nodes = [
        helper.make_node("ReduceMax", ["z"], ["most"], keepdims=0),
        helper.make_node("Greater", ["most", "none"], ["over"]),
        helper.make_node("Cast", ["over"], ["once"], to=TensorProto.INT64),
        helper.make_node("Mul", ["once", "size"], ["pads"]),
        helper.make_node("Pad", ["one", "pads"], ["m0"]),
        *(helper.make_node("MatMul", [f"m{n}", f"m{n}"], [f"m{n + 1}"]) for n in range(400)),
        helper.make_node("ReduceMax", ["m400"], ["largest"], keepdims=0),
        helper.make_node("Add", ["largest", "value"], ["logits"]),
    ]
    constants = [
        helper.make_tensor("none", TensorProto.FLOAT, [], [0.0]),
        helper.make_tensor("size", TensorProto.INT64, [4], [0, 0, 1500, 1500]),
        helper.make_tensor("one", TensorProto.FLOAT, [1, 1], [1.0]),
        helper.make_tensor("value", TensorProto.FLOAT, [1, 32, 63], [0.0] * (32 * 63)),
    ]
    return model(nodes, constants)


def huge() -> Any:
    """16 TB of zeros, asked for while it runs; then cut to size."""
    nodes = [
        helper.make_node("Cast", ["z"], ["whole"], to=TensorProto.INT64),
        helper.make_node("ReduceSum", ["whole"], ["none"], keepdims=0),
        helper.make_node("Add", ["none", "size"], ["large"]),
        helper.make_node("ConstantOfShape", ["large"], ["zeros"]),
        helper.make_node("ReduceSum", ["zeros"], ["one"], keepdims=0),
        helper.make_node("Expand", ["one", "shape"], ["logits"]),
    ]
    return model(nodes, [SHAPE, helper.make_tensor("size", TensorProto.INT64, [1], [1 << 42])])


def external(location: str) -> Any:
    """Weights in another file."""
    built = plain()
    (weights,) = [tensor for tensor in built.graph.initializer if tensor.name == "value"]
    weights.ClearField("float_data")
    weights.data_location = TensorProto.EXTERNAL
    for key, value in (("location", location), ("offset", "0"), ("length", str(4 * 32 * 63))):
        entry = weights.external_data.add()
        entry.key, entry.value = key, value
    return built


def with_functions() -> Any:
    built = plain()
    built.functions.append(
        helper.make_function("own", "f", ["a"], ["b"], [helper.make_node("Relu", ["a"], ["b"])], built.opset_import)
    )
    return built


def edit(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the manifest."""
    manifest = folder / "bundle.json"
    values = json.loads(manifest.read_text())
    change(values)
    manifest.write_text(json.dumps(values))


def put(folder: Path, name: str, data: bytes) -> Path:
    """Put a file into the bundle, with its hash in the manifest."""
    (folder / name).write_bytes(data)
    edit(folder, lambda values: values["files"].update({name: hashlib.sha256(data).hexdigest()}))
    return folder


def unchecked(folder: Path, built: Any) -> Bundle:
    """The bundle with another decoder that the loader has not seen: what comes through if its checks have a hole."""
    bundle, data = load_bundle(folder), built if isinstance(built, bytes) else built.SerializeToString()
    return Bundle(folder, bundle.spec, {**bundle.contents, "decoder.onnx": data})


def proto(data: bytes) -> Any:
    return onnx.load_model_from_string(data)
