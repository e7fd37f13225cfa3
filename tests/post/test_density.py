from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.music.note import Note
from realtime.music.units import PPQ, Meter
from realtime.post.density import in_beats, levels_of, strength, thinned
from tests.post.settings_strategy import METERS, NOTES

FOUR, SIX = Meter(4, 4), Meter(6, 8)


def starts(notes: list[Note]) -> list[int]:
    return [note.start_tick for note in notes]


def at(*ticks: int, length: int = 60) -> list[Note]:
    return [Note(tick, 60, length) for tick in ticks]


@pytest.mark.parametrize(
    ("ticks", "most", "meter", "kept"),
    [
        ((0, 120, 240, 360), 4, FOUR, [0, 120, 240, 360]),
        ((0, 120, 240, 360), 3, FOUR, [0, 120, 240]),
        ((0, 120, 240, 360), 2, FOUR, [0, 240]),
        ((0, 120, 240, 360), 1, FOUR, [0]),
        ((120, 360), 1, FOUR, [120]),  # as strong and as long: the earlier
        ((0, 240, 480, 720), 1, FOUR, [0, 480]),  # each beat for itself
        ((60, 247), 1, FOUR, [247]),  # played a little late, and still the eighth
        ((480, 720), 1, FOUR, [480]),
        ((480, 720), 1, SIX, [720]),  # the second pulse of 6/8
    ],
)
def test_strong_places_stay(ticks: tuple[int, ...], most: int, meter: Meter, kept: list[int]) -> None:
    assert starts(thinned(at(*ticks), most, meter)) == kept


def test_of_two_equally_strong_the_longer_stays() -> None:
    assert starts(thinned([*at(120), *at(360, length=100)], 1, FOUR)) == [360]


def test_a_chord_is_one_onset_and_stays_whole() -> None:
    chord = [Note(240, pitch, 60) for pitch in (60, 64, 67)]
    assert thinned([*chord, *at(360)], 1, FOUR) == chord


def test_levels_of_the_beat() -> None:
    levels = levels_of(FOUR)
    assert [strength(tick, levels) for tick in (0, 240, 120, 60, 160)] == [4, 3, 2, 1, 0]


@given(notes=NOTES, most=st.integers(1, 4), meter=METERS, bars=st.integers(1, 50))
def test_a_loop_loses_the_same_notes_each_time(notes: tuple[Note, ...], most: int, meter: Meter, bars: int) -> None:
    ticks = bars * meter.bar_ticks
    later = thinned([note.shifted(ticks) for note in notes], most, meter)
    assert later == [note.shifted(ticks) for note in thinned(notes, most, meter)]


@given(notes=NOTES, most=st.integers(1, 4), meter=METERS)
def test_no_beat_has_more_and_none_loses_without_need(notes: tuple[Note, ...], most: int, meter: Meter) -> None:
    def onsets(some: list[Note] | tuple[Note, ...]) -> dict[tuple[int, int], set[int]]:
        found: dict[tuple[int, int], set[int]] = {}
        for note in some:
            bar, place = divmod(note.start_tick, meter.bar_ticks)
            found.setdefault((bar, place // PPQ), set()).add(note.start_tick)
        return found

    before, after = onsets(notes), onsets(thinned(notes, most, meter))
    assert {beat: len(ticks) for beat, ticks in after.items()} == {b: min(most, len(t)) for b, t in before.items()}


@pytest.mark.parametrize(
    ("meter", "ticks", "beats"),
    [
        (FOUR, (0, 0, 479, 480, 1919, 1920), [[0, 0, 479], [480], [1919], [1920]]),
        (Meter(7, 8), (1440, 1679, 1680, 2159, 2160), [[1440, 1679], [1680, 2159], [2160]]),  # a half beat, then a bar
        (FOUR, (-480, -1, 0), [[-480, -1], [0]]),
    ],
)
def test_beats_count_from_the_bar_line(meter: Meter, ticks: tuple[int, ...], beats: list[list[int]]) -> None:
    assert [starts(beat) for beat in in_beats(at(*ticks), meter)] == beats


def test_a_beat_of_a_stream_comes_with_the_first_note_after_it() -> None:
    taken: list[int] = []

    def stream() -> Iterator[Note]:
        for note in at(0, 240, 480, 720):
            taken.append(note.start_tick)
            yield note

    assert starts(next(in_beats(stream(), FOUR))) == [0, 240]
    assert taken == [0, 240, 480]
