"""The mixture's arrays against counting by hand and against the plain n-gram's dictionaries."""

import math

import numpy as np
import pytest

from realtime.music.melody_codec import REST, Event, EventLine
from realtime.music.units import Meter
from training.data.augment import TuneArrays, to_arrays
from training.data.corpus import Tune
from training.data.generated import generated_tunes
from training.evaluate.mixture import (
    fit_weights,
    levels,
    long_term,
    mixture_nats,
    mixture_scores,
    short_term,
    to_events,
)
from training.evaluate.ngram import WittenBell

QUARTER, EIGHTH = 9, 6


def tune_of(pitches: list[int], *, duration: int = QUARTER, style: int = 0, source: str = "s") -> TuneArrays:
    line = EventLine(tuple(Event(pitch, duration) for pitch in pitches), 0, Meter())
    return to_arrays(Tune(name="t", source=source, split="train", line=line, style=style))


def test_long_counts_by_hand() -> None:
    """Symbols 0 0 1 are counted after x, then 2 after y; all four give the general context."""
    symbol_N, context_N = np.array([0, 0, 1, 2, 0, 1]), np.array([7, 7, 7, 8, 7, 9])
    counted_N = np.array([True, True, True, True, False, False])
    p_N = long_term(list(levels([np.zeros(6, int)], [context_N], symbol_N)), 4, counted_N)
    any_0, any_1 = (2 + 3 / 4) / 7, (1 + 3 / 4) / 7  # 2, 1, 1 of 4 in 3 kinds over the uniform
    assert p_N[4] == pytest.approx((2 + 2 * any_0) / 5)
    assert p_N[5] == pytest.approx(any_1)  # a context never seen says nothing


def test_short_counts_by_hand() -> None:
    """A tune of 3 3 5 3 among four symbols, and the first event of another that knows nothing of it."""
    symbol_N, tune_N = np.array([3, 3, 1, 3, 3]), np.array([0, 0, 0, 0, 1])
    p_N = short_term(list(levels([tune_N], [], symbol_N)), 4)
    expected = [1 / 4, (1 + 1 / 4) / 2, (0 + 1 / 4) / 3, (2 + 2 / 4) / 5, 1 / 4]
    np.testing.assert_allclose(p_N, expected)


def test_tunes_shorter_than_a_context_do_not_know_it() -> None:
    symbol_N, before_N = np.array([1, 1, 1]), np.array([-1, 1, 1])
    first, second = levels([np.zeros(3, int)], [before_N], symbol_N)
    assert first.known_N.all()
    assert second.known_N.tolist() == [False, True, True]
    p_N = long_term([first, second], 2, np.array([True, True, True]))
    general = (3 + 1 / 2) / 4
    np.testing.assert_allclose(p_N, [general, (2 + general) / 3, (2 + general) / 3])


def test_arrays_count_as_the_dictionaries_do() -> None:
    """Random symbols, contexts of 0 to 3 before: each event by the counts of the events before it."""
    rng = np.random.default_rng(0)
    symbol_N = rng.integers(0, 3, 200)
    backs = [np.concatenate([np.full(back, -1), symbol_N[:-back]]) for back in (1, 2, 3)]
    p_N = short_term(list(levels([np.zeros(200, int)], backs, symbol_N)), 3)
    model = WittenBell(3)
    for i, symbol in enumerate(symbol_N.tolist()):
        contexts = [tuple(symbol_N[i - n : i].tolist()) for n in range(min(i, 3) + 1)]
        assert p_N[i] == pytest.approx(model.distribution(contexts)[symbol]), i
        model.add(contexts, symbol)


def test_weights_are_the_likeliest() -> None:
    """Two models, one right about 3 of 4 events: the likelihood's maximum is found on a line by hand."""
    p_NM = np.array([[0.8, 0.1], [0.8, 0.1], [0.8, 0.1], [0.1, 0.9]])
    weight_M = fit_weights(p_NM)
    assert weight_M.sum() == pytest.approx(1.0)
    shares = np.linspace(0, 1, 1001)
    likelihoods = [np.log(p_NM @ np.array([share, 1 - share])).sum() for share in shares]
    assert weight_M[0] == pytest.approx(shares[int(np.argmax(likelihoods))], abs=2e-3)


def test_a_view_ends_with_its_tune() -> None:
    events = to_events([tune_of([20, 22, 24]), tune_of([30, REST, 33])])
    assert events.past(events.pitch_N, 1).tolist() == [-1, 20, 22, -1, 30, REST]
    assert events.last_N.tolist() == [-1, 20, 22, -1, 30, 30]
    assert events.past(events.pitch_N, 2).tolist() == [-1, -1, 20, -1, -1, 30]


def test_a_first_pitch_is_one_of_those_that_begin_tunes() -> None:
    train = [tune_of([20, 21, 22, 23]), tune_of([20, 21, 22, 23]), tune_of([30, 31, 32, 33])]
    nats = mixture_nats(train, [tune_of([20, 21])])
    once = (2 + 2 / 62) / 5  # two kinds among three tunes; then the same again for their style
    assert nats[0, 0] == pytest.approx(-math.log((2 + 2 * once) / 5))
    assert nats[1, 0] < 0.5  # a step up has always followed


def test_a_leap_beyond_the_table_stands_for_several_pitches() -> None:
    """From pitch 0 an interval of 24 or more leads to any of 37 pitches."""
    train = [tune_of([0, 40, 0, 40, 0, 40]) for _ in range(12)]
    near, far = (mixture_nats(train, [tune_of([0, pitch])])[1, 0] for pitch in (24, 40))
    assert near == pytest.approx(far)
    assert far > math.log(37)


def test_what_a_tune_repeats_is_learned_from_itself() -> None:
    """Leaps and lengths that no other tune has cost less the second time and still less the third."""
    strange = [20, 31, 12, 29, 25, 40, 22, 36]
    train = [to_arrays(tune) for tune in generated_tunes(20, seed=3, events=60)]
    nats = mixture_nats(train, [tune_of(strange * 3, duration=EIGHTH)])[:, 0]
    first, second, third = (nats[i * 8 + 1 : i * 8 + 8].sum() for i in range(3))
    assert first > 2 * second > 2 * third


def test_nothing_of_a_scored_tune_helps_another() -> None:
    train = [to_arrays(tune) for tune in generated_tunes(12, seed=1, events=40)]
    odd = tune_of([10, 50, 11, 49, 12, 48])
    alone, beside = mixture_nats(train, [odd]), mixture_nats(train, [odd, odd])
    np.testing.assert_allclose(beside, np.concatenate([alone, alone]))


def test_scores_by_data_set_and_across_folds() -> None:
    train = [to_arrays(tune) for tune in generated_tunes(12, seed=1, events=40)]
    scored = [tune_of([20, 22, 24, 25], source="a"), tune_of([20, 22, 24, 25, 27, 29], source="b")]
    scores = mixture_scores(train, scored)
    assert set(scores) == {f"{name}nats_per_note_memory" for name in ("", "a.", "b.")}
    nats = mixture_nats(train, scored)
    assert scores["a.nats_per_note_memory"] == pytest.approx(nats[:4, :2].sum() / 4, abs=1e-4)
    assert scores["nats_per_note_memory"] == pytest.approx(nats[:, :2].sum() / 10, abs=1e-4)
    assert set(mixture_scores([], train)) == {"nats_per_note_memory", "generated.nats_per_note_memory"}
    assert mixture_scores([], train[:1]) == {}
