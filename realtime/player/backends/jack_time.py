"""From JACK's clock to the monotonic clock, anew in every cycle.

JACK2 counts CLOCK_MONOTONIC_RAW on Linux, PipeWire CLOCK_MONOTONIC, macOS its own: the difference to
`time.monotonic_ns()` is measured, not assumed, and it drifts. A frame is converted only in its own cycle:
`jack_frames_to_time` of a frame seconds away is off by hundreds of microseconds.
"""

import ctypes
import time
from collections import deque
from typing import Any

import jack

_SAMPLES = 32  # of the clocks' difference; at 128 frames / 48 kHz about 85 ms


class CycleClock:
    """Call `cycle()` in the process callback only."""

    def __init__(self, client: Any) -> None:
        library = ctypes.PyDLL(jack._libname)  # PyDLL keeps the interpreter lock: the calls are far too short
        self._get_time = library.jack_get_time
        self._get_time.restype = ctypes.c_uint64
        self._get_cycle_times = library.jack_get_cycle_times
        pointer = ctypes.c_void_p(int(jack._ffi.cast("uintptr_t", client._ptr)))
        self._frames, self._period_us = ctypes.c_uint32(), ctypes.c_float()
        self._start_us, self._next_us = ctypes.c_uint64(), ctypes.c_uint64()
        results = (self._frames, self._start_us, self._next_us, self._period_us)
        self._arguments = (pointer, *(ctypes.byref(result) for result in results))
        self._differences_ns: deque[int] = deque(maxlen=_SAMPLES)
        self._frame = -1
        self.is_repeated = False  # whether the last two calls were in one cycle: JACK calls twice after one it left out

    def cycle(self) -> tuple[int, int]:
        """Start of the current cycle in monotonic ns, and its length in ns."""
        jack_us = self._get_time()
        # Whatever comes between the two clock reads makes the difference larger, so the smallest is right.
        self._differences_ns.append(time.monotonic_ns() - jack_us * 1000)
        self._get_cycle_times(*self._arguments)
        frame, start_us = self._frames.value, self._start_us.value
        self._frame, self.is_repeated = frame, frame == self._frame
        length_us = max(1, self._next_us.value - start_us)
        return start_us * 1000 + min(self._differences_ns), length_us * 1000
