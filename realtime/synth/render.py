"""Rendering to a WAV file, in a child process: a broken soundfont may crash FluidSynth, but only the child."""

import math
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from realtime.errors import FileError, UsageError
from realtime.synth.errors import SoundfontError, SynthError
from realtime.synth.frames import is_channel_message
from realtime.synth.library import fluidsynth
from realtime.synth.soundfont import find_soundfont

MAX_SECONDS = 1800.0  # of music
GRACE_SECONDS = 30.0  # start and loading; rendering itself is about 10 times faster than real time


class TimedEvent(NamedTuple):
    """One MIDI channel message, `time_seconds` after the start of the file."""

    time_seconds: float
    data: bytes


class RenderJob(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the child is told."""

    events: tuple[TimedEvent, ...]
    out: str
    soundfont: str
    sample_rate: int


class RenderReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was written."""

    seconds: float
    peak: float  # of 1.0, as written
    soundfont: str


class _Answer(msgspec.Struct, frozen=True):
    report: RenderReport | None = None
    error: str = ""
    bad_soundfont: bool = False


def render_wav(
    events: Sequence[TimedEvent], out: Path, *, soundfont: Path | None, sample_rate: int = 44_100
) -> RenderReport:
    """Write `events` as 16-bit stereo WAV with a reverb tail, peak just below full scale.

    Raises `SynthError` (no FluidSynth, no or broken soundfont, too slow), `FileError` (cannot write `out`) or
    `UsageError` (events). `out` is replaced only by a whole file.
    """
    ordered = _check(events, sample_rate)
    font = find_soundfont(soundfont)
    fluidsynth()
    part = out.with_name(out.name + ".part")
    job = RenderJob(events=ordered, out=str(part), soundfont=str(font), sample_rate=sample_rate)
    limit_seconds = GRACE_SECONDS + max((event.time_seconds for event in ordered), default=0.0)
    try:
        with part.open("wb"):
            pass
        report = _run_child(job, limit_seconds)
        part.replace(out)
    except OSError as error:
        raise FileError(f"cannot write {out}: {error.strerror}") from None
    finally:
        part.unlink(missing_ok=True)
    return report


def _run_child(job: RenderJob, limit_seconds: float) -> RenderReport:
    command = [sys.executable, "-m", "realtime.synth.render_child"]
    try:
        child = subprocess.run(
            command, input=msgspec.msgpack.encode(job), capture_output=True, timeout=limit_seconds, check=False
        )
    except subprocess.TimeoutExpired:
        raise SynthError(f"rendering took longer than {limit_seconds:.0f} s and was stopped") from None
    try:
        answer = msgspec.json.decode(child.stdout.splitlines()[-1], type=_Answer)
    except (IndexError, msgspec.DecodeError):
        raise SoundfontError(
            f"the renderer crashed (exit {child.returncode}) on {job.soundfont}; try another soundfont"
        ) from None
    if answer.report is None:
        raise (SoundfontError if answer.bad_soundfont else SynthError)(answer.error)
    return answer.report


def _check(events: Sequence[TimedEvent], sample_rate: int) -> tuple[TimedEvent, ...]:
    if not 8_000 <= sample_rate <= 96_000:  # what FluidSynth can do
        raise UsageError(f"sample rate must be 8000..96000, got {sample_rate}")
    for event in events:
        if not math.isfinite(event.time_seconds) or not 0 <= event.time_seconds <= MAX_SECONDS:
            raise UsageError(f"event times must be 0..{MAX_SECONDS:.0f} s, got {event.time_seconds}")
        if not is_channel_message(event.data):
            raise UsageError(f"expected a MIDI channel message, got {event.data.hex(' ')!r}")
    return tuple(sorted(events, key=lambda event: event.time_seconds))
