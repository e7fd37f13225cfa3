"""Errors of the built-in sound."""

from realtime.errors import HocketError


class SynthError(HocketError):
    """The built-in sound cannot start or go on: no FluidSynth, no audio device, or its process ended."""

    exit_code = 6


class SoundfontError(SynthError):
    """A soundfont is missing, or the file is none."""

    exit_code = 4
