"""The FluidSynth library: loaded on first use, with the functions pyfluidsynth does not declare."""

import ctypes
from contextlib import redirect_stdout
from functools import cache
from io import StringIO
from types import SimpleNamespace
from typing import Any

from realtime.synth.errors import SynthError

_POINTER, _INT = ctypes.c_void_p, ctypes.c_int
_EXTRA: dict[str, tuple[Any, ...]] = {  # name: result, arguments
    "fluid_synth_write_float": (_INT, _POINTER, _INT, _POINTER, _INT, _INT, _POINTER, _INT, _INT),
    "fluid_synth_channel_pressure": (_INT, _POINTER, _INT, _INT),
    "fluid_event_bank_select": (None, _POINTER, _INT, ctypes.c_short),
    "fluid_event_program_change": (None, _POINTER, _INT, _INT),
    "fluid_event_control_change": (None, _POINTER, _INT, ctypes.c_short, _INT),
    "fluid_event_pitch_bend": (None, _POINTER, _INT, _INT),
    "fluid_event_channel_pressure": (None, _POINTER, _INT, _INT),
    "fluid_sequencer_remove_events": (None, _POINTER, ctypes.c_short, ctypes.c_short, _INT),
}


@cache
def fluidsynth() -> Any:
    """The pyfluidsynth module. Raises `SynthError` where it or the system's library is missing."""
    try:
        # pyfluidsynth prints where it found the library when CI is set; standard output is for results only.
        with redirect_stdout(StringIO()):
            import fluidsynth as module
    except ModuleNotFoundError:
        raise SynthError("pyfluidsynth is not installed; run: pip install pyfluidsynth") from None
    except (ImportError, OSError):
        raise SynthError(
            "the FluidSynth library is missing; install it (apt install libfluidsynth3, brew install fluid-synth, "
            "or FluidSynth for Windows)"
        ) from None
    return module


@cache
def extra() -> Any:
    """Functions of the library by name. Raises `SynthError` if it is older than FluidSynth 2."""
    declared = SimpleNamespace()
    for name, (result, *types) in _EXTRA.items():
        arguments = [(f"a{i}", kind, 1) for i, kind in enumerate(types)]
        function = fluidsynth().cfunc(name, result, *arguments)
        if function is None:
            raise SynthError(f"FluidSynth 2 or newer is needed; this library has no {name}")
        setattr(declared, name, function)
    return declared
