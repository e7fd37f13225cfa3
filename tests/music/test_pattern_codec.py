import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.music.codecs import CODECS
from realtime.music.examples import EXAMPLES
from realtime.music.note import Note, Phrase
from realtime.music.pattern_codec import (
    FIRST_ONSET,
    HOLD,
    PATTERN_TICKS,
    REST,
    STEPS,
    SYMBOLS,
    PatternCodec,
    canonical,
    likeliest,
    onset,
)
from realtime.music.units import STEP_TICKS

CODEC = PatternCodec()
any_symbols = st.lists(st.integers(0, SYMBOLS - 1), min_size=STEPS, max_size=STEPS).map(np.array)
few_notes = st.lists(
    st.sampled_from([HOLD, HOLD, REST, onset(60), onset(67), onset(36), onset(96)]), min_size=STEPS, max_size=STEPS
).map(np.array)


def pattern(*symbols: int) -> np.ndarray:
    return np.array([*symbols, *[REST] * (STEPS - len(symbols))])


@given(st.one_of(any_symbols, few_notes))
def test_symbols_survive_both_ways_in_canonical_form(symbols: np.ndarray) -> None:
    again = CODEC.encode(CODEC.decode(symbols), played=False)
    assert again.tolist() == canonical(symbols).tolist()
    assert CODEC.decode(again) == CODEC.decode(symbols)


@given(few_notes)
def test_played_on_the_grid_is_read_as_written(symbols: np.ndarray) -> None:
    phrase = CODEC.decode(symbols)
    gaps = [b.start_tick - a.end_tick for a, b in zip(phrase.notes, phrase.notes[1:], strict=False)]
    if all(gap == 0 for gap in gaps):  # a short gap is articulation, where it was played
        assert CODEC.encode(phrase).tolist() == canonical(symbols).tolist()


@given(st.lists(st.tuples(st.integers(0, STEPS - 1), st.integers(36, 96), st.integers(1, 8)), max_size=12))
def test_a_monophonic_line_on_the_grid_survives(raw: list[tuple[int, int, int]]) -> None:
    steps = sorted({step: (pitch, length) for step, pitch, length in raw}.items())
    notes = []
    for (step, (pitch, length)), (end, _) in zip(steps, [*steps[1:], (STEPS, None)], strict=False):
        notes.append(Note(step * STEP_TICKS, pitch, min(length, end - step) * STEP_TICKS))
    phrase = Phrase.of(notes, length_ticks=PATTERN_TICKS)
    assert CODEC.decode(CODEC.encode(phrase, played=False)) == phrase


def test_a_hold_after_nothing_is_a_rest() -> None:
    symbols = pattern(HOLD, HOLD, onset(60), HOLD, REST, HOLD, onset(62))
    expected = pattern(REST, REST, onset(60), HOLD, REST, REST, onset(62))
    assert canonical(symbols).tolist() == expected.tolist()
    assert canonical(np.stack([symbols, expected])).tolist() == [expected.tolist()] * 2


@given(st.lists(st.lists(st.integers(-9, 9), min_size=4, max_size=4), min_size=1, max_size=5))
def test_the_likeliest_pattern_beats_every_other_canonical_one(rows: list[list[int]]) -> None:
    logits = np.full((len(rows), SYMBOLS), -30.0, np.float32)
    logits[:, [HOLD, REST, onset(60), onset(67)]] = rows

    def total(symbols: np.ndarray) -> float:
        return float(logits[np.arange(len(rows)), symbols].sum())

    every = np.array(list(itertools.product([HOLD, REST, onset(60), onset(67)], repeat=len(rows))))
    legal = every[(canonical(every) == every).all(-1)]
    best = likeliest(logits)
    assert canonical(best).tolist() == best.tolist()
    assert total(best) == max(total(symbols) for symbols in legal)


def test_an_onset_that_just_loses_is_kept_with_its_holds() -> None:
    logits = np.zeros((3, SYMBOLS), np.float32)
    logits[0, [REST, onset(60)]] = 3.0, 2.9
    logits[1:, HOLD] = 5.0
    assert canonical(logits.argmax(-1)).tolist() == [REST] * 3
    assert likeliest(logits).tolist() == [onset(60), HOLD, HOLD]


def test_a_phrase_is_read_from_any_tick_and_octave() -> None:
    notes = [Note(9600 + 0, 24, 240), Note(9600 + 240, 26, 120)]
    assert CODEC.encode(Phrase.of(notes), start_tick=9600).tolist()[:4] == [onset(36), HOLD, onset(38), REST]


def test_real_phrases_keep_their_pitches_and_places() -> None:
    phrase = EXAMPLES["joy"].phrase()
    again = CODEC.decode(CODEC.encode(phrase))
    expected = [(n.start_tick, n.pitch) for n in phrase.notes if n.start_tick < PATTERN_TICKS]
    assert [(n.start_tick, n.pitch) for n in again.notes] == expected


def test_it_is_registered_with_a_hash() -> None:
    assert CODECS["melody-pattern"].table_hash() == PatternCodec().table_hash()
    assert len({codec.table_hash() for codec in CODECS.values()}) == len(CODECS)
    assert onset(36) == FIRST_ONSET


@pytest.mark.parametrize("played", [True, False])
def test_nothing_is_all_rests(played: bool) -> None:
    assert (CODEC.encode(Phrase(), played=played) == REST).all()
    assert CODEC.decode(np.full(STEPS, HOLD)).notes == ()
