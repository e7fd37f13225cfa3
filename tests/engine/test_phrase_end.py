import pytest

from realtime.engine.phrase_end import (
    answer_ticks,
    next_grid_tick,
    phrase_end_tick,
    seconds_to_ticks,
    spacing_ticks,
)
from realtime.music.units import PPQ, Meter

BPM = 120.0
FOUR = Meter(4, 4)


def ms_after_release(onsets: list[int], release: int, bpm: float = BPM) -> float:
    return (phrase_end_tick(onsets, release, bpm) - release) * 60_000 / (bpm * PPQ)


def test_fast_playing_is_answered_fast() -> None:
    sixteenths = [i * 120 for i in range(16)]
    assert ms_after_release(sixteenths, sixteenths[-1] + 110) == pytest.approx(180, abs=5)


def test_slow_playing_is_given_time() -> None:
    quarters = [i * 480 for i in range(8)]
    assert 250 <= ms_after_release(quarters, quarters[-1] + 450) <= 500


def test_staccato_is_not_cut_off_between_its_notes() -> None:
    quarters = [i * 480 for i in range(8)]
    assert phrase_end_tick(quarters, quarters[-1] + 60, BPM) > quarters[-1] + 480


def test_nobody_waits_longer_than_1_2_seconds() -> None:
    slow = [i * 1920 for i in range(6)]
    assert ms_after_release(slow, slow[-1] + 1900, bpm=40.0) <= 1200 + 5


def test_one_note_has_a_beat_of_its_own() -> None:
    assert spacing_ticks([0]) == PPQ
    assert phrase_end_tick([0], 200, BPM) == 768


def test_the_gaps_inside_a_chord_are_not_a_tempo() -> None:
    assert spacing_ticks([0, 5, 9, 480, 484, 960]) >= 470


@pytest.mark.parametrize(
    ("grid", "tick", "start"),
    [("none", 961, 961), ("1/16", 961, 1080), ("beat", 961, 1440), ("bar", 961, 1920), ("bar", 1920, 1920)],
)
def test_next_grid_point(grid: str, tick: int, start: int) -> None:
    assert next_grid_tick(tick, grid, FOUR) == start


def test_bar_grid_of_another_meter() -> None:
    assert next_grid_tick(1441, "bar", Meter(6, 8)) == 2880


def test_answer_lengths() -> None:
    assert answer_ticks("phrase", 2, 0, 3800, FOUR) == 3840
    assert answer_ticks("phrase", 2, 0, 20, FOUR) == PPQ
    assert answer_ticks("bars", 3, 0, 20, FOUR) == 3 * 1920
    assert answer_ticks("endless", 3, 0, 20, FOUR) > 1_000_000


def test_seconds() -> None:
    assert seconds_to_ticks(0.5, 120.0) == PPQ
