"""An object whose pickle does something when it is read."""

from pathlib import Path
from typing import Any


class Writes:
    """What a pickle may do: this one writes a file."""

    def __init__(self, marker: Path) -> None:
        self._marker = marker

    def __reduce__(self) -> tuple[Any, tuple[str, bytes]]:
        return _write, (str(self._marker), b"run")


def _write(path: str, data: bytes) -> None:
    Path(path).write_bytes(data)
