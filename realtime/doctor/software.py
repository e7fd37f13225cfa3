"""Python, and what is installed in it."""

import platform
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from importlib.util import find_spec
from typing import Final

from realtime.doctor.check import Check

NEEDED: Final = ("numpy", "onnxruntime", "mido", "python-rtmidi", "symusic", "msgspec", "tomli-w", "typer")
ALSO: Final = ("JACK-Client", "pyfluidsynth", "sounddevice", "PySide6-Essentials", "python-osc", "torch")
# Extra -> what it is for, and the modules that it brings.
EXTRAS: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "osc": ("remote control by OSC", ("pythonosc",)),
    "link": ("tempo shared by Ableton Link", ("link",)),
    "train": ("training models", ("torch", "onnx", "safetensors", "music21")),
}
BROKEN_QT: Final = "6.12.0"  # loses references to None on Python 3.11 and aborts after a frame or two
QT_PROBE: Final = "import PySide6.QtWidgets"
QT_SECONDS: Final = 30.0
QT_LIBRARIES: Final = "libegl1 libgl1 libxkbcommon-x11-0 libxcb-cursor0 libdbus-1-3 libfontconfig1"


def python() -> Iterator[Check]:
    """The interpreter."""
    fits = (3, 11) <= sys.version_info[:2] <= (3, 12)
    fix = "" if fits else "use Python 3.11 or 3.12: python-rtmidi has no builds for others"
    detail = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    yield Check(name="python", ok=fits, detail=detail, fix=fix)


def window() -> Iterator[Check]:
    """Qt: whether it is there, not the broken one, and finds the system's libraries."""
    version = version_of("PySide6-Essentials")
    if version is None:
        fix = "pip install 'hocket[gui]'; the command line needs none of it"
        yield Check(name="window", ok=False, detail="PySide6 is not installed", fix=fix, needed=False)
    elif version == BROKEN_QT and sys.version_info[:2] < (3, 12):
        fix = "pip install 'PySide6-Essentials<6.12'"
        yield Check(name="window", ok=False, detail=f"PySide6 {version} aborts on Python 3.11", fix=fix, needed=False)
    else:
        problem = _qt_problem()
        fix = f"sudo apt install {QT_LIBRARIES} (other systems: the same libraries)" if problem else ""
        yield Check(name="window", ok=not problem, detail=problem or f"PySide6 {version}", fix=fix, needed=False)


def _qt_problem() -> str:
    """Why Qt cannot be loaded, "" if it can. In a process of its own: Hocket's live side loads no Qt."""
    command = [sys.executable, "-c", QT_PROBE]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=QT_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return f"PySide6 was not loaded within {QT_SECONDS:g} s"
    return "" if done.returncode == 0 else (done.stderr.strip().splitlines() or [f"ended with {done.returncode}"])[-1]


def extras() -> Iterator[Check]:
    """What can be added."""
    for extra, (purpose, modules) in EXTRAS.items():
        missing = [module for module in modules if find_spec(module) is None]
        detail = f"{purpose}: {', '.join(missing)} not installed" if missing else f"{purpose}: installed"
        fix = f"if you want it: pip install 'hocket[{extra}]'" if missing else ""
        yield Check(name=f"extra {extra}", ok=not missing, detail=detail, fix=fix, needed=False)


def versions() -> Iterator[Check]:
    """Of all that matters in a bug report."""
    found = {name: version_of(name) for name in (*NEEDED, *ALSO)}
    missing = [name for name in NEEDED if found[name] is None]
    detail = ", ".join(f"{name} {version}" for name, version in found.items() if version)
    fix = f"{', '.join(missing)}: not installed; pip install hocket" if missing else ""
    yield Check(name="versions", ok=not missing, detail=detail, fix=fix)


def version_of(name: str) -> str | None:
    """Of an installed distribution."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
