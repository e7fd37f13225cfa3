import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.messages import THRU_MODES, Way
from realtime.player.midi_bytes import SPECS, control_change, is_note, note_off, note_on, pitch_bend
from realtime.player.thru import Copy, Thru

PROGRAM, PRESSURE, BEND = bytes((0xC2, 7)), bytes((0xD2, 99)), bytes((0xE2, 0, 100))
CONTROLS = [control_change(2, 74, 9), bytes((0xA2, 60, 5)), PROGRAM, PRESSURE, BEND]
NOTES = [note_on(2, 60, 9), note_off(2, 60)]


def copies(mode: str, messages: list[bytes], *to: Way) -> list[Copy]:
    thru = Thru()
    thru.set(mode, to)
    return [copy for data in messages for copy in thru.copies(data)]


def test_each_mode_passes_what_it_says_and_as_it_came() -> None:
    assert copies("off", NOTES + CONTROLS) == []
    assert copies("controls", NOTES + CONTROLS) == [("", data) for data in CONTROLS]
    assert copies("all", NOTES + CONTROLS) == [("", data) for data in NOTES + CONTROLS]


def test_controls_go_to_all_channels_of_a_part_and_a_note_to_the_first() -> None:
    ways = (Way("bass", 4), Way("bass", 5))
    assert copies("all", [note_on(2, 60, 9), PROGRAM], *ways) == [
        ("bass", note_on(4, 60, 9)),
        ("bass", bytes((0xC4, 7))),
        ("bass", bytes((0xC5, 7))),
    ]


def test_pedals_and_bends_that_moved_are_put_back_once() -> None:
    thru = Thru("controls")
    for data in (control_change(0, 64, 127), BEND, control_change(1, 66, 90), control_change(0, 1, 50)):
        thru.copies(data)
    thru.copies(control_change(1, 66, 0))  # let go by the musician
    assert thru.let_go() == [("", control_change(0, 64, 0)), ("", pitch_bend(2))]
    assert thru.let_go() == []


def test_the_same_again_and_what_there_is_not_change_nothing() -> None:
    thru = Thru("all")
    assert not thru.set("all", ())
    assert not thru.set("some", ())
    assert thru.set("all", (Way("", 3),))


MESSAGES = st.builds(
    lambda spec, channel, values: bytes((spec.status | channel, *values[: spec.length - 1])),
    st.sampled_from(SPECS),
    st.integers(0, 15),
    st.tuples(st.integers(0, 127), st.integers(0, 127)),
)
WAYS = st.lists(st.builds(Way, st.sampled_from(["", "bass"]), st.integers(0, 15)), max_size=3, unique=True)


@pytest.mark.parametrize("mode", THRU_MODES)
@given(st.lists(MESSAGES, max_size=30), WAYS)
def test_nothing_is_left_moved(mode: str, messages: list[bytes], ways: list[Way]) -> None:
    thru = Thru()
    thru.set(mode, tuple(ways))
    sent = [copy for data in messages for copy in thru.copies(data)] + thru.let_go()
    state = {
        (port, data[:2] if data[0] < 0xE0 else data[:1]): data
        for port, data in sent
        if data[0] >= 0xE0 or (data[0] & 0xF0 == 0xB0 and data[1] in (64, 66, 67))
    }
    assert all(data[1:] == b"\x00\x40" if data[0] >= 0xE0 else data[2] == 0 for data in state.values())
    assert mode == "all" or not any(is_note(data) for _, data in sent)


def test_a_controller_that_moves_a_control_is_left_out_and_nothing_is_let_go() -> None:
    thru = Thru()
    assert thru.set("all", ())
    assert not thru.set("all", (), ((2, 74),))
    assert thru.copies(control_change(2, 74, 9)) == []
    assert thru.copies(control_change(3, 74, 9)) == [("", control_change(3, 74, 9))]
    assert thru.copies(note_on(2, 74, 9)) == [("", note_on(2, 74, 9))]
    thru.set("all", ())
    assert thru.copies(control_change(2, 74, 9)) != []
