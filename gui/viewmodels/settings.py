"""What the user prefers, in a small file of its own: read once, written a moment after each change."""

import os
from pathlib import Path
from typing import Any, Final

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal

from realtime.errors import FileError
from realtime.files import parse_toml, read_with_last_good, write_toml

RECENT: Final = 8
THEMES: Final = ("system", "dark", "light")
SCALES: Final = (75, 100, 125, 150, 200)  # percent
SAVE_MS: Final = 300  # a drag of a splitter is one write


class Preferences(msgspec.Struct, frozen=True, kw_only=True):
    """The settings file. Names that it does not know are ignored: a newer Hocket may have written them."""

    theme: str = "system"  # one of THEMES
    scale: int = 100  # percent; at the next start
    takes: str = ""  # folder; empty: documents/Hocket/Takes
    backend: str = "auto"  # this and what follows: of sessions that are begun anew
    input: str = ""
    output: str = ""
    sound: bool = True
    soundfont: str = ""
    audio: str = ""  # device of the built-in sound, by name; empty: the usual one
    thru: str = "all"
    osc: int | None = None
    computer_keyboard: bool = True
    autosave: bool = True
    reopen: bool = True  # begin where the last time ended
    greeted: bool = False  # the phrase of the first time has been played
    recent: tuple[str, ...] = ()  # session files, the newest first
    window: tuple[int, int, int, int] | None = None  # x, y, width, height
    splits: dict[str, tuple[int, ...]] = {}  # sizes in a splitter, by its name
    takes_shown: bool = True

    def __post_init__(self) -> None:
        for name, labels in (("theme", THEMES), ("scale", SCALES)):
            if getattr(self, name) not in labels:
                raise ValueError(f"{name} must be one of {', '.join(map(str, labels))}, got {getattr(self, name)!r}")


class Settings(QObject):
    """The preferences now. `changed` tells the name of each that has another value."""

    changed = Signal(str)
    failed = Signal(str)  # one line: they could not be written

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path = path
        self.problem = ""  # why the file was not taken, in one line
        self.now = self._read()
        self._saving = QTimer(self)
        self._saving.setSingleShot(True)
        self._saving.setInterval(SAVE_MS)
        self._saving.timeout.connect(self.save)

    def set(self, **values: Any) -> None:
        """Change some; written a moment later. Raises `ValueError` for what cannot be."""
        old, self.now = self.now, msgspec.structs.replace(self.now, **values)
        names = [name for name in values if getattr(old, name) != getattr(self.now, name)]
        if names:
            self._saving.start()
        for name in names:
            self.changed.emit(name)

    def add_recent(self, path: Path) -> None:
        """A session that was opened or saved."""
        others = (other for other in self.now.recent if other != str(path))
        self.set(recent=(str(path), *others)[:RECENT])

    def finish(self) -> None:
        """At the end: write what waits."""
        if self._saving.isActive():
            self._saving.stop()
            self.save()

    def save(self) -> None:
        """Write the file, whole or not at all; what is at its default is left out."""
        usual = msgspec.to_builtins(Preferences())
        values = {key: value for key, value in msgspec.to_builtins(self.now).items() if value != usual[key]}
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_toml(values, self._path)
        except FileError as error:
            self.failed.emit(str(error))
        except OSError as error:
            self.failed.emit(f"{self._path.parent}: cannot be made ({os.strerror(error.errno or 0)})")

    def _read(self) -> Preferences:
        if not self._path.exists():
            return Preferences()
        try:
            return read_with_last_good(self._path, _parsed, tell=self._note)
        except FileError as error:
            self._note(f"{error}; all settings are as at first")
            return Preferences()

    def _note(self, problem: str) -> None:
        self.problem = problem


def _parsed(data: bytes) -> Preferences:
    return msgspec.convert(parse_toml(data), Preferences)
