"""The transformer, one event a step, with its KV cache kept in place.

Shapes: S events, F features, P pitch ids, D duration ids, H heads, T cache length, K head size.

The cache is bound to the graph as both past and present, so nothing is copied. `advance` keeps what a new list of
rows has in common with the last one: going back costs nothing, and only what is new is computed. Rows are always
fed one at a time, because int8 activations are scaled over a whole call: the same rows in other groups would give
other last digits, and the same phrase another answer.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import onnxruntime as ort

from realtime.bundle import Bundle
from realtime.errors import BundleError
from realtime.generators.graph import open_session
from realtime.music.melody_codec import DURATIONS, FEATURES, PITCH_IDS, Row

Float = npt.NDArray[np.float32]
MAX_CACHE_ELEMENTS: Final = 1 << 26  # 256 MiB; the shipped one has some 160,000


class StepDecoder:
    """One session and its cache. Not thread-safe: it belongs to the thread that generates."""

    def __init__(self, bundle: Bundle) -> None:
        self._session = open_session(bundle, "step")
        config = bundle.spec.config
        try:
            layers, head_dim = int(config["layers"]), int(config["head_dim"])
            heads = int(config.get("kv_heads", config["heads"]))  # of keys and values
            self.capacity = int(config["max_context"])
        except (KeyError, ValueError) as error:
            raise BundleError(f"{bundle.folder}: config lacks {error}; export the bundle again") from error
        self._rows: list[Row] = []  # what the cache holds
        self._start = 0  # how many rows came before those
        self.pitch_logits_P: Float = np.zeros(PITCH_IDS, np.float32)
        self.duration_logits_PD: Float = np.zeros((PITCH_IDS, len(DURATIONS)), np.float32)
        self._ids_1SF = np.zeros((1, 1, len(FEATURES)), np.int64)
        self._seqlens = np.zeros(1, np.int32)
        self._total = np.zeros((), np.int32)
        if not 0 < 2 * layers * heads * self.capacity * head_dim <= MAX_CACHE_ELEMENTS:
            raise BundleError(f"{bundle.folder}: a cache of {config}: too large, or none; export the bundle again")
        self._cache = {
            f"{layer}.{part}": np.zeros((1, heads, self.capacity, head_dim), np.float32)
            for layer in range(layers)
            for part in ("key", "value")
        }
        self._binding = self._bind()
        self.advance([(0, 0, 0, 0, 0, 0)])  # warm-up: the first run allocates
        self._rows.clear()

    def _bind(self) -> ort.IOBinding:
        binding = self._session.binding()
        binding.bind_cpu_input("input_ids", self._ids_1SF)
        binding.bind_cpu_input("seqlens_k", self._seqlens)
        binding.bind_cpu_input("total_sequence_length", self._total)
        for name, cache_1HTK in self._cache.items():
            binding.bind_cpu_input(f"past_key_values.{name}", cache_1HTK)
            _bind_output(binding, f"present.{name}", cache_1HTK)
        _bind_output(binding, "pitch_logits", self.pitch_logits_P[None])
        _bind_output(binding, "duration_logits", self.duration_logits_PD[None])
        return binding

    def _step(self, row: Row) -> None:
        position = len(self._rows)
        self._ids_1SF[0, 0] = row
        self._seqlens[0] = position
        self._total[...] = position + 1
        self._session.run_bound(self._binding)
        self._rows.append(row)

    def window_start(self, count: int) -> int:
        """Of `count` rows, the first that is kept. It moves in blocks, so that the cache is rarely filled afresh."""
        block = self.capacity * 2 // 5
        return max(0, -(-(count - self.capacity) // block) * block)

    def append(self, row: Row) -> None:
        """Feed one more row after those of the last `advance`."""
        start = self.window_start(self._start + len(self._rows) + 1)
        if start == self._start:
            self._step(row)
        else:
            self._refeed([*self._rows[start - self._start :], row], start)

    def advance(self, rows: Sequence[Row]) -> int:
        """Bring the cache to exactly these rows (to the later part, where they are too many); returns the steps taken.

        Afterwards the logits speak of the event that follows the last row. Raises `BundleError` if they are no numbers
        (looked at here and not at every step: while an answer is drawn NaN counts as never, see `sampling`).
        """
        if not rows:
            raise ValueError("rows must hold at least the codec's first row")
        start = self.window_start(len(rows))
        steps = self._refeed(list(rows[start:]), start)
        try:
            self._session.check_numbers("pitch_logits", self.pitch_logits_P)
            self._session.check_numbers("duration_logits", self.duration_logits_PD)
        except BundleError:
            self._rows.clear()  # what is no number is in the cache too
            raise
        return steps

    def _refeed(self, rows: list[Row], start: int) -> int:
        self._start = start
        if rows == self._rows:
            return 0
        common = 0
        for old, new in zip(self._rows, rows[:-1], strict=False):  # the last row's logits may be gone: feed it again
            if old != new:
                break
            common += 1
        del self._rows[common:]
        for row in rows[common:]:
            self._step(row)
        return len(rows) - common


def _bind_output(binding: ort.IOBinding, name: str, array: Float) -> None:
    binding.bind_output(name, "cpu", 0, np.float32, list(array.shape), array.ctypes.data)
