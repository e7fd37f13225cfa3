from hypothesis import given
from hypothesis import strategies as st

from realtime.messages import Chunk, ChunkNote
from realtime.player.midi_bytes import is_note_off, is_note_on, note_off, note_on
from realtime.player.timeline import MAX_CHUNK_NOTES, MAX_PARTS, MAX_UNSENT_NOTES, THRU, Event, Timeline

ALWAYS = -(1 << 50)  # nothing is too late


def chunk(*notes: tuple[int, int, int], part: str = "a", generation: int = 1, start: int = 0, port: str = "") -> Chunk:
    """Notes as (start tick, pitch, duration)."""
    placed = tuple(ChunkNote(tick, pitch, duration, 90) for tick, pitch, duration in notes)
    return Chunk(part=part, generation=generation, channel=0, start_tick=start, notes=placed, port=port)


def shown(events: list[Event]) -> list[tuple[int, str, int]]:
    return [(event.tick, "on" if is_note_on(event.data) else "off", event.data[1]) for event in events]


def play(timeline: Timeline, up_to_tick: int, drop_before: int = ALWAYS) -> list[tuple[int, str, int]]:
    return shown(timeline.pop_due(up_to_tick, drop_before))


def test_a_note_is_an_on_and_an_off() -> None:
    timeline = Timeline()
    timeline.accept(chunk((10, 60, 5)))
    assert timeline.next_tick() == 10
    assert play(timeline, 9) == []
    assert play(timeline, 10) == [(10, "on", 60)]
    assert timeline.sounding == {("", 0, 60): "a"}
    assert play(timeline, 100) == [(15, "off", 60)]
    assert timeline.next_tick() is None


def test_offs_come_before_ons_at_a_tick() -> None:
    timeline = Timeline()
    timeline.accept(chunk((10, 62, 5), (0, 60, 10), (0, 62, 20)))
    # 62 is struck again at 10: released first, and all offs stand before the on.
    assert play(timeline, 10)[2:] == [(10, "off", 60), (10, "off", 62), (10, "on", 62)]
    assert play(timeline, 99) == [(15, "off", 62)]


def test_a_newer_generation_replaces_unsent_ons_from_its_start_on() -> None:
    timeline = Timeline()
    timeline.accept(chunk((0, 60, 50), (10, 61, 5), (20, 62, 5)))
    play(timeline, 0)
    timeline.accept(chunk((20, 72, 5), generation=2, start=15))
    assert play(timeline, 99) == [
        (10, "on", 61),
        (15, "off", 61),
        (20, "on", 72),
        (25, "off", 72),
        (50, "off", 60),
    ]


def test_an_equal_generation_adds_and_an_older_is_refused() -> None:
    timeline = Timeline()
    timeline.accept(chunk((0, 60, 5), generation=3))
    timeline.accept(chunk((0, 61, 5), generation=3))
    timeline.accept(chunk((0, 62, 5), (0, 63, 5), generation=2))
    assert timeline.refused_notes == 2
    assert [pitch for _, kind, pitch in play(timeline, 0) if kind == "on"] == [60, 61]


def test_generations_count_per_part() -> None:
    timeline = Timeline()
    timeline.accept(chunk((0, 60, 5), generation=9))
    timeline.accept(chunk((0, 61, 5), part="b", generation=1))
    assert timeline.refused_notes == 0
    assert timeline.unsent_count == 2


def test_cut_releases_its_part_only_and_refuses_what_is_older() -> None:
    timeline = Timeline()
    timeline.accept(chunk((0, 60, 50), (30, 61, 5)))
    timeline.accept(chunk((0, 70, 50), part="b"))
    play(timeline, 0)
    assert shown(timeline.cut("a", 4, 7)) == [(7, "off", 60)]
    timeline.accept(chunk((10, 62, 5), generation=3))
    assert timeline.refused_notes == 1
    timeline.accept(chunk((10, 63, 5), generation=4))
    assert play(timeline, 99) == [(10, "on", 63), (15, "off", 63), (50, "off", 70)]


def test_an_off_does_not_cut_a_pitch_that_another_part_took_over() -> None:
    timeline = Timeline()
    timeline.accept(chunk((0, 60, 20)))
    timeline.accept(chunk((10, 60, 30), part="b"))
    assert play(timeline, 10) == [(0, "on", 60), (10, "off", 60), (10, "on", 60)]
    assert timeline.sounding == {("", 0, 60): "b"}
    assert play(timeline, 30) == []
    assert play(timeline, 40) == [(40, "off", 60)]


