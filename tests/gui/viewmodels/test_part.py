"""A part's view-model: what the engine told, what the user asks, and every step taken back."""

import pytest

from gui.models import Models
from gui.viewmodels.part import PartModel
from realtime.engine import commands as ask
from realtime.engine.reports import Chunk, ModelFailed, PartLoad, Refused, Status, TurnStarted
from tests.gui.fakes import FakeHost
from tests.gui.rack_rig import Echo, open_rack


@pytest.fixture
def part(models: Models, host: FakeHost) -> PartModel:
    open_rack(host)
    return models.rack["morph"]


def test_a_value_is_shown_at_once_asked_for_and_settled_by_the_engine(
    part: PartModel, host: FakeHost, models: Models
) -> None:
    part.set("density", 1.5)
    assert part.value("density") == 1.5
    assert host.asked == [ask.SetControl("density", 1.5, "morph")]
    Echo(host, models).tell("morph", {"density": 0.75})  # an older word, while the hand is further on
    assert part.value("density") == 1.5
    Echo(host, models).tell("morph", {"density": 1.5})
    Echo(host, models).tell("morph", {"density": -1.0})  # a controller moved it
    assert part.value("density") == -1.0


def test_a_refused_value_goes_back(part: PartModel, host: FakeHost) -> None:
    shown: list[tuple[str, float]] = []
    part.value_changed.connect(lambda name, value: shown.append((name, value)))
    part.set("density", 1.5)
    host.tell(Refused("no"))
    assert part.value("density") == 0.0
    assert shown == [("density", 1.5), ("density", 0.0)]


def test_the_same_value_asks_for_nothing(part: PartModel, host: FakeHost) -> None:
    part.set("density", 0.0)
    assert host.asked == []


def test_a_drag_is_one_step_of_undo_and_the_next_drag_another(part: PartModel, models: Models, host: FakeHost) -> None:
    for value in (0.1, 0.2, 0.3):
        part.set("density", value)
    part.end_gesture()
    part.set("density", 1.0)
    assert models.undo.steps == 2
    models.undo.undo()
    assert part.value("density") == 0.3
    models.undo.undo()
    assert part.value("density") == 0.0
    models.undo.redo()
    assert part.value("density") == 0.3
    assert host.asked[-1] == ask.SetControl("density", 0.3, "morph")


def test_both_axes_of_a_pad_are_one_step(part: PartModel, models: Models) -> None:
    part.set_many({"density": 1.0, "rests": -1.0}, "pad", key="pad")
    part.set_many({"density": 2.0, "rests": -2.0}, "pad", key="pad")
    assert models.undo.steps == 1
    models.undo.undo()
    assert (part.value("density"), part.value("rests")) == (0.0, 0.0)


def test_what_the_engine_drew_is_taken_back_and_done_again_as_it_was(
    part: PartModel, models: Models, host: FakeHost
) -> None:
    part.random_step(0.2)
    assert host.asked == [ask.RandomStep(0.2, "morph")]
    Echo(host, models).tell("morph", {"density": 0.4, "rests": -0.2})
    host.asked.clear()
    models.undo.undo()
    assert set(host.asked) == {ask.SetControl("density", 0.0, "morph"), ask.SetControl("rests", 0.0, "morph")}
    models.undo.redo()
    assert (part.value("density"), part.value("rests")) == (0.4, -0.2)


@pytest.mark.parametrize(
    ("name", "is_on", "asked"),
    [
        ("morph", True, ask.Launch("morph")),
        ("continue", False, ask.SetRule("listen", "off", "continue")),
    ],
)
def test_on_and_off_are_what_the_kind_of_part_means_by_it(
    models: Models, host: FakeHost, name: str, is_on: bool, asked: ask.Command
) -> None:
    open_rack(host)
    models.rack[name].switch(is_on)
    assert host.asked == [asked]


def test_the_lamp_says_what_it_does(models: Models, host: FakeHost) -> None:
    open_rack(host)
    echo, turns, loop = Echo(host, models), models.rack["continue"], models.rack["morph"]
    assert (turns.lamp, loop.lamp) == ("waits", "off")
    echo.tell("continue", playing=True)
    echo.tell("morph", playing=True)
    assert (turns.lamp, loop.lamp) == ("answers", "plays")
    echo.tell("morph", silent=True)
    assert loop.lamp == "silent"
    host.tell(ModelFailed("morph: NaN in its output"))
    assert loop.lamp == "failed"
    assert loop.failure == "morph: NaN in its output"
    host.tell(Chunk("morph", 1, 0, 0, ()))
    assert loop.lamp == "silent"
    host.become("lost")
    assert {part.lamp for part in models.rack.parts} == {"loading"}


def test_load_and_the_seed_of_the_last_answer_are_kept(models: Models, host: FakeHost) -> None:
    open_rack(host)
    load = PartLoad("morph", 12.0, 250.0)
    host.tell(Status(3.0, 200.0, 0, (load,)))
    assert models.rack["morph"].load == load
    host.tell(
        TurnStarted(
            generation=1, seed=55, origin_tick=0, start_tick=0, length_ticks=480, prompt_notes=1, judged_ns=0,
            part="continue",
        )
    )  # fmt: skip
    assert models.rack["continue"].last_seed == 55


def test_a_snapshot_is_current_until_something_moves(part: PartModel, host: FakeHost) -> None:
    part.store(3)
    assert part.current_slot == 3
    part.set("density", 1.0)
    assert part.current_slot is None
    part.recall(3)
    assert part.current_slot == 3
    assert ask.StoreSnapshot(3, "morph") in host.asked
    assert host.asked[-1] == ask.RecallSnapshot(3, "morph")


def test_the_way_between_snapshots_is_one_step_and_left_again(part: PartModel, models: Models, host: FakeHost) -> None:
    part.morph(1, 2, 0.2)
    part.morph(1, 2, 0.6)
    assert models.undo.steps == 1
    host.asked.clear()
    models.undo.undo()
    assert host.asked == [ask.SetControl("density", 0.0, "morph")], "a control leads off the way"


def test_locks_mutes_rules_and_seeds_are_taken_back(models: Models, host: FakeHost) -> None:
    open_rack(host)
    band, turns = models.rack["quartet"], models.rack["continue"]
    band.lock_names(["alto"])
    band.mute_voices(["bass"])
    turns.set_rule("end", "trade")
    turns.set_seed(9)
    host.asked.clear()
    for _ in range(4):
        models.undo.undo()
    assert host.asked == [
        ask.SetSeed(7, "continue"),
        ask.SetRule("end", "auto", "continue"),
        ask.MuteVoices(frozenset(), "quartet"),
        ask.SetLocks(frozenset(), "quartet"),
    ]


def test_a_setup_brings_a_part_back_as_it_was(part: PartModel) -> None:
    part.set("density", 1.25)
    part.set("post.swing", 0.5)
    setup = part.setup()
    assert setup.controls["density"] == 1.25
    assert setup.post["swing"] == 0.5
    assert (setup.model, setup.name, setup.playing) == ("morph", "morph", False)
