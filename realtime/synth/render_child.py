"""`python -m realtime.synth.render_child`: one `RenderJob` in on stdin, one JSON line out.

Two passes, because the peak is known only at the end: FluidSynth's floats go to a temporary file, then scaled to
16 bits into the WAV.
"""

import os
import sys
import tempfile
import wave
from contextlib import suppress
from pathlib import Path
from typing import IO

import msgspec
import numpy as np

from realtime.errors import HocketError
from realtime.synth.errors import SoundfontError
from realtime.synth.fluid import Fluid
from realtime.synth.render import RenderJob, RenderReport, TimedEvent

GAIN = 0.12
TARGET_PEAK = 0.89  # -1 dB
MAX_BOOST = 8.0  # a single soft note is not blown up to full scale
BLOCK_FRAMES = 4096
MIN_TAIL_SECONDS, MAX_TAIL_SECONDS = 1.0, 6.0
QUIET = 10 ** (-60 / 20)  # of the peak: where the tail may end
SILENT = 1e-5  # full scale is 1; the reverb alone hums at 1e-7


class _Tape:
    """Rendered floats on disk, and their peak."""

    def __init__(self, fluid: Fluid, file: IO[bytes]) -> None:
        self._fluid = fluid
        self._file = file
        self.frames = 0
        self.peak = 0.0

    def run_to(self, frame: int) -> None:
        """Render up to `frame`."""
        while self.frames < frame:
            self.render(min(BLOCK_FRAMES, frame - self.frames))

    def render(self, count: int) -> float:
        """Render `count` frames; returns their peak."""
        block = np.nan_to_num(np.frombuffer(self._fluid.render(count), dtype=np.float32), posinf=0.0, neginf=0.0)
        peak = float(np.abs(block).max(initial=0.0))
        self._file.write(block.tobytes())
        self.frames += count
        self.peak = max(self.peak, peak)
        return peak


def render(job: RenderJob) -> RenderReport:
    """Render the job and write its WAV file."""
    fluid = Fluid(Path(job.soundfont), sample_rate=job.sample_rate, gain=GAIN)
    with tempfile.TemporaryFile() as file:
        tape = _Tape(fluid, file)
        play(tape, fluid, job.events, job.sample_rate)
        fluid.close()
        scale = min(TARGET_PEAK / tape.peak, MAX_BOOST) if tape.peak > SILENT else 1.0
        file.seek(0)
        write_wav(file, Path(job.out), scale=scale, sample_rate=job.sample_rate)
    seconds = tape.frames / job.sample_rate
    return RenderReport(seconds=seconds, peak=tape.peak * scale, soundfont=job.soundfont)


def play(tape: _Tape, fluid: Fluid, events: tuple[TimedEvent, ...], sample_rate: int) -> None:
    """Render the events, release what still sounds, and let the reverb ring out."""
    for event in events:
        tape.run_to(round(event.time_seconds * sample_rate))
        fluid.apply(event.data)
    fluid.release_all()
    tape.run_to(tape.frames + round(MIN_TAIL_SECONDS * sample_rate))
    end = tape.frames + round((MAX_TAIL_SECONDS - MIN_TAIL_SECONDS) * sample_rate)
    while tape.frames < end and tape.render(BLOCK_FRAMES) > max(tape.peak * QUIET, SILENT):
        pass


def write_wav(file: IO[bytes], out: Path, *, scale: float, sample_rate: int) -> None:
    """Copy float32 stereo from `file` into a 16-bit WAV, times `scale`."""
    with wave.open(str(out), "wb") as writer:
        writer.setnchannels(2)
        writer.setsampwidth(2)
        writer.setframerate(sample_rate)
        while data := file.read(1 << 20):
            samples = np.frombuffer(data, dtype=np.float32) * (scale * 32767.0)
            writer.writeframes(np.clip(np.rint(samples), -32768, 32767).astype("<i2").tobytes())


def main() -> int:
    """Do the job on stdin; returns the exit code."""
    with suppress(AttributeError, OSError):
        os.nice(5)  # whoever plays live comes first (no such thing on Windows)
    job = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=RenderJob)
    try:
        answer: dict[str, object] = {"report": render(job)}
    except HocketError as error:
        answer = {"error": str(error), "bad_soundfont": isinstance(error, SoundfontError)}
    except OSError as error:
        answer = {"error": f"cannot write {job.out}: {error.strerror}"}
    sys.stdout.buffer.write(msgspec.json.encode(answer) + b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
