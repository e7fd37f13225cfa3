"""Strips, panels and hands of the real window on a real engine: what is done by hand changes what is played."""

import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gui.app import build_models
from gui.models import Models
from gui.places import Places
from gui.viewmodels.engine_host import EngineHost
from gui.viewmodels.settings import Settings
from gui.views.main_window import MainWindow
from gui.views.panels.binding import CONTROL
from gui.views.part_panel import PartPanel
from gui.views.rack_view import RackView
from gui.views.roll_view import RollView
from realtime.client import EngineClient
from realtime.engine import commands as ask
from realtime.engine.reports import Report
from realtime.messages import Chunk, Inject

pytestmark = pytest.mark.processes
NAMES = ["continue", "morph", "quartet", "sketch"]
LEFT = Qt.MouseButton.LeftButton


class Play:
    """The window, and what its engine has told."""

    def __init__(self, qtbot: QtBot, models: Models, clients: list[EngineClient]) -> None:
        self.qtbot, self.models, self.clients, self.told = qtbot, models, clients, list[Report]()
        models.host.reported.connect(self.told.append)
        models.sessions.begin()
        self.window = MainWindow(models)
        qtbot.addWidget(self.window)
        self.window.show()
        self.until(lambda: [p.name for p in models.rack.parts if p.is_described] == NAMES)
        models.transport.play()
        self.until(lambda: models.transport.playing)

    def until(self, done: object, timeout: int = 15_000) -> None:
        self.qtbot.waitUntil(done, timeout=timeout)

    def chunks(self, part: str) -> list[Chunk]:
        return [told for told in self.told if isinstance(told, Chunk) and told.part.partition("/")[0] == part]

    def launch(self, part: str) -> None:
        """By its strip, and until it is heard."""
        rack = self.window.view(RackView)
        assert isinstance(rack, RackView)
        self.qtbot.mouseClick(rack.strip_of(part).power, LEFT)
        self.until(lambda: bool(self.chunks(part)))
        self.qtbot.mouseClick(rack.strip_of(part).name, LEFT)

    def control(self, part: str, name: str) -> QWidget:
        panel = self.window.view(PartPanel)
        return next(w for w in panel.findChildren(QWidget) if w.property(CONTROL) == (part, name) and w.isVisible())


@pytest.fixture
def play(qtbot: QtBot, places: Places) -> Iterator[Play]:
    settings = Settings(places.settings)
    settings.set(backend="memory", sound=False, greeted=True)
    clients: list[EngineClient] = []

    def start(*arguments: Any, **named: Any) -> EngineClient:
        clients.append(EngineClient(*arguments, **named))
        return clients[-1]

    host = EngineHost(start)
    models = build_models(host, places, settings)
    yield Play(qtbot, models, clients)
    host.stop()
    models.instance.finish()


def test_a_slider_that_is_dragged_changes_the_notes(play: Play) -> None:
    play.launch("morph")
    before = play.chunks("morph")[-1].generation
    slider = play.control("morph", "register")
    middle = slider.rect().center()
    play.qtbot.mousePress(slider, LEFT, pos=middle)
    play.qtbot.mouseMove(slider, QPoint(slider.width() - 4, middle.y()))
    play.qtbot.mouseRelease(slider, LEFT, pos=QPoint(slider.width() - 4, middle.y()))
    play.until(lambda: any(chunk.generation > before and chunk.notes for chunk in play.chunks("morph")))
    play.until(lambda: play.models.rack["morph"].state.values["register"] > 2)
    old = [note.pitch for chunk in play.chunks("morph") if chunk.generation <= before for note in chunk.notes]
    new = [note.pitch for chunk in play.chunks("morph") if chunk.generation > before for note in chunk.notes]
    assert sum(new) / len(new) > sum(old) / len(old), "a higher register is a higher register"


def test_a_snapshot_brings_the_slider_back(play: Play) -> None:
    play.launch("morph")
    part = play.models.rack["morph"]
    part.store(1)
    part.set("density", 2.0)
    play.until(lambda: part.state.values["density"] == 2.0 and part.state.snapshots == (1,))
    play.models.actions.do("recall_1")
    play.until(lambda: part.state.values["density"] == 0.0)
    assert part.value("density") == 0.0


def test_a_controller_is_learned_and_moves_the_control(play: Play) -> None:
    part, maps = play.models.rack["continue"], play.models.maps
    maps.learn("continue", "temperature")
    play.until(lambda: maps.is_learning("continue", "temperature"))
    for value in (10, 30, 60):
        play.models.host.ask(ask.Forward(Inject(bytes((0xB0, 21, value)))))
    play.until(lambda: maps.text_of("continue", "temperature").startswith("CC 21"))
    assert maps.learning == ""
    play.models.host.ask(ask.Forward(Inject(bytes((0xB0, 21, 127)))))
    play.until(lambda: part.value("temperature") == 2.0)


def test_a_muted_voice_is_seen_to_be_muted(play: Play) -> None:
    play.launch("quartet")
    play.models.rack["quartet"].mute_voices(["bass"])
    play.until(lambda: play.models.rack["quartet"].state.muted == ("bass",))
    play.models.undo.undo()
    play.until(lambda: play.models.rack["quartet"].state.muted == ())


def test_what_is_played_and_answered_is_drawn(play: Play) -> None:
    hands, roll = play.models.hands, play.window.view(RollView)
    assert isinstance(roll, RollView)
    for letter in "ADG":
        hands.key_down(letter)
        play.qtbot.wait(150)
        hands.key_up(letter)
    play.until(lambda: roll.roll.store.count("played") == 3)
    play.until(lambda: roll.roll.store.count("continue") > 0)


def test_a_bundle_is_swapped_while_it_plays(play: Play) -> None:
    play.launch("morph")
    part = play.models.rack["morph"]
    (bundle,) = [bundle for bundle in play.models.rack.bundles() if bundle.name == "morph"]
    part.swap(bundle.model)
    assert part.lamp == "loading"
    play.until(lambda: part.lamp == "plays")
    assert part.state.playing


def test_parts_panels_and_roll_outlive_their_engine(play: Play) -> None:
    play.launch("morph")
    part, roll = play.models.rack["morph"], play.window.view(RollView)
    assert isinstance(roll, RollView)
    slider = play.control("morph", "register")
    play.until(lambda: roll.roll.store.count("morph") > 0)
    os.kill(play.clients[-1].pid, signal.SIGKILL)
    play.until(lambda: part.lamp == "loading")
    play.until(lambda: len(play.clients) == 2 and all(p.lamp != "loading" for p in play.models.rack.parts))
    assert play.models.rack["morph"] is part
    assert play.models.rack.selected is part
    play.qtbot.keyClick(slider, Qt.Key.Key_End)
    play.until(lambda: part.state.values["register"] == 3.0)
    if not part.is_on:  # the copy of the session may be older than the launch
        part.switch(True)
    play.until(lambda: part.lamp == "plays" and roll.roll.store.count("morph") > 0)
