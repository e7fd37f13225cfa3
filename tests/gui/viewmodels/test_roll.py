"""The roll's view-model: when there are frames, where now is, where bars begin, what sounds."""

from collections.abc import Callable

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from gui.viewmodels.rack import RackModel
from gui.viewmodels.roll import PLAYED_PLACE, RollModel
from gui.viewmodels.undo import Undo
from realtime.engine.reports import BarsCounted
from realtime.messages import Chunk, ChunkNote, Clock, Played, Ready, Transport
from realtime.music.units import Meter
from tests.gui.fakes import FakeHost
from tests.gui.rack_rig import open_rack

BEAT_NS = 500_000_000  # at 120 beats a minute


class Hours:
    """A clock that stands until it is moved."""

    now = 0

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def hours() -> Hours:
    return Hours()


@pytest.fixture
def rack(host: FakeHost) -> RackModel:
    return RackModel(host, Undo())


@pytest.fixture
def roll(host: FakeHost, rack: RackModel, hours: Callable[[], int]) -> RollModel:
    model = RollModel(host, rack, hours)
    host.tell(Ready(3, "memory", "", "", "none"), Clock(0, 0, 120.0))
    open_rack(host)
    return model


def plays(tick: int = 0, epoch: int = 1) -> Transport:
    return Transport(playing=True, tick=tick, source="internal", epoch=epoch)


def test_now_moves_with_the_clock_and_stands_where_it_will_begin(roll: RollModel, host: FakeHost, hours: Hours) -> None:
    hours.now = 2 * BEAT_NS
    assert roll.tick() == 0
    host.tell(Clock(0, hours.now, 120.0), plays())
    hours.now += 3 * BEAT_NS
    assert roll.tick() == 3 * 480
    host.tell(Transport(playing=False, tick=1440, source="internal", epoch=2))
    hours.now += BEAT_NS
    assert roll.tick() == 1440


def test_there_are_frames_while_it_plays_and_one_for_what_comes_while_it_stands(
    roll: RollModel, host: FakeHost, qtbot: QtBot
) -> None:
    frames: list[int] = []
    qtbot.wait(80)  # the frame of what the fixture told
    roll.frame.connect(lambda: frames.append(1))
    host.tell(Played(0, 0, bytes((0x90, 60, 80))))
    qtbot.waitUntil(lambda: len(frames) == 1)
    qtbot.wait(80)
    assert len(frames) == 1
    host.tell(plays())
    qtbot.waitUntil(lambda: len(frames) > 5)
    roll.set_shown(False)
    seen = len(frames)
    qtbot.wait(80)
    assert len(frames) == seen, "hidden, nothing is drawn"


def test_bars_count_from_where_the_engine_says(roll: RollModel, host: FakeHost, qtbot: QtBot) -> None:
    with qtbot.waitSignal(roll.bars_changed):
        host.tell(BarsCounted(960, "6/8"))
    assert (roll.origin_tick, roll.meter) == (960, Meter(6, 8))


def test_what_sounds_is_told_by_the_place_of_its_part(roll: RollModel, host: FakeHost, hours: Hours) -> None:
    host.tell(plays(), Chunk("quartet/2", 1, 3, 0, (ChunkNote(0, 55, 480, 80),), epoch=1))
    host.tell(Played(0, 0, bytes((0x90, 72, 80))))
    hours.now = BEAT_NS // 2
    assert roll.sounding() == {55: 2, 72: PLAYED_PLACE}
    hours.now = 2 * BEAT_NS
    assert roll.sounding() == {72: PLAYED_PLACE}


def test_a_jump_on_forgets_what_was_to_come_where_the_music_was(roll: RollModel, host: FakeHost, hours: Hours) -> None:
    host.tell(plays(), Chunk("morph", 1, 1, 0, (ChunkNote(100, 55, 50, 80), ChunkNote(2000, 55, 50, 80)), epoch=1))
    hours.now = BEAT_NS
    host.tell(Clock(9600, hours.now, 120.0), plays(9600, epoch=2))
    _, notes = roll.changes().notes["morph"]
    assert [note.start_tick for note in notes] == [100]


def test_the_shade_ahead_is_that_of_parts_that_play(roll: RollModel, host: FakeHost, rack: RackModel) -> None:
    host.tell(plays())
    assert roll.lookahead_ticks() == 0
    host.tell(msgspec.structs.replace(rack["morph"].state, playing=True))
    assert roll.lookahead_ticks() == 2 * 480
