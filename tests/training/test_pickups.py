"""Tunes without their pick-up's rest are put back on their bar lines."""

import numpy as np
import pytest

from realtime.music.melody_codec import Event, EventLine, nearest_duration
from realtime.music.units import Meter
from training.data.augment import TuneArrays, to_arrays
from training.data.corpus import Tune
from training.data.pickups import PLACE_TICKS, with_bar_lines

QUARTER, EIGHTH = nearest_duration(480), nearest_duration(240)
# A bar of 4/4 that leaves no doubt: a long first beat with a leap down to it, then eighths upwards.
BAR = (Event(24, QUARTER), Event(30, EIGHTH), Event(31, EIGHTH), *(Event(32 + i, EIGHTH) for i in range(4)))


def tune(pickup_eighths: int, rng: np.random.Generator, source: str = "irish-cre") -> TuneArrays:
    upbeat = [Event(30 + i, EIGHTH) for i in range(pickup_eighths)]
    up = int(rng.integers(0, 3))
    events = [Event(e.pitch_id + up, e.duration_id) for e in (*upbeat, *BAR * 8)]
    return to_arrays(Tune(name="t", source=source, split="train", line=EventLine(tuple(events), 0, Meter()), style=2))


def shift_of(before: TuneArrays, after: TuneArrays) -> int:
    return int(after.tick_N1[0] - before.tick_N1[0]) // PLACE_TICKS


def test_pickups_are_found_in_train_and_in_valid() -> None:
    rng = np.random.default_rng(0)
    pickups = [0] * 40 + [1] * 8 + [2] * 8
    train = [tune(p, rng) for p in pickups]
    valid = [tune(p, rng) for p in (0, 1, 2)]
    train_after, valid_after = with_bar_lines(train, valid)
    assert [shift_of(a, b) for a, b in zip(train, train_after, strict=True)] == [(8 - p) % 8 for p in pickups]
    assert [shift_of(a, b) for a, b in zip(valid, valid_after, strict=True)] == [0, 7, 6]


@pytest.mark.parametrize(("source", "count"), [("bach-cello", 40), ("irish-cre", 5)])
def test_other_sets_and_too_few_tunes_stay_as_they_are(source: str, count: int) -> None:
    rng = np.random.default_rng(0)
    train = [tune(1, rng, source) for _ in range(count)]
    after, _ = with_bar_lines(train, [])
    assert after == train
