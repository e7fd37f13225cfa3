"""MIDI systems: which are here, and how to get one."""

from collections.abc import Iterator
from typing import Final

from realtime.doctor.check import Check, by_system
from realtime.errors import HocketError
from realtime.player.opening import AUTO_ORDER, list_ports

NONE_FIXES: Final = {
    "linux": "start a JACK or PipeWire server, or load the ALSA sequencer: sudo modprobe snd-seq",
    "darwin": "CoreMIDI is part of macOS; reinstall python-rtmidi",
    "win32": "make a loopback port (Windows MIDI Services or loopMIDI) and name it with --in and --out",
}
SYSTEM_FIXES: Final = {
    "jack": {
        "linux": "start one (QjackCtl, `jackd -d alsa`); with PipeWire install pipewire-jack and run `pw-jack hocket`",
        "darwin": "not needed: CoreMIDI does all of it",
        "win32": "not needed: loopback ports do all of it",
    },
    "rtmidi": {
        "linux": "load the ALSA sequencer: sudo modprobe snd-seq",
        "darwin": "reinstall python-rtmidi",
        "win32": "reinstall python-rtmidi",
    },
}


def midi_systems() -> Iterator[Check]:
    """One line a system, and whether there is any."""
    working, ports = [], []
    for backend in AUTO_ORDER:
        try:
            found = [port.name for port in list_ports(backend)]
        except HocketError as error:
            fix = by_system(SYSTEM_FIXES[backend])
            yield Check(name=f"midi {backend}", ok=False, needed=False, detail=str(error), fix=fix)
            continue
        working.append(backend)
        ports += found
        yield Check(name=f"midi {backend}", ok=True, detail=f"works, {len(found)} ports", needed=False)
    detail = f"{', '.join(working)}: {len(ports)} ports" if working else "no MIDI system: notes go to memory only"
    yield Check(name="midi", ok=bool(working), detail=detail, fix="" if working else by_system(NONE_FIXES))
