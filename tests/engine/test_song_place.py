import pytest

from realtime.engine.bar_lines import BarLines
from realtime.engine.song_place import SongPlace
from realtime.messages import Transport
from realtime.music.units import Meter


@pytest.fixture
def bars() -> BarLines:
    return BarLines(Meter())


def test_without_a_word_time_is_the_clocks(bars: BarLines) -> None:
    song = SongPlace(bars)
    assert song.playing
    assert song.tick(777) == 777
    assert song.epoch == 0


def test_while_the_music_stands_parts_wait_at_the_song_position(bars: BarLines) -> None:
    song = SongPlace(bars)
    assert not song.take(Transport(playing=False, tick=3840, source="clock", epoch=1))
    assert song.tick(99_999) == 3840
    assert bars.held
    assert not song.take(Transport(playing=True, tick=3840, source="clock", epoch=1))  # what waits is what plays
    assert song.tick(3850) == 3850


def test_another_epoch_is_another_timeline(bars: BarLines) -> None:
    song = SongPlace(bars)
    song.take(Transport(playing=True, tick=0, source="jack", epoch=1))
    assert song.take(Transport(playing=True, tick=9600, source="jack", epoch=2))
    assert not song.take(Transport(playing=True, tick=9600, source="jack", locked=False, epoch=2))
    song.player_restarted()
    assert not song.take(Transport(playing=True, tick=0, source="jack", epoch=1))


def test_hockets_own_clock_holds_no_bar_lines(bars: BarLines) -> None:
    song = SongPlace(bars)
    song.take(Transport(playing=True, tick=0, source="internal"))
    assert not bars.held
    song.take(Transport(playing=True, tick=0, source="link", epoch=2))
    assert bars.held
    song.take(Transport(playing=True, tick=0, source="internal", epoch=3))
    assert not bars.held
