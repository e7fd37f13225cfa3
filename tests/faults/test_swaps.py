"""Fault 19: models that are swapped ten thousand times. A real rack, with its threads and onnxruntime; no player."""

import gc
import os
import queue
import shutil
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from realtime.bundle import load_bundle
from realtime.engine.bar_buffer import BarBuffer
from realtime.engine.bar_lines import BarLines
from realtime.engine.commands import SwapModel
from realtime.engine.options import load_model
from realtime.engine.parts.base import Stage
from realtime.engine.rack import Rack
from realtime.engine.reports import PartDescribed, Refused, Report
from realtime.engine.setup import PartSetup
from realtime.engine.turns import TurnRules
from realtime.generators.latent import MorphGenerator
from realtime.music.units import Meter
from tests.faults.long import seconds
from tests.faults.test_input import rss_mb

Measured = Callable[[int, str, float], None]
SWAPS = round(seconds(200, 10_000))
WARM = SWAPS // 4  # by then whatever is made once is there
PATIENCE_SECONDS = 10.0


class Swapping:
    """A rack with one part, told of what its threads say in this thread."""

    def __init__(self, folder: Path) -> None:
        self._said: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        self.swapped = 0
        bars = BarLines(Meter())
        stage = Stage(
            bars=bars,
            buffer=BarBuffer(bars),
            send=lambda _: True,
            post=lambda name, said: self._said.put((name, said)),
            observe=self._observe,
            now_tick=lambda: 0,
            now_ns=time.monotonic_ns,
            bpm=lambda: 120.0,
            playing=lambda: True,
            lead_seconds=lambda: 0.0,
        )
        self.rack = Rack(stage, TurnRules(), load_model)
        self.rack.add(PartSetup(model=str(folder), name="part", seed=1), MorphGenerator(load_bundle(folder)))
        self.rack.start()

    def _observe(self, report: Report) -> None:
        assert not isinstance(report, Refused), report
        self.swapped += isinstance(report, PartDescribed)

    def swap(self, folder: Path) -> None:
        before = self.swapped
        self.rack.command(SwapModel(str(folder), "part"))
        while self.swapped == before:
            self.rack.heard(*self._said.get(timeout=PATIENCE_SECONDS))


def state() -> dict[str, float]:
    """Of this process."""
    gc.collect()
    return {
        "MB": rss_mb(os.getpid()),
        "handles": len(os.listdir("/proc/self/fd")),  # noqa: PTH208
        "threads": threading.active_count(),
        "references to None": sys.getrefcount(None),
    }


@pytest.mark.timeout(60 + SWAPS / 10)
def test_swapping_models_leaves_nothing_behind(toy_morph: Path, tmp_path: Path, measured: Measured) -> None:
    other = Path(shutil.copytree(toy_morph, tmp_path / "other"))
    swapping = Swapping(toy_morph)
    before: dict[str, float] = {}
    for number in range(SWAPS):
        if number == WARM:
            before = state()
        swapping.swap((other, toy_morph)[number % 2])
    grown = {what: count - before[what] for what, count in state().items()}
    swapping.rack.stop()
    assert swapping.swapped == SWAPS
    for what, count in grown.items():
        measured(19, f"{SWAPS - WARM} swaps: more {what}", count)
    assert grown["MB"] < 3.0
    assert grown["handles"] <= 1
    assert grown["threads"] <= 1
    assert abs(grown["references to None"]) < (SWAPS - WARM) / 2  # one lost at each swap shows
