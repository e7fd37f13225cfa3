"""The window with a real engine process, on the memory back end: it plays, survives, and says what happened."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gui.app import build_models
from gui.models import Models
from gui.places import Places
from gui.viewmodels.engine_host import FROZEN, LOST, READY, EngineHost
from gui.viewmodels.first_session import first_session
from gui.viewmodels.settings import Settings
from gui.views.main_window import MainWindow
from gui.views.transport_bar import TransportBar
from realtime.client import EngineClient
from realtime.engine.commands import Launch, SetControl
from realtime.engine.reports import PartState, RackChanged, Report, TurnStarted
from realtime.messages import Chunk, Played, Transport
from realtime.session import Ports, write_session

pytestmark = pytest.mark.processes
PARTS = ("continue", "morph", "quartet", "sketch")
WAIT_MS = 20_000


class Heard:
    """All that a host has told, with the time of each."""

    def __init__(self, host: EngineHost) -> None:
        self.all: list[tuple[float, Report]] = []
        self.clients: list[EngineClient] = []
        host.reported.connect(lambda report: self.all.append((time.monotonic(), report)))

    def of(self, kind: type[Report]) -> list[Report]:  # type: ignore[valid-type]
        return [report for _, report in self.all if isinstance(report, kind)]


@pytest.fixture
def heard_and_models(qtbot: QtBot, places: Places) -> Iterator[tuple[Heard, Models]]:
    clients: list[EngineClient] = []

    def start(*arguments: object, **named: object) -> EngineClient:
        clients.append(EngineClient(*arguments, **named))  # type: ignore[arg-type]
        return clients[-1]

    settings = Settings(places.settings)
    settings.set(backend="memory", sound=False)
    host = EngineHost(start)
    heard = Heard(host)
    heard.clients = clients
    models = build_models(host, places, settings)
    models.sessions.begin()
    qtbot.waitUntil(lambda: RackChanged(PARTS) in heard.of(RackChanged), timeout=WAIT_MS)
    yield heard, models
    host.stop()
    models.instance.finish()


def plays(heard: Heard, since: float) -> float | None:
    """When a note of a loop was placed after `since`, on a transport that plays."""
    return next((at for at, report in heard.all if at > since and isinstance(report, Chunk) and report.notes), None)


def test_space_gives_music_within_the_first_ten_seconds(qtbot: QtBot, heard_and_models: tuple[Heard, Models]) -> None:
    heard, models = heard_and_models
    window = MainWindow(models)
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    window.focus_first()
    assert not models.transport.playing
    begun = time.monotonic()
    qtbot.keyClick(window.view(TransportBar).play, Qt.Key.Key_Space)  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: bool(heard.of(Played)), timeout=2_000)
    qtbot.waitUntil(lambda: bool(heard.of(TurnStarted)), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: any(chunk.part == "continue" for chunk in heard.of(Chunk)), timeout=2_000)
    assert time.monotonic() - begun < 10


def test_a_slider_of_the_window_is_a_control_of_the_engine(
    qtbot: QtBot, heard_and_models: tuple[Heard, Models]
) -> None:
    heard, models = heard_and_models
    models.host.ask(SetControl("temperature", 0.5, "continue"))

    def is_told() -> bool:
        states = [state for state in heard.of(PartState) if state.part == "continue"]
        return states[-1].values["temperature"] == 0.5

    qtbot.waitUntil(is_told, timeout=5_000)
    qtbot.waitUntil(lambda: models.sessions.newest().part[0].controls.get("temperature") == 0.5, timeout=5_000)


def test_a_killed_engine_plays_again_within_two_seconds_with_its_session(
    qtbot: QtBot, heard_and_models: tuple[Heard, Models]
) -> None:
    heard, models = heard_and_models
    states: list[tuple[float, str]] = []
    models.host.state_changed.connect(lambda state: states.append((time.monotonic(), state)))
    models.settings.set(greeted=True)
    models.host.ask(SetControl("density", 1.0, "morph"))
    models.host.ask(Launch("morph"))
    models.transport.play()
    qtbot.waitUntil(lambda: plays(heard, 0.0) is not None, timeout=5_000)
    qtbot.waitUntil(lambda: any(p.playing for p in models.sessions.newest().part if p.name == "morph"), timeout=5_000)
    tick_before = models.transport.tick()
    killed = time.monotonic()
    os.kill(heard.clients[-1].pid, signal.SIGKILL)
    qtbot.waitUntil(lambda: plays(heard, killed + 0.2) is not None, timeout=WAIT_MS)
    lost = next(at for at, state in states if state == LOST) - killed
    again = (plays(heard, killed + 0.2) or 0.0) - killed
    print(f"engine killed: said after {lost * 1000:.0f} ms, notes again after {again * 1000:.0f} ms")
    assert lost <= 1.0
    assert again <= 2.0 * crowded()
    assert models.transport.playing
    assert models.transport.tick() > tick_before, "it goes on from where it would be"
    qtbot.waitUntil(lambda: heard.of(RackChanged)[-1] == RackChanged(PARTS), timeout=5_000)
    assert [state for state in heard.of(PartState) if state.part == "morph"][-1].values["density"] == 1.0


def crowded() -> float:
    """How much slower than alone a process may be here: what runs for each core, and nothing under one."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1)) if hasattr(os, "getloadavg") else 1.0


