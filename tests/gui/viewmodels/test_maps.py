"""Controller maps: learned, changed, forgotten, taken back; controllers that move two controls."""

import pytest

from gui.models import Models
from gui.viewmodels.maps import MapsModel, controller_of
from realtime.engine import commands as ask
from realtime.engine.maps import ControlMap
from realtime.engine.reports import MapsChanged
from tests.gui.fakes import FakeHost

DENSITY = ControlMap(control="density", part="morph", cc=21)
AMOUNT = ControlMap(control="amount", part="sketch", cc=21, channel=2)
LEVEL = ControlMap(control="post.level", part="morph", cc=1, mode="14-bit")


@pytest.fixture
def maps(models: Models, host: FakeHost) -> MapsModel:
    host.tell(MapsChanged((DENSITY, AMOUNT, LEVEL)))
    return models.maps


def test_learning_is_asked_for_and_called_off(models: Models, host: FakeHost) -> None:
    models.maps.learn("morph", "density")
    assert host.asked == [ask.Learn("density", "morph")]
    host.tell(MapsChanged((), "morph.density"))
    assert models.maps.is_learning("morph", "density")
    models.maps.learn("morph", "density")
    assert host.asked[-1] == ask.Learn()
    host.become("lost")
    assert models.maps.learning == ""


def test_what_moves_a_control_is_named(maps: MapsModel) -> None:
    assert maps.text_of("morph", "density") == "CC 21"
    assert maps.text_of("morph", "rests") == ""
    assert [controller_of(each) for each in (AMOUNT, LEVEL)] == ["CC 21 ch 2", "CC 1+33"]


def test_maps_are_forgotten_and_changed_and_that_is_taken_back(maps: MapsModel, models: Models, host: FakeHost) -> None:
    maps.forget("morph", "density")
    assert host.asked == [ask.SetMaps((AMOUNT, LEVEL))]
    host.tell(MapsChanged((AMOUNT, LEVEL)))
    models.undo.undo()
    assert host.asked[-1] == ask.SetMaps((DENSITY, AMOUNT, LEVEL))
    maps.change("sketch", "amount", takeover="pick-up", low=0.2)
    changed = host.asked[-1]
    assert isinstance(changed, ask.SetMaps)
    assert (changed.maps[0].takeover, changed.maps[0].low) == ("pick-up", 0.2)


def test_a_mode_that_cannot_be_is_refused(maps: MapsModel) -> None:
    with pytest.raises(ValueError, match=r"cc must be 0\.\.31"):
        ControlMap(control="x", part="y", cc=64, mode="14-bit")
    assert maps.map_of("morph", "density") == DENSITY


def test_a_controller_that_moves_two_controls_is_marked(host: FakeHost, models: Models) -> None:
    other = ControlMap(control="rests", part="morph", cc=33)
    elsewhere = ControlMap(control="range", part="morph", cc=21, channel=3)
    host.tell(MapsChanged((DENSITY, AMOUNT, LEVEL, other, elsewhere)))
    assert models.maps.conflicts() == {0, 1, 2, 3, 4}
    host.tell(MapsChanged((AMOUNT, elsewhere)))
    assert models.maps.conflicts() == frozenset()