def test_a_doubled_note_on_is_played_once() -> None:
    timeline = Timeline()
    timeline.accept(chunk((0, 60, 10), (0, 60, 30)))
    assert play(timeline, 99) == [(0, "on", 60), (10, "off", 60)]
    assert (timeline.doubled_notes, timeline.refused_notes) == (1, 0)


def test_late_ons_are_dropped_with_their_offs_and_offs_never_are() -> None:
    timeline = Timeline()
    timeline.accept(chunk((0, 60, 10), (5, 61, 5), (90, 62, 500)))
    play(timeline, 0)
    assert play(timeline, 100, drop_before=50) == [(10, "off", 60), (90, "on", 62)]
    assert timeline.late_ons_dropped == 1


def test_invalid_notes_are_refused_and_counted() -> None:
    notes = [(0, 200, 5, 90), (0, -1, 5, 90), (0, 60, 5, 0), (0, 60, 5, 128), (0, 60, 0, 90), (0, 60, -4, 90)]
    notes += [(0, 60, 1 << 40, 90), (1 << 60, 60, 5, 90)]
    timeline = Timeline()
    placed = tuple(ChunkNote(*note) for note in notes)
    timeline.accept(Chunk(part="a", generation=1, channel=0, start_tick=0, notes=placed))
    good = (ChunkNote(0, 60, 5, 90),)
    timeline.accept(Chunk(part="a", generation=1, channel=16, start_tick=0, notes=good))
    timeline.accept(Chunk(part=THRU, generation=1, channel=0, start_tick=0, notes=good))
    assert timeline.refused_notes == len(notes) + 2
    assert timeline.next_tick() is None


def test_the_heap_is_bounded() -> None:
    timeline = Timeline()
    chunks = MAX_UNSENT_NOTES // MAX_CHUNK_NOTES + 1
    for index in range(chunks):
        timeline.accept(chunk(*[(tick, 60, 1) for tick in range(MAX_CHUNK_NOTES + 1)], part=f"p{index}"))
    assert timeline.unsent_count == MAX_UNSENT_NOTES
    assert timeline.overflow == chunks * (MAX_CHUNK_NOTES + 1) - MAX_UNSENT_NOTES


def test_replaced_notes_do_not_pile_up_in_the_heap() -> None:
    timeline = Timeline()
    for generation in range(2000):
        timeline.accept(chunk(*[(1000 + tick, 60, 1) for tick in range(20)], generation=generation))
    assert timeline.unsent_count == 20
    assert len(timeline._heap) < 2000


def test_parts_are_bounded() -> None:
    timeline = Timeline()
    for index in range(100):
        timeline.accept(chunk((0, 60, 5), part=f"p{index}"))
    assert timeline.refused_notes == 36


def test_parts_that_have_long_gone_make_room() -> None:
    timeline = Timeline()
    timeline.accept(chunk((0, 30, 9999), part="long"))
    heard = play(timeline, 0)
    for index in range(1, 3 * MAX_PARTS):
        timeline.accept(chunk((10 * index, 60, 5), part=f"p{index}"))
        heard += play(timeline, 10 * index + 5)
    assert len([event for event in heard if event[1] == "on"]) == 3 * MAX_PARTS
    assert timeline.refused_notes == 0
    assert timeline.sounding == {("", 0, 30): "long"}


def test_thru_is_tracked_and_a_strange_off_is_swallowed() -> None:
    timeline = Timeline()
    assert shown(timeline.thru(note_on(0, 60, 80), 5)) == [(5, "on", 60)]
    assert timeline.sounding == {("", 0, 60): THRU}
    assert timeline.thru(note_off(0, 61), 6) == []
    assert [event.data for event in timeline.thru(bytes((0x80, 60, 33)), 7)] == [bytes((0x80, 60, 33))]
    assert timeline.sounding == {}
    assert [event.data for event in timeline.thru(bytes((0xB0, 1, 7)), 8)] == [bytes((0xB0, 1, 7))]


def test_thru_takes_a_pitch_over_and_its_off_does_not_cut_a_part() -> None:
    timeline = Timeline()
    timeline.accept(chunk((0, 60, 10), (20, 60, 10)))
    play(timeline, 0)
    assert shown(timeline.thru(note_on(0, 60, 80), 5)) == [(5, "off", 60), (5, "on", 60)]
    assert play(timeline, 15) == []
    assert play(timeline, 20) == [(20, "off", 60), (20, "on", 60)]
    assert timeline.thru(note_off(0, 60), 25) == []
    assert play(timeline, 30) == [(30, "off", 60)]


