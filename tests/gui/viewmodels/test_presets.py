"""Presets of a part: kept, listed, given back as one step."""

import pytest

from gui.models import Models
from gui.viewmodels.part import PartModel
from realtime.engine.commands import SetControl
from realtime.session import read_session
from tests.gui.described import rack_reports, state_of
from tests.gui.fakes import FakeHost


@pytest.fixture
def part(models: Models, host: FakeHost) -> PartModel:
    host.tell(*rack_reports())
    return models.rack["morph"]


def test_what_was_kept_comes_back_as_one_step(models: Models, host: FakeHost, part: PartModel) -> None:
    before = part.value("density")
    state = state_of("morph")
    host.tell(state_of("morph", values={**state.values, "density": 1.5, "post.swing": 0.5}))
    assert models.presets.save(part, "Busy")
    host.tell(state)
    host.asked.clear()
    steps = models.undo.steps
    assert models.presets.load(part, "Busy")
    asked = {c.name: c.value for c in host.asked if isinstance(c, SetControl)}
    assert (asked["density"], asked["post.swing"]) == (1.5, 0.5)
    assert models.undo.steps == steps + 1
    models.undo.undo()
    assert part.value("density") == before


def test_presets_are_listed_for_the_kind_they_are_of(models: Models, part: PartModel) -> None:
    for name in ("b", "a"):
        assert models.presets.save(part, name)
    assert models.presets.names(part) == ["a", "b"]
    assert models.presets.names(models.rack["quartet"]) == []


def test_a_preset_is_a_session_that_plays(models: Models, part: PartModel) -> None:
    assert models.presets.save(part, "Busy")
    (setup,) = read_session(models.places.presets / "morph" / "Busy.toml").part
    assert setup.model == "morph"


@pytest.mark.parametrize("name", ["", "  ", "../other", "a/b", "x" * 65, ".hidden"])
def test_a_name_that_is_no_file_name_is_refused(models: Models, part: PartModel, name: str) -> None:
    assert not models.presets.save(part, name)
    assert "name" in models.status.last.text
    assert not models.places.presets.exists()


@pytest.mark.parametrize(
    "text", ["version = 1\n", "version = 9\n", "[[part]]\nmodel = 'morph'\ncontrols = {density = 99}\n"]
)
def test_a_broken_preset_changes_nothing_and_is_said(
    models: Models, host: FakeHost, part: PartModel, text: str
) -> None:
    folder = models.places.presets / "morph"
    folder.mkdir(parents=True)
    (folder / "bad.toml").write_text(text)
    host.asked.clear()
    assert not models.presets.load(part, "bad")
    assert host.asked == []
    assert models.status.last.level == "failure"
