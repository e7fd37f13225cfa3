"""What must hold of the whole chain, whatever its settings are."""

from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.messages import Chunk, ChunkNote
from realtime.music.note import Note
from realtime.music.units import Meter
from realtime.player.timeline import Timeline
from realtime.post import PostChain, PostSettings, in_beats
from realtime.post.chain import untangled
from tests.post.settings_strategy import METERS, NOTES, any_settings

FOUR = Meter(4, 4)


def chain(**values: float | str) -> PostChain:
    return PostChain(PostSettings.of(values))


def overlaps(notes: Sequence[Note]) -> list[tuple[Note, Note]]:
    """Notes of one pitch that sound at once."""
    return [
        (a, b)
        for i, a in enumerate(notes)
        for b in notes[i + 1 :]
        if a.pitch == b.pitch and a.start_tick < b.end_tick and b.start_tick < a.end_tick
    ]


def sent(chunks: Iterable[Sequence[Note]]) -> list[tuple[int, bytes]]:
    """What a player hands to its port."""
    timeline = Timeline()
    for notes in chunks:
        placed = tuple(ChunkNote(n.start_tick, n.pitch, n.duration_ticks, n.velocity) for n in notes)
        timeline.accept(Chunk("part", 0, 0, 0, placed))
    return sorted((event.tick, event.data) for event in timeline.pop_due(1 << 30, -1 << 30))


@given(notes=NOTES, meter=METERS)
def test_the_defaults_change_nothing(notes: tuple[Note, ...], meter: Meter) -> None:
    assert PostChain().apply(notes, meter) == notes
    assert PostChain().reach_ticks == 0


@given(notes=NOTES, meter=METERS)
def test_settings_without_effect_change_nothing(notes: tuple[Note, ...], meter: Meter) -> None:
    idle = chain(key="D", scale="blues", swing_grid="1/16", quantise_strength=0.3, humanise_seed=5)
    assert idle.apply(notes, meter) == notes


@given(notes=NOTES, settings=any_settings(), meter=METERS)
def test_it_does_not_matter_where_the_timeline_is_cut(
    notes: tuple[Note, ...], settings: PostSettings, meter: Meter
) -> None:
    post = PostChain(settings)
    by_beats = [post.apply_placed(beat, meter) for beat in in_beats(notes, meter)]
    whole = post.apply_placed(notes, meter)
    joined = [placed for beat in by_beats for placed in beat]
    # Two chunks know nothing of one another: notes that meet at their border are cut by the player, in the same way.
    assert whole in (joined, untangled(joined))
    assert sent([[note for _, note in placed] for placed in by_beats]) == sent([[note for _, note in whole]])


@given(notes=NOTES, settings=any_settings(max_onsets=0), meter=METERS)
def test_a_note_by_itself_sounds_as_it_does_among_others(
    notes: tuple[Note, ...], settings: PostSettings, meter: Meter
) -> None:
    post = PostChain(settings)
    assert not post.needs_beats
    alone = [placed for note in notes for placed in post.apply_placed([note], meter)]
    whole = post.apply_placed(notes, meter)

    def places(placed: Iterable[tuple[int, Note]]) -> set[tuple[int, int, int, int]]:
        return {(tick, n.start_tick, n.pitch, n.velocity) for tick, n in placed}

    assert places(whole) <= places(alone)
    assert {(n.start_tick, n.pitch) for _, n in whole} == {(n.start_tick, n.pitch) for _, n in alone}


@given(notes=NOTES, settings=any_settings(), meter=METERS, origin_bars=st.integers(-2, 2))
def test_all_notes_are_ones_that_midi_has_and_none_moves_too_far(
    notes: tuple[Note, ...], settings: PostSettings, meter: Meter, origin_bars: int
) -> None:
    post = PostChain(settings)
    placed = post.apply_placed([n.shifted(origin_bars * meter.bar_ticks) for n in notes], meter)
    for nominal_tick, note in placed:
        assert abs(note.start_tick - nominal_tick) <= post.reach_ticks
        assert 0 <= note.pitch <= 127
        assert 1 <= note.velocity <= 127
        assert note.duration_ticks >= 1


@given(notes=NOTES, settings=any_settings(), meter=METERS)
def test_no_two_notes_of_one_pitch_come_to_overlap(
    notes: tuple[Note, ...], settings: PostSettings, meter: Meter
) -> None:
    apart = tuple(note for _, note in untangled([(note.start_tick, note) for note in notes]))
    heard = PostChain(settings).apply(apart, meter)
    assert overlaps(heard) == []
    assert list(heard) == sorted(heard, key=lambda note: note.start_tick)


@given(notes=NOTES, meter=METERS, settings=any_settings(humanise_ticks=0, humanise_velocity=0, swing=0))
def test_each_pass_of_a_loop_is_shaped_alike(notes: tuple[Note, ...], meter: Meter, settings: PostSettings) -> None:
    post, ticks = PostChain(settings), 4 * meter.bar_ticks
    later = post.apply([note.shifted(ticks) for note in notes], meter)
    assert later == tuple(note.shifted(ticks) for note in post.apply(notes, meter))


def test_everything_at_once() -> None:
    post = chain(
        scale_lock="filter", key="C", octave=1, range_high=79, max_onsets=2, level=0.5, quantise="1/8", swing=1
    )
    notes = [
        Note(0, 60, 100, 100),
        Note(10, 61, 100, 100),  # not in C major; takes no place among the onsets
        Note(120, 64, 60, 100),  # the third onset of the beat, and the weakest
        Note(230, 64, 100, 80),  # quantised to 240, from there to 360; its end from 340 to 410
        Note(500, 72, 240, 60),  # quantised to 480; 84 is out of the range; its end from 720 to 840
    ]
    heard = (Note(0, 72, 150, 50), Note(360, 76, 50, 40), Note(480, 72, 360, 30))
    assert post.apply(notes, FOUR) == heard
    assert [tick for tick, _ in post.apply_placed(notes, FOUR)] == [0, 230, 500]
    assert post.needs_beats
    assert post.reach_ticks == 120 + 120


def test_of_two_notes_that_snap_to_one_the_first_stays() -> None:
    notes = [Note(0, 60, 100, 70), Note(0, 61, 200, 90), Note(50, 60, 100, 70)]
    assert chain(scale_lock="snap").apply(notes, FOUR) == (Note(0, 60, 50, 70), Note(50, 60, 100, 70))


def test_chance_moves_notes_and_the_seed_moves_them_otherwise() -> None:
    notes = [Note(i * 240, 60 + i % 12, 200, 64) for i in range(200)]
    one, two = (
        chain(humanise_ticks=12, humanise_velocity=9, humanise_seed=s).apply_placed(notes, FOUR) for s in (1, 2)
    )
    assert one != two
    for placed in (one, two):
        shifts = [note.start_tick - nominal_tick for nominal_tick, note in placed]
        assert min(shifts) < -6 < 6 < max(shifts)
        velocities = [note.velocity for _, note in placed]
        assert 55 <= min(velocities) < 60 < 68 < max(velocities) <= 73


@pytest.mark.parametrize("values", [{}, {"swing": 1.0, "swing_grid": "1/16"}, {"humanise_ticks": 20, "level": 0.7}])
def test_no_notes_give_none(values: dict[str, float | str]) -> None:
    assert chain(**values).apply([], FOUR) == ()