def children_of(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="finds the player in /proc")
def test_a_killed_player_is_said_and_the_music_goes_on(qtbot: QtBot, heard_and_models: tuple[Heard, Models]) -> None:
    heard, models = heard_and_models
    models.settings.set(greeted=True)
    models.host.ask(Launch("morph"))
    models.transport.play()
    qtbot.waitUntil(lambda: plays(heard, 0.0) is not None, timeout=5_000)
    (player,) = children_of(heard.clients[-1].pid)
    killed = time.monotonic()
    os.kill(player, signal.SIGKILL)
    qtbot.waitUntil(lambda: "began anew" in models.status.last.text, timeout=5_000)
    said = time.monotonic() - killed
    qtbot.waitUntil(lambda: plays(heard, killed + said) is not None, timeout=5_000)
    print(f"player killed: said after {said * 1000:.0f} ms, notes again after {time.monotonic() - killed:.2f} s")
    assert said <= 2.0
    assert models.transport.playing


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGSTOP")
def test_an_engine_that_stands_still_is_said_and_the_window_lives(
    qtbot: QtBot, heard_and_models: tuple[Heard, Models]
) -> None:
    heard, models = heard_and_models
    qtbot.wait(1_100)  # it has told its status
    pid = heard.clients[-1].pid
    os.kill(pid, signal.SIGSTOP)
    try:
        begun = time.monotonic()
        for number in range(3_000):
            models.host.ask(SetControl("temperature", number / 3_000, "continue"))
        assert time.monotonic() - begun < 0.5, "asking never waits for the engine"
        qtbot.waitUntil(lambda: models.host.state == FROZEN, timeout=4_000)
    finally:
        os.kill(pid, signal.SIGCONT)
    qtbot.waitUntil(lambda: models.host.state == READY, timeout=5_000)


def test_a_session_comes_back_as_it_was(qtbot: QtBot, heard_and_models: tuple[Heard, Models], places: Places) -> None:
    heard, models = heard_and_models
    path = places.sessions / "song.toml"
    places.sessions.mkdir(parents=True)
    models.host.ask(SetControl("density", 1.0, "morph"))
    models.transport.set_bpm(93.0)
    qtbot.waitUntil(lambda: abs(models.transport.bpm - 93.0) < 0.01, timeout=5_000)
    models.sessions.save_as(path)
    qtbot.waitUntil(path.exists, timeout=5_000)
    kept = path.read_bytes()
    models.host.ask(SetControl("density", -1.0, "morph"))
    count = len(heard.of(Transport))
    assert models.sessions.open(path)
    qtbot.waitUntil(lambda: len(heard.of(Transport)) > count, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: heard.of(RackChanged)[-1] == RackChanged(PARTS), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: abs(models.transport.bpm - 93.0) < 0.01, timeout=5_000)
    again = path.with_name("again.toml")
    models.sessions.save_as(again)
    qtbot.waitUntil(again.exists, timeout=5_000)
    assert again.read_bytes() == kept


def test_without_any_midi_system_it_plays_nonetheless(qtbot: QtBot, heard_and_models: tuple[Heard, Models]) -> None:
    _, models = heard_and_models
    current = models.notices.current
    assert current is not None
    assert current[1].text.startswith("No MIDI system works here.")
    models.transport.play()
    qtbot.waitUntil(lambda: models.transport.playing, timeout=5_000)


@pytest.mark.parametrize(
    "ports", [Ports(backend="memory", input="Theremin"), Ports(backend="memory", thru="all", thru_to="continue")]
)
def test_a_session_whose_ports_cannot_be_had_plays_all_the_same(
    qtbot: QtBot, heard_and_models: tuple[Heard, Models], ports: Ports
) -> None:
    heard, models = heard_and_models
    path = models.places.config / "song.toml"
    models.places.config.mkdir(parents=True, exist_ok=True)
    write_session(msgspec.structs.replace(first_session(models.settings.now), ports=ports), path)
    heard.all.clear()
    models.sessions.open(path)
    qtbot.waitUntil(lambda: RackChanged(PARTS) in heard.of(RackChanged), timeout=WAIT_MS)
    current = models.notices.current
    assert current is not None
    assert ("Theremin" in current[1].text) == bool(ports.input)


def test_the_first_session_is_one_that_a_file_can_hold(places: Places) -> None:
    session = first_session(Settings(places.settings).now)
    assert msgspec.convert(msgspec.to_builtins(session), type(session)) == session
