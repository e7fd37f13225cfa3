"""Reading a bundle's files: plain files of the folder itself, opened once, with a limit."""

import os
import stat
from pathlib import Path

from realtime.errors import BundleError

# Where they are missing (Windows) `lstat` alone looks for links.
_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def read_plain(path: Path, limit_bytes: int) -> bytes:
    """The whole file. Raises `BundleError` for a link, for what is no file, and over the limit.

    A hard link is refused like any other: it is a file of somebody else's folder, who may change it at any time. What
    is returned is what was looked at: the file is opened once and not read again.
    """
    try:
        if stat.S_ISLNK(path.lstat().st_mode):
            raise BundleError(f"{path}: a link; copy the whole bundle folder again, with the files themselves")
        with open(os.open(path, _FLAGS), "rb") as file:  # noqa: PTH123  pathlib takes no descriptor
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1:
                raise BundleError(f"{path}: a link or no file at all; copy the whole bundle folder again")
            data = file.read(limit_bytes + 1)
    except (OSError, ValueError) as error:  # ValueError: no name that a file could have
        reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)
        raise BundleError(f"{path}: missing, or cannot be read ({reason}); copy the bundle folder again") from None
    if len(data) > limit_bytes:
        raise BundleError(f"{path}: over {limit_bytes >> 20} MiB, which is the most that is loaded")
    return data
