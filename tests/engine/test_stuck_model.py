"""A model that never comes back: the part says so, its thread lives, and the other parts play on."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from realtime.engine.commands import SetControl
from realtime.engine.options import PartStart
from realtime.engine.reports import ModelFailed
from realtime.engine.setup import PartSetup
from realtime.generators import graph
from realtime.generators.registry import open_generator
from tests.bundle import hostile
from tests.engine.rig import Performance


def test_a_stuck_model_is_told_and_the_others_play(
    toy_morph: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graph, "RUN_SECONDS", {"morph": 0.5})
    folder = Path(shutil.copytree(toy_morph, tmp_path / "stuck"))
    stuck = open_generator(hostile.put(folder, "decoder.onnx", hostile.slow().SerializeToString()))
    parts: list[Any] = [
        PartStart(PartSetup(model="stuck", name="stuck"), stuck),
        PartStart(PartSetup(model="morph", name="well"), open_generator(toy_morph)),
    ]
    performance = Performance(parts)
    try:
        failures = performance.wait(ModelFailed, 1, lambda report: report.text.startswith("stuck: "))
        assert "was ended" in failures[0].text
        before = len(performance.ons("well"))
        performance.ask(SetControl("octave", 1, "stuck"))  # another order: the thread is still there to fail at it
        performance.wait(ModelFailed, 2, lambda report: report.text.startswith("stuck: "))
        assert len(performance.ons("well")) > before
        assert not performance.ons("stuck")
        assert not [report for report in performance.of(ModelFailed) if report.text.startswith("well")]
    finally:
        performance.end()
    assert performance.error is None
