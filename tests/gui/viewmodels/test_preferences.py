"""Each preference has its effect at once: a setting, other ports, or another engine."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from gui.models import Models
from gui.viewmodels.preferences import CHOICES, PreferencesModel
from realtime.engine.commands import ChangePorts, Forward, SetThruTo
from realtime.messages import SetSound
from tests.gui.fakes import FakeHost


@pytest.fixture
def preferences(models: Models) -> PreferencesModel:
    models.sessions.begin()
    models.sessions._soon.setInterval(10**6)  # nothing is asked but what is looked for
    return models.preferences


@pytest.mark.parametrize(("name", "value"), [("theme", "light"), ("scale", 150), ("autosave", False)])
def test_a_setting_is_kept(preferences: PreferencesModel, models: Models, name: str, value: object) -> None:
    preferences.set(name, value)
    assert getattr(models.settings.now, name) == value
    assert preferences.value(name) == value


@pytest.mark.parametrize(("name", "value"), [("backend", "jack"), ("input", "Keys")])
def test_ports_change_at_once(preferences: PreferencesModel, host: FakeHost, name: str, value: object) -> None:
    preferences.set(name, value)
    asked = host.asked[-1]
    assert isinstance(asked, ChangePorts)
    assert getattr(asked.ports, name) == value


@pytest.mark.parametrize(
    ("name", "value", "asked"),
    [
        ("sound", False, SetSound(on=False)),
        ("soundfont", "a.sf2", SetSound(on=True, soundfont="a.sf2")),
        ("audio", "Headphones", SetSound(on=True, audio="Headphones")),
    ],
)
def test_the_sound_changes_without_another_player(
    preferences: PreferencesModel, host: FakeHost, models: Models, name: str, value: object, asked: SetSound
) -> None:
    preferences.set(name, value)
    assert host.asked[-1] == Forward(asked)
    assert getattr(models.settings.now, name) == preferences.value(name) == value


def test_thru_goes_to_the_rack(preferences: PreferencesModel, host: FakeHost) -> None:
    preferences.set("thru", "off")
    assert host.asked[-1] == SetThruTo("off")
    assert preferences.value("thru") == "off"


def test_osc_needs_another_engine(preferences: PreferencesModel, host: FakeHost) -> None:
    preferences.set("osc", 9000)
    session, _ = host.starts[-1]
    assert session.remote.osc == 9000
    assert preferences.value("osc") == 9000
    count = len(host.starts)
    with pytest.raises(ValueError, match="UDP port"):
        preferences.set("osc", 70_000)
    assert (len(host.starts), preferences.value("osc")) == (count, 9000)


def test_takes_elsewhere_are_written_there(
    preferences: PreferencesModel, host: FakeHost, models: Models, tmp_path: Path
) -> None:
    preferences.set("takes", str(tmp_path / "mine"))
    assert host.takes == str(tmp_path / "mine")
    assert models.takes.folder == tmp_path / "mine"


def test_the_same_again_does_nothing(preferences: PreferencesModel, host: FakeHost) -> None:
    asked, starts = len(host.asked), len(host.starts)
    for name in (*CHOICES, "osc", "takes", "sound"):
        preferences.set(name, preferences.value(name))
    assert (len(host.asked), len(host.starts)) == (asked, starts)


def test_who_shows_a_value_hears_of_it(preferences: PreferencesModel, models: Models, qtbot: QtBot) -> None:
    with qtbot.waitSignal(preferences.changed) as told:
        models.ports.change(backend="jack")
    assert told.args == ["backend"]
