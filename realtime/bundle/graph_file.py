"""What a graph file holds, seen before onnxruntime sees it: an ONNX file's protocol buffers, read as far as needed.

The runtime is C++ that was not written for files from strangers. So a graph has to be one that Hocket's exporters could
have written: their operators alone (nothing that loops, branches, or makes large tensors out of small ones), all
weights in the file itself, no functions.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from realtime.errors import BundleError

OPERATORS: Final = frozenset(
    (
        *("Add", "And", "Cast", "Clip", "Concat", "Div", "Equal", "Gather", "Greater", "Mul", "Not", "Pad", "Reshape"),
        *("Slice", "Split", "Sub", "Transpose", "Unsqueeze", "Where"),
        *("Conv", "DynamicQuantizeLinear", "Gemm", "GRU", "LayerNormalization", "LeakyRelu", "MatMul", "MatMulInteger"),
        *("ReduceMax", "ReduceMean", "ReduceSum", "Relu"),
        *("Attention", "Gelu", "GroupQueryAttention"),
        *("SimplifiedLayerNormalization", "SkipSimplifiedLayerNormalization"),
    )
)
DOMAINS: Final = ("", "ai.onnx", "com.microsoft")
MAX_FIELDS: Final = 200_000  # the largest shipped graph has some 6,000
_VARINT, _EIGHT, _BYTES, _FOUR = 0, 1, 2, 5  # wire types; the other two are groups, which ONNX has not
_SIZES: Final = {_EIGHT: 8, _FOUR: 4}

# Message -> field number -> what stands there: another message, or a check. All else (weights, names) is passed over.
# Numbers: onnx.proto of ONNX 1.20, https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
_MESSAGES: Final = {
    "model": {7: "graph", 20: "refused: training steps", 25: "refused: functions"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "node": {4: "operator", 5: "attribute", 7: "domain"},
    "attribute": {5: "tensor", 6: "refused: a graph in a graph", 10: "tensor", 11: "refused: graphs in a graph"}
    | {22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
    "tensor": {13: "refused: weights in another file", 14: "place"},
}
_TEXTS: Final[dict[str, Callable[[str], bool]]] = {"operator": OPERATORS.__contains__, "domain": DOMAINS.__contains__}


class _NotOnnxError(Exception):
    """Why this is no ONNX file, or none of ours."""


def check_graph(path: Path, data: bytes) -> None:
    """Raise `BundleError` if a graph file is broken or holds what no exporter of Hocket writes."""
    left = [MAX_FIELDS]
    try:
        _check(memoryview(data), "model", left)
    except _NotOnnxError as error:
        raise BundleError(f"{path}: no graph of Hocket's ({error}); export the bundle again") from None
    if left[0] == MAX_FIELDS:
        raise BundleError(f"{path}: no graph of Hocket's (it is empty); copy the bundle folder again")


def _check(data: memoryview, message: str, left: list[int]) -> None:
    fields = _MESSAGES[message]
    for number, wire_type, value in _fields(data, left):
        what = fields.get(number, "")
        if what.startswith("refused"):
            raise _NotOnnxError(what.removeprefix("refused: "))
        if what == "place" and value != 0:
            raise _NotOnnxError("weights in another file")
        if not isinstance(value, memoryview) or wire_type != _BYTES:
            continue
        if what in _TEXTS:
            text = bytes(value[:80]).decode(errors="replace")
            if not _TEXTS[what](text):
                raise _NotOnnxError(f"{what} {text!r}, which no exporter of Hocket writes")
        elif what in _MESSAGES:
            _check(value, what, left)


def _fields(data: memoryview, left: list[int]) -> Iterator[tuple[int, int, memoryview | int]]:
    """(number, wire type, bytes or number) of each field of a message; together at most `left[0]`."""
    at = 0
    while at < len(data):
        left[0] -= 1
        if left[0] < 0:
            raise _NotOnnxError(f"over {MAX_FIELDS} fields")
        key, at = _varint(data, at)
        number, wire_type = key >> 3, key & 7
        if wire_type == _VARINT:
            value, at = _varint(data, at)
            yield number, wire_type, value
            continue
        if wire_type == _BYTES:
            size, at = _varint(data, at)
        elif wire_type in _SIZES:
            size = _SIZES[wire_type]
        else:
            raise _NotOnnxError(f"wire type {wire_type}")
        if at + size > len(data):
            raise _NotOnnxError("it is cut off")
        yield number, wire_type, data[at : at + size]
        at += size


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(data) and shift < 70:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value & ((1 << 64) - 1), at
    raise _NotOnnxError("it is cut off")
