"""Takes and ports with a real engine: an answer and a capture are files, played again, and there at the next start."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import symusic
from pytestqt.qtbot import QtBot

from gui.app import build_models
from gui.models import Models
from gui.places import Places
from gui.viewmodels.engine_host import EngineHost
from gui.viewmodels.ports import TEST_ID
from gui.viewmodels.settings import Settings
from realtime.engine.commands import Forward, Launch
from realtime.engine.reports import Auditioned, RackChanged, Report, TurnStarted
from realtime.messages import Chunk, Inject, PortsSeen

pytestmark = pytest.mark.processes
WAIT_MS = 20_000


class Heard:
    """All that a host has told."""

    def __init__(self, host: EngineHost) -> None:
        self.all: list[Report] = []
        host.reported.connect(self.all.append)

    def of(self, kind: type[Report]) -> list[Report]:  # type: ignore[valid-type]
        return [report for report in self.all if isinstance(report, kind)]


def open_models(places: Places) -> tuple[Models, Heard]:
    settings = Settings(places.settings)
    settings.set(backend="memory", sound=False, greeted=True)
    host = EngineHost()
    heard = Heard(host)
    return build_models(host, places, settings), heard


@pytest.fixture
def opened(qtbot: QtBot, places: Places) -> Iterator[tuple[Models, Heard]]:
    models, heard = open_models(places)
    models.sessions.begin()
    qtbot.waitUntil(lambda: len(heard.of(RackChanged)) >= 4, timeout=WAIT_MS)
    yield models, heard
    models.host.stop()
    models.instance.finish()


def play_a_phrase(models: Models, qtbot: QtBot) -> None:
    for pitch in (60, 64, 67, 72):
        models.host.ask(Forward(Inject(bytes((0x90, pitch, 90)))))
        qtbot.wait(150)
        models.host.ask(Forward(Inject(bytes((0x80, pitch, 0)))))


def sources(models: Models) -> list[str]:
    return [stored.take.source for stored in models.takes.list.all()]


@pytest.mark.timeout(200)
def test_what_was_played_is_kept_played_again_and_found_at_the_next_start(
    opened: tuple[Models, Heard], places: Places, qtbot: QtBot
) -> None:
    models, heard = opened
    models.transport.play()
    models.host.ask(Launch("morph"))
    qtbot.waitUntil(lambda: any(chunk.part == "morph" for chunk in heard.of(Chunk)), timeout=WAIT_MS)
    play_a_phrase(models, qtbot)
    qtbot.waitUntil(lambda: bool(heard.of(TurnStarted)), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: "continue" in sources(models), timeout=60_000)
    models.actions.do("capture")
    qtbot.waitUntil(lambda: "" in sources(models), timeout=WAIT_MS)
    stored = next(each for each in models.takes.list.all() if each.take.source == "")
    assert {voice.name.split()[0] for voice in stored.take.voices} >= {"played", "morph", "continue"}
    mime = models.takes.list.mimeData([models.takes.list.index(models.takes.list.row_of(stored.take.id) or 0)])
    score = symusic.Score(mime.urls()[0].toLocalFile())
    assert score.note_num() == sum(len(voice.notes) for voice in stored.take.voices) > 4
    models.takes.audition(stored.take.id)
    qtbot.waitUntil(lambda: models.takes.list.playing == stored.take.id, timeout=WAIT_MS)
    models.takes.audition(stored.take.id)
    qtbot.waitUntil(lambda: models.takes.list.playing == "", timeout=WAIT_MS)
    models.host.stop()
    again, _ = open_models(places)
    qtbot.waitUntil(lambda: len(again.takes.list) == len(models.takes.list), timeout=WAIT_MS)
    assert [each.take for each in again.takes.list.all()] == [each.take for each in models.takes.list.all()]
    assert sorted(path.stem for path in Path(places.takes).glob("*.mid")) == sorted(
        each.take.id for each in again.takes.list.all()
    )
    again.instance.finish()


def test_the_test_note_leaves_and_ports_are_told(opened: tuple[Models, Heard], qtbot: QtBot) -> None:
    models, heard = opened
    qtbot.waitUntil(lambda: bool(heard.of(PortsSeen)), timeout=WAIT_MS)
    with qtbot.waitSignal(models.ports.tested, timeout=WAIT_MS) as told:
        models.ports.test(2)
    assert told.args[0].startswith("Sent C4 on channel 2 to ")
    assert heard.of(Auditioned)[0].id == TEST_ID  # type: ignore[attr-defined]
