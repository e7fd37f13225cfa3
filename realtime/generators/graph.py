"""onnxruntime sessions: opened one way, their tensors checked against the manifest, every run with an end."""

import math
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import onnxruntime as ort

from realtime.bundle import Bundle
from realtime.bundle.spec import TensorSpec
from realtime.bundle.store import MAX_FILE_BYTES
from realtime.errors import BundleError
from realtime.generators.watchdog import WATCHDOG, Watch

Array = npt.NDArray[Any]
Shape = tuple[int | str, ...]  # a size, or a name where it may vary
Tensors = dict[str, tuple[Shape, str]]
_DTYPES: Final = {"tensor(float)": "float32", "tensor(int64)": "int64", "tensor(int32)": "int32"}
# By kind of bundle: what one run may take before it is ended. Hundreds of times what it takes on a good machine.
RUN_SECONDS: Final = {"continue": 1.0, "morph": 1.0, "quartet": 2.0, "sketch": 2.0}
MEMORY_BYTES: Final = 1 << 30  # for all graphs of the process together; the four shipped ones take some 50 MB, all told
ARENA: Final = "BFCArena"  # in what onnxruntime says when it is full
ROW_SECONDS: Final = 0.1  # more for each further row of a batch: large ones are for evaluation


class Graph:
    """One graph of a bundle, run under watch. Belongs to one thread."""

    def __init__(self, path: Path, session: ort.InferenceSession, shapes: dict[str, Shape], seconds: float) -> None:
        self._path, self._session, self._shapes, self._seconds = path, session, shapes, seconds
        self._watch = Watch()
        self._watch.allow(seconds)
        WATCHDOG.add(self._watch)

    def run(self, outputs: Sequence[str] | None, feed: Mapping[str, Any]) -> list[Array]:
        """The named outputs (None: all), of the manifest's shapes, no NaN among them.

        Raises `BundleError` if the graph fails, takes too long, or gives anything else.
        """
        names = list(self._shapes) if outputs is None else list(outputs)
        rows = max((array.shape[0] for array in feed.values() if array.ndim), default=1)
        self._watch.allow(self._seconds + ROW_SECONDS * (rows - 1))
        self._watch.turns += 1
        try:
            found: list[Array] = self._session.run(names, dict(feed), self._watch.options)
        except Exception as error:  # onnxruntime raises its own unrelated types
            raise self._failure(error) from error
        finally:
            self._watch.turns += 1
        for name, array in zip(names, found, strict=True):
            if not _fits(array.shape, self._shapes[name]):
                raise BundleError(f"{self._path}: {name} came out as {list(array.shape)}, not {self._shapes[name]}")
            self.check_numbers(name, array)
        return found

    def binding(self) -> ort.IOBinding:
        """Arrays bound to the graph's inputs and outputs, for `run_bound`."""
        return self._session.io_binding()

    def run_bound(self, binding: ort.IOBinding) -> None:
        """Run on bound arrays. Raises `BundleError` as `run` does, but does not look at what comes out."""
        self._watch.turns += 1
        try:
            self._session.run_with_iobinding(binding, self._watch.options)
        except Exception as error:  # as above
            raise self._failure(error) from error
        finally:
            self._watch.turns += 1

    def check_numbers(self, name: str, array: Array) -> None:
        """Raise `BundleError` if a float is NaN or infinite upwards: a maximum carries both on."""
        if array.dtype == np.float32 and array.size and not math.isfinite(array.max()):
            raise BundleError(f"{self._path}: {name} is not a number; the model is broken, export it again")

    def _failure(self, error: Exception) -> BundleError:
        if self._watch.options.terminate:
            self._watch.options.terminate = False
            return BundleError(
                f"{self._path}: one run took over {self._seconds:g} s and was ended; the model is broken, or far too "
                "slow for this machine"
            )
        if ARENA in str(error):
            return BundleError(f"{self._path}: one run asked for over {MEMORY_BYTES >> 20} MiB; the model is broken")
        return BundleError(f"{self._path}: the run failed ({_first_line(error)}); export the bundle again")


