"""From playing to a line: chords, overlaps, loose timing, triplets, grace notes, rests."""

import random

import pytest

from realtime.music.line import LineNote, melody_line, phase_ticks, quantise_onsets, top_voice
from realtime.music.note import Note


def played(*notes: tuple[int, int, int]) -> list[Note]:
    """(start, pitch, duration) triples."""
    return [Note(start, pitch, duration) for start, pitch, duration in notes]


def test_the_top_of_a_chord_is_the_tune() -> None:
    chord = played((0, 60, 480), (5, 64, 480), (12, 67, 480), (480, 65, 480))
    assert [note.pitch for note in top_voice(chord)] == [67, 65]


def test_what_starts_under_a_held_higher_note_is_left_out() -> None:
    notes = played((0, 72, 1920), (480, 48, 480), (960, 52, 480), (1920, 71, 480))
    assert [note.pitch for note in top_voice(notes)] == [72, 71]


def test_legato_overlap_downwards_is_kept() -> None:
    notes = played((0, 72, 500), (480, 71, 500), (960, 69, 480))
    assert [note.pitch for note in top_voice(notes)] == [72, 71, 69]


@pytest.mark.parametrize("step", [120, 240, 480, 160, 60, 80])
def test_what_is_on_a_grid_stays(step: int) -> None:
    onsets = [i * step for i in range(16)]
    assert quantise_onsets(onsets) == onsets


@pytest.mark.parametrize("step", [120, 160, 240])
def test_loose_playing_finds_its_grid(step: int) -> None:
    rng = random.Random(1)
    true = [i * step for i in range(24)]
    loose = [max(0, t + rng.randint(-18, 18)) for t in true]  # 19 ms at 120 beats a minute
    assert quantise_onsets(loose) == true


def test_order_survives_any_jitter() -> None:
    rng = random.Random(2)
    onsets = sorted(rng.randrange(0, 9600) for _ in range(100))
    assert quantise_onsets(onsets) == sorted(quantise_onsets(onsets))


def test_a_line_beside_the_click_is_moved_onto_it() -> None:
    assert phase_ticks([50 + 120 * i for i in range(8)]) == 50
    assert phase_ticks([120 * i + 6 for i in range(8)]) == 0
    assert phase_ticks([3, 61, 175, 299, 371, 502]) == 0  # no grid at all


def test_grace_note_gives_way_to_the_note_it_adorns() -> None:
    notes = played((470, 74, 12), (482, 72, 470))
    assert [note.pitch for note in melody_line(notes, played=True)] == [72]


def test_a_gap_is_a_rest_only_if_it_is_heard_as_one() -> None:
    staccato = played((0, 60, 150), (240, 62, 240))  # 3/8 of an eighth is articulation
    assert melody_line(staccato, played=True)[0] == LineNote(0, 60, 240)
    rested = played((0, 60, 240), (480, 62, 240))
    assert melody_line(rested, played=True)[0] == LineNote(0, 60, 240)


def test_nothing_gives_nothing() -> None:
    assert melody_line([], played=True) == []
