"""What the system allows of punctual wake-ups, and how it is reported. The system is told nothing."""

import ctypes
import gc
import os
import sys

import pytest

from realtime.player import priority
from realtime.player.priority import FIFO_PRIORITY, raise_priority


@pytest.fixture(autouse=True)
def system(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What the scheduler was asked for; this process stays as it is."""
    asked: list[object] = []
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(sys, "setswitchinterval", lambda seconds: None)
    monkeypatch.setattr(gc, "freeze", lambda: None)
    monkeypatch.setattr(ctypes, "CDLL", refused)
    monkeypatch.setattr(os, "sched_setscheduler", lambda *words: asked.append(words))
    monkeypatch.setattr(priority, "_hold_latency", lambda: True)
    return asked


def refused(*_: object, **__: object) -> None:
    raise PermissionError(1, "Operation not permitted")


def test_all_that_is_asked_for_is_had(system: list[object]) -> None:
    assert raise_priority() == "fifo+latency"
    ((pid, policy, given),) = system  # type: ignore[misc]
    assert (pid, policy, given.sched_priority) == (0, os.SCHED_FIFO, FIFO_PRIORITY)


def test_deep_idle_may_be_refused_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # the real file, which only root may write
    monkeypatch.setattr(os, "open", refused)
    assert priority._hold_latency() is False


def test_without_the_right_to_it_the_line_says_where_it_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_setscheduler", refused)
    line = raise_priority()
    assert line.startswith("none: Operation not permitted")
    assert f"rtprio of {FIFO_PRIORITY} in limits.conf" in line


def test_other_systems_are_not_asked(monkeypatch: pytest.MonkeyPatch, system: list[object]) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert raise_priority() == "none: not asked for on darwin"
    assert system == []