def test_release_of_thru_leaves_parts_alone() -> None:
    timeline = Timeline()
    timeline.accept(chunk((0, 60, 10)))
    play(timeline, 0)
    timeline.thru(note_on(3, 72, 80), 1)
    assert [event.data for event in timeline.release(2, THRU)] == [note_off(3, 72)]
    assert timeline.sounding == {("", 0, 60): "a"}


# --- properties ---------------------------------------------------------------------------------------


def test_two_parts_sound_the_same_pitch_of_the_same_channel_on_two_ports() -> None:
    timeline = Timeline()
    timeline.accept(chunk((0, 60, 20)))
    timeline.accept(chunk((0, 60, 30), part="b", port="bass"))
    assert play(timeline, 0) == [(0, "on", 60), (0, "on", 60)]
    assert timeline.sounding == {("", 0, 60): "a", ("bass", 0, 60): "b"}
    assert [(event.port, event.part) for event in timeline.pop_due(99, ALWAYS)] == [("", "a"), ("bass", "b")]


def test_the_release_of_a_port_leaves_the_others_alone() -> None:
    timeline = Timeline()
    timeline.accept(chunk((0, 60, 90)))
    timeline.accept(chunk((0, 60, 90), (0, 64, 90), part="b", port="bass"))
    timeline.thru(note_on(0, 70, 80), 0, "bass")
    play(timeline, 0)
    released = timeline.release(5, port="bass")
    assert [(event.port, event.part, event.data[1]) for event in released] == [
        ("bass", "thru", 70),
        ("bass", "b", 60),
        ("bass", "b", 64),
    ]
    assert timeline.sounding == {("", 0, 60): "a"}


PITCHES = st.integers(58, 63)
NOTES = st.lists(st.tuples(st.integers(0, 300), PITCHES, st.integers(-1, 60)), max_size=12)
PORTS = st.sampled_from(["", "bass"])
CHUNKS = st.tuples(st.just("chunk"), st.sampled_from("abc"), st.integers(0, 4), st.integers(0, 300), NOTES, PORTS)
CUTS = st.tuples(st.just("cut"), st.sampled_from("abc"), st.integers(0, 5))
STEPS = st.tuples(st.just("step"), st.integers(0, 80), st.integers(0, 120))
THRUS = st.tuples(st.just("thru"), st.booleans(), PITCHES, PORTS)
CLOSES = st.tuples(st.just("close"), PORTS)
PANICS = st.tuples(st.just("panic"))
ACTIONS = st.lists(st.one_of(CHUNKS, CUTS, STEPS, STEPS, THRUS, CLOSES, PANICS), max_size=40)


def check_order(events: list[Event]) -> None:
    ticks = [event.tick for event in events]
    assert ticks == sorted(ticks)
    for tick in set(ticks):
        kinds = [is_note_on(event.data) for event in events if event.tick == tick]
        assert kinds == sorted(kinds), "an off stands behind an on of its tick"


class Receiver:
    """A strict synth: refuses a second on, and an off without an on."""

    def __init__(self) -> None:
        self.sounding: set[tuple[str, int, int]] = set()

    def take(self, events: list[Event]) -> None:
        for event in events:
            key = (event.port, event.data[0] & 15, event.data[1])
            if is_note_on(event.data):
                assert key not in self.sounding
                self.sounding.add(key)
            elif is_note_off(event.data):
                assert key in self.sounding
                self.sounding.remove(key)


@given(ACTIONS)
def test_every_on_gets_exactly_one_off_whatever_happens(actions: list[tuple]) -> None:  # type: ignore[type-arg]
    timeline, synth, now = Timeline(), Receiver(), 0
    for action in actions:
        match action:
            case ("chunk", part, generation, start, notes, port):
                timeline.accept(chunk(*notes, part=part, generation=generation, start=start, port=port))
            case ("cut", part, generation):
                synth.take(timeline.cut(part, generation, now))
                assert part not in timeline.sounding.values()
            case ("thru", True, pitch, port):
                synth.take(timeline.thru(note_on(0, pitch, 80), now, port))
            case ("thru", False, pitch, port):
                synth.take(timeline.thru(note_off(0, pitch), now, port))
            case ("close", port):
                synth.take(timeline.release(now, port=port))
                assert port not in {key[0] for key in timeline.sounding}
            case ("step", ahead, late_limit):
                now += ahead
                events = timeline.pop_due(now, now - late_limit)
                check_order(events)
                synth.take(events)
            case _:
                synth.take(timeline.panic(now))
                assert synth.sounding == set()
        assert synth.sounding == set(timeline.sounding)
    synth.take(timeline.pop_due(10_000, ALWAYS))
    synth.take(timeline.release(10_000))
    assert synth.sounding == set()
    assert timeline.next_tick() is None
