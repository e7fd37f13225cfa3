"""Imports run gui -> realtime <- training, and the live side pulls in neither torch nor Qt."""

import ast
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import realtime

ROOT = Path(realtime.__file__).parents[1]
NEVER = ("torch", "PySide6", "training", "gui")

# Prints "importer imported" for each forbidden module that appears, then "done".
PROBE = """
import importlib, sys
forbidden, names = sys.argv[1].split(","), sys.argv[2:]
seen = set()
for name in names:
    importlib.import_module(name)
    for bad in forbidden:
        if bad in sys.modules and bad not in seen:
            seen.add(bad)
            print(name, bad)
print("done")
"""


# Runs `hocket --help`, then prints the forbidden modules on stderr.
HELP = """
import contextlib, sys
forbidden, sys.argv = sys.argv[1].split(","), ["hocket", "--help"]
from realtime.cli import main
with contextlib.suppress(SystemExit):
    main()
print(*(bad for bad in forbidden if bad in sys.modules), file=sys.stderr)
"""


def modules_of(package: str) -> list[str]:
    """The package and all modules under it, found without importing any; a `__main__` would start its program."""
    folder = ROOT / package.replace(".", "/")
    names = [package] if (folder / "__init__.py").is_file() else []
    for info in pkgutil.iter_modules([str(folder)], prefix=f"{package}."):
        if info.name.endswith(".__main__"):
            continue
        names += modules_of(info.name) if info.ispkg else [info.name]
    return names


def pulled_in(names: list[str], forbidden: tuple[str, ...]) -> list[str]:
    """Which forbidden modules a fresh interpreter holds after importing `names`, and through which of them."""
    command = [sys.executable, "-c", PROBE, ",".join(forbidden), *names]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    *found, last = done.stdout.splitlines()
    assert last == "done"
    return found


def imports_of(package: str) -> Iterator[tuple[Path, str]]:
    """(file, absolute module) for each import statement of a package, also inside functions."""
    for path in sorted((ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((path, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                # `from realtime import engine` imports realtime.engine
                yield path, node.module
                yield from ((path, f"{node.module}.{alias.name}") for alias in node.names)


def within(module: str, *packages: str) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def test_no_module_of_realtime_pulls_in_torch_qt_training_or_gui() -> None:
    names = modules_of("realtime")
    assert "realtime.music.note" in names
    assert pulled_in(names, NEVER) == []


@pytest.mark.parametrize(
    ("package", "forbidden"),
    [
        ("realtime.player", (*NEVER, "onnxruntime", "numpy")),
        ("realtime.music.units", (*NEVER, "onnxruntime", "numpy")),
        ("realtime.messages", (*NEVER, "onnxruntime", "numpy")),
        ("realtime.wire", (*NEVER, "onnxruntime", "numpy")),
        ("realtime.synth.client", (*NEVER, "onnxruntime", "numpy", "msgspec", "fluidsynth")),
        ("realtime.client", (*NEVER, "onnxruntime", "numpy")),
        ("realtime.engine.process", (*NEVER, "onnxruntime", "numpy")),  # its player starts before they are there
    ],
)
def test_light_packages_stay_light(package: str, forbidden: tuple[str, ...]) -> None:
    assert pulled_in(modules_of(package) or [package], forbidden) == []


def test_help_imports_neither_onnxruntime_nor_torch_nor_qt() -> None:
    command = [sys.executable, "-c", HELP, ",".join((*NEVER, "onnxruntime", "symusic", "fluidsynth"))]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=60, check=False)
    assert "Usage" in done.stdout, done.stderr
    assert done.stderr.strip() == ""


def test_realtime_never_imports_training_or_gui() -> None:
    wrong = [(str(path), name) for path, name in imports_of("realtime") if within(name, "training", "gui")]
    assert wrong == []


def test_training_imports_neither_gui_nor_the_live_processes() -> None:
    closed = ("gui", "realtime.player", "realtime.engine", "realtime.synth", "realtime.cli")
    wrong = [(str(path), name) for path, name in imports_of("training") if within(name, *closed)]
    assert wrong == []


def test_gui_sees_only_messages_and_clients() -> None:
    """The window knows the words that are exchanged with an engine, the files, and the note types it draws."""
    wrong = [
        (str(path), name)
        for path, name in imports_of("gui")
        if within(name, "realtime") and name != "realtime" and not _open_to_gui(name)
    ]
    assert wrong == []


def test_no_view_model_imports_widgets() -> None:
    wrong = [(str(path), name) for path, name in imports_of("gui/viewmodels") if "QtWidgets" in name]
    assert wrong == []


OPEN_TO_GUI = (
    "realtime.__version__",
    "realtime.client",
    "realtime.errors",
    "realtime.files",
    "realtime.handover",
    "realtime.messages",
    "realtime.session",
    "realtime.bundle.installed",
    "realtime.bundle.spec",
    "realtime.engine.commands",
    "realtime.engine.maps",
    "realtime.engine.phrase_end",
    "realtime.engine.reports",
    "realtime.engine.setup",
    "realtime.music",
    "realtime.post.settings",
    "realtime.takes",
)


def _open_to_gui(module: str) -> bool:
    """Also a package on the way there: `from realtime.engine import commands` names it too."""
    return within(module, *OPEN_TO_GUI) or any(name.startswith(f"{module}.") for name in OPEN_TO_GUI)
