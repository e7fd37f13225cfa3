import numpy as np
import pytest

from realtime.music.attributes import attributes_of, density, pitch_range, rest_share, syncopation
from realtime.music.pattern_codec import FIRST_ONSET, HOLD, STEPS, canonical, onset
from training.data import edits
from training.data.generated import generated_tunes
from training.data.patterns import windows

PATTERNS = windows(generated_tunes(6, seed=4))


def all_of(edit: edits.Edit) -> np.ndarray:
    rng = np.random.default_rng(0)
    return canonical(np.array([edit(pattern, rng) for pattern in PATTERNS]))


def test_transposing_changes_the_register_only() -> None:
    change = attributes_of(all_of(edits.transposed)) - attributes_of(PATTERNS)
    assert np.abs(change[:, 1]).max() > 6
    assert np.abs(change[:, [0, 2, 3, 4, 5]]).max() == pytest.approx(0)


def test_stretching_keeps_rhythm_and_pitch_classes() -> None:
    out = all_of(edits.stretched)
    assert ((out >= FIRST_ONSET) == (PATTERNS >= FIRST_ONSET)).all()
    for before, after in zip(PATTERNS, out, strict=True):
        assert set(after[after >= FIRST_ONSET] % 12) <= set(before[before >= FIRST_ONSET] % 12)
    assert (pitch_range(out) > pitch_range(PATTERNS)).any()
    assert (pitch_range(out) < pitch_range(PATTERNS)).any()


def test_reordering_keeps_the_notes() -> None:
    out = all_of(edits.reordered)
    assert (np.sort(out) == np.sort(PATTERNS)).all()
    assert (out != PATTERNS).any()


def test_thinning_leaves_fewer_notes_and_no_rests() -> None:
    out = all_of(edits.thinned)
    assert (density(out) < density(PATTERNS)).all()
    assert (rest_share(out) == rest_share(PATTERNS)).all()


def test_filling_strikes_more_notes_where_one_was_held() -> None:
    out = all_of(edits.filled)
    before, after = PATTERNS >= FIRST_ONSET, out >= FIRST_ONSET
    assert (out[before] == PATTERNS[before]).all()
    assert (PATTERNS[after & ~before] == HOLD).all()
    assert density(out).mean() > density(PATTERNS).mean() + 2
    assert density(out).max() > density(PATTERNS).max()
    for pattern, filled in zip(PATTERNS, out, strict=True):
        assert set(filled[filled >= FIRST_ONSET]) == set(pattern[pattern >= FIRST_ONSET])


def test_resting_leaves_more_rests() -> None:
    out = all_of(edits.rested)
    assert (rest_share(out) >= rest_share(PATTERNS)).all()
    assert rest_share(out).mean() > rest_share(PATTERNS).mean() + 0.1


def test_shifting_keeps_the_notes_and_moves_them_off_the_beat() -> None:
    out = all_of(edits.shifted)
    for before, after in zip(PATTERNS, out, strict=True):
        assert before[before >= FIRST_ONSET].tolist() == after[after >= FIRST_ONSET].tolist()
    assert syncopation(out).mean() > syncopation(PATTERNS).mean()


def test_pairs_hold_the_pattern_on_either_side() -> None:
    sources, goals = edits.edited_pairs(PATTERNS, np.random.default_rng(0))
    as_source, as_goal = (sources == PATTERNS).all(-1), (goals == PATTERNS).all(-1)
    assert (as_source | as_goal).all()
    assert (as_source & ~as_goal).any()
    assert (as_goal & ~as_source).any()


@pytest.mark.parametrize("edit", edits.EDITS)
def test_empty_and_sparse_patterns_are_no_trouble(edit: edits.Edit) -> None:
    rng = np.random.default_rng(0)
    rests = np.ones(STEPS, np.int64)
    one = np.array([onset(96), *[HOLD] * (STEPS - 1)])
    for pattern in (rests, one):
        out = edit(pattern, rng)
        assert out.shape == (STEPS,)
        more = (out >= FIRST_ONSET).sum() - (pattern >= FIRST_ONSET).sum()
        assert more <= 0 or (edit is edits.filled and pattern is one)
