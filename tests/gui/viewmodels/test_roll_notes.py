"""What the roll shows is what the player plays: the same work is given to the player's own timeline."""

from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st

from gui.viewmodels.roll_notes import MAX_NOTES, PLAYED, RollNotes
from realtime.messages import Chunk, ChunkNote, Cut
from realtime.music.note import Note
from realtime.player.midi_bytes import is_note_on
from realtime.player.timeline import Timeline

END = 10_000
PARTS = {"solo": 0, "band/1": 1, "band/2": 2}
Step = tuple[int, str, bool, str, int, list[tuple[int, int, int]]]
Played = set[tuple[str, int, int, int]]  # part, start, pitch, end

steps = st.tuples(
    st.integers(0, 60),  # ticks that pass before
    st.sampled_from(["chunk", "chunk", "cut"]),
    st.booleans(),  # whether the view looks before
    st.sampled_from(sorted(PARTS)),
    st.integers(-1, 2),  # how much newer the generation is
    st.lists(st.tuples(st.integers(1, 200), st.integers(60, 63), st.integers(1, 150)), max_size=5),
)


class Mirror:
    """A view that takes changes as the roll's does."""

    def __init__(self) -> None:
        self.notes: dict[str, list[Note]] = {}

    def look(self, notes: RollNotes, now: int) -> None:
        for source, (tick, later) in notes.changes(now).notes.items():
            kept = [note for note in self.notes.get(source, []) if note.start_tick < tick]
            self.notes[source] = sorted((*kept, *later))


class Oracle:
    """The player's timeline, and what it has sent."""

    def __init__(self) -> None:
        self.timeline, self.sounding, self.played = Timeline(), dict[tuple[str, int], int](), Played()

    def send(self, now: int) -> None:
        self.take(self.timeline.pop_due(now, -END))

    def take(self, events: Iterable[object]) -> None:
        for event in events:
            key = event.part, event.data[1]  # type: ignore[attr-defined]
            if is_note_on(event.data):  # type: ignore[attr-defined]
                self.sounding[key] = event.tick  # type: ignore[attr-defined]
            else:
                start = self.sounding.pop(key)
                self.played.add((key[0], start, key[1], max(start + 1, event.tick)))  # type: ignore[attr-defined]


@settings(max_examples=200, deadline=None)
@given(st.lists(steps, max_size=25), st.booleans())
def test_the_roll_shows_what_the_player_plays(work: list[Step], monophonic: bool) -> None:
    notes, oracle, mirror = RollNotes(), Oracle(), Mirror()
    now, generations = 0, dict.fromkeys(PARTS, 1)
    for passed, what, looks, part, newer, placed in work:
        now += passed
        oracle.send(now)
        if looks:
            mirror.look(notes, now)
        generations[part] = max(1, generations[part] + newer)
        if what == "chunk":
            made = tuple(ChunkNote(now + at, pitch, length, 80) for at, pitch, length in placed)
            start = min((note.start_tick for note in made), default=now + 1)
            chunk = Chunk(part, generations[part], PARTS[part], start, made, monophonic=monophonic)
            oracle.timeline.accept(chunk)
            notes.place(chunk, now)
        else:
            oracle.take(oracle.timeline.cut(part, generations[part], now))
            notes.cut(Cut(part, generations[part]), now)
    oracle.send(END)
    mirror.look(notes, END)
    shown = {(source, n.start_tick, n.pitch, n.end_tick) for source, some in mirror.notes.items() for n in some}
    assert shown == {(part.partition("/")[0], *rest) for part, *rest in oracle.played}


bunches = st.lists(st.tuples(st.integers(1, 400), st.integers(60, 63), st.integers(1, 200)), min_size=1)


@settings(deadline=None)
@given(bunches, st.integers(0, 300))
def test_no_note_begins_or_sounds_after_a_cut(placed: list[tuple[int, int, int]], now: int) -> None:
    notes = RollNotes()
    notes.place(Chunk("a", 1, 0, 0, tuple(ChunkNote(at, pitch, length, 80) for at, pitch, length in placed)), 0)
    notes.cut(Cut("a", 1), now)
    _, shown = notes.changes(now).notes["a"]
    assert all(note.start_tick <= now and note.end_tick <= max(now, note.start_tick + 1) for note in shown)
    assert notes.sounding(now + 1) == {}