@cache
def _limit_memory() -> None:
    """Once a process: one arena for all graphs, with an end. Without it a graph of a few bytes can take all there is.

    It grows by what is asked for, no more, and is as fast as none: 0.95 to 1.01 of the time of the shipped graphs.
    """
    place = ort.OrtMemoryInfo("Cpu", ort.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, ort.OrtMemType.DEFAULT)
    as_requested = 1
    limits = {"max_mem": MEMORY_BYTES, "arena_extend_strategy": as_requested, "initial_chunk_size_bytes": 1 << 20}
    ort.create_and_register_allocator(place, ort.OrtArenaCfg(limits))


def open_session(bundle: Bundle, graph: str, **outputs: Shape) -> Graph:
    """One of the bundle's graphs on one thread, no spinning. `outputs`: those that are read, and their shapes.

    Two threads are slower for every network this small, and a spinning thread takes a core from the rest.
    Raises `BundleError` if the file is no graph, or its tensors are not those of the manifest or of the caller.
    """
    _limit_memory()
    path = bundle.graph_path(graph)
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.set_denormal_as_zero", "1")
    options.add_session_config_entry("session.use_env_allocators", "1")
    # What constants alone decide is computed at the opening, outside the arena: not what is larger than any file.
    options.add_session_config_entry("optimization.constant_folding_max_output_size_in_bytes", str(MAX_FILE_BYTES))
    options.log_severity_level = 4
    try:
        session = ort.InferenceSession(
            bundle.graph_bytes(graph), options, providers=["CPUExecutionProvider"], enable_fallback=0
        )  # the fall-back tries the same once more, and prints so;
        session._model_bytes = None  # and for it the file would be kept a second time: 20 MB of the shipped models
        found = _tensors_of(session.get_inputs()), _tensors_of(session.get_outputs())
    except Exception as error:  # onnxruntime raises its own unrelated types for each way a file can be broken
        raise BundleError(
            f"{path}: onnxruntime cannot load it ({_first_line(error)}); export the bundle again"
        ) from error
    spec = bundle.spec.graph(graph)
    _check_tensors(path, "input", found[0], spec.inputs)
    _check_tensors(path, "output", found[1], spec.outputs)
    shapes = {tensor.name: tensor.shape for tensor in spec.outputs}
    for name, shape in outputs.items():
        if name not in shapes or not _fits(shapes[name], shape):
            raise BundleError(f"{path}: output {name} is {shapes.get(name, 'missing')}, not {shape}; export it again")
    return Graph(path, session, {**shapes, **outputs}, RUN_SECONDS[bundle.spec.kind])


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:160]


def _fits(shape: Shape, expected: Shape) -> bool:
    """Whether sizes that both know agree."""
    return len(shape) == len(expected) and all(
        a == b for a, b in zip(shape, expected, strict=True) if isinstance(a, int) and isinstance(b, int)
    )


def _tensors_of(args: Sequence[ort.NodeArg]) -> Tensors:
    """A graph's own shapes and types, by name."""
    return {arg.name: (tuple(arg.shape), _DTYPES.get(arg.type, arg.type)) for arg in args}


def _check_tensors(path: Path, what: str, found: Tensors, expected: tuple[TensorSpec, ...]) -> None:
    if set(found) != {tensor.name for tensor in expected}:
        named = sorted(tensor.name for tensor in expected)
        raise BundleError(f"{path}: {what}s are {sorted(found)}, the manifest says {named}; export it again")
    for tensor in expected:
        shape, dtype = found[tensor.name]
        if dtype != tensor.dtype or not _fits(shape, tensor.shape):
            raise BundleError(
                f"{path}: {what} {tensor.name} is {dtype}{list(shape)}, the manifest says "
                f"{tensor.dtype}{list(tensor.shape)}; export it again"
            )
