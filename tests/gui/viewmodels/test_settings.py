"""The settings file: read, changed, written; broken ones never stop the window."""

from pathlib import Path

import pytest

from gui.viewmodels.settings import RECENT, Preferences, Settings


@pytest.fixture
def path(tmp_path: Path, qapp: object) -> Path:
    return tmp_path / "config" / "settings.toml"


def test_what_is_set_is_there_the_next_time(path: Path) -> None:
    settings = Settings(path)
    settings.set(theme="light", window=(1, 2, 1180, 720), splits={"middle": (1, 2)}, osc=9000)
    settings.finish()
    again = Settings(path)
    assert again.now == settings.now
    assert again.problem == ""


def test_nothing_is_written_while_nothing_changes(path: Path) -> None:
    settings = Settings(path)
    settings.set(theme=settings.now.theme)
    settings.finish()
    assert not path.exists()


def test_each_changed_name_is_told(path: Path) -> None:
    settings = Settings(path)
    told: list[str] = []
    settings.changed.connect(told.append)
    settings.set(theme="dark", scale=100)
    assert told == ["theme"]


def test_a_value_that_cannot_be_is_refused(path: Path) -> None:
    settings = Settings(path)
    with pytest.raises(ValueError, match="theme must be one of system, dark, light"):
        settings.set(theme="pink")
    assert settings.now.theme == "system"


@pytest.mark.parametrize("text", ["theme = 3", "theme = 'pink'", "[[[", "\x00"])
def test_a_broken_file_gives_the_usual_settings_and_one_line(path: Path, text: str) -> None:
    path.parent.mkdir()
    path.write_text(text)
    settings = Settings(path)
    assert settings.now == Preferences()
    assert "settings.toml" in settings.problem
    assert "\n" not in settings.problem


def test_a_broken_file_gives_way_to_the_last_good_one(path: Path) -> None:
    settings = Settings(path)
    for theme in ("light", "dark"):
        settings.set(theme=theme)
        settings.finish()
    path.write_text("theme =")
    again = Settings(path)
    assert again.now.theme == "light"
    assert "last good copy" in again.problem


def test_names_of_a_newer_version_do_not_matter(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("theme = 'light'\nhologram = true\n")
    assert Settings(path).now.theme == "light"


def test_a_folder_that_cannot_be_written_is_said(path: Path) -> None:
    path.parent.write_text("a file where the folder should be")
    settings = Settings(path)
    said: list[str] = []
    settings.failed.connect(said.append)
    settings.set(theme="light")
    settings.finish()
    assert len(said) == 1
    assert "config" in said[0]


def test_the_newest_session_is_the_first_of_the_recent_ones(path: Path) -> None:
    settings = Settings(path)
    for number in range(RECENT + 3):
        settings.add_recent(Path(f"{number}.toml"))
    settings.add_recent(Path("7.toml"))
    assert settings.now.recent[:2] == ("7.toml", f"{RECENT + 2}.toml")
    assert len(settings.now.recent) == RECENT
