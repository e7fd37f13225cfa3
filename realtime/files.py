"""Files that are the user's own: written whole or not at all, with the last good copy beside them.

Of `set.toml` there may be `set.toml.bak`, the version before, and `set.toml.broken`, one that could not be read. What a
killed program leaves, `set.toml.<process>.partial`, goes away with a later write.
"""

import contextlib
import glob
import logging
import os
import shutil
import threading
import time
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

import tomli_w

from realtime.errors import FileError

log = logging.getLogger(__name__)
T = TypeVar("T")
Tell = Callable[[str], object]
LAST_GOOD, BROKEN, PARTIAL = ".bak", ".broken", ".partial"  # after the whole name
MAX_BYTES: Final = 1 << 20
LEFT_OVER_SECONDS: Final = 60.0  # a partial file this old is nobody's any more


def write_atomic(path: Path, data: bytes, *, keep_last: bool = True) -> None:
    """Write the file whole or not at all, also if the program is killed or the machine loses its power meanwhile.

    `keep_last`: the version before stays as `.bak`. A link is followed, not replaced. Raises `FileError`.
    """
    try:
        _write(Path(os.path.realpath(path)), data, keep_last=keep_last)
    except (OSError, ValueError) as error:  # ValueError: no name that a file could have
        raise FileError(f"{path}: cannot be written ({_reason(error)})") from None


def _write(path: Path, data: bytes, *, keep_last: bool) -> None:
    partial = _partial(path)
    try:
        with partial.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if keep_last and path.is_file():
            _keep(path)
        partial.replace(path)
    finally:
        with contextlib.suppress(OSError):
            partial.unlink()
    with contextlib.suppress(OSError):  # the file is there: what follows is as good as the file system
        _sync_folder(path.parent)
        _sweep(path)


def write_toml(values: Mapping[str, Any], path: Path) -> None:
    """`write_atomic` for values as TOML has them; None and empty tables are left out. Raises `FileError`."""
    write_atomic(path, tomli_w.dumps(_plain(values)).encode())


def parse_toml(data: bytes) -> dict[str, Any]:
    """What a TOML file says. Raises `ValueError`."""
    try:
        return tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"not TOML ({error})") from None


def read_with_last_good(
    path: Path,
    parse: Callable[[bytes], T],
    *,
    limit_bytes: int = MAX_BYTES,
    tell: Tell = log.warning,
) -> T:
    """What `parse` makes of the file; where that raises `ValueError`, of the last good copy.

    Then the broken file is put aside as `.broken`, the good one is in its place, and `tell` gets one line. Without a
    good copy, or if `parse` raises a `FileError` (for what is not broken, but of a newer version): `FileError`.
    """
    data = _read(path, limit_bytes)
    try:
        return _parsed(data, parse, limit_bytes)
    except ValueError as error:
        why = str(error)
    try:
        good = _read(_beside(path, LAST_GOOD), limit_bytes)
        value = _parsed(good, parse, limit_bytes)
    except (FileError, ValueError):
        raise FileError(f"{path}: {why}") from None
    tell(str(FileError(f"{path}: {why}; the last good copy is used, {_put_aside(path, good)}")))
    return value


def _parsed(data: bytes, parse: Callable[[bytes], T], limit_bytes: int) -> T:
    if len(data) > limit_bytes:
        raise ValueError(f"over {limit_bytes >> 20} MiB, so none of Hocket's files")
    return parse(data)


def _read(path: Path, limit_bytes: int) -> bytes:
    """One byte more than the limit at most."""
    try:
        with path.open("rb") as file:
            return file.read(limit_bytes + 1)
    except (OSError, ValueError) as error:
        raise FileError(f"{path}: cannot be read ({_reason(error)})") from None


def _put_aside(path: Path, good: bytes) -> str:
    """Where the broken file is now."""
    aside = _beside(path, BROKEN)
    try:
        shutil.copyfile(path, aside)
        write_atomic(path, good, keep_last=False)
    except (OSError, FileError):
        return "the broken file is where it was: the folder cannot be written"
    return f"the broken file is kept as {aside.name}"


def _keep(path: Path) -> None:
    """The file as it is becomes the last good copy, without a moment in which there is none of either."""
    last = _beside(path, LAST_GOOD)
    partial = _partial(last)
    partial.unlink(missing_ok=True)
    try:
        os.link(path, partial)
    except OSError:  # a file system without hard links
        shutil.copyfile(path, partial)
    partial.replace(last)
    partial.unlink(missing_ok=True)  # still there if both were one file


def _partial(path: Path) -> Path:
    """A name of this thread's own."""
    return _beside(path, f".{os.getpid()}-{threading.get_ident()}{PARTIAL}")


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # folders cannot be opened there
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sweep(path: Path) -> None:
    """Remove what killed programs have left of the same file."""
    for left in path.parent.glob(f"{glob.escape(path.name)}.*{PARTIAL}"):
        if time.time() - left.stat().st_mtime > LEFT_OVER_SECONDS:
            left.unlink(missing_ok=True)


def _reason(error: Exception) -> str:
    return os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)


def _plain(values: Any) -> Any:
    """TOML has no null: what is None is left out, and so are tables without anything in them."""
    if isinstance(values, Mapping):
        return {key: _plain(value) for key, value in values.items() if value is not None and value != {}}
    return [_plain(value) for value in values] if isinstance(values, list | tuple) else values
