"""Whose thread goes before other programs: that of a part whose touches are heard at the next step."""

import os
import sys
import threading
from types import SimpleNamespace

import pytest

from realtime.engine import favour
from realtime.engine.favour import NICENESS, favour_this_thread
from realtime.engine.parts.maker_worker import MakerWorker

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="threads have no niceness of their own here")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int, int]]:
    calls: list[tuple[int, int, int]] = []
    monkeypatch.setattr(favour.os, "setpriority", lambda *asked: calls.append(asked))
    return calls


@pytest.mark.parametrize(("grid", "favoured"), [("step", True), ("beat", False), ("bar", False)])
def test_only_touches_that_are_heard_at_once_are_favoured(
    grid: str, favoured: bool, asked: list[tuple[int, int, int]]
) -> None:
    made, threads = threading.Event(), list[int]()

    def make(order: object) -> object:
        threads.append(threading.get_native_id())
        return order

    worker = MakerWorker("part", SimpleNamespace(touch_grid=grid, make=make), lambda said: made.set())  # type: ignore[arg-type]
    worker.start()
    worker.order(object())  # type: ignore[arg-type]
    assert made.wait(10)
    worker.stop()
    assert asked == ([(os.PRIO_PROCESS, threads[0], NICENESS)] if favoured else [])


def test_a_refusal_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_asked: object) -> None:
        raise PermissionError

    monkeypatch.setattr(favour.os, "setpriority", refuse)
    favour_this_thread()
