import numpy as np

from realtime.generators.sketch_voices import split_voices
from realtime.music.chorale import STEPS, VOICES, ChoraleCodec, ChoraleGrid, symbol_of
from realtime.music.note import Note, Phrase


def test_a_line_is_the_soprano() -> None:
    line = Phrase.of([Note(i * 240, 40 + i, 240) for i in range(8)])
    voices = split_voices(line)
    assert voices[0] == line
    assert not any(voice.notes for voice in voices[1:])
    assert not any(voice.notes for voice in split_voices(Phrase()))


def test_four_parts_merged_come_apart_again() -> None:
    rng = np.random.default_rng(0)
    ranges = ((66, 78), (59, 65), (53, 58), (41, 52))
    symbols = np.array([[symbol_of(int(rng.integers(*r))) for _ in range(STEPS // 4)] for r in ranges]).repeat(
        4, axis=1
    )
    grid = ChoraleGrid.of(symbols)
    voices = ChoraleCodec().decode(grid)
    merged = Phrase.of(note for voice in voices for note in voice.notes)
    assert ChoraleCodec().encode(split_voices(merged)) == grid


def test_a_held_note_keeps_its_voice() -> None:
    held = [Note(0, 72, 1920), Note(0, 48, 1920)]
    moving = [Note(i * 480, 64 + i, 480) for i in range(4)]
    voices = split_voices(Phrase.of([*held, *moving]))
    assert [note.pitch for note in voices[0].notes] == [72]
    assert [note.pitch for note in voices[3].notes] == [48]
    inner = [note.pitch for voice in voices[1:3] for note in voice.notes]
    assert sorted(inner) == [64, 65, 66, 67]


def test_of_more_than_four_notes_the_outer_ones_stay() -> None:
    voices = split_voices(Phrase.of([Note(0, pitch, 480) for pitch in (48, 52, 55, 60, 64, 67, 72)]))
    pitches = [voice.notes[0].pitch for voice in voices]
    assert len(pitches) == VOICES
    assert pitches == sorted(pitches, reverse=True)
    assert (pitches[0], pitches[-1]) == (72, 48)


def test_no_voice_overlaps_itself() -> None:
    rng = np.random.default_rng(1)
    notes = [
        Note(int(rng.integers(0, 3840)), int(rng.integers(30, 90)), int(rng.integers(60, 1200))) for _ in range(60)
    ]
    for voice in split_voices(Phrase.of(notes)):
        assert all(a.end_tick <= b.start_tick for a, b in zip(voice.notes, voice.notes[1:], strict=False))
