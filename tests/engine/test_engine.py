"""The engine with a real player process on the memory back end."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from realtime.bundle import load_bundle
from realtime.engine.commands import Forward, HandOver, SetControl, SetRule
from realtime.engine.engine import Engine
from realtime.engine.options import EngineOptions, PartStart
from realtime.engine.player_link import PlayerOptions
from realtime.engine.reports import ModelFailed, TurnStarted, Yielded
from realtime.engine.setup import PartSetup
from realtime.engine.turns import TurnRules
from realtime.errors import DeviceLostError, PortError
from realtime.generators.continuation import ContinueGenerator
from realtime.generators.registry import open_generator
from realtime.messages import Clock, Counters, Panic, Played, Ready, Sent, SetTempo, Silenced
from tests.engine.rig import Performance

pytestmark = pytest.mark.processes


class Stage(Performance):
    """A performance of one part."""

    def __init__(self, folder: Path, generator: Any = None, **options: Any) -> None:
        part = PartStart(PartSetup(model="toy", seed=1), generator or open_generator(folder))
        super().__init__([part], **options)


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
    for name, value in (("grid", "bar"), ("length", "bars"), ("bars", "1")):
        stage.engine.command(SetRule(name, value))
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


class Failing(ContinueGenerator):
    """A generator whose first answer fails."""

    failed = False

    def stream(self, request: Any, state: Any) -> Any:
        if not self.failed:
            self.failed = True
            raise RuntimeError("NaN in the weights")
        return super().stream(request, state)


def test_a_model_that_fails_is_told_and_after_a_pause_it_answers(toy_bundle: Path) -> None:
    stage = Stage(toy_bundle, Failing(load_bundle(toy_bundle)), rules=TurnRules(end="key", grid="none"))
    try:
        stage.play(60)
        stage.engine.command(HandOver())
        (failure,) = stage.wait(ModelFailed)
        assert "NaN in the weights" in failure.text
        assert not failure.is_final
        deadline = time.monotonic() + 5
        while not stage.of(Sent) and time.monotonic() < deadline:
            stage.engine.command(HandOver())
            time.sleep(0.3)
        assert any(map(is_on, stage.of(Sent)))
    finally:
        stage.end()


def test_what_is_due_does_not_wait_for_a_row_of_messages(toy_morph: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    part = PartStart(PartSetup(model="toy", name="loop", seed=1), open_generator(toy_morph))
    stage = Performance([part])
    try:
        stage.wait(Sent, 8)
        monkeypatch.setattr(stage.engine, "_hear", lambda played: time.sleep(0.01))  # as long as a hundred take
        heard = Played(time_ns=0, tick=0, data=bytes((0xB0, 1, 1)))
        for _ in range(150):
            stage.engine._put(heard)
        before, begun_ns = len(stage.of(Sent)), time.monotonic_ns()
        stage.wait(Sent, before + 8)
        assert stage.of(Sent)[before + 7].due_ns < begun_ns + 1_500_000_000  # while the row was being dealt with
        stage.wait(Counters, 1, lambda told: told.ons > before + 8)
        assert not stage.of(Counters)[-1].late_ons_dropped
    finally:
        stage.end()


def test_a_missing_port_is_a_port_error(toy_bundle: Path) -> None:
    player = PlayerOptions(backend="memory", out_port="Theremin")
    engine = Engine([PartStart(PartSetup(model="toy"), open_generator(toy_bundle))], EngineOptions(player=player))
    with pytest.raises(PortError, match="Theremin"):
        engine.run()
