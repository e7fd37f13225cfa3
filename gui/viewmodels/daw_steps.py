"""How Hocket's notes get into a DAW: the steps for each system, and where each DAW has its MIDI inputs. Data."""

import platform
import sys
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QCoreApplication

CONTEXT: Final = "connect"
WINDOWS_11: Final = 22_000  # the first build that is called so


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """A title and what to do, step by step."""

    title: str
    steps: tuple[str, ...]

    @property
    def shown(self) -> tuple[str, ...]:
        """The steps in the user's language."""
        return tuple(QCoreApplication.translate(CONTEXT, step) for step in self.steps)


# fmt: off
SYSTEMS: Final = {
    "linux": Guide(title="Linux", steps=(
        "Hocket has opened ports of its own: others see them as Hocket In and Hocket Out. Nothing is installed.",
        "Start Hocket before the DAW: some DAWs list only ports that were there first.",
        "ALSA or JACK? Hocket takes JACK where a server runs, else ALSA. Bitwig knows ALSA only: choose RtMidi as "
        "MIDI system in the preferences, or load snd-virmidi and choose its port here.",
        "In the DAW, choose Hocket Out as the MIDI input of a track, arm the track, and send the test note.",
    )),
    "macos": Guide(title="macOS", steps=(
        "Hocket has opened ports of its own: others see Hocket In and Hocket Out at once. Nothing is installed.",
        "In the DAW, choose Hocket Out as the MIDI input of a track, arm the track, and send the test note.",
        "If a program does not list it: open Audio MIDI Setup, Window, Show MIDI Studio, double-click IAC Driver, tick "
        "Device is online, and choose the IAC bus as output here.",
    )),
    "windows-11": Guide(title="Windows 11", steps=(
        "Windows itself passes MIDI between programs. Find Default App Loopback (A) among the ports: choose it "
        "as output here, and Default App Loopback (B) as MIDI input in the DAW.",
        "If it is not there: update Windows (MIDI Services came in early 2026), or install loopMIDI, press + in it, "
        "and choose the port it made on both sides.",
        "A port of loopMIDI that does not appear comes after a restart of the Windows MIDI Service.",
        "Arm a track in the DAW and send the test note.",
    )),
    "windows-10": Guide(title="Windows 10", steps=(
        "Windows 10 cannot pass MIDI between programs by itself: install loopMIDI, start it, "
        "and press +.",
        "Choose loopMIDI Port as output here, and the same name as MIDI input in the DAW.",
        "A port can be opened by one program only: if it is said to be in use, close it in the other one.",
        "Arm a track in the DAW and send the test note.",
    )),
}
DAWS: Final = {
    "live": Guide(title="Ableton Live", steps=(
        "Settings, Link Tempo MIDI: at MIDI Ports, switch Track on for the input of Hocket.",
        "On a MIDI track: MIDI From that port, All Channels or the channel of one part; Monitor In, or arm it.",
        "For one tempo: switch Link on in both, or Sync on for the input and Hocket's clock out on.",
    )),
    "bitwig": Guide(title="Bitwig Studio", steps=(
        "Settings, Controllers, Add Controller, Generic, MIDI Keyboard: choose the input of Hocket.",
        "On an instrument track: choose that keyboard as input, with the channel of one part, and arm it.",
    )),
    "reaper": Guide(title="Reaper", steps=(
        "Preferences, MIDI Devices (or MIDI Inputs): right-click the input of Hocket, Enable input.",
        "On a track: arm it, Input: MIDI, that port, all channels or one; Record: input, monitoring on.",
    )),
    "ardour": Guide(title="Ardour", steps=(
        "Window, MIDI Connections: connect Hocket Out to the input of a MIDI track.",
        "Arm the track and switch its input monitoring on. With JACK as the clock, choose sync source jack in Hocket.",
    )),
    "logic": Guide(title="Logic Pro", steps=(
        "Logic listens to all MIDI inputs: select a software instrument track and arm it.",
        "Several parts at once: Project Settings, Recording, Auto demix by channel if multitrack recording, and give "
        "each track the MIDI channel of a part.",
    )),
    "fl": Guide(title="FL Studio", steps=(
        "Options, MIDI Settings: select the input of Hocket, Enable, and give it a port number.",
        "In the wrapper settings of an instrument: the same input port; the channel of a part where it has one.",
    )),
}
# fmt: on
USUAL_DAW: Final = {"linux": "ardour", "macos": "logic"}  # else the first one


def this_system() -> str:
    """A key of SYSTEMS."""
    if sys.platform == "darwin":
        return "macos"
    if sys.platform == "win32":
        build = platform.version().rsplit(".", 1)[-1]
        return "windows-11" if build.isdigit() and int(build) >= WINDOWS_11 else "windows-10"
    return "linux"
