"""The roll in the window: what the engine tells is drawn, what the user picks is told."""

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from gui.models import Models
from gui.viewmodels.roll_notes import PLAYED
from gui.views.roll_view import RollView
from realtime.engine.reports import BarsCounted, PartLaunched
from realtime.messages import Chunk, ChunkNote, Clock, Cut, Played, Transport
from realtime.music.units import Meter
from tests.gui.fakes import FakeHost
from tests.gui.rack_rig import Echo, open_rack

FAR = 100_000  # so far ahead that it is not reached


@pytest.fixture
def view(models: Models, host: FakeHost, qtbot: QtBot) -> RollView:
    made = RollView(models)
    qtbot.addWidget(made)
    made.resize(700, 300)
    made.show()
    open_rack(host)
    return made


def starts(view: RollView, source: str) -> list[int]:
    return [int(start) for start in view.roll.store.rows(source)[:, 0]]


def test_placed_replaced_and_cut_notes_are_drawn_so(view: RollView, host: FakeHost, qtbot: QtBot) -> None:
    notes = tuple(ChunkNote(FAR + at, 60, 100, 80) for at in (0, 480, 960))
    host.tell(Transport(playing=True, tick=0, source="internal"), Chunk("quartet/1", 1, 2, FAR, notes, epoch=1))
    host.tell(Chunk("quartet/2", 1, 3, FAR, (ChunkNote(FAR + 240, 50, 100, 80),), epoch=1))
    qtbot.waitUntil(lambda: starts(view, "quartet") == [FAR, FAR + 240, FAR + 480, FAR + 960])
    host.tell(Chunk("quartet/1", 2, 2, FAR + 480, (ChunkNote(FAR + 600, 62, 100, 80),), epoch=1))
    qtbot.waitUntil(lambda: starts(view, "quartet") == [FAR, FAR + 240, FAR + 600])
    host.tell(Cut("quartet/1", 2))
    qtbot.waitUntil(lambda: starts(view, "quartet") == [FAR + 240])


def test_what_is_played_grows_while_it_is_held(view: RollView, host: FakeHost, qtbot: QtBot) -> None:
    host.tell(Clock(0, 0, 120.0), Transport(playing=True, tick=0, source="internal"))
    now = view._model.tick()
    host.tell(Played(0, now, bytes((0x90, 60, 80))))
    qtbot.waitUntil(lambda: len(view.roll.store.rows(PLAYED)) == 1 and view.roll.store.rows(PLAYED)[0, 1] > now + 20)
    host.tell(Played(0, now + 30, bytes((0x80, 60, 0))))
    qtbot.waitUntil(lambda: view.roll.store.rows(PLAYED)[0, 1] == now + 30)


def test_sources_are_the_parts_in_their_colours_and_the_musician(view: RollView, models: Models) -> None:
    sources = [(source.key, source.part, source.outline) for source in view.roll.sources]
    assert sources == [("continue", 0, False), ("morph", 1, False), ("quartet", 2, False), ("sketch", 3, False),
                       (PLAYED, 0, True)]  # fmt: skip


def test_bars_count_as_the_engine_counts_them(view: RollView, host: FakeHost) -> None:
    host.tell(BarsCounted(960, "3/4"))
    assert (view.roll.view.origin_tick, view.roll.view.meter) == (960, Meter(3, 4))


def test_bars_that_are_dragged_in_the_ruler_are_told(view: RollView, models: Models, qtbot: QtBot) -> None:
    roll = view.roll
    y = roll.ruler_height() // 2

    def place(bar: float) -> QPoint:
        return QPoint(int(roll.field().left() + roll.view.x_of(bar * 1920)), y)

    qtbot.mousePress(roll, Qt.MouseButton.LeftButton, pos=place(0.5))
    qtbot.mouseMove(roll, place(1.5))
    qtbot.mouseRelease(roll, Qt.MouseButton.LeftButton, pos=place(1.5))
    assert models.roll.selection == (0, 1)
    roll.set_selection(None)
    assert models.roll.selection is None


def test_locked_bars_are_framed_wherever_they_come_round(view: RollView, host: FakeHost, models: Models) -> None:
    host.tell(PartLaunched(part="sketch", start_tick=0))
    Echo(host, models).tell("sketch", playing=True, locks=("alto", "bar2"))
    view._draw()
    assert [(cell.source, cell.first_bar) for cell in view._locked] == [("sketch", 1), ("sketch", 3)]


def test_following_is_an_action(view: RollView, models: Models) -> None:
    assert models.actions.state("follow").is_on
    view.roll.scroll_by(100)
    assert not models.actions.state("follow").is_on
    models.actions.do("follow")
    assert view.roll.follows


def test_the_notes_are_a_table_too(view: RollView, host: FakeHost, qtbot: QtBot) -> None:
    host.tell(Transport(playing=True, tick=0, source="internal"))
    host.tell(Chunk("morph", 1, 1, FAR, (ChunkNote(FAR, 60, 240, 80),), epoch=1))
    qtbot.waitUntil(lambda: len(starts(view, "morph")) == 1)
    table = view.show_table().table
    assert [table.item(0, column).text() for column in (0, 3, 4, 5)] == ["morph", "C4", "0.5", "80"]
