"""A model that never comes back: it is asked again, then given up, and the other parts play on."""

import shutil
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from realtime.bundle import load_bundle
from realtime.engine.commands import DescribeRack, Forward, HandOver, SetControl, SwapModel
from realtime.engine.options import PartStart
from realtime.engine.reports import ModelFailed, PartDescribed, RackDescribed
from realtime.engine.setup import PartSetup
from realtime.engine.turns import TurnRules
from realtime.generators import graph
from realtime.generators.continuation import ContinueGenerator
from realtime.generators.registry import open_generator
from realtime.messages import Panic, Sent, Silenced
from tests.bundle import hostile
from tests.engine.rig import Performance


def test_a_stuck_model_is_given_up_and_the_others_play(
    toy_morph: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graph, "RUN_SECONDS", {"morph": 0.5})
    folder = Path(shutil.copytree(toy_morph, tmp_path / "stuck"))
    stuck = open_generator(hostile.put(folder, "decoder.onnx", hostile.slow().SerializeToString()))
    parts: list[Any] = [
        PartStart(PartSetup(model=str(folder), name="stuck"), stuck),
        PartStart(PartSetup(model="morph", name="well"), open_generator(toy_morph)),
    ]
    performance = Performance(parts)
    try:
        failures = performance.wait(ModelFailed, 3)
        assert [failure.is_final for failure in failures] == [False, False, True]
        assert all(failure.text.startswith("stuck: ") and "was ended" in failure.text for failure in failures)
        performance.ask(SetControl("octave", 1, "stuck"), DescribeRack())  # another order, which nobody carries out
        told = performance.wait(RackDescribed)[-1]
        assert [(part.name, bool(part.failed)) for part in told.parts] == [("stuck", True), ("well", False)]
        before = len(performance.ons("well"))
        performance.wait(Sent, before + 8, lambda sent: sent.part.startswith("well"))
        assert not performance.ons("stuck")
        performance.ask(SwapModel("", "stuck"))  # its own once more: the count begins anew
        performance.wait(ModelFailed, 4)
        performance.ask(SwapModel(str(toy_morph), "stuck"))
        performance.wait(Sent, 4, lambda sent: sent.part.startswith("stuck"))
        assert not any(failure.is_final for failure in performance.of(ModelFailed)[3:])
    finally:
        performance.end()
    assert performance.error is None


class Stuck(ContinueGenerator):
    """A generator of answers that has to be let go."""

    let_go = threading.Event()

    def prepare(self, request: Any) -> int:
        self.let_go.wait(20)
        return super().prepare(request)


def test_a_stuck_model_that_is_swapped_holds_up_no_panic(toy_bundle: Path) -> None:
    parts = [PartStart(PartSetup(model="stuck", name="stuck"), Stuck(load_bundle(toy_bundle)))]
    performance = Performance(parts, rules=TurnRules(end="key", grid="none"))
    try:
        performance.play(60, 62)
        begun = time.monotonic()
        performance.ask(HandOver(), SwapModel(str(toy_bundle), "stuck"))
        performance.wait(PartDescribed)
        performance.ask(Forward(Panic()))
        performance.wait(Silenced)
        assert time.monotonic() - begun < 2.0  # most of it is the new bundle's loading
        performance.play(60, 62)
        performance.ask(HandOver())
        performance.wait(Sent, 2)
    finally:
        Stuck.let_go.set()
        performance.end()
    assert not performance.of(ModelFailed)
