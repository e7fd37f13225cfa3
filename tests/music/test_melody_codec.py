"""The codec's tables and both directions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.music.examples import EXAMPLES
from realtime.music.melody_codec import (
    DURATIONS,
    FEATURES,
    INTERVAL_CLIP,
    OFFSETS,
    PITCH_HIGH,
    PITCH_LOW,
    PITCHES,
    REST,
    TABLE_SIZE,
    Event,
    EventLine,
    MelodyCodec,
    RowBuilder,
    fold,
    nearest_duration,
    octaves_to_fit,
)
from realtime.music.note import Note, Phrase
from realtime.music.units import Meter

CODEC = MelodyCodec()
# The hash is part of every shipped bundle: a change of tables must be meant, and means training again.
TABLE_HASH = "4794b09c42a25f1c99a9030663336c2c3544f359077b2c0911c8b38f5250ddb0"


def test_tables_have_not_changed() -> None:
    assert CODEC.table_hash() == TABLE_HASH


@pytest.mark.parametrize("pitch_id", range(PITCHES))
@pytest.mark.parametrize("duration_id", [0, 5, 9, len(DURATIONS) - 1])
def test_every_event_survives_both_ways(pitch_id: int, duration_id: int) -> None:
    line = EventLine((Event(pitch_id, duration_id),), 960, Meter())
    (note,) = CODEC.decode(line).notes
    assert note == Note(960, pitch_id + PITCH_LOW, DURATIONS[duration_id], 80)
    assert CODEC.encode(CODEC.decode(line), played=False).events == line.events


def lines() -> st.SearchStrategy[EventLine]:
    """Lines of notes and rests as the codec writes them: it starts with a note and no two rests meet."""
    note = st.builds(Event, st.integers(0, PITCHES - 1), st.integers(0, len(DURATIONS) - 1))
    # A rest the codec itself would write: a sixteenth or more, and more than 0.4 of the time to the next note.
    pair = st.tuples(note, st.booleans()).map(
        lambda p: (p[0], Event(REST, p[0].duration_id)) if p[1] and p[0].ticks >= 120 else (p[0],)
    )
    return st.lists(pair, min_size=1, max_size=30).map(
        lambda pairs: EventLine(tuple(e for p in pairs for e in p), 0, Meter())
    )


@given(lines())
def test_a_line_survives_both_ways(line: EventLine) -> None:
    again = CODEC.encode(CODEC.decode(line), played=False, until_tick=line.end_tick)
    assert again.events == line.events


@given(
    st.lists(
        st.tuples(st.integers(0, 20_000), st.integers(0, 127), st.integers(1, 9000), st.integers(1, 127)), max_size=60
    ),
    st.integers(0, 40_000),
)
def test_whatever_is_played_can_be_encoded(raw: list[tuple[int, int, int, int]], until: int) -> None:
    phrase = Phrase.of(Note(s, p, d, v) for s, p, d, v in raw)
    line = CODEC.encode(phrase, until_tick=max(until, phrase.length_ticks))
    assert bool(line.events) == bool(raw)
    rows = CODEC.rows(line)
    assert len(rows) == len(line.events) + 1
    for row in rows:
        for value, offset, feature in zip(row, OFFSETS, FEATURES, strict=True):
            assert offset <= value < offset + feature.size
    if raw:
        assert abs(line.end_tick - max(until, phrase.length_ticks)) <= DURATIONS[-1]


def test_a_note_longer_than_the_vocabulary_goes_on_as_a_rest() -> None:
    line = CODEC.encode(Phrase.of([Note(0, 60, 20_000)]), until_tick=20_000)
    assert line.events[0] == Event(60 - PITCH_LOW, len(DURATIONS) - 1)
    assert all(event.is_rest for event in line.events[1:])
    assert abs(line.end_tick - 20_000) <= 240


def test_rounding_does_not_add_up() -> None:
    notes = [Note(i * 100, 60 + i % 3, 100) for i in range(64)]  # 100 ticks are no duration of the table
    line = CODEC.encode(Phrase.of(notes), played=False)
    starts = [note.start_tick for note in CODEC.decode(line).notes]
    assert all(abs(start - note.start_tick) <= 60 for start, note in zip(starts, notes, strict=True))


@pytest.mark.parametrize("octave", [-2, -1, 0, 1])
def test_octaves_are_taken_off_and_put_back(octave: int) -> None:
    phrase = EXAMPLES["bach"].phrase()
    moved = Phrase.of(Note(n.start_tick, n.pitch + 12 * octave, n.duration_ticks, n.velocity) for n in phrase.notes)
    decoded = CODEC.decode(CODEC.encode(moved))
    assert [n.pitch for n in decoded.notes] == [n.pitch for n in moved.notes]


def test_fit_and_fold() -> None:
    assert octaves_to_fit([60, 72]) == 0
    assert octaves_to_fit([108, 110, 115]) == 2
    assert octaves_to_fit([24, 28]) == -1
    assert all(PITCH_LOW <= fold(pitch) <= PITCH_HIGH for pitch in range(128))
    assert all((fold(pitch) - pitch) % 12 == 0 for pitch in range(128))


def test_nearest_duration_is_nearest() -> None:
    for ticks in range(1, 9000, 7):
        best = min(DURATIONS, key=lambda d: (abs(d - ticks), d))
        assert DURATIONS[nearest_duration(ticks)] == best


def test_position_in_the_bar_is_that_of_the_next_event() -> None:
    builder = RowBuilder(start_tick=480, meter=Meter(4, 4))
    position = OFFSETS[3]
    assert builder.first()[3] == position + 12  # one beat in, thirds of a sixteenth
    assert builder.after(Event(0, nearest_duration(1440)))[3] == position + 0


def test_a_continuation_knows_its_place_in_the_bar_whatever_was_rounded_before() -> None:
    line = CODEC.encode(Phrase.of([Note(0, 60, 100)]), until_tick=1920 + 480)
    rows = CODEC.continuation_rows(line, start_tick=1920 + 480)
    builder = CODEC.continuation_builder(line, start_tick=1920 + 480)
    assert rows[-1][3] == OFFSETS[3] + 12
    following = builder.after(Event(20, nearest_duration(480)))
    assert following[3] == OFFSETS[3] + 24
    assert following[2] == OFFSETS[2] + INTERVAL_CLIP + (20 - (60 - PITCH_LOW))
    assert len(rows) == len(line.events) + 1


def test_features_fill_the_table_without_overlap() -> None:
    assert OFFSETS[0] == 0
    assert OFFSETS[-1] + FEATURES[-1].size == TABLE_SIZE
