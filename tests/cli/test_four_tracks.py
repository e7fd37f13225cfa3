"""`hocket generate` with a model that plays in voices: a track for each."""

from pathlib import Path

from realtime.generators.registry import open_generator
from realtime.music.midi_file import FileTrack, read_midi
from realtime.music.note import Note, Phrase
from realtime.music.units import PPQ, Meter
from realtime.offline import Prime, answer_prime, write_answer

BAR = 4 * PPQ


def notes_of(track: FileTrack) -> tuple[Note, ...]:
    return tuple(Note(*numbers) for numbers in track.notes)


def test_each_voice_has_its_track(toy_quartet: Path, tmp_path: Path) -> None:
    answer = answer_prime(open_generator(toy_quartet), Prime.silence(Meter(), 100.0), bars=8, seed=1)
    assert [name for name, _ in answer.voices] == ["soprano", "alto", "tenor", "bass"]
    write_answer(tmp_path / "out.mid", Prime.silence(Meter(), 100.0), answer)
    tracks = {track.name: notes_of(track) for track in read_midi(tmp_path / "out.mid").tracks}
    assert tracks == {f"Hocket Quartet {name}": notes for name, notes in answer.voices if notes}
    assert sorted(note for notes in tracks.values() for note in notes) == sorted(answer.notes)


def test_a_prime_comes_first_and_is_answered_after_it(toy_quartet: Path, tmp_path: Path) -> None:
    phrase = Phrase.of([Note(BAR + i * PPQ, 72 + i, PPQ) for i in range(4)])
    prime = Prime(phrase, 120.0)
    answer = answer_prime(open_generator(toy_quartet), prime, end="trade", bars=2)
    assert answer.start_tick == 2 * BAR
    assert all(2 * BAR <= note.start_tick < 4 * BAR for note in answer.notes)
    write_answer(tmp_path / "out.mid", prime, answer)
    first = read_midi(tmp_path / "out.mid").tracks[0]
    assert (first.name, notes_of(first)) == ("You", phrase.notes)
