"""Audio devices, and playing a rendered file: PortAudio through sounddevice.

PortAudio is opened for each call and closed after it: it sees a JACK server only if that ran when it was opened, and it
aborts the interpreter at exit if the server has gone since.
`python -m realtime.synth.audio FILE [--device NAME]` does the same from a process of its own.
"""

import argparse
import os
import sys
import wave
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from realtime.errors import FileError, HocketError
from realtime.synth.errors import SynthError

BLOCK_FRAMES = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioDevice:
    """An output device."""

    index: int
    name: str
    host_api: str
    channels: int
    sample_rate: float
    is_default: bool


def list_outputs() -> tuple[AudioDevice, ...]:
    """Output devices in PortAudio's order; empty where there is none."""
    with _portaudio() as api:
        return _outputs(api)


def choose_output(devices: Sequence[AudioDevice], name: str | None) -> AudioDevice:
    """The default device, or by name: exact first, then the first that contains it, whatever the case."""
    if not devices:
        raise SynthError("no audio output device; connect one, or start a sound server, and try again")
    if name is None:
        return next((device for device in devices if device.is_default), devices[0])
    wanted = name.casefold()
    names = [f"{device.name}, {device.host_api}".casefold() for device in devices]
    for device, full in zip(devices, names, strict=True):
        if wanted in (device.name.casefold(), full):
            return device
    for device, full in zip(devices, names, strict=True):
        if wanted in full:
            return device
    raise SynthError(f"no audio device {name!r}; there are: {', '.join(device.name for device in devices)}")


def play_wav(path: Path, device: str | None = None) -> float:
    """Play a 16-bit WAV file to its end; returns its length in seconds. Blocks."""
    try:
        with wave.open(str(path), "rb") as reader:
            if reader.getsampwidth() != 2:
                raise FileError(f"{path}: expected 16-bit samples, got {8 * reader.getsampwidth()}-bit")
            with _portaudio() as api:
                _play(api, reader, choose_output(_outputs(api), device))
            return reader.getnframes() / reader.getframerate()
    except (wave.Error, EOFError) as error:
        raise FileError(f"{path} is no WAV file: {error}") from None
    except OSError as error:
        raise FileError(f"cannot read {path}: {error.strerror or error}") from None


def _play(api: Any, reader: wave.Wave_read, device: AudioDevice) -> None:
    try:
        with api.RawOutputStream(
            samplerate=reader.getframerate(),
            channels=reader.getnchannels(),
            dtype="int16",
            device=device.index,
            blocksize=0,
        ) as stream:
            while data := reader.readframes(BLOCK_FRAMES):
                stream.write(data)
    except api.PortAudioError as error:
        advice = f"the file has {reader.getframerate()} Hz, the device {device.sample_rate:.0f} Hz"
        raise SynthError(f"cannot play through {device.name} ({advice}): {error}") from None


def _outputs(api: Any) -> tuple[AudioDevice, ...]:
    hosts = api.query_hostapis()
    default = api.default.device[1]
    return tuple(
        AudioDevice(
            index=index,
            name=info["name"],
            host_api=hosts[info["hostapi"]]["name"],
            channels=info["max_output_channels"],
            sample_rate=info["default_samplerate"],
            is_default=index == default,
        )
        for index, info in enumerate(api.query_devices())
        if info["max_output_channels"] > 0
    )


@contextmanager
def _portaudio() -> Iterator[Any]:
    """PortAudio, freshly opened and closed again."""
    try:
        import sounddevice as api
    except ModuleNotFoundError:
        raise SynthError("sounddevice is not installed; run: pip install sounddevice") from None
    except OSError:
        raise SynthError(
            "the PortAudio library is missing; install it (apt install libportaudio2, brew install portaudio)"
        ) from None
    os.environ["JACK_NO_START_SERVER"] = "1"  # libjack would start a server to look for one
    while api._initialized > 0:  # sounddevice has no public call for this
        api._terminate()
    api._initialize()
    try:
        yield api
    finally:
        api._terminate()


def main(arguments: Sequence[str] | None = None) -> int:
    """Play a file; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m realtime.synth.audio", description="Play a WAV file.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--device", help="part of the device's name")
    options = parser.parse_args(arguments)
    try:
        play_wav(options.file, options.device)
    except HocketError as error:
        print(f"hocket: {error}", file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
