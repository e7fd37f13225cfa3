"""Actions by their ids, and the table that names them."""

from collections import Counter

import pytest

from gui.shortcuts import MENUS, SHORTCUTS
from gui.viewmodels.actions import Actions


@pytest.fixture
def actions(qapp: object) -> Actions:
    return Actions()


def test_an_action_does_what_was_bound_last(actions: Actions) -> None:
    done: list[int] = []
    actions.do("play")
    actions.bind("play", lambda: done.append(1))
    actions.bind("play", lambda: done.append(2))
    actions.do("play")
    assert done == [2]


def test_what_cannot_be_done_is_not_done(actions: Actions) -> None:
    done: list[int] = []
    actions.bind("undo", lambda: done.append(1))
    actions.set_why_not("undo", "Nothing to undo")
    actions.do("undo")
    assert done == []
    actions.set_why_not("undo", "")
    actions.do("undo")
    assert done == [1]


def test_a_change_is_told_once(actions: Actions) -> None:
    told: list[str] = []
    actions.changed.connect(told.append)
    for _ in range(2):
        actions.set_on("follow", True)
    assert told == ["follow"]


def test_an_unknown_action_is_a_mistake(actions: Actions) -> None:
    with pytest.raises(KeyError):
        actions.do("fly")


def test_no_two_actions_have_the_same_keys_or_id(qapp: object) -> None:
    keys = Counter(keys.toString() for shortcut in SHORTCUTS for keys in shortcut.sequences)
    assert [key for key, count in keys.items() if count > 1] == []
    assert max(Counter(shortcut.id for shortcut in SHORTCUTS).values()) == 1


def test_every_action_says_what_it_does_and_stands_in_a_menu_or_has_keys() -> None:
    for shortcut in SHORTCUTS:
        assert shortcut.text
        assert shortcut.help
        assert shortcut.menu in MENUS
        assert shortcut.in_menu or shortcut.keys


def test_the_keys_of_the_issue_are_there() -> None:
    keys = {shortcut.id: shortcut.keys for shortcut in SHORTCUTS}
    expected = {
        "play": "Space", "panic": "Esc", "hand_over": "G", "capture": "Ctrl+Shift+C", "tap": "T", "undo": "Ctrl+Z",
        "redo": "Ctrl+Shift+Z", "part_4": "4", "store_8": "Ctrl+8", "recall_1": "Alt+1", "learn": "Ctrl+L",
        "shortcuts": "F1", "keys": "M", "open": "Ctrl+O", "save": "Ctrl+S", "save_as": "Ctrl+Shift+S", "follow": "F",
        "preferences": "Ctrl+,",
    }  # fmt: skip
    assert {action: keys[action] for action in expected} == expected
