"""The built-in sound: library, font, device. Hocket plays without it, into a DAW."""

from collections.abc import Iterator
from typing import Final

from realtime.doctor.check import Check, by_system, looked

LIBRARY_FIXES: Final = {
    "linux": "apt install libfluidsynth3 (or your distribution's FluidSynth); `make setup` does",
    "darwin": "brew install fluid-synth",
    "win32": "install FluidSynth for Windows and put its bin folder on the PATH",
}
DEVICE_FIXES: Final = {
    "linux": "connect one, or start PipeWire, PulseAudio or JACK; without, --sound is silent and rendering still works",
    "darwin": "connect one, and allow it under System Settings, Sound",
    "win32": "connect one, and allow it under Settings, Sound",
}


def fluidsynth_library() -> Iterator[Check]:
    """The library."""
    from realtime.synth.library import extra

    def look() -> str:
        extra()
        return "FluidSynth 2 or newer"

    yield looked("built-in sound", look, by_system(LIBRARY_FIXES))


def sound_font() -> Iterator[Check]:
    """The font that would be played."""
    from realtime.synth.soundfont import HOW_TO_GET_ONE, find_soundfont

    yield looked("sound font", lambda: find_soundfont(None).name, by_system(HOW_TO_GET_ONE))


def audio_device() -> Iterator[Check]:
    """What it would be heard on."""
    from realtime.synth.audio import choose_output, list_outputs

    def look() -> str:
        outputs = list_outputs()
        return f"{choose_output(outputs, None).name}, one of {len(outputs)}"

    yield looked("audio device", look, by_system(DEVICE_FIXES))
