"""Takes on disk: a folder with a `.mid` for the user and a `.json` beside it for Hocket, both called by the take's id.

The `.json` says that a take is there: it is written last and goes first. No lock: the engine adds takes, the window
changes what is said of them.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import msgspec

from realtime.errors import FileError, HocketError
from realtime.files import Tell, write_atomic
from realtime.takes.midi import take_midi
from realtime.takes.take import ID, STAMP_LENGTH, Take, next_id

TRASH: Final = "Trash"  # a folder in the folder
MIDI, SIDECAR = ".mid", ".json"
MAX_BYTES: Final = 8 << 20
MAX_NAME: Final = 120  # characters
DAY_SECONDS: Final = 86_400.0


class StoredTake(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A take and what the user says of it."""

    take: Take
    name: str = ""
    starred: bool = False

    def __post_init__(self) -> None:
        if len(self.name) > MAX_NAME or not self.name.isprintable():
            raise ValueError(f"a take's name is at most {MAX_NAME} printable characters, got {self.name[:40]!r}")


class TakeStore:
    """All calls raise `FileError` where the folder or a file cannot be used."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def midi_path(self, take_id: str) -> Path:
        """The take's `.mid`, which may be dragged elsewhere. Raises `FileError` for what is no id."""
        return self._path(take_id, MIDI)

    def keep(self, take: Take) -> StoredTake:
        """Write a take, under the next free id where its own is taken: clocks go back, and two engines may share a
        folder."""
        self._make(self.folder)
        while self._path(take.id, SIDECAR).exists():
            try:
                take = msgspec.structs.replace(take, id=next_id(take.id[:STAMP_LENGTH], after=take.id))
            except ValueError as error:
                raise FileError(f"{self.folder}: no id is free in this second ({error})") from None
        stored = StoredTake(take=take)
        write_atomic(self.midi_path(take.id), take_midi(take), keep_last=False)
        self._write(stored)
        return stored

    def list(self, tell: Tell = lambda _: None) -> tuple[StoredTake, ...]:
        """All takes, the newest first. `tell` gets a line for each that cannot be read."""
        return tuple(self._readable(tell))

    def read(self, take_id: str) -> StoredTake:
        """One take."""
        return _read(self._path(take_id, SIDECAR))

    def rename(self, take_id: str, name: str) -> StoredTake:
        """Another name; empty: none."""
        return self._change(take_id, name=name)

    def star(self, take_id: str, on: bool) -> StoredTake:
        """Mark it as one to be kept."""
        return self._change(take_id, starred=on)

    def trash(self, take_id: str) -> None:
        """Out of the list; `restore` brings it back."""
        self._make(self.folder / TRASH)
        for suffix in (SIDECAR, MIDI):
            _move(self._path(take_id, suffix), self._path(take_id, suffix, TRASH))

    def restore(self, take_id: str) -> StoredTake:
        """Back from the trash."""
        for suffix in (MIDI, SIDECAR):
            _move(self._path(take_id, suffix, TRASH), self._path(take_id, suffix))
        return self.read(take_id)

    def prune(self, older_than_days: float, now: Callable[[], float] = time.time) -> tuple[str, ...]:
        """Put old takes without a star into the trash; returns their ids. Nothing does this by itself."""
        oldest = now() - older_than_days * DAY_SECONDS
        old = [each.take.id for each in self.list() if not each.starred and self._time_of(each.take.id) < oldest]
        for take_id in old:
            self.trash(take_id)
        return tuple(old)

    # --- inside ---------------------------------------------------------------------------------------

    def _readable(self, tell: Tell) -> Iterator[StoredTake]:
        try:
            paths = sorted(self.folder.glob(f"*{SIDECAR}"), reverse=True)
        except OSError as error:
            raise FileError(f"{self.folder}: cannot be read ({error.strerror})") from None
        for path in paths:
            try:
                yield _read(path)
            except HocketError as error:
                tell(str(error))

    def _change(self, take_id: str, **fields: object) -> StoredTake:
        before = self.read(take_id)
        try:
            stored = StoredTake(**{**msgspec.structs.asdict(before), **fields})
        except ValueError as error:
            raise FileError(str(error)) from None
        self._write(stored)
        return stored

    def _write(self, stored: StoredTake) -> None:
        write_atomic(self._path(stored.take.id, SIDECAR), msgspec.json.encode(stored), keep_last=False)

    def _path(self, take_id: str, suffix: str, folder: str = "") -> Path:
        if not ID.fullmatch(take_id):
            raise FileError(f"a take's id is like 20260131-235959-001, got {take_id[:40]!r}")
        return self.folder / folder / (take_id + suffix)

    def _make(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise FileError(f"{folder}: cannot be made ({error.strerror}); choose another folder for takes") from None

    def _time_of(self, take_id: str) -> float:
        return time.mktime(time.strptime(take_id[:STAMP_LENGTH], "%Y%m%d-%H%M%S"))


def _read(path: Path) -> StoredTake:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise FileError(f"{path}: cannot be read ({error.strerror})") from None
    if len(data) > MAX_BYTES:
        raise FileError(f"{path}: over {MAX_BYTES >> 20} MiB, so no take")
    try:
        stored = msgspec.json.decode(data, type=StoredTake)
    except (msgspec.MsgspecError, HocketError, ValueError, RecursionError) as error:
        raise FileError(f"{path}: no take ({error})") from None
    if stored.take.id != path.stem:
        raise FileError(f"{path}: holds take {stored.take.id}; give the file back its name")
    return stored


def _move(old: Path, new: Path) -> None:
    """What is moved already stays where it is."""
    try:
        old.replace(new)
    except FileNotFoundError:
        if not new.exists():
            raise FileError(f"{old}: there is no such take") from None
    except OSError as error:
        raise FileError(f"{old}: cannot be moved ({error.strerror})") from None
