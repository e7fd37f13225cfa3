from pathlib import Path

import pytest

from realtime.synth import soundfont
from realtime.synth.errors import SoundfontError
from realtime.synth.soundfont import ENVIRONMENT_NAME, check_soundfont, find_soundfont


def write_font(path: Path, *, size: int = 600, head: bytes = b"RIFF", form: bytes = b"sfbk", claims: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    length = (claims or size) - 8
    path.write_bytes((head + length.to_bytes(4, "little") + form).ljust(size, b"\0"))
    return path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(soundfont, "FOLDERS", {"linux": (str(tmp_path / "none"), str(tmp_path / "fonts"))})
    return tmp_path / "fonts"


def test_explicit_path_wins_over_environment_and_folders(tmp_path: Path, folder: Path) -> None:
    write_font(folder / "a.sf2")
    named = write_font(tmp_path / "named.sf2")
    explicit = write_font(tmp_path / "explicit.sf2")
    environment = {ENVIRONMENT_NAME: str(named)}
    assert find_soundfont(explicit, environment=environment, platform="linux") == explicit
    assert find_soundfont(environment=environment, platform="linux") == named


def test_folders_prefer_small_known_fonts_and_pass_over_broken_ones(folder: Path) -> None:
    write_font(folder / "a.sf2")
    small = write_font(folder / "TimGM6mb.sf2")
    assert find_soundfont(environment={}, platform="linux") == small
    small.write_bytes(b"RIFF")
    assert find_soundfont(environment={}, platform="linux") == folder / "a.sf2"


def test_a_font_that_was_asked_for_is_never_replaced(folder: Path, tmp_path: Path) -> None:
    write_font(folder / "a.sf2")
    with pytest.raises(SoundfontError, match="no such soundfont"):
        find_soundfont(environment={ENVIRONMENT_NAME: str(tmp_path / "gone.sf2")}, platform="linux")


@pytest.mark.parametrize(("platform", "advice"), [("linux", "apt install"), ("darwin", "Library"), ("win32", "C:")])
def test_none_found_says_how_to_get_one(
    platform: str, advice: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(soundfont, "FOLDERS", {platform: (str(tmp_path),)})
    with pytest.raises(SoundfontError, match=advice) as caught:
        find_soundfont(environment={}, platform=platform)
    assert "--soundfont" in str(caught.value)
    assert caught.value.exit_code == 4


@pytest.mark.parametrize(
    "broken",
    [{"head": b"RIFX"}, {"form": b"WAVE"}, {"size": 20}, {"claims": 700}],
    ids=["not riff", "a wave file", "too short", "cut short"],
)
def test_files_that_are_no_soundfont_are_refused(broken: dict[str, object], tmp_path: Path) -> None:
    with pytest.raises(SoundfontError):
        check_soundfont(write_font(tmp_path / "x.sf2", **broken))  # type: ignore[arg-type]


def test_a_folder_is_no_soundfont(tmp_path: Path) -> None:
    with pytest.raises(SoundfontError):
        check_soundfont(tmp_path)
