"""Where the built-in sound can be heard: audio devices by the names that PortAudio gives, as FluidSynth is told them.

`python -m realtime.synth.outputs` prints the names as one JSON array, from a process of its own: looking for devices
takes a while, and what a sound system's library does wrong harms nobody else.
"""

import json
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from realtime.synth.audio import AudioDevice, list_outputs
from realtime.synth.errors import SynthError

# PortAudio's host APIs whose devices FluidSynth can open by name, the one to be preferred first, and FluidSynth's
# drivers for them. Windows tells the same devices by several; JACK's outputs are what its server is connected to.
DRIVERS: Final = {
    "JACK Audio Connection Kit": "jack",
    "Core Audio": "coreaudio",
    "Windows WASAPI": "wasapi",
    "ALSA": "alsa",
    "OSS": "oss",
}
JACK: Final = "JACK"
ALSA_PLACE: Final = re.compile(r"^(?P<name>.*\S) *\((?P<place>hw:\d+,\d+)\)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """An audio device: `name` for the musician, the rest for FluidSynth."""

    name: str
    driver: str
    device: str | None = None  # None: the driver's own choice


def find_outputs(devices: Iterable[AudioDevice] | None = None) -> tuple[Output, ...]:
    """All that can be chosen, each name once. Raises `SynthError` where PortAudio is missing."""
    found: dict[str, Output] = {}
    devices = list_outputs() if devices is None else devices
    known = [device for device in devices if device.host_api in DRIVERS]
    for device in sorted(known, key=lambda device: list(DRIVERS).index(device.host_api)):
        output = _output_of(device)
        found.setdefault(output.name, output)
    return tuple(found.values())


def choose(outputs: Sequence[Output], name: str) -> Output:
    """The output of that name, in any case; else the first that contains it. Raises `SynthError`."""
    wanted = name.casefold()
    for output in outputs:
        if output.name.casefold() == wanted:
            return output
    for output in outputs:
        if wanted in output.name.casefold():
            return output
    here = f"there are: {', '.join(output.name for output in outputs)}" if outputs else "there are none"
    raise SynthError(f"no audio device {name!r} ({here})")


def _output_of(device: AudioDevice) -> Output:
    driver = DRIVERS[device.host_api]
    if driver == "jack":
        return Output(name=JACK, driver=driver)
    place = ALSA_PLACE.match(device.name) if driver == "alsa" else None
    if place is not None:  # "plug": the card may not have the format that FluidSynth makes
        return Output(name=place["name"], driver=driver, device=f"plug{place['place']}")
    return Output(name=device.name, driver=driver, device=device.name)


def main() -> int:
    """Print the names; returns the exit code."""
    try:
        names = [output.name for output in find_outputs()]
    except SynthError as error:
        print(f"hocket: {error}", file=sys.stderr)
        return error.exit_code
    print(json.dumps(names))
    return 0


if __name__ == "__main__":
    sys.exit(main())
