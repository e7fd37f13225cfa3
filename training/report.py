"""What a run says while it goes on: log.jsonl, log lines, a progress bar, TensorBoard where it is installed."""

import json
import logging
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

log = logging.getLogger(__name__)
LOG: Final = "log.jsonl"
TENSORBOARD: Final = "tensorboard"
Picture = npt.NDArray[np.uint8]  # rows and columns of grey


@runtime_checkable
class Pictured(Protocol):
    """A task that can show what its networks have learned. It must leave the global random states as they are."""

    def pictures(self) -> Mapping[str, Picture]:
        """Piano rolls by name."""


class Report:
    """A run's log. Silent in all processes but the first. The bar is drawn on a terminal only."""

    def __init__(self, out: Path, *, active: bool = True) -> None:
        self._path, self._active = out / LOG, active
        self._bar = open_bar() if active and sys.stderr.isatty() else None
        self._bar_task = self._bar.add_task("training", total=1.0) if self._bar else None
        self._writer: Any = None

    def begin(self, step: int) -> None:
        """Start the log anew, but for the lines up to `step`: what a killed run wrote later will come again."""
        if not self._active:
            return
        kept = [line for line in self._lines() if step and _step_of(line) <= step]
        partial = self._path.with_suffix(".partial")
        partial.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")
        partial.replace(self._path)
        self._writer = open_tensorboard(self._path.parent / TENSORBOARD, step)
        if self._bar:
            self._bar.start()

    def line(self, values: Mapping[str, float]) -> None:
        """One line of scores at `values["step"]`."""
        if not self._active:
            return
        text = " ".join(f"{key}={value:.4g}" for key, value in values.items() if not key.endswith(".events"))
        if self._bar:
            self._bar.console.print(text, markup=False, highlight=False)
        else:
            log.info(text)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(values) + "\n")
            file.flush()
            os.fsync(file.fileno())
        if self._writer:
            for key, value in values.items():
                if key != "step" and not key.endswith(".events"):
                    self._writer.add_scalar(key.replace(".", "/"), value, values["step"])

    def done(self, fraction: float) -> None:
        """Move the bar on."""
        if self._bar:
            self._bar.update(self._bar_task, completed=fraction)

    @property
    def shows_pictures(self) -> bool:
        """Whether anybody would see them."""
        return self._writer is not None

    def pictures(self, pictures: Mapping[str, Picture], step: int) -> None:
        """Piano rolls, for TensorBoard."""
        for name, picture in pictures.items():
            self._writer.add_image(name, picture, step, dataformats="HW")

    def close(self) -> None:
        """Take the bar off the screen and finish TensorBoard's file."""
        if self._bar:
            self._bar.stop()
        if self._writer:
            self._writer.close()

    def _lines(self) -> list[str]:
        return self._path.read_text(encoding="utf-8").splitlines() if self._path.is_file() else []


def open_bar() -> Any:
    """A progress bar on stderr with the time left."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    return Progress(*columns, TextColumn("left"), TimeRemainingColumn(), console=Console(stderr=True))


def open_tensorboard(folder: Path, step: int) -> Any:
    """A writer that goes on after `step`, or None without the package."""
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        return None
    return SummaryWriter(str(folder), purge_step=step + 1 if step else None)


def _step_of(line: str) -> float:
    """Of a log line; one that a kill cut off counts as beyond every step."""
    try:
        return float(json.loads(line)["step"])
    except (ValueError, KeyError, TypeError):
        return float("inf")
