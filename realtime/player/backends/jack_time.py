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


class Cycles:
    """Which of JACK's cycles the callback is called for: after one that it left out, JACK calls twice for the next."""

    def __init__(self) -> None:
        self.is_repeated = False  # whether this call and the last one are for the same
        self.missed = 0  # cycles without a call
        self._frame: int | None = None

    def follow(self, frame: int, frames: int) -> None:
        """A call for the cycle that begins with `frame`, a count of 32 bits, and has `frames`."""
        last, self._frame = self._frame, frame
        passed = 1 if last is None else ((frame - last) & 0xFFFFFFFF) // frames
        self.is_repeated = passed == 0
        self.missed += max(0, passed - 1)


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
        self.cycles = Cycles()

    def cycle(self, frames: int) -> tuple[int, int]:
        """Start of the current cycle, of so many frames, in monotonic ns, and its length in ns."""
        jack_us = self._get_time()
        # Whatever comes between the two clock reads makes the difference larger, so the smallest is right.
        self._differences_ns.append(time.monotonic_ns() - jack_us * 1000)
        if self._get_cycle_times(*self._arguments) == 0:  # a failure tells no frame: it is no repetition
            self.cycles.follow(self._frames.value, frames)
        start_us = self._start_us.value
        length_us = max(1, self._next_us.value - start_us)
        return start_us * 1000 + min(self._differences_ns), length_us * 1000
