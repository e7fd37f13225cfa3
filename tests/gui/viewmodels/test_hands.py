"""Hands on the window: each note on has its note off, whatever else happens."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gui.viewmodels.hands import LETTERS, HandsModel
from realtime.engine.commands import Forward
from realtime.messages import Inject
from tests.gui.fakes import FakeHost


def sent(host: FakeHost) -> list[tuple[int, ...]]:
    found = [command.message for command in host.asked if isinstance(command, Forward)]
    return [tuple(message.data) for message in found if isinstance(message, Inject)]


@pytest.fixture
def hands(host: FakeHost) -> HandsModel:
    return HandsModel(host)


@pytest.mark.parametrize(("letter", "pitch"), [("A", 60), ("W", 61), ("K", 72), ("P", 75), ("'", 77)])
def test_letters_are_a_piano_from_middle_c(hands: HandsModel, host: FakeHost, letter: str, pitch: int) -> None:
    hands.key_down(letter)
    hands.key_up(letter)
    assert sent(host) == [(0x90, pitch, 80), (0x80, pitch, 0)]


def test_a_note_ends_as_it_began_whatever_the_octave_is_then(hands: HandsModel, host: FakeHost) -> None:
    hands.key_down("A")
    hands.key_down("X")
    hands.key_up("A")
    hands.key_down("A")
    assert sent(host) == [(0x90, 60, 80), (0x80, 60, 0), (0x90, 72, 80)]


def test_velocity_and_octave_keep_within_their_bounds(hands: HandsModel) -> None:
    for _ in range(20):
        hands.key_down("C")
        hands.key_down("Z")
    assert (hands.velocity, hands.octave) == (1, -1)
    for _ in range(40):
        hands.key_down("V")
        hands.key_down("X")
    assert (hands.velocity, hands.octave) == (127, 8)
    hands.key_down("'")
    assert max(hands.letters()) <= 127


def test_two_hands_on_one_pitch_are_one_note(hands: HandsModel, host: FakeHost) -> None:
    hands.press(60, 100)
    hands.key_down("A")
    hands.release(60)
    assert sent(host) == [(0x90, 60, 100)]
    hands.key_up("A")
    assert sent(host)[-1] == (0x80, 60, 0)


def test_off_it_takes_no_letters_and_lets_go_of_those_it_held(hands: HandsModel, host: FakeHost) -> None:
    hands.key_down("D")
    hands.toggle()
    assert sent(host)[-1] == (0x80, 64, 0)
    assert not hands.takes("A")
    assert hands.letters() == {}
    assert hands.press is not None
    hands.press(50, 90)
    assert sent(host)[-1] == (0x90, 50, 90)


OCTAVES = [("down", "X"), ("down", "Z")]
moves = st.sampled_from([*((what, letter) for letter in LETTERS for what in ("down", "up")), *OCTAVES])


@settings(deadline=None)
@given(st.lists(moves, max_size=60))
def test_each_note_on_has_one_note_off(work: list[tuple[str, str]]) -> None:
    host = FakeHost()
    hands = HandsModel(host)
    for what, letter in work:
        if what == "down":
            hands.key_down(letter)
        else:
            hands.key_up(letter)
    hands.release_all()
    sounding: set[int] = set()
    for kind, pitch, _ in sent(host):
        assert (pitch in sounding) is (kind == 0x80)
        sounding ^= {pitch}
    assert sounding == set()
