"""`python -m tests.synth.record_jack`: hears what JACK's "Hocket:left" plays until stdin ends, then prints JSON.

A process of its own that ends without closing its JACK client: libjack stops the client's thread with pthread_cancel,
and if that hits while the thread is in a Python callback, it dies holding the GIL and the interpreter hangs for ever.
"""

import json
import os
import sys
import time

import jack
import numpy as np
from numpy.typing import NDArray

QUIET_SECONDS = 0.1  # between two attacks
READINGS = 50


class Recorder:
    """Keeps each block and the server's frame count at its start."""

    def __init__(self) -> None:
        self.client = jack.Client("recorder", no_start_server=True)
        self._port = self.client.inports.register("in")
        self.starts: list[int] = []
        self.blocks: list[NDArray[np.float32]] = []
        self.xruns = 0
        self.client.set_process_callback(self._process)
        self.client.set_xrun_callback(self._xrun)
        self.client.activate()
        self.client.connect("Hocket:left", self._port)

    def _process(self, frames: int) -> None:
        self.starts.append(self.client.last_frame_time)
        self.blocks.append(self._port.get_array().copy())

    def _xrun(self, delayed_usecs: float) -> None:
        self.xruns += 1


def attacks(starts: list[int], blocks: list[NDArray[np.float32]], rate: int) -> NDArray[np.int64]:
    """Frames at which sound reaches a fifth of its peak after quiet."""
    sound = np.abs(np.concatenate(blocks))
    frames = np.concatenate([start + np.arange(len(block)) for start, block in zip(starts, blocks, strict=True)])
    loud = frames[(sound > 0.2 * sound.max()) & (sound > 0)]
    found: NDArray[np.int64] = loud[np.diff(loud, prepend=-rate) > QUIET_SECONDS * rate]
    return found


def frame_now(client: jack.Client) -> tuple[int, float]:
    """A frame and the monotonic ns that belongs to it: of many readings the one that was interrupted least."""
    readings = []
    for _ in range(READINGS):
        before_ns, frame, after_ns = time.monotonic_ns(), client.frame_time, time.monotonic_ns()
        readings.append((after_ns - before_ns, frame, (before_ns + after_ns) / 2))
    _, frame, time_ns = min(readings)
    return frame, time_ns


def main() -> None:
    recorder = Recorder()
    print("ready", flush=True)
    sys.stdin.read()
    now_frame, now_ns = frame_now(recorder.client)
    count, rate = len(recorder.blocks), recorder.client.samplerate
    starts, blocks = recorder.starts[:count], recorder.blocks[:count]
    heard = [now_ns - (now_frame - int(frame)) * 1e9 / rate for frame in attacks(starts, blocks, rate)]
    whole = bool(np.all(np.diff(starts) == recorder.client.blocksize))
    print(json.dumps({"onsets_ns": heard, "undisturbed": whole and recorder.xruns == 0}), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
