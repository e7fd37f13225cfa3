import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gui.widgets.roll.notes import NOWHERE, NoteStore, Span
from realtime.music.note import Note

notes = st.lists(
    st.builds(Note, st.integers(-2_000, 8_000), st.integers(0, 127), st.integers(1, 3_000), st.integers(1, 127)),
    max_size=30,
)


def as_tuples(rows: object) -> list[tuple[int, ...]]:
    return sorted(map(tuple, np.asarray(rows).tolist()))


def told(some: list[Note]) -> list[tuple[int, ...]]:
    return sorted((n.start_tick, n.end_tick, n.pitch, n.velocity) for n in some)


@given(notes, notes, st.integers(-3_000, 9_000), st.integers(1, 5_000))
def test_between_finds_all_that_sounds(first: list[Note], more: list[Note], start: int, length: int) -> None:
    store = NoteStore()
    store.put("part", first)
    store.add("part", more)
    store.put("other", more)
    end = start + length
    wanted = [note for note in first + more if note.start_tick < end and note.end_tick > start]
    assert as_tuples(store.between("part", start, end)) == told(wanted)


@given(notes, st.integers(-3_000, 9_000))
def test_what_is_dropped_is_gone_and_told(some: list[Note], tick: int) -> None:
    store = NoteStore()
    store.put("part", some)
    span = store.drop_from("part", tick)
    gone = [note for note in some if note.start_tick >= tick]
    assert as_tuples(store.rows("part")) == told([note for note in some if note.start_tick < tick])
    assert span == (Span(min(n.start_tick for n in gone), max(n.end_tick for n in gone)) if gone else NOWHERE)


@given(notes, notes, st.integers(-3_000, 9_000))
def test_the_past_is_forgotten_in_all_sources(first: list[Note], second: list[Note], tick: int) -> None:
    store = NoteStore()
    store.put("a", first)
    store.put("b", second)
    span = store.drop_before(tick)
    for source, some in (("a", first), ("b", second)):
        assert as_tuples(store.rows(source)) == told([note for note in some if note.end_tick >= tick])
    assert bool(span) is any(note.end_tick < tick for note in first + second)


@given(notes, notes, st.integers(-3_000, 9_000))
def test_replacing_is_dropping_and_adding(some: list[Note], later: list[Note], tick: int) -> None:
    store, other = NoteStore(), NoteStore()
    for each in (store, other):
        each.put("part", some)
    span = store.replace_from("part", tick, later)
    gone, come = other.drop_from("part", tick), other.add("part", later)
    assert as_tuples(store.rows("part")) == as_tuples(other.rows("part"))
    changed = set(told([note for note in some if note.start_tick >= tick])) ^ set(told(later))
    assert all(span.start <= start and end <= span.end for start, end, _, _ in changed)
    whole = [each for each in (gone, come) if each]
    assert not span or (min(s.start for s in whole) <= span.start and span.end <= max(s.end for s in whole))


@given(notes, st.lists(st.integers(8_001, 9_000), min_size=1, max_size=3))
def test_what_is_replaced_by_itself_and_more_paints_only_the_more(some: list[Note], starts: list[int]) -> None:
    store, more = NoteStore(), [Note(start, 60, 10) for start in sorted(starts)]
    store.put("part", some)
    again = [Note(start, pitch, end - start, velocity) for start, end, pitch, velocity in store.rows("part").tolist()]
    assert store.replace_from("part", -3_000, again) == NOWHERE
    assert store.replace_from("part", -3_000, again + more) == Span(more[0].start_tick, more[-1].end_tick)


def test_an_empty_store() -> None:
    store = NoteStore()
    assert (len(store), store.pitches(), store.end_tick(), store.count("part")) == (0, None, 0, 0)
    assert store.add("part", []) == NOWHERE
    assert not store.drop_from("part", 0)
    assert len(store.between("part", 0, 100)) == 0


def test_put_tells_the_span_of_old_and_new() -> None:
    store = NoteStore()
    store.put("part", [Note(0, 60, 100)])
    assert store.put("part", [Note(500, 62, 100)]) == Span(0, 600)
    assert (store.pitches(), store.end_tick()) == ((62, 62), 600)
