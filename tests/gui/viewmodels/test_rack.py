"""The rack's view-model: parts come, go and stay as the engine says."""

from pathlib import Path

import pytest

from gui.models import Models
from realtime.engine import commands as ask
from realtime.engine.reports import RackChanged, RackDescribed, Refused
from realtime.engine.setup import PartSetup
from tests.gui.fakes import FakeHost
from tests.gui.rack_rig import NAMES, described, open_rack, state_of


def names(models: Models) -> list[str]:
    return [part.name for part in models.rack.parts]


def test_parts_that_are_expected_are_there_while_they_load(models: Models, host: FakeHost) -> None:
    models.rack.expect([PartSetup(model=name) for name in NAMES])
    assert names(models) == list(NAMES)
    assert {part.lamp for part in models.rack.parts} == {"loading"}
    host.tell(RackChanged(("continue",)), RackDescribed((described("continue"),)))
    assert names(models) == list(NAMES)
    assert [part.lamp for part in models.rack.parts] == ["waits", "loading", "loading", "loading"]


def test_a_part_that_the_engine_no_longer_has_goes_and_the_others_keep_their_colours(
    models: Models, host: FakeHost
) -> None:
    open_rack(host)
    kept = models.rack["sketch"]
    host.tell(RackChanged(("continue", "quartet", "sketch")))
    assert names(models) == ["continue", "quartet", "sketch"]
    assert models.rack["sketch"] is kept
    assert kept.place == 3
    host.tell(RackChanged(("continue", "quartet", "sketch", "another")))
    assert models.rack["another"].place == 1, "the colour that is free"


def test_an_engine_that_comes_back_finds_its_parts_and_the_selection(models: Models, host: FakeHost) -> None:
    open_rack(host)
    before = models.rack["quartet"]
    models.rack.select(before)
    host.become("lost")
    host.become("starting")
    host.tell(RackChanged(("continue",)), RackDescribed((described("continue"),)))
    host.tell(RackChanged(("continue", "morph", "quartet")), RackDescribed((described("quartet"),)))
    assert models.rack.selected is before
    assert before.lamp == "off"
    assert names(models) == list(NAMES)


def test_the_first_part_is_selected_and_when_it_goes_another_is(models: Models, host: FakeHost) -> None:
    open_rack(host)
    assert models.rack.selected is models.rack["continue"]
    host.tell(RackChanged(("morph", "quartet")))
    assert models.rack.selected is models.rack["morph"]
    host.tell(RackChanged(()))
    assert models.rack.selected is None


def test_added_and_removed_parts_are_taken_back(models: Models, host: FakeHost) -> None:
    open_rack(host)
    models.rack.add("morph")
    assert host.asked == [ask.AddPart(PartSetup(model="morph", name="morph-2", playing=False))]
    models.undo.undo()
    assert host.asked[-1] == ask.RemovePart("morph-2")
    models.rack["sketch"].set("amount", 0.25)
    models.rack.remove(models.rack["sketch"])
    assert host.asked[-1] == ask.RemovePart("sketch")
    models.undo.undo()
    back = host.asked[-1]
    assert isinstance(back, ask.AddPart)
    assert (back.setup.name, back.setup.controls["amount"]) == ("sketch", 0.25)


def test_a_doubled_part_has_the_settings_and_channels_of_its_own(models: Models, host: FakeHost) -> None:
    open_rack(host)
    models.rack["morph"].set("rests", 2.0)
    models.rack.double(models.rack["morph"])
    added = host.asked[-1]
    assert isinstance(added, ask.AddPart)
    assert (added.setup.name, added.setup.channel, added.setup.controls["rests"]) == ("morph-2", 0, 2.0)


@pytest.mark.parametrize(("selected", "asked"), [("morph", "continue"), ("second", "second")])
def test_the_turn_goes_to_the_selected_part_that_takes_turns_else_to_the_first(
    models: Models, host: FakeHost, selected: str, asked: str
) -> None:
    parts = (described("continue"), described("morph"), described("continue", "second"))
    host.tell(RackChanged(tuple(p.name for p in parts)), RackDescribed(parts), *map(state_of, parts))
    models.rack.select(models.rack[selected])
    host.asked.clear()
    models.rack.hand_over()
    assert host.asked == [ask.HandOver(asked)]


def test_bundles_are_those_installed_and_the_users_own_without_broken_ones(models: Models) -> None:
    own = models.places.models
    for name, text in (("mine", '{"kind": "morph", "name": "mine", "title": "Mine"}'), ("broken", "{")):
        (own / name).mkdir(parents=True)
        (own / name / "bundle.json").write_text(text)
    found = {bundle.name: bundle for bundle in models.rack.bundles()}
    assert set(NAMES) | {"mine"} <= set(found)
    assert found["mine"].model == str(own / "mine")
    assert Path(found["mine"].model).is_dir()
    assert "broken" not in found


def test_a_part_whose_model_cannot_be_loaded_says_why_and_can_be_taken_out(models: Models, host: FakeHost) -> None:
    models.rack.expect([PartSetup(model="morph"), PartSetup(model="gone")])
    host.tell(Refused("no model 'gone' (installed: morph)"))
    part = models.rack["gone"]
    assert (part.lamp, part.failure) == ("failed", "no model 'gone' (installed: morph)")
    assert models.rack["morph"].lamp == "loading"
    host.tell(RackChanged(("morph",)), RackDescribed((described("morph"),)))
    assert names(models) == ["morph", "gone"]
    models.rack.remove(part)
    assert names(models) == ["morph"]


def test_a_swap_says_it_is_loading_until_the_part_is_described_anew(models: Models, host: FakeHost) -> None:
    open_rack(host)
    part = models.rack["morph"]
    part.swap("other")
    assert part.lamp == "loading"
    assert host.asked == [ask.SwapModel("other", "morph")]
    host.tell(described("morph"))
    assert part.lamp == "off"
