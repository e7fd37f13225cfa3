from pathlib import Path

import pytest

from realtime.errors import FileError
from realtime.synth.audio import AudioDevice, choose_output, play_wav
from realtime.synth.errors import SynthError


def device(index: int, name: str, *, default: bool = False) -> AudioDevice:
    return AudioDevice(index=index, name=name, host_api="ALSA", channels=2, sample_rate=48_000.0, is_default=default)


DEVICES = (device(0, "HDMI"), device(3, "USB Audio"), device(4, "USB Audio 2", default=True))


@pytest.mark.parametrize(
    ("name", "index"), [(None, 4), ("usb audio", 3), ("audio 2", 4), ("USB Audio, ALSA", 3), ("hd", 0)]
)
def test_devices_are_chosen_by_name(name: str | None, index: int) -> None:
    assert choose_output(DEVICES, name).index == index


def test_an_unknown_device_lists_those_there_are() -> None:
    with pytest.raises(SynthError, match="there are: HDMI, USB Audio, USB Audio 2"):
        choose_output(DEVICES, "Focusrite")


def test_no_device_at_all_is_one_clear_line() -> None:
    with pytest.raises(SynthError, match="no audio output device"):
        choose_output((), None)


def test_playing_what_is_no_wav_is_a_file_error(tmp_path: Path) -> None:
    (tmp_path / "x.wav").write_bytes(b"nothing of the kind")
    with pytest.raises(FileError, match="no WAV file"):
        play_wav(tmp_path / "x.wav")
    with pytest.raises(FileError, match="cannot read"):
        play_wav(tmp_path / "none.wav")
