"""onnxruntime sessions, opened one way, with the graph's tensors checked against the manifest."""

from pathlib import Path

import onnxruntime as ort

from realtime.bundle import Bundle
from realtime.bundle.spec import TensorSpec
from realtime.errors import BundleError

_DTYPES = {"tensor(float)": "float32", "tensor(int64)": "int64", "tensor(int32)": "int32"}


def open_session(bundle: Bundle, graph: str) -> ort.InferenceSession:
    """An onnxruntime session of one of the bundle's graphs on one thread, no spinning.

    Two threads are slower for every network this small, and a spinning thread takes a core from the rest.
    Raises `BundleError` if the file is no graph or its tensors are not those of the manifest.
    """
    path = bundle.graph_path(graph)
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.set_denormal_as_zero", "1")
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    try:
        session = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises its own unrelated types for each way a file can be broken
        reason = str(error).splitlines()[0][:160]
        raise BundleError(f"{path}: onnxruntime cannot load it ({reason}); export the bundle again") from error
    spec = bundle.spec.graph(graph)
    _check_tensors(path, "input", session.get_inputs(), spec.inputs)
    _check_tensors(path, "output", session.get_outputs(), spec.outputs)
    return session


def _check_tensors(path: Path, what: str, got: list[ort.NodeArg], expected: tuple[TensorSpec, ...]) -> None:
    found = {arg.name: (tuple(arg.shape), _DTYPES.get(arg.type, arg.type)) for arg in got}
    if set(found) != {tensor.name for tensor in expected}:
        named = sorted(tensor.name for tensor in expected)
        raise BundleError(f"{path}: {what}s are {sorted(found)}, the manifest says {named}; export it again")
    for tensor in expected:
        shape, dtype = found[tensor.name]
        sizes_agree = len(shape) == len(tensor.shape) and all(
            a == b for a, b in zip(shape, tensor.shape, strict=True) if isinstance(a, int) and isinstance(b, int)
        )
        if dtype != tensor.dtype or not sizes_agree:
            raise BundleError(
                f"{path}: {what} {tensor.name} is {dtype}{list(shape)}, the manifest says "
                f"{tensor.dtype}{list(tensor.shape)}; export it again"
            )
