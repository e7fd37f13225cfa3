"""`hocket` and `hocket gui` where there is no window to be had: one line, exit code 2."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from realtime.cli.window import SCREENS

WITHOUT_QT = "import sys; sys.modules['PySide6'] = None; from realtime.cli import main; sys.argv = ['hocket']; main()"


def run(command: list[str], **changes: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in SCREENS}
    return subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, timeout=60, check=False, env=kept | changes
    )


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is always a screen")
@pytest.mark.parametrize("arguments", [[], ["gui"]])
def test_without_a_screen_it_says_what_plays_without_one(arguments: list[str]) -> None:
    result = run(["-m", "realtime", *arguments])
    assert result.returncode == 2
    assert result.stderr.count("\n") == 1
    assert "`hocket run` plays without one" in result.stderr


def test_without_qt_it_says_how_to_get_it() -> None:
    result = run(["-c", WITHOUT_QT], QT_QPA_PLATFORM="offscreen")
    assert result.returncode == 2
    assert result.stderr.count("\n") == 1
    assert "pip install -e '.[gui]'" in result.stderr


def test_a_session_file_that_is_not_there_is_refused_before_any_window(tmp_path: Path) -> None:
    result = run(["-m", "realtime", "gui", str(tmp_path / "none.toml")], QT_QPA_PLATFORM="offscreen")
    assert result.returncode == 4
    assert "none.toml" in result.stderr
    assert result.stderr.count("\n") == 1
