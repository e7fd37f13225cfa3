"""The log of a training run, read as it grows: one JSON object a line, with its step."""

import json
from math import isfinite
from pathlib import Path
from typing import Final

LOG: Final = "log.jsonl"
LOSS: Final = "loss"
STEP, MINUTES = "step", "cpu_minutes"
NO_CURVES: Final = (STEP, MINUTES)
COUNTS: Final = ".events"  # the end of names that count what was scored
Points = tuple[tuple[float, float], ...]


class RunLog:
    """What a run has said so far. No Qt; `read` takes a file's new lines only."""

    def __init__(self, run: Path) -> None:
        self._path = run / LOG
        self._place = 0
        self._points: dict[str, list[tuple[float, float]]] = {}
        self.step, self.cpu_minutes = 0.0, 0.0

    @property
    def names(self) -> list[str]:
        """What could be drawn, but the loss; the most important comes first, as the run tells it."""
        return [name for name in self._points if name != LOSS]

    def points(self, name: str) -> Points:
        """(step, value) pairs."""
        return tuple(self._points.get(name, ()))

    def read(self) -> bool:
        """Take what is new; whether there was anything."""
        try:
            with self._path.open("rb") as file:
                file.seek(self._place)
                lines, _, _ = file.read().rpartition(b"\n")
        except OSError:  # not there yet
            return False
        if not lines:
            return False
        self._place += len(lines) + 1
        for line in lines.splitlines():
            self._take(line)
        return True

    def fraction(self, *, steps: float | None, minutes: float | None) -> float:
        """How far the run is, 0..1, of a budget; what is None is no limit."""
        parts = [self.step / steps if steps else 0.0, self.cpu_minutes / minutes if minutes else 0.0]
        return min(1.0, max(parts))

    def _take(self, line: bytes) -> None:
        try:
            values = json.loads(line)
            step = float(values[STEP])
        except (ValueError, KeyError, TypeError):
            return
        self.step, self.cpu_minutes = step, float(values.get(MINUTES, self.cpu_minutes))
        for name, value in values.items():
            is_number = isinstance(value, int | float) and isfinite(value)
            if is_number and name not in NO_CURVES and not name.endswith(COUNTS):
                self._points.setdefault(name, []).append((step, float(value)))
