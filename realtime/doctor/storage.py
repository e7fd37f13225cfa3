"""Where the window keeps settings, autosaves and takes: whether it may."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from realtime.doctor.check import Check

FIX = "make it yours, e.g. with chown, or free some space; until then settings last as long as the program"


def folders() -> Iterator[Check]:
    """One line a folder; none without platformdirs, which comes with the window."""
    try:
        from platformdirs import PlatformDirs
    except ImportError:
        return
    found = PlatformDirs("Hocket", appauthor=False)
    places = {
        "settings folder": found.user_config_path,
        "state folder": found.user_state_path,
        "takes folder": found.user_documents_path / "Hocket",
    }
    for name, folder in places.items():
        yield writable(name, folder)


def writable(name: str, folder: Path) -> Check:
    """Whether files can be written there: by writing one, there or where the folder would be made."""
    try:
        nearest = next(parent for parent in (folder, *folder.parents) if parent.exists())
        with tempfile.TemporaryDirectory(dir=nearest) as made:
            (Path(made) / "test").write_bytes(b"Hocket")
    except OSError as error:
        detail = f"{folder} cannot be written ({error.strerror or error})"
        return Check(name=name, ok=False, detail=detail, fix=FIX, needed=False)
    return Check(name=name, ok=True, detail=str(folder), needed=False)
