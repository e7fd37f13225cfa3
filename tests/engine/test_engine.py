"""The engine with a real player process on the memory back end."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from realtime.engine.engine import Engine, EngineOptions
from realtime.engine.player_link import PlayerOptions
from realtime.engine.reports import (
    Forward,
    HandOver,
    ModelFailed,
    QuitEngine,
    Report,
    SetControl,
    SetRules,
    TurnStarted,
    Yielded,
)
from realtime.engine.turns import TurnRules
from realtime.errors import DeviceLostError, PortError
from realtime.generators.registry import open_generator
from realtime.messages import Clock, Counters, Inject, Panic, Ready, Sent, SetTempo, Silenced

pytestmark = pytest.mark.processes
T = TypeVar("T", bound=Report)


class Stage:
    """An engine in a thread, and what it reports."""

    def __init__(self, folder: Path, generator: Any = None, **options: Any) -> None:
        self.reports: list[Report] = []
        player = PlayerOptions(backend="memory", bpm=240.0, trace=True)
        self.engine = Engine(
            generator or open_generator(folder), EngineOptions(player=player, seed=1, **options), self.reports.append
        )
        self.error: BaseException | None = None
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        self.wait(Clock)

    def _run(self) -> None:
        try:
            self.engine.run()
        except DeviceLostError as error:
            self.error = error

    def of(self, kind: type[T]) -> list[T]:
        return [report for report in list(self.reports) if isinstance(report, kind)]

    def wait(self, kind: type[T], count: int = 1, check: Callable[[T], bool] = lambda _: True) -> list[T]:
        deadline = time.monotonic() + 10
        while len(found := [report for report in self.of(kind) if check(report)]) < count:
            assert time.monotonic() < deadline, f"waited for {count} {kind.__name__}, got {self.reports[-5:]}"
            time.sleep(0.005)
        return found

    def play(self, *pitches: int) -> None:
        """Play short notes and wait until the engine has heard them."""
        before = max((counters.received for counters in self.of(Counters)), default=0)
        for pitch in pitches:
            for data in (bytes((0x90, pitch, 80)), bytes((0x80, pitch, 64))):
                self.engine.command(Forward(Inject(data)))
        self.wait(Counters, 1, lambda counters: counters.received >= before + 2 * len(pitches))

    def end(self) -> None:
        self.engine.command(QuitEngine())
        self._thread.join(10)
        assert not self._thread.is_alive()


def is_on(sent: Sent) -> bool:
    return sent.data[0] & 0xF0 == 0x90


@pytest.fixture
def stage(toy_bundle: Path) -> Iterator[Stage]:
    stage = Stage(toy_bundle, rules=TurnRules(end="key", grid="none", length="endless"))
    yield stage
    stage.end()


def test_a_command_hands_over_and_a_note_takes_back(stage: Stage) -> None:
    stage.play(60, 62, 64)
    stage.engine.command(HandOver())
    (turn,) = stage.wait(TurnStarted)
    assert turn.seed == 1
    stage.wait(Sent, 4)
    stage.play(67)
    stage.wait(Yielded)
    stage.engine.command(Forward(Panic()))
    stage.wait(Silenced)
    ons, offs = (sum(is_on(s) == kind for s in stage.of(Sent)) for kind in (True, False))
    assert ons == offs


def test_controls_and_rules_change_while_it_plays(stage: Stage) -> None:
    stage.engine.command(SetControl("octave", 2))
    stage.engine.command(SetRules(TurnRules(end="key", grid="bar", length="bars", bars=1)))
    stage.play(60, 62)
    stage.engine.command(HandOver())
    (turn,) = stage.wait(TurnStarted)
    assert (turn.start_tick - turn.origin_tick) % 1920 == 0
    assert turn.length_ticks == 1920


def test_tempo_changes_reach_the_engine(stage: Stage) -> None:
    stage.engine.command(Forward(SetTempo(90.0)))
    assert stage.wait(Clock, 2)[-1].bpm == 90.0


def test_a_player_that_dies_is_started_again(stage: Stage) -> None:
    os.kill(stage.engine.player_pid, signal.SIGKILL)
    stage.wait(Ready, 2)
    stage.wait(Clock, 2)
    stage.play(60, 62)
    stage.engine.command(HandOver())
    assert stage.wait(Sent, 2)


def test_a_player_that_keeps_dying_ends_the_engine_with_device_lost(toy_bundle: Path) -> None:
    stage = Stage(toy_bundle)
    for count in range(1, 5):
        stage.wait(Ready, count)
        os.kill(stage.engine.player_pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while stage.error is None and time.monotonic() < deadline:
        time.sleep(0.01)
    stage.end()
    assert isinstance(stage.error, DeviceLostError)


class Failing:
    """A generator whose first answer fails."""

    def __init__(self, folder: Path) -> None:
        self._good = open_generator(folder)
        self.spec = self._good.spec
        self._failed = False

    def prepare(self, request: Any) -> int:
        return self._good.prepare(request)

    def stream(self, request: Any, state: Any) -> Any:
        if not self._failed:
            self._failed = True
            raise RuntimeError("NaN in the weights")
        return self._good.stream(request, state)


def test_a_model_that_fails_is_told_and_the_next_answer_plays(toy_bundle: Path) -> None:
    stage = Stage(toy_bundle, Failing(toy_bundle), rules=TurnRules(end="key", grid="none"))
    try:
        stage.play(60)
        stage.engine.command(HandOver())
        (failure,) = stage.wait(ModelFailed)
        assert "NaN in the weights" in failure.text
        stage.engine.command(HandOver())
        assert stage.wait(Sent, 1, is_on)
    finally:
        stage.end()


def test_a_missing_port_is_a_port_error(toy_bundle: Path) -> None:
    player = PlayerOptions(backend="memory", out_port="Theremin")
    engine = Engine(open_generator(toy_bundle), EngineOptions(player=player))
    with pytest.raises(PortError, match="Theremin"):
        engine.run()
