import pytest

from realtime.engine.bar_buffer import BarBuffer
from realtime.engine.bar_lines import BarLines, next_launch_tick
from realtime.music.note import Note
from realtime.music.units import Meter

BAR = 1920


def test_a_phrase_sets_the_bar_lines_until_something_holds_them() -> None:
    bars = BarLines(Meter())
    assert bars.begin_phrase(1000) == 1000
    bars.hold("morph")
    assert bars.begin_phrase(1000 + 2 * BAR + 700) == 1000 + 2 * BAR
    assert bars.begin_phrase(900) == 1000 - BAR  # before the first bar line: the bar it lies in
    bars.let_go("morph")
    assert bars.begin_phrase(5) == 5


@pytest.mark.parametrize(
    ("tick", "grid", "expected"),
    [
        (1, "none", 1),
        (1, "step", 120),
        (120, "step", 120),
        (121, "beat", 480),
        (481, "bar", BAR),
        (BAR + 1, "2 bars", 2 * BAR),
        (2 * BAR + 1, "4 bars", 4 * BAR),
        (-1, "bar", 0),
    ],
)
def test_launch_grids(tick: int, grid: str, expected: int) -> None:
    assert next_launch_tick(tick, grid, Meter()) == expected


def test_launch_points_count_from_the_origin() -> None:
    bars = BarLines(Meter(3, 4))
    bars.set_origin(100)
    assert bars.next_tick(101, "bar") == 100 + 3 * 480


def noted(*starts: int, pitch: int = 60) -> list[Note]:
    return [Note(start, pitch, 240) for start in starts]


def test_the_last_bars_begin_on_a_bar_line_at_tick_0() -> None:
    bars = BarLines(Meter())
    bars.set_origin(50)
    buffer = BarBuffer(bars)
    buffer.add("morph", noted(50, 50 + BAR, 50 + BAR + 480, 50 + 2 * BAR))
    (phrase,) = buffer.last_bars("morph", now_tick=50 + 2 * BAR + 10)
    assert [note.start_tick for note in phrase.notes] == [0, BAR, BAR + 480]  # the third bar has only begun
    (phrase,) = buffer.last_bars("morph", now_tick=50 + 3 * BAR)
    assert [note.start_tick for note in phrase.notes] == [0, 480, BAR]
    assert phrase.length_ticks == 2 * BAR


def test_voices_stay_apart_and_what_is_void_is_gone() -> None:
    buffer = BarBuffer(BarLines(Meter()))
    buffer.add("quartet", noted(0, 480), voice=0)
    buffer.add("quartet", noted(0, 960, pitch=48), voice=3)
    buffer.drop_from("quartet", 400, voice=3)
    high, low = buffer.last_bars("quartet", now_tick=BAR)
    assert [n.start_tick for n in high.notes] == [0, 480]
    assert [n.start_tick for n in low.notes] == [0]


def test_an_unknown_source_has_played_nothing() -> None:
    (phrase,) = BarBuffer(BarLines(Meter())).last_bars("nobody", 1000)
    assert phrase.notes == ()


def test_notes_are_cut_at_the_end_of_the_bars() -> None:
    buffer = BarBuffer(BarLines(Meter()))
    buffer.add("played", [Note(0, 60, 480), Note(BAR + 1800, 62, 5000)])
    (phrase,) = buffer.last_bars("played", now_tick=2 * BAR)
    assert phrase.notes[-1] == Note(BAR + 1800, 62, 120)


@pytest.mark.parametrize("grid", ["none", "step", "beat", "bar", "2 bars", "4 bars"])
@pytest.mark.parametrize("tick", [-701, 100, 101, 100 + 5 * BAR, 12_345])
def test_the_last_point_is_no_later_and_the_next_one_follows_on_it(grid: str, tick: int) -> None:
    bars = BarLines(Meter())
    bars.set_origin(100)
    last = bars.last_tick(tick, grid)
    assert last <= tick
    assert bars.next_tick(last, grid) == last
    assert bars.next_tick(last + 1, grid) > tick
