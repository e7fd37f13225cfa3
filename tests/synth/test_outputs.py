"""Audio devices by name: what PortAudio tells, and what FluidSynth has to be told."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from realtime.synth import process
from realtime.synth.audio import AudioDevice
from realtime.synth.client import SynthClient, SynthOptions
from realtime.synth.errors import SynthError
from realtime.synth.outputs import Output, choose, find_outputs

OUTPUTS = (
    Output(name="JACK", driver="jack"),
    Output(name="HDA Intel PCH: ALC295 Analog", driver="alsa", device="plughw:0,0"),
    Output(name="HDA", driver="alsa", device="HDA"),
)


def device(name: str, host_api: str) -> AudioDevice:
    return AudioDevice(index=9, name=name, host_api=host_api, channels=2, sample_rate=48_000.0, is_default=False)


@pytest.mark.parametrize(
    ("devices", "found"),
    [
        (
            [("HDA Intel PCH: ALC295 Analog (hw:0,0)", "ALSA"), ("pulse", "ALSA")],
            [
                Output(name="HDA Intel PCH: ALC295 Analog", driver="alsa", device="plughw:0,0"),
                Output(name="pulse", driver="alsa", device="pulse"),
            ],
        ),
        (
            [("default", "ALSA"), ("system", "JACK Audio Connection Kit"), ("Ardour", "JACK Audio Connection Kit")],
            [Output(name="JACK", driver="jack"), Output(name="default", driver="alsa", device="default")],
        ),
        (
            [("Speakers (Realtek)", "MME"), ("Speakers (Realtek)", "Windows WASAPI"), ("Output ()", "Windows WDM-KS")],
            [Output(name="Speakers (Realtek)", driver="wasapi", device="Speakers (Realtek)")],
        ),
        (
            [("MacBook Pro Speakers", "Core Audio")],
            [Output(name="MacBook Pro Speakers", driver="coreaudio", device="MacBook Pro Speakers")],
        ),
        ([], []),
    ],
)
def test_each_device_once_by_the_name_that_a_musician_knows(
    devices: list[tuple[str, str]], found: list[Output]
) -> None:
    assert list(find_outputs(device(*each) for each in devices)) == found


@pytest.mark.parametrize(("name", "place"), [("jack", 0), ("HDA", 2), ("alc295", 1), ("intel", 1)])
def test_one_is_chosen_by_its_name_first_and_then_by_part_of_it(name: str, place: int) -> None:
    assert choose(OUTPUTS, name) == OUTPUTS[place]


def test_an_unknown_one_lists_those_there_are() -> None:
    with pytest.raises(SynthError, match=r"no audio device 'Focusrite' \(there are: JACK, HDA Intel"):
        choose(OUTPUTS, "Focusrite")
    with pytest.raises(SynthError, match=r"no audio device 'Focusrite' \(there are none\)"):
        choose((), "Focusrite")


@pytest.mark.parametrize("fails", ["listing", "opening", ""])
def test_what_is_not_there_or_does_not_open_gives_way_to_the_usual_one(
    monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    def find() -> tuple[Output, ...]:
        if fails == "listing":
            raise SynthError("the PortAudio library is missing")
        return OUTPUTS

    def open_live(soundfont: Path, *, drivers: tuple[str, ...], device: str | None) -> str:
        if device == "plughw:0,0" and fails == "opening":
            raise SynthError("no audio through alsa on 'plughw:0,0'")
        return f"{drivers[0]} {device}"

    monkeypatch.setattr(process, "find_outputs", find)
    monkeypatch.setattr(process, "open_live", open_live)
    monkeypatch.setitem(process.DRIVERS, sys.platform, ("usual",))
    live, instead = process.open_output(Path("font.sf2"), "ALC295")
    opened = {
        "listing": ("usual None", "the PortAudio library is missing"),
        "opening": ("usual None", "no audio through alsa on 'plughw:0,0'"),
        "": ("alsa plughw:0,0", ""),
    }
    assert (live, instead) == opened[fails]


@pytest.mark.jack
@pytest.mark.usefixtures("jack_server")
def test_on_a_real_server_a_device_is_found_and_an_absent_one_is_said(soundfont: Path) -> None:
    listed = subprocess.run(
        [sys.executable, "-m", "realtime.synth.outputs"], capture_output=True, text=True, timeout=30, check=True
    )
    assert json.loads(listed.stdout.splitlines()[-1])[0] == "JACK"
    for name, instead in (("jack", ""), ("Focusrite", "no audio device 'Focusrite' (there are: JACK")):
        client = SynthClient.start(SynthOptions(soundfont=soundfont, output=name))
        assert client.report["driver"] == "jack"
        assert client.report["instead"].startswith(instead) if instead else client.report["instead"] == ""
        assert client.close() == 0
