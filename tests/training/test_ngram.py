import math

import numpy as np
import pytest

from realtime.music.melody_codec import REST, Event, EventLine
from realtime.music.units import Meter
from training.data.augment import TuneArrays, to_arrays
from training.data.corpus import Tune
from training.evaluate.ngram import ORDERS, MelodyNGram, NGramConfig, WittenBell, best_ngram, cross_validated


def tune_of(events: list[Event]) -> TuneArrays:
    line = EventLine(tuple(events), 0, Meter())
    return to_arrays(Tune(name="t", source="s", split="train", line=line, style=0))


def test_witten_bell_by_hand() -> None:
    model = WittenBell(4)
    for symbol in (0, 0, 1):
        model.add(["any", "after-x"], symbol)
    model.add(["any"], 2)
    # "any": 2, 1, 1, 0 of 4 in 3 kinds; uniform 1/4 below it
    any_0, any_3 = (2 + 3 / 4) / 7, (3 / 4) / 7
    assert model.distribution(["any"])[[0, 3]] == pytest.approx([any_0, any_3])
    # "after-x": 2, 1, 0, 0 of 3 in 2 kinds
    got = model.distribution(["any", "after-x"])
    assert got[0] == pytest.approx((2 + 2 * any_0) / 5)
    assert got[3] == pytest.approx(2 * any_3 / 5)
    assert got.sum() == pytest.approx(1.0)


def test_unseen_contexts_say_nothing() -> None:
    model = WittenBell(3)
    model.add(["any"], 1)
    assert model.distribution(["any", "never"]) == pytest.approx(model.distribution(["any"]))
    assert WittenBell(3).distribution(["any"]) == pytest.approx([1 / 3] * 3)


@pytest.mark.parametrize("last", [None, 0, 12, 30, 60])
def test_pitch_probabilities_sum_to_one(tunes: list[TuneArrays], last: int | None) -> None:
    model = MelodyNGram(NGramConfig(order=3), tunes)
    p = model.pitch_distribution(["all"], last)
    assert p.sum() == pytest.approx(1.0)
    assert (p > 0).all()


def test_a_tune_of_one_repeated_step_by_hand() -> None:
    """Three quarters a semitone apart: intervals +1, +1 in the training tune, and the same again to be scored."""
    tune = tune_of([Event(20, 9), Event(21, 9), Event(22, 9)])
    model = MelodyNGram(NGramConfig(order=1, styled=False), [tune])
    nats = model.nats(tune)
    # Order 1 has two contexts, "all" and the empty history: both saw interval +1 twice, one kind, over 50 symbols.
    once = (2 + 1 / 50) / 3
    twice = (2 + once) / 3
    all_intervals = model.pitch_distribution(["all", (0, ())], 20)
    assert all_intervals[21] == pytest.approx(twice / _reachable(twice, once, 20), rel=1e-6)
    assert nats[1, 0] == pytest.approx(-math.log(all_intervals[21]))


def _reachable(twice: float, once: float, last: int) -> float:
    """Mass of the interval symbols that lead to some pitch: from `last` all but those below 0 or above 60."""
    rest_of_mass = (1 / 50) / 3 / 3  # of each symbol never seen, after two rounds of one kind in three
    symbols = [s for s in range(-24, 25) if 0 <= last + s <= 60]
    return twice + rest_of_mass * (len(symbols) - 1) + rest_of_mass  # and the rest


def test_lower_orders_are_counted_alike(tunes: list[TuneArrays]) -> None:
    big = MelodyNGram(NGramConfig(order=5), tunes[:6])
    for order in ORDERS:
        small = MelodyNGram(NGramConfig(order=order), tunes[:6])
        np.testing.assert_allclose(big.nats(tunes[7], order), small.nats(tunes[7]))


def test_the_best_order_is_the_best(tunes: list[TuneArrays]) -> None:
    config, sums = best_ngram(tunes[:6], tunes[6:])
    for order in ORDERS:
        other = MelodyNGram(NGramConfig(order=order, styled=config.styled), tunes[:6]).score(tunes[6:])
        assert sums["generated"][:2].sum() <= other["generated"][:2].sum() + 1e-9


def test_cross_validation_scores_every_event_once(tunes: list[TuneArrays]) -> None:
    sums = cross_validated(tunes, NGramConfig(order=2))
    assert sums["generated"][-1] == sum(len(tune) for tune in tunes)


def test_rests_are_events_too() -> None:
    tune = tune_of([Event(20, 9), Event(REST, 9), Event(22, 9), Event(REST, 6)])
    nats = MelodyNGram(NGramConfig(order=2), [tune]).nats(tune)
    assert nats.shape == (4, 4)
    assert np.isfinite(nats).all()
