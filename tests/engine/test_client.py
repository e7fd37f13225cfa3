"""An engine in a process of its own, as a window has it."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from realtime.client import EngineClient
from realtime.engine import commands as ask
from realtime.engine.reports import EngineFailed, PartState, RackChanged, Refused, Report
from realtime.engine.setup import PartSetup
from realtime.messages import Chunk, Ready
from realtime.session import Ports, Session
from realtime.takes.store import TakeStore
from tests.takes.examples import take

pytestmark = pytest.mark.processes
PATIENCE_SECONDS = 20.0
MEMORY = Ports(backend="memory")


class Window:
    """A client, and what it was told."""

    def __init__(self, *parts: PartSetup, ports: Ports = MEMORY, takes: str = "") -> None:
        self.told: list[Report | None] = []
        self.client = EngineClient(Session(ports=ports, part=parts), self.told.append, takes=takes)

    def wait(self, kind: type, count: int = 1, check: Callable[[Any], bool] = lambda _: True) -> list[Any]:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while len(found := [each for each in list(self.told) if isinstance(each, kind) and check(each)]) < count:
            assert time.monotonic() < deadline, f"waited for {count} {kind.__name__}, got {self.told[-5:]}"
            time.sleep(0.005)
        return found


@pytest.fixture
def four(toy_bundle: Path, toy_morph: Path, toy_quartet: Path) -> Iterator[Window]:
    models = {"turns": toy_bundle, "one": toy_morph, "two": toy_morph, "band": toy_quartet}
    window = Window(*(PartSetup(model=str(model), name=name) for name, model in models.items()))
    window.wait(RackChanged, 1, lambda told: told.parts == tuple(models))
    yield window
    window.client.close()


def test_four_parts_are_told_and_change_on_request_and_the_engine_ends_well(four: Window) -> None:
    states = {state.part: state for state in four.wait(PartState, 4)}
    assert set(states) == {"turns", "one", "two", "band"}
    assert four.client.send(ask.SetControl("temperature", 0.5, "turns"))
    four.wait(PartState, 1, lambda state: state.part == "turns" and state.values["temperature"] == 0.5)
    assert four.client.close() == 0
    assert four.told[-1] is None
    assert not four.client.send(ask.Launch())


def test_a_killed_engine_is_told_by_none(four: Window) -> None:
    os.kill(four.client.pid, signal.SIGKILL)
    four.wait(type(None))
    assert four.client.close() != 0


def test_other_ports_leave_the_parts_playing(four: Window) -> None:
    four.wait(Chunk, 4)
    four.client.send(ask.ChangePorts(MEMORY))
    four.wait(Ready, 2)
    changed = four.told.index(four.wait(Ready, 2)[-1])
    deadline = time.monotonic() + PATIENCE_SECONDS
    names: set[str] = set()
    while not {"one", "two", "band"} <= names:
        assert time.monotonic() < deadline
        names = {each.part.split("/")[0] for each in four.told[changed:] if isinstance(each, Chunk) and each.notes}
        time.sleep(0.01)


def test_a_model_that_is_not_there_is_refused_while_the_others_play(toy_morph: Path) -> None:
    window = Window(PartSetup(model="no-such-model", name="ghost"), PartSetup(model=str(toy_morph), name="one"))
    (refused,) = window.wait(Refused)
    assert "no-such-model" in refused.text
    window.wait(Chunk, 1, lambda chunk: chunk.part == "one" and chunk.notes)
    assert window.client.close() == 0


def test_a_port_that_nobody_has_ends_the_engine_with_one_line() -> None:
    window = Window(ports=Ports(backend="memory", output="Theremin"))
    (failed,) = window.wait(EngineFailed)
    assert (failed.exit_code, "Theremin" in failed.text, "\n" in failed.text) == (3, True, False)
    assert window.client.close() == 3


def test_takes_survive_the_death_of_the_engine(toy_morph: Path, tmp_path: Path) -> None:
    store = TakeStore(tmp_path)
    store.keep(take())
    window = Window(PartSetup(model=str(toy_morph), name="one"), takes=str(tmp_path))
    window.wait(Chunk, 2, lambda chunk: chunk.notes)
    time_out = time.monotonic() + PATIENCE_SECONDS
    while len(store.list()) < 2:
        assert time.monotonic() < time_out
        window.client.send(ask.Capture(1))
        time.sleep(0.05)
    os.kill(window.client.pid, signal.SIGKILL)
    window.wait(type(None))
    window.client.close()
    assert take() in [stored.take for stored in store.list()]
    assert {stored.take.voices[0].name for stored in store.list()} == {"one", "lead"}