def chunk(start: int, *starts: int, generation: int = 1, epoch: int = 0, part: str = "a") -> Chunk:
    made = tuple(ChunkNote(at, 60, 100, 80) for at in starts)
    return Chunk(part, generation, 0, start, made, epoch=epoch)


def shown(notes: RollNotes, source: str = "a", now: int = 0) -> list[int]:
    return [note.start_tick for note in notes.changes(now).notes.get(source, (0, []))[1]]


def test_what_is_meant_for_another_time_is_not_shown() -> None:
    notes = RollNotes()
    notes.transport(playing=True, tick=0, epoch=2, now=0)
    notes.place(chunk(10, 10, epoch=1), 0)
    assert shown(notes) == []
    notes.place(chunk(20, 20, epoch=2), 0)
    assert shown(notes) == [20]


def test_a_stop_drops_what_waits_and_ends_what_sounds() -> None:
    notes = RollNotes()
    notes.transport(playing=True, tick=0, epoch=1, now=0)
    notes.place(chunk(0, 0, 40, 200, epoch=1), -1)
    notes.transport(playing=False, tick=60, epoch=2, now=60)
    _, left = notes.changes(60).notes["a"]
    assert [(note.start_tick, note.end_tick) for note in left] == [(0, 40), (40, 60)]
    notes.place(chunk(100, 100, generation=2, epoch=2), 60)
    notes.transport(playing=True, tick=60, epoch=2, now=60)
    assert shown(notes, now=60) == [100], "what was placed for the start stays"


def test_a_jump_back_forgets_what_lies_ahead_and_a_jump_on_what_was_to_come() -> None:
    notes = RollNotes()
    notes.transport(playing=True, tick=0, epoch=1, now=0)
    notes.place(chunk(0, 0, 500, 900, epoch=1), -1)
    notes.transport(playing=True, tick=2000, epoch=2, now=600)
    assert shown(notes) == [0, 500]
    notes.transport(playing=True, tick=300, epoch=3, now=2100)
    assert shown(notes, now=300) == []
    notes.place(chunk(700, 700, generation=2, epoch=3), 300)
    mirror = Mirror()
    mirror.look(notes, 300)
    assert [note.start_tick for note in mirror.notes["a"]] == [700]


def test_a_key_that_is_held_grows_and_ends_where_it_is_let_go() -> None:
    notes = RollNotes()
    notes.play(bytes((0x90, 60, 90)), 100)
    assert notes.held == {60}
    assert notes.changes(150).notes[PLAYED] == (100, [Note(100, 60, 80, 90)])
    assert notes.changes(160).notes == {}, "a frame later it is as long still"
    assert notes.changes(180).notes[PLAYED] == (100, [Note(100, 60, 140, 90)])
    notes.play(bytes((0x90, 60, 0)), 200)
    assert notes.changes(300).notes[PLAYED] == (100, [Note(100, 60, 100, 90)])
    assert notes.changes(300).notes == {}
    assert notes.held == frozenset()


def test_keys_light_up_while_the_transport_stands_and_nothing_is_drawn() -> None:
    notes = RollNotes()
    notes.transport(playing=False, tick=0, epoch=1, now=0)
    notes.play(bytes((0x90, 64, 90)), 0)
    assert notes.sounding(0) == {64: PLAYED}
    notes.play(bytes((0x80, 64, 0)), 0)
    assert shown(notes, PLAYED) == []


def test_messages_that_are_no_notes_change_nothing() -> None:
    notes = RollNotes()
    for data in (bytes((0xB0, 64, 127)), bytes((0xE0, 0, 64)), bytes((0xC0, 5)), bytes((0x80, 60, 0))):
        notes.play(data, 10)
    assert notes.changes(20).notes == {}


def test_memory_is_bounded_and_the_view_is_told() -> None:
    notes = RollNotes()
    for tick in range(0, 20 * (MAX_NOTES + 100), 20):
        notes.place(chunk(tick, tick), tick)
    assert len(notes) <= MAX_NOTES
    told = notes.changes(0)
    assert told.forget_before is not None
    assert told.notes["a"][1][0].start_tick >= told.forget_before


def test_another_player_begins_with_nothing() -> None:
    notes, mirror = RollNotes(), Mirror()
    notes.place(chunk(0, 0, 50, generation=9), -1)
    mirror.look(notes, 0)
    notes.forget()
    notes.place(chunk(0, 30, generation=1), -1)
    mirror.look(notes, 0)
    assert [note.start_tick for note in mirror.notes["a"]] == [30]
