"""When notes of a part that plays in cycles go out."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.engine.parts.cycle import REST, Cycle, Slice
from realtime.engine.parts.material import Material
from realtime.music.note import Note, Phrase
from realtime.music.units import Meter

LENGTH = 3840


def material(pitch: int, *starts: int) -> Material:
    starts = starts or tuple(range(0, LENGTH, 240))
    return Material(voices=(Phrase.of(Note(start, pitch, 200) for start in starts),), length_ticks=LENGTH)


def starts(slices: list[Slice]) -> list[int]:
    return [note.start_tick for beat in slices for note in beat.voices[0]]


def test_beats_go_out_once_and_the_cycle_comes_round() -> None:
    cycle = Cycle(1000, material(60))
    first = list(cycle.advance(1000 + 2 * 480))
    rest = list(cycle.advance(1000 + LENGTH + 480))
    assert starts(first + rest) == list(range(1000, 1000 + LENGTH + 480, 240))
    assert list(cycle.advance(1000 + LENGTH)) == []
    assert cycle.number == 1


def test_a_change_replaces_what_has_gone_out_from_a_tick_on_and_keeps_the_place() -> None:
    cycle = Cycle(0, material(60))
    list(cycle.advance(4 * 480))
    changed = list(cycle.change(material(72), 600))
    assert [beat.replaces_from for beat in changed] == [600, None, None]
    assert changed[0].start_tick == 480
    assert {note.pitch for beat in changed for note in beat.voices[0]} == {72}
    assert cycle.sent_until_tick == 4 * 480
    assert starts(list(cycle.advance(5 * 480))) == [1920, 2160]


def test_a_change_before_anything_went_out_still_says_so_once() -> None:
    cycle = Cycle(0, material(60))
    (only,) = cycle.change(material(72), 0)
    assert only.replaces_from == 0
    assert only.voices == ((),)


def test_new_material_begins_with_the_next_cycle() -> None:
    cycle = Cycle(0, material(60))
    cycle.expects_next = True
    list(cycle.advance(LENGTH - 480))
    cycle.offer_next(material(72))
    out = list(cycle.advance(LENGTH + 480))
    assert [note.pitch for beat in out for note in beat.voices[0]] == [60, 60, 72, 72]
    assert cycle.missed == 0


def test_a_miss_is_counted_and_repeats_or_rests() -> None:
    repeating, resting = Cycle(0, material(60)), Cycle(0, material(60), on_miss=REST)
    for cycle in (repeating, resting):
        cycle.expects_next = True
        out = list(cycle.advance(LENGTH + 480))
        assert cycle.missed == 1
        assert len(out) == LENGTH // 480 + 1
    assert repeating.current is not None
    assert resting.current is None
    resting.offer_next(material(72))
    assert {n.pitch for beat in resting.advance(3 * LENGTH) for v in beat.voices for n in v} == {72}


def test_the_same_again_after_a_mute_keeps_what_is_to_come() -> None:
    cycle = Cycle(0, material(60))
    cycle.expects_next = True
    list(cycle.advance(960))
    cycle.offer_next(material(72))
    assert starts(list(cycle.again(480))) == [480, 720]
    list(cycle.advance(LENGTH + 480))
    assert cycle.missed == 0


@given(
    st.lists(st.integers(0, 4000), min_size=1, max_size=30),
    st.integers(0, 2),
)
def test_however_time_passes_every_note_goes_out_exactly_once(steps: list[int], start_beats: int) -> None:
    start = start_beats * 480
    cycle = Cycle(start, material(60))
    now, out = start, []
    for step in steps:
        now += step
        out += list(cycle.advance(now))
    ticks = starts(out)
    assert ticks == list(range(start, cycle.sent_until_tick, 240))


@pytest.mark.parametrize(("meter", "beats"), [("7/8", [480, 480, 480, 240] * 2), ("7/16", [480, 360] * 2)])
def test_beats_are_counted_from_each_bar_line_in_odd_meters(meter: str, beats: list[int]) -> None:
    bar = Meter.of(meter).bar_ticks
    notes = tuple(Note(start, 60, 50) for start in range(0, 2 * bar, 60))
    odd = Material(voices=(Phrase.of(notes, length_ticks=2 * bar),), length_ticks=2 * bar)
    cycle = Cycle(1000, odd, bar_ticks=bar)
    out = list(cycle.advance(1000 + 4 * bar))
    edges = [beat.start_tick for beat in out] + [cycle.sent_until_tick]
    assert [b - a for a, b in pairwise(edges)] == beats * 2
    assert starts(out) == list(range(1000, 1000 + 4 * bar, 60))  # none twice, none left out
    assert cycle.number == 1
    changed = list(cycle.change(odd, 1000 + 3 * bar + 250))
    assert changed[0].start_tick == 1000 + 3 * bar
    assert starts(changed) == list(range(1000 + 3 * bar, 1000 + 4 * bar, 60))


@pytest.mark.parametrize("tick", [481, 959, 960])
def test_who_joins_leaves_out_the_beats_that_have_begun_and_has_the_same_place(tick: int) -> None:
    running, joining = Cycle(0, material(60)), Cycle(0, material(60))
    joining.join_at(tick)
    assert list(joining.advance(2 * LENGTH)) == [beat for beat in running.advance(2 * LENGTH) if beat.start_tick >= 960]
    assert joining.number == running.number


def test_who_joins_in_seven_eight_joins_on_a_beat_of_its_bars() -> None:
    joining = Cycle(0, material(60), bar_ticks=1680)
    joining.join_at(1441)
    assert joining.sent_until_tick == 1680
