"""What a run says while it goes on: log.jsonl, log lines, a progress bar, TensorBoard where it is installed."""

import json
import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

log = logging.getLogger(__name__)
LOG: Final = "log.jsonl"


class Report:
    """A run's log. Silent in all processes but the first."""

    def __init__(self, out: Path, *, active: bool = True) -> None:
        self._path, self._active = out / LOG, active

    def begin(self, step: int) -> None:
        """Start the log anew, but for the lines up to `step`: what a killed run wrote later will come again."""
        if not self._active:
            return
        kept = [line for line in self._lines() if step and _step_of(line) <= step]
        partial = self._path.with_suffix(".partial")
        partial.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")
        partial.replace(self._path)

    def line(self, values: Mapping[str, float]) -> None:
        """One line of scores at `values["step"]`."""
        if not self._active:
            return
        log.info(" ".join(f"{key}={value:.4g}" for key, value in values.items() if not key.endswith(".events")))
        with self._path.open("a", encoding="utf-8") as text:
            text.write(json.dumps(values) + "\n")
            text.flush()
            os.fsync(text.fileno())

    def _lines(self) -> list[str]:
        return self._path.read_text(encoding="utf-8").splitlines() if self._path.is_file() else []


def _step_of(line: str) -> float:
    """Of a log line; one that a kill cut off counts as beyond every step."""
    try:
        return float(json.loads(line)["step"])
    except (ValueError, KeyError, TypeError):
        return float("inf")
