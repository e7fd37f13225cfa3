"""The window's verb. Without the `gui` extra, or without a screen, it is one clear line."""

import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

import typer

from realtime.errors import HocketError

NEEDS_EXTRA = "the window needs the gui extra: pip install -e '.[gui]' in the project's folder (brings Qt for Python)"
NO_SCREEN = "there is no screen here to show the window on; `hocket run` plays without one"
SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


class NoWindowError(HocketError):
    """The window cannot be shown here."""

    exit_code = 2


class WindowSide(Protocol):
    """What the verb calls of `gui.app`."""

    def main(self, session: str) -> int:
        """Show the window until it is closed; its exit code."""


def gui(session: Path | None = typer.Argument(None, help="A session file to begin with.")) -> None:
    """Open the window: what `hocket` alone does too."""
    raise typer.Exit(_window().main(str(session) if session else ""))


def _window() -> WindowSide:
    """The window, by name: `realtime` must not depend on it."""
    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in SCREENS):
        raise NoWindowError(f"{NO_SCREEN} (`hocket --help` lists all verbs)")  # Qt would end the program without a word
    try:
        return cast(WindowSide, import_module("gui.app"))
    except ImportError as error:
        raise NoWindowError(f"{NEEDS_EXTRA}; missing: {error.name or error}") from None
