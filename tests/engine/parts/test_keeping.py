"""What a session file keeps of a part's board."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from realtime.bundle import load_bundle
from realtime.bundle.spec import BundleSpec, ControlSpec
from realtime.engine.kept import KeptBars, Snapshot
from realtime.engine.parts.board import Board
from realtime.engine.setup import PartSetup, controls_of
from realtime.errors import UsageError

BARS = KeptBars(length_ticks=3840, voices=("0 60 240 80, 480 64 240 90",))


@pytest.fixture
def spec(toy_morph: Path) -> BundleSpec:
    return load_bundle(toy_morph).spec


def other_value(control: ControlSpec) -> float:
    """One that is not the default."""
    return control.low if control.default != control.low else control.high


def test_every_control_of_a_part_survives(spec: BundleSpec) -> None:
    board = Board(PartSetup(model="morph", name="lead", seed=1), spec)
    for name, (_, control) in controls_of(spec).items():
        board.set(name, other_value(control))
    again = Board(board.kept(), spec)
    assert again.values() == board.values()
    assert again.kept() == board.kept()


def test_what_is_as_it_was_is_not_written_down(spec: BundleSpec) -> None:
    setup = PartSetup(model="morph", name="lead", channel=3, seed=1)
    assert Board(setup, spec).kept() == setup


def test_choices_are_written_as_labels(spec: BundleSpec) -> None:
    board = Board(PartSetup(model="morph", name="lead", seed=1), spec)
    board.set("launch", "4 bars")
    board.set("post.scale", "dorian")
    kept = board.kept()
    assert (kept.launch, kept.post) == ("4 bars", {"scale": "dorian"})


def test_snapshots_the_bars_read_and_the_seed_survive(spec: BundleSpec) -> None:
    snapshots = (Snapshot(slot=2, seed=5, controls={"register": 1.5}, source=BARS), Snapshot(slot=7))
    setup = PartSetup(model="morph", name="lead", channel=1, seed=8, source=BARS, snapshots=snapshots)
    board = Board(setup, spec)
    assert board.kept() == setup
    assert board.point.source == BARS.phrases()
    board.recall(2)
    assert (board["register"], board.point.seed) == (1.5, 5)
    board.recall(7)
    assert board["register"] == 0  # what a snapshot does not name is at its default, not as it happens to be
    board.store(1)
    assert [snapshot.slot for snapshot in board.kept().snapshots] == [1, 2, 7]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"controls": {"wobble": 1.0}}, "lead has no control 'wobble'"),
        ({"controls": {"register": float("nan")}}, "lead: register must be -3..3, got nan"),
        ({"post": {"swing": "much"}}, "lead: swing takes a number, got 'much'"),
        ({"snapshots": (Snapshot(slot=2, controls={"wobble": 1.0}),)}, "lead: snapshot 2 has no control 'wobble'"),
        ({"snapshots": (Snapshot(slot=2, controls={"register": 9.0}),)}, "register must be -3..3, got 9"),
    ],
)
def test_values_the_model_does_not_take_name_part_and_control(
    spec: BundleSpec, change: dict[str, Any], says: str
) -> None:
    setup = msgspec.structs.replace(PartSetup(model="morph", name="lead"), **change)
    with pytest.raises(UsageError, match=says):
        Board(setup, spec)


def test_another_model_keeps_what_it_has_too_and_leaves_the_rest(spec: BundleSpec) -> None:
    fewer = msgspec.structs.replace(spec, controls=tuple(c for c in spec.controls if c.name != "register"))
    setup = PartSetup(model="morph", name="lead", controls={"register": 1.0, "density": 2.0}, post={"swing": 0.5})
    board = Board(setup, spec)
    board.set("density", 1.0)
    board.store(1)
    other = board.for_model(fewer, "other")
    assert "register" not in other.slot(1).controls  # the new model would refuse it
    kept = other.kept()
    assert (kept.model, kept.controls, kept.post) == ("other", {"density": 1.0}, {"swing": 0.5})
    assert [(s.slot, s.controls) for s in kept.snapshots] == [(1, {"density": 1.0})]
