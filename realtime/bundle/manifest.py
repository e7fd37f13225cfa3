"""What a manifest may say: limits that hold before any file of the bundle is opened."""

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from realtime.bundle.spec import FORMAT_VERSION, KINDS, BundleSpec, ControlSpec, TensorSpec
from realtime.errors import BundleError
from realtime.music.codecs import CODECS

MAX_FILES: Final = 32
MAX_TENSORS: Final = 256  # of a graph, inputs and outputs
MAX_DIMENSIONS: Final = 8
MAX_ELEMENTS: Final = 1 << 24  # of a tensor, dimensions with a name counted as 1; 64 MiB of floats
MAX_CONFIG: Final = 1 << 16  # layers, sizes and lengths
MAX_CONTROLS: Final = 256
MAX_TEXT: Final = 2000  # characters
FILE_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
CONTROL_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")


def decode_manifest(manifest: Path, data: bytes) -> BundleSpec:
    """The manifest, checked. Raises `BundleError` with what was got and what was expected."""
    spec = _decode(manifest, data)
    _check_known(manifest, spec)
    for complaint in _complaints(spec):
        raise BundleError(f"{manifest}: {complaint}; export the bundle again")
    return spec


def _decode(manifest: Path, data: bytes) -> BundleSpec:
    try:
        version = msgspec.json.decode(data, type=dict[str, msgspec.Raw]).get("format_version")
        if version is not None and bytes(version) != str(FORMAT_VERSION).encode():
            got = bytes(version)[:20].decode(errors="replace")
            raise BundleError(
                f"{manifest}: format_version {got}, this Hocket reads {FORMAT_VERSION}; update Hocket or export again"
            )
        return msgspec.json.decode(data, type=BundleSpec)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BundleError(f"{manifest}: {error}; the manifest is damaged, export or copy the bundle again") from None


def _check_known(manifest: Path, spec: BundleSpec) -> None:
    if spec.kind not in KINDS:
        raise BundleError(f"{manifest}: kind {spec.kind!r}, expected one of {', '.join(KINDS)}")
    codec = CODECS.get(spec.codec)
    if codec is None:
        raise BundleError(f"{manifest}: codec {spec.codec!r}, this Hocket knows {', '.join(CODECS)}")
    if codec.table_hash() != spec.codec_hash:
        raise BundleError(
            f"{manifest}: trained with other {spec.codec} tables (hash {spec.codec_hash[:12]}, "
            f"ours {codec.table_hash()[:12]}); train it again with this version"
        )


def _complaints(spec: BundleSpec) -> Iterator[str]:
    """What is wrong, most harmful first; nothing where all is well."""
    for name in spec.files:
        if not FILE_NAME.fullmatch(name):
            yield f"{name[:80]!r} is not a plain file name; a bundle keeps its files in its own folder"
    for graph in spec.graphs:
        if graph.file not in spec.files:
            yield f"{graph.file[:80]} has no sha256 in the manifest"
        if len(graph.inputs) + len(graph.outputs) > MAX_TENSORS:
            yield f"graph {graph.name[:40]!r} has over {MAX_TENSORS} inputs and outputs"
        for tensor in (*graph.inputs, *graph.outputs):
            if not _is_possible(tensor):
                yield f"tensor {tensor.name[:40]!r} of shape {list(tensor.shape)[:10]}: not of this world"
    if len(spec.files) > MAX_FILES or len({graph.name for graph in spec.graphs}) < len(spec.graphs):
        yield f"{len(spec.files)} files and {len(spec.graphs)} graphs, at most {MAX_FILES} files, no graph twice"
    for key, value in spec.config.items():
        if not isinstance(value, str) and not abs(value) <= MAX_CONFIG:
            yield f"config {key[:40]} is {value:g}, at most {MAX_CONFIG}"
    if len(spec.controls) > MAX_CONTROLS or len({control.name for control in spec.controls}) < len(spec.controls):
        yield f"{len(spec.controls)} controls, at most {MAX_CONTROLS}, each with a name of its own"
    for control in spec.controls:
        if not _is_usable(control):
            yield f"control {control.name[:40]!r}: its name, range, default and labels do not fit together"
    for text in _texts(msgspec.to_builtins(spec)):
        if len(text) > MAX_TEXT or not text.isprintable():  # it is shown: no control sequences for the terminal
            yield f"{text[:40]!r}... is no text to be shown (printable, up to {MAX_TEXT} characters)"


def _is_possible(tensor: TensorSpec) -> bool:
    sizes = [size for size in tensor.shape if not isinstance(size, str)]
    return len(tensor.shape) <= MAX_DIMENSIONS and all(s > 0 for s in sizes) and math.prod(sizes) <= MAX_ELEMENTS


def _is_usable(control: ControlSpec) -> bool:
    named = not control.labels or len(control.labels) == control.high - control.low + 1
    return bool(CONTROL_NAME.fullmatch(control.name)) and named and control.low <= control.default <= control.high


def _texts(values: Any) -> Iterator[str]:
    if isinstance(values, str):
        yield values
    elif isinstance(values, dict):
        for key, value in values.items():
            yield key
            yield from _texts(value)
    elif isinstance(values, list | tuple):
        for value in values:
            yield from _texts(value)
