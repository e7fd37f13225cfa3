"""Copies of four-part music, by cases small enough to count."""

import numpy as np
import pytest

from realtime.music.chorale import REST, STEPS
from tests.training.test_chorale_scores import random_music
from training.data.chorales import Chorale, windows
from training.evaluate.chorale_copying import (
    TrainingMusic,
    copy_bot,
    copy_gate,
    copy_scores,
    covered,
    nearest,
    transposed,
    voice_events,
)
from training.evaluate.copying import SYMBOL_BASE


def pieces(seed: int, count: int = 12) -> list[Chorale]:
    """Of four windows each, from the same kind of random chords."""
    parts = np.concatenate(list(random_music(4 * count, seed)), axis=1).reshape(4, count, -1)
    return [Chorale(name=str(i), source="own", split="train", symbol_VT=parts[:, i]) for i in range(count)]


def test_events_are_intervals_and_lengths_without_the_ends() -> None:
    voice = np.array([40, 40, 42, 42, 42, REST, REST, 37, 50])
    expected = [2 * SYMBOL_BASE + 3, 84 * SYMBOL_BASE + 2, -5 * SYMBOL_BASE + 1]
    assert voice_events(voice).tolist() == expected
    assert voice_events(voice + 3 * (voice != REST)).tolist() == expected
    assert voice_events(np.full(9, 40)).tolist() == []


def test_rests_stay_rests_in_another_key() -> None:
    assert transposed(np.array([[0, 40, 41]], np.uint8), -2).tolist() == [[0, 38, 39]]


def test_coverage_counts_events_inside_known_8_grams() -> None:
    known = np.arange(8)
    grams = frozenset([known.tobytes()])
    assert covered(np.array([99, *range(8), 99]), grams) == 8
    assert covered(np.arange(7), grams) == 0


def test_the_nearest_window_is_looked_for_in_all_keys() -> None:
    music = pieces(0, 2)
    known = TrainingMusic.of(music, STEPS)
    window = transposed(windows(music, 4)[3:4], 5)
    window[0, 0, :8] = REST
    # C major triads a fourth away differ everywhere; in their own key in the eight cells that were taken out.
    assert nearest(window, known).tolist() == [8 / 128]


def test_copies_in_any_key_and_at_any_step_are_exact() -> None:
    music = pieces(0)
    known = TrainingMusic.of(music, STEPS)
    copies = np.stack([transposed(music[i].symbol_VT[:, 3 + i : 3 + i + STEPS], i - 3) for i in range(6)])
    assert copy_scores(copies, known)["exact_share"] == 1
    assert copy_scores(np.stack(random_music(6, seed=9)), known)["exact_share"] == 0


def test_the_gate_lets_music_of_the_same_kind_pass_and_stops_copies() -> None:
    train = pieces(0)
    gate = copy_gate(random_music(60, seed=1), train, random_music(60, seed=2))
    assert gate["passed"] is True
    assert gate["catches_copies"] is True
    assert gate["exact_share"] == 0
    copies = copy_bot(windows(train, 4), np.random.default_rng(0))
    stopped = copy_gate(copies, train, random_music(60, seed=2))
    assert stopped["passed"] is False
    assert stopped["exact_share"] == 1
    assert stopped["nearest_p5"] == pytest.approx(0)


def test_without_training_music_nothing_is_said() -> None:
    assert copy_gate(random_music(3), [], random_music(3))["passed"] is None
