"""Step a decoder graph with its cache, as the live app does: one call an event, everything bound once."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import onnxruntime as ort

from realtime.bundle.spec import GraphSpec

FloatArray = npt.NDArray[np.float32]


def open_session(model: bytes | str) -> ort.InferenceSession:
    """A session on one thread that does not spin between calls."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.set_denormal_as_zero", "1")
    return ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])


class Stepper:
    """A decoder graph and one cache. `pitch_logits` and `duration_logits` hold what the last `feed` gave."""

    def __init__(self, model: bytes | str, spec: GraphSpec, max_context: int) -> None:
        self._session = open_session(model)
        self._spec, self.max_context, self.length = spec, max_context, 0
        sizes = {"T": max_context}
        self._cache = {
            t.name: np.zeros([sizes.get(d, d) if isinstance(d, str) else d for d in t.shape], np.float32)
            for t in spec.inputs
            if t.name.startswith("past_key_values.")
        }
        shapes = {t.name: t.shape for t in spec.outputs}
        self.pitch_logits: FloatArray = np.zeros(shapes["pitch_logits"], np.float32)
        self.duration_logits: FloatArray = np.zeros(shapes["duration_logits"], np.float32)
        self._seqlens, self._total = np.zeros(1, np.int32), np.zeros((), np.int32)
        self._one = np.zeros((1, 1, int(spec.inputs[0].shape[2])), np.int64)
        self._one_binding = self._bind(self._one)

    def _bind(self, ids: npt.NDArray[np.int64]) -> "ort.IOBinding":
        binding = self._session.io_binding()
        binding.bind_cpu_input("input_ids", ids)
        binding.bind_cpu_input("seqlens_k", self._seqlens)
        binding.bind_cpu_input("total_sequence_length", self._total)
        for name, array in self._cache.items():
            binding.bind_cpu_input(name, array)
            self._bind_output(binding, name.replace("past_key_values", "present"), array)
        self._bind_output(binding, "pitch_logits", self.pitch_logits)
        self._bind_output(binding, "duration_logits", self.duration_logits)
        return binding

    @staticmethod
    def _bind_output(binding: "ort.IOBinding", name: str, array: FloatArray) -> None:
        binding.bind_output(name, "cpu", 0, np.float32, list(array.shape), array.ctypes.data)

    def reset(self) -> None:
        """Forget all rows."""
        self.length = 0

    def feed(self, rows: Sequence[Sequence[int]] | npt.NDArray[np.int64]) -> None:
        """Read rows [S, F] of ids; raises ValueError if they do not fit into the cache."""
        ids = np.asarray(rows, np.int64)
        if not 0 < len(ids) <= self.max_context - self.length:
            raise ValueError(f"{len(ids)} rows after {self.length}: the cache holds 1..{self.max_context}")
        self.length += len(ids)
        self._seqlens[0] = self.length - 1
        self._total[...] = self.length
        if len(ids) == 1:
            self._one[0] = ids
            self._session.run_with_iobinding(self._one_binding)
        else:
            self._session.run_with_iobinding(self._bind(np.ascontiguousarray(ids[None])))
