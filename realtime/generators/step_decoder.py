"""The transformer, one event a step, with its KV cache kept in place.

Shapes: S events, F features, P pitch ids, D duration ids, H heads, T cache length, K head size.

The cache is bound to the graph as both past and present, so nothing is copied. `advance` keeps what a new list of
rows has in common with the last one: going back costs nothing, and only what is new is computed. Rows are always
fed one at a time, because int8 activations are scaled over a whole call: the same rows in other groups would give
other last digits, and the same phrase another answer.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import onnxruntime as ort

from realtime.bundle import Bundle
from realtime.errors import BundleError
from realtime.generators.graph import open_session
from realtime.music.melody_codec import DURATIONS, FEATURES, PITCH_IDS, Row

Float = npt.NDArray[np.float32]


class StepDecoder:
    """One session and its cache. Not thread-safe: it belongs to the thread that generates."""

    def __init__(self, bundle: Bundle) -> None:
        self._session = open_session(bundle, "step")
        config = bundle.spec.config
        try:
            layers, heads, head_dim = int(config["layers"]), int(config["heads"]), int(config["head_dim"])
            self.capacity = int(config["max_context"])
        except (KeyError, ValueError) as error:
            raise BundleError(f"{bundle.folder}: config lacks {error}; export the bundle again") from error
        self._rows: list[Row] = []
        self.pitch_logits_P: Float = np.zeros(PITCH_IDS, np.float32)
        self.duration_logits_PD: Float = np.zeros((PITCH_IDS, len(DURATIONS)), np.float32)
        self._ids_1SF = np.zeros((1, 1, len(FEATURES)), np.int64)
        self._seqlens = np.zeros(1, np.int32)
        self._total = np.zeros((), np.int32)
        self._cache = {
            f"{layer}.{part}": np.zeros((1, heads, self.capacity, head_dim), np.float32)
            for layer in range(layers)
            for part in ("key", "value")
        }
        self._binding = self._bind()
        self._step((0,) * len(FEATURES))  # warm-up: the first run allocates
        self._rows.clear()

    def _bind(self) -> ort.IOBinding:
        binding = self._session.io_binding()
        binding.bind_cpu_input("input_ids", self._ids_1SF)
        binding.bind_cpu_input("seqlens_k", self._seqlens)
        binding.bind_cpu_input("total_sequence_length", self._total)
        for name, cache_1HTK in self._cache.items():
            binding.bind_cpu_input(f"past_key_values.{name}", cache_1HTK)
            _bind_output(binding, f"present.{name}", cache_1HTK)
        _bind_output(binding, "pitch_logits", self.pitch_logits_P[None])
        _bind_output(binding, "duration_logits", self.duration_logits_PD[None])
        return binding

    def _step(self, row: Sequence[int]) -> None:
        position = len(self._rows)
        self._ids_1SF[0, 0] = row
        self._seqlens[0] = position
        self._total[...] = position + 1
        self._session.run_with_iobinding(self._binding)
        self._rows.append(tuple(row))  # type: ignore[arg-type]

    def append(self, row: Row) -> None:
        """Feed one more row. When the cache is full, the later part of the rows is fed afresh."""
        if len(self._rows) == self.capacity:
            self.advance([*self._rows[-self.window :], row])
        else:
            self._step(row)

    @property
    def window(self) -> int:
        """How many rows are kept when the cache has run full."""
        return self.capacity * 3 // 5

    def advance(self, rows: Sequence[Row]) -> int:
        """Bring the cache to exactly these rows (the last `capacity` of them at most); returns the steps it took.

        Afterwards the logits speak of the event that follows the last row.
        """
        if not rows:
            raise ValueError("rows must hold at least the codec's first row")
        if len(rows) > self.capacity:
            rows = rows[-self.window :]
        common = 0
        for old, new in zip(self._rows, rows, strict=False):
            if old != new:
                break
            common += 1
        common = min(common, len(rows) - 1)  # the last row is always fed: its logits may be overwritten
        if common == len(self._rows) - 1 == len(rows) - 1 and self._rows == list(rows):
            return 0
        del self._rows[common:]
        for row in rows[common:]:
            self._step(row)
        return len(rows) - common


def _bind_output(binding: ort.IOBinding, name: str, array: Float) -> None:
    binding.bind_output(name, "cpu", 0, np.float32, list(array.shape), array.ctypes.data)
