import random
import wave
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from realtime.errors import FileError, UsageError
from realtime.synth.errors import SoundfontError, SynthError
from realtime.synth.render import TimedEvent, render_wav


def note(start: float, pitch: int, *, seconds: float = 0.5, channel: int = 0) -> list[TimedEvent]:
    return [
        TimedEvent(start, bytes((0x90 | channel, pitch, 100))),
        TimedEvent(start + seconds, bytes((0x80 | channel, pitch, 0))),
    ]


def samples_of(path: Path) -> tuple[int, NDArray[np.float64]]:
    with wave.open(str(path)) as reader:
        assert (reader.getnchannels(), reader.getsampwidth()) == (2, 2)
        data = np.frombuffer(reader.readframes(reader.getnframes()), dtype="<i2")
        return reader.getframerate(), data.reshape(-1, 2) / 32768.0


def test_notes_sound_when_they_should_and_do_not_clip(soundfont: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.wav"
    report = render_wav(note(0.5, 76, channel=9), out, soundfont=soundfont)
    rate, samples = samples_of(out)
    assert rate == 44_100
    loud = np.abs(samples).max(axis=1)
    onset_seconds = np.argmax(loud > 0.1 * loud.max()) / rate
    assert 0.5 <= onset_seconds < 0.515
    assert 0.05 < loud.max() < 1.0
    assert abs(report.peak - loud.max()) < 0.001
    assert 2.0 <= report.seconds <= 7.0
    assert abs(len(samples) / rate - report.seconds) < 0.001
    assert loud[-1000:].max() < 0.01 * loud.max()  # the tail has rung out
    assert report.soundfont == str(soundfont)
    assert [path.name for path in tmp_path.iterdir()] == ["out.wav"]


def test_loud_full_music_does_not_clip(soundfont: Path, tmp_path: Path) -> None:
    """Piano, strings, bass and drums as hard as they go: at FluidSynth's own gain the peak is 1.1."""
    events = [TimedEvent(0.0, bytes((0xC0 | channel, program))) for channel, program in enumerate((0, 48, 32))]
    for step in range(16):
        for pitch in range(36, 66, 5):
            hit = TimedEvent(0.125 * step, bytes((0x90 | pitch % 3, pitch + step % 5, 127)))
            events += [hit, TimedEvent(0.125 * step, bytes((0x99, 36, 127)))]
    report = render_wav(events, tmp_path / "loud.wav", soundfont=soundfont)
    _, samples = samples_of(tmp_path / "loud.wav")
    assert 0.85 < np.abs(samples).max() < 0.95
    assert report.peak == pytest.approx(0.89, abs=0.001)


def test_a_note_without_an_end_is_released_at_the_end(soundfont: Path, tmp_path: Path) -> None:
    report = render_wav([TimedEvent(0.0, b"\x90\x40\x64")], tmp_path / "x.wav", soundfont=soundfont)
    assert report.seconds <= 6.1


def test_no_events_give_a_short_silent_file(soundfont: Path, tmp_path: Path) -> None:
    assert render_wav([], tmp_path / "x.wav", soundfont=soundfont).peak < 0.001


def test_all_kinds_of_messages_and_another_rate(soundfont: Path, tmp_path: Path) -> None:
    changes = [
        b"\xc0\x30",
        b"\xb0\x00\x00",
        b"\xe0\x00\x50",
        b"\xd0\x20",
        b"\xa0\x40\x10",
        b"\x90\x40\x64",
        b"\x90\x40\x00",
    ]
    events = [TimedEvent(0.1 * i, data) for i, data in enumerate(changes)]
    render_wav(events, tmp_path / "x.wav", soundfont=soundfont, sample_rate=48_000)
    assert samples_of(tmp_path / "x.wav")[0] == 48_000


def test_broken_soundfonts_end_in_an_error_never_in_a_crash(soundfont: Path, tmp_path: Path) -> None:
    whole = soundfont.read_bytes()
    if len(whole) > 50_000_000:
        pytest.skip("the soundfont found here is too large to break copies of")
    rng = random.Random(0)
    index_start = max(whole.rfind(b"pdta"), 12)  # presets, instruments: where FluidSynth follows numbers
    for _ in range(6):
        bad = bytearray(whole)
        for _ in range(300):
            bad[rng.randrange(index_start, len(bad))] = rng.randrange(256)
        font = tmp_path / "bad.sf2"
        font.write_bytes(bad)
        with suppress(SynthError):  # a report or a SynthError, nothing else
            render_wav(note(0.0, 60), tmp_path / "x.wav", soundfont=font)


def test_a_font_with_only_a_header_is_a_soundfont_error(soundfont: Path, tmp_path: Path) -> None:
    font = tmp_path / "empty.sf2"
    font.write_bytes(b"RIFF" + (1000 - 8).to_bytes(4, "little") + b"sfbk" + bytes(988))
    with pytest.raises(SoundfontError, match="another soundfont"):
        render_wav(note(0.0, 60), tmp_path / "x.wav", soundfont=font)
    assert not (tmp_path / "x.wav").exists()


def test_a_crashed_renderer_is_one_line(soundfont: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "false")
    with pytest.raises(SoundfontError, match="crashed"):
        render_wav([], tmp_path / "x.wav", soundfont=soundfont)


@pytest.mark.parametrize(
    "event", [TimedEvent(-1.0, b"\x90\x40\x40"), TimedEvent(1e9, b"\x90\x40\x40"), TimedEvent(0.0, b"\xf8")]
)
def test_events_out_of_range_are_refused(event: TimedEvent, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        render_wav([event], tmp_path / "x.wav", soundfont=None)


def test_a_missing_folder_is_a_file_error(soundfont: Path, tmp_path: Path) -> None:
    with pytest.raises(FileError, match="cannot write"):
        render_wav([], tmp_path / "none" / "x.wav", soundfont=soundfont)
