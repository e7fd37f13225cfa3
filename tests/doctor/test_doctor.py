"""Each common fault of a set-up is found, explained, and told without a word about whose machine it is."""

import getpass
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from realtime.doctor import examination, software, timing
from realtime.doctor.check import Check, impersonal
from realtime.doctor.storage import writable
from realtime.errors import DeviceLostError
from tests.jack_server import JackServer

ROOT = Path(__file__).parents[2]
# Modules that stand before the installed ones, and do what a missing library does to those.
SHADOWS = {
    "jack.py": "raise OSError('JACK library not found')",
    "fluidsynth.py": "raise ImportError('Couldn\\'t find the FluidSynth library.')",
    "PySide6/__init__.py": "",
    "PySide6/QtWidgets.py": "raise ImportError('libEGL.so.1: cannot open shared object file: No such file')",
}


def doctor(**environment: str) -> tuple[int, dict[str, Any], str]:
    """Exit code, checks by name, and all that was printed."""
    command = [sys.executable, "-m", "realtime", "doctor", "--json"]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, env={**os.environ, **environment}, timeout=100, check=False
    )
    assert done.stderr == ""
    report = json.loads(done.stdout)
    assert report["ok"] == (done.returncode == 0)
    return done.returncode, {check["name"]: check for check in report["checks"]}, done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="folders as on Linux")
def test_a_machine_with_everything_wrong(toy_bundle: Path, tmp_path: Path) -> None:
    home = tmp_path / "home" / getpass.getuser()
    models, shadows = home / "models", tmp_path / "shadows"
    shutil.copytree(toy_bundle, models / "broken")
    (models / "broken" / "step.onnx").write_bytes(b"broken")
    for name, text in SHADOWS.items():
        (shadows / name).parent.mkdir(parents=True, exist_ok=True)
        (shadows / name).write_text(text)
    code, checks, printed = doctor(
        HOME=str(home),
        HOCKET_MODELS=str(models),
        PYTHONPATH=str(shadows),
        HOCKET_SOUNDFONT=str(home / "none.sf2"),
        XDG_CONFIG_HOME="/proc/config",
        JACK_DEFAULT_SERVER="hocket-there-is-none",
    )
    expected = {
        "midi jack": ("JACK is not installed here", "pipewire-jack"),
        "model broken": ("sha256", "copy the bundle's folder again"),
        "built-in sound": ("FluidSynth library is missing", "libfluidsynth3"),
        "sound font": ("no such soundfont: ~/none.sf2", "soundfont"),
        "window": ("libEGL.so.1", "apt install libegl1"),
        "settings folder": ("/proc/config/Hocket cannot be written", "make it yours"),
    }
    for name, (detail, fix) in expected.items():
        assert not checks[name]["ok"], name
        assert detail in checks[name]["detail"]
        assert fix in checks[name]["fix"]
    assert code == 1  # of the broken model
    assert checks["state folder"]["ok"]
    assert "~/models/broken" in printed
    assert str(home) not in printed
    assert "Traceback" not in printed
    assert all(check["ok"] or check["fix"] for check in checks.values())


@pytest.mark.jack
def test_a_machine_where_all_that_is_needed_is_there(jack_server: JackServer) -> None:
    code, checks, _ = doctor(JACK_DEFAULT_SERVER=jack_server.name)
    assert code == 0
    assert checks["midi jack"]["ok"]
    assert checks["midi"]["ok"]
    assert checks["model continue"]["ok"]


def test_no_priority_and_late_notes_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    measured = ([10.0] * 190 + [9000.0] * 10, "none: Operation not permitted")
    monkeypatch.setattr(timing, "measure_lateness", lambda: measured)
    priority, lateness = timing.timing()
    assert (priority.ok, lateness.ok) == (False, False)
    assert priority.detail == "none: Operation not permitted"
    assert priority.fix
    assert "p99 9000" in lateness.detail
    monkeypatch.setattr(timing, "measure_lateness", lambda: ([10.0] * 7, "fifo"))
    priority, lateness = timing.timing()
    assert priority.ok
    assert "sent 7" in lateness.detail
    assert lateness.needed


def test_a_player_that_does_not_start_is_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise DeviceLostError("the player process ended before it was ready")

    monkeypatch.setattr(timing, "measure_lateness", fail)
    (check,) = timing.timing()
    assert not check.ok
    assert check.needed
    assert "ended before it was ready" in check.detail


def test_a_check_that_breaks_is_a_line_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks() -> list[Check]:
        raise RuntimeError("no metadata")

    monkeypatch.setattr(examination, "LOOKS", (("versions", breaks), ("python", software.python)))
    broken, python = examination.examine()
    assert (broken.name, broken.detail) == ("versions", "RuntimeError: no metadata")
    assert python.name == "python"


@pytest.mark.parametrize(
    ("installed", "python", "detail"),
    [
        (None, (3, 11), "PySide6 is not installed"),
        ("6.12.0", (3, 11), "PySide6 6.12.0 aborts on Python 3.11"),
    ],
)
def test_the_window_that_is_missing_or_breaks(
    monkeypatch: pytest.MonkeyPatch, installed: str | None, python: tuple[int, int], detail: str
) -> None:
    monkeypatch.setattr(software, "version_of", {"PySide6-Essentials": installed}.get)
    monkeypatch.setattr(software.sys, "version_info", python)
    (check,) = software.window()
    assert not check.ok
    assert check.detail == detail
    assert check.fix.startswith("pip install")


def test_what_is_not_installed_is_no_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(software, "version_of", lambda name: None if name == "symusic" else "1.0")
    (check,) = software.versions()
    assert not check.ok
    assert check.fix == "symusic: not installed; pip install hocket"
    assert "symusic" not in check.detail


def test_extras_say_what_they_are_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(software, "find_spec", lambda name: None if name == "torch" else object())
    by_name = {check.name: check for check in software.extras()}
    assert by_name["extra train"].detail == "training models: torch not installed"
    assert "hocket[train]" in by_name["extra train"].fix
    assert by_name["extra osc"].ok
    assert not any(check.needed for check in by_name.values())


def test_folders_are_tried_and_nothing_is_left(tmp_path: Path) -> None:
    assert writable("x", tmp_path / "not" / "yet").ok
    assert writable("x", tmp_path).ok
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").write_bytes(b"")
    assert not writable("x", tmp_path / "file").ok
    assert not writable("x", tmp_path / "file" / "inside").ok


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("/home/ann/models/x", "~/models/x"),
        ("in /home/ann: no", "in ~: no"),
        ("/home/anna/x", "/home/anna/x"),
        ("/media/ann/disk", "/media/USER/disk"),
        (r"C:\Users\ann\x", r"C:\Users\USER\x"),
        ("an annual report", "an annual report"),
    ],
)
def test_homes_and_names_are_left_out(text: str, clean: str) -> None:
    check = Check(name="x", ok=False, detail=text, fix=text)
    told = impersonal(check, home=Path("/home/ann"), user="ann")
    assert (told.detail, told.fix) == (clean, clean)
