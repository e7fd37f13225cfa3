"""A take is a file that others read as it was."""

from pathlib import Path

from realtime.music.midi_file import read_midi
from realtime.music.units import Meter
from realtime.takes.midi import take_midi
from realtime.takes.take import TakeVoice
from tests.takes.examples import take


def test_a_take_reads_back_with_tempo_meter_names_channels_and_programs(tmp_path: Path) -> None:
    path = tmp_path / "take.mid"
    path.write_bytes(take_midi(take()))
    score = read_midi(path)
    assert (score.meter, round(score.tempo.bpm_at(0), 3)) == (Meter(3, 4), 96.0)
    lead, drums = score.tracks
    assert (lead.name, lead.program, lead.is_drum) == ("lead", 4, False)
    assert (drums.name, drums.is_drum) == ("drums", True)
    assert [tuple(note) for note in lead.notes] == [(0, 60, 240, 90), (480, 64, 480, 70)]
    assert [tuple(note) for note in drums.notes] == [(960, 36, 60, 100)]


def test_a_voice_without_a_program_sets_none() -> None:
    voice = TakeVoice(name="lead", channel=2)
    assert b"\xc2" not in take_midi(take(voices=(voice,)))
    assert b"\xc2\x04" in take_midi(take())
