"""Which window this is, of those that run at once: each has its own autosave, and knows how its last run ended."""

from pathlib import Path
from shutil import copyfile
from typing import Final

from PySide6.QtCore import QLockFile

MOST: Final = 16


class Instance:
    """The first free number. Its lock goes with the process, however that ends; its mark only with a proper end."""

    def __init__(self, folder: Path) -> None:
        self.number = 0
        self._lock: QLockFile | None = None
        self.problem = ""  # why nothing can be kept, in one line
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            self.problem = f"{folder}: cannot be written ({error.strerror}), so there is no autosave"
            self.number = 1
        self._folder = folder
        while not self.number and not self.problem:
            self._take_next()
        self.has_crashed = self._mark.exists()
        if self.has_crashed and self.autosave.exists():
            copyfile(self.autosave, self.to_restore)  # what this run saves must not take its place
        if not self.problem:
            self._set_mark()

    def _take_next(self) -> None:
        for number in range(1, MOST + 1):
            lock = QLockFile(str(self._folder / f"window-{number}.lock"))
            lock.setStaleLockTime(0)  # only a process that is gone gives it up
            if lock.tryLock(0):
                self.number, self._lock = number, lock
                return
        self.problem = f"{MOST} windows are open, so there is no autosave"

    @property
    def autosave(self) -> Path:
        """Where this run keeps its session."""
        return self._folder / f"autosave-{self.number}.toml"

    @property
    def to_restore(self) -> Path:
        """The session of a run that ended by itself."""
        return self._folder / f"restore-{self.number}.toml"

    @property
    def before(self) -> Path:
        """The session that another one has replaced."""
        return self._folder / f"before-{self.number}.toml"

    @property
    def _mark(self) -> Path:
        return self._folder / f"window-{self.number}.open"

    def finish(self) -> None:
        """A proper end."""
        if self._lock is not None:
            self._mark.unlink(missing_ok=True)
            self._lock.unlock()
            self._lock = None

    def _set_mark(self) -> None:
        try:
            self._mark.write_bytes(b"")
        except OSError as error:
            self.problem = f"{self._folder}: cannot be written ({error.strerror}), so there is no autosave"
