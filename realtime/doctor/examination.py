"""All checks, in the order a musician would need them."""

from collections.abc import Callable, Iterable
from typing import Final

from realtime.doctor.check import Check, impersonal
from realtime.doctor.midi import midi_systems
from realtime.doctor.models import models
from realtime.doctor.software import extras, python, versions, window
from realtime.doctor.sound import audio_device, fluidsynth_library, sound_font
from realtime.doctor.storage import folders
from realtime.doctor.timing import timing

LOOKS: Final[tuple[tuple[str, Callable[[], Iterable[Check]]], ...]] = (
    ("python", python),
    ("midi", midi_systems),
    ("models", models),
    ("timing", timing),
    ("built-in sound", fluidsynth_library),
    ("sound font", sound_font),
    ("audio device", audio_device),
    ("window", window),
    ("folders", folders),
    ("extras", extras),
    ("versions", versions),
)


def examine() -> list[Check]:
    """Look at everything; what breaks while it looks is a line like any other."""
    return [impersonal(check) for name, look in LOOKS for check in _all(name, look)]


def _all(name: str, look: Callable[[], Iterable[Check]]) -> list[Check]:
    try:
        return list(look())
    except Exception as error:  # a broken installation breaks in its own ways, and this is where they are told
        fix = "install Hocket again; if that does not help, report this line"
        return [Check(name=name, ok=False, detail=f"{type(error).__name__}: {error}", fix=fix)]
