"""Steps back and forth; one gesture is one step."""

import pytest

from gui.viewmodels.undo import Undo


class Knob:
    def __init__(self, undo: Undo) -> None:
        self.value, self._undo = 0, undo

    def turn(self, value: int, merge_key: object = None) -> None:
        before, self.value = self.value, value
        self._undo.did("turn", lambda: self.put(before), lambda: self.put(value), merge_key)

    def put(self, value: int) -> None:
        self.value = value


@pytest.fixture
def undo(qapp: object) -> Undo:
    return Undo()


def test_a_step_that_is_told_is_not_done_a_second_time(undo: Undo) -> None:
    done: list[str] = []
    undo.did("x", lambda: done.append("undo"), lambda: done.append("redo"))
    assert done == []
    undo.undo()
    undo.redo()
    undo.undo()
    assert done == ["undo", "redo", "undo"]


def test_a_drag_is_one_step_back_to_where_it_began(undo: Undo) -> None:
    knob = Knob(undo)
    for value in range(1, 30):
        knob.turn(value, "knob")
    assert undo.steps == 1
    undo.undo()
    assert knob.value == 0
    undo.redo()
    assert knob.value == 29


def test_two_drags_of_one_knob_are_two_steps(undo: Undo) -> None:
    knob = Knob(undo)
    knob.turn(1, "knob")
    knob.turn(2, "knob")
    undo.end_gesture()
    knob.turn(3, "knob")
    assert undo.steps == 2
    undo.undo()
    assert knob.value == 2


def test_what_comes_after_an_undo_never_joins_what_was_before_it(undo: Undo) -> None:
    knob = Knob(undo)
    knob.turn(1, "knob")
    undo.end_gesture()
    knob.turn(2, "knob")
    undo.undo()
    knob.turn(5, "knob")
    assert undo.steps == 2
    undo.undo()
    assert knob.value == 1


def test_other_knobs_and_steps_without_a_key_stay_apart(undo: Undo) -> None:
    first, second = Knob(undo), Knob(undo)
    first.turn(1, "first")
    second.turn(1, "second")
    second.turn(2)
    second.turn(3)
    assert undo.steps == 4
    assert undo.undo_text == "turn"


def test_another_session_forgets_the_steps(undo: Undo) -> None:
    Knob(undo).turn(1)
    undo.forget()
    assert (undo.undo_text, undo.redo_text, undo.steps) == ("", "", 0)
