"""Ways between patterns: what must hold whatever a decoder says."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.generators.ways import POINTS, Way, blend, way_through
from realtime.music.pattern_codec import HOLD, REST, STEPS, SYMBOLS, canonical, likeliest, onset

SAID = [HOLD, REST, onset(60), onset(64), onset(67)]


def logits_of(patterns: list[list[int]]) -> np.ndarray:
    """A decoder that is sure of these patterns."""
    logits = np.zeros((len(patterns), len(patterns[0]), SYMBOLS), np.float32)
    for point, pattern in enumerate(patterns):
        logits[point, np.arange(len(pattern)), canonical(np.array(pattern))] = 10.0
    return logits


some_patterns = st.lists(st.lists(st.sampled_from(SAID), min_size=12, max_size=12), min_size=POINTS, max_size=POINTS)


@given(some_patterns)
def test_a_way_leads_from_end_to_end_and_never_back(patterns: list[list[int]]) -> None:
    logits = logits_of(patterns)
    way = way_through(logits)
    path = np.array([way.at(k / 60) for k in range(61)])
    assert path[0].tolist() == likeliest(logits[0]).tolist()
    assert path[-1].tolist() == likeliest(logits[-1]).tolist()
    assert canonical(path).tolist() == path.tolist()
    assert (np.diff((path != path[0]).sum(-1)) >= 0).all()
    assert (np.diff((path != path[-1]).sum(-1)) <= 0).all()


@given(some_patterns)
def test_changes_come_evenly(patterns: list[list[int]]) -> None:
    way = way_through(logits_of(patterns))
    path = [way.at(k / 10) for k in range(11)]
    changed = [int((a != b).sum()) for a, b in pairwise(path)]
    assert max(changed) <= -(-len(way.changes) // 10)


def test_it_leads_through_what_the_decoder_says_half_way() -> None:
    a, b = [onset(60), HOLD, HOLD, HOLD], [onset(67), HOLD, onset(67), HOLD]
    half = [onset(64), HOLD, HOLD, onset(64)]
    way = way_through(logits_of([a, half, b]))
    stations = [way.at(k / len(way.changes)).tolist() for k in range(len(way.changes) + 1)]
    assert [onset(64), HOLD, HOLD, HOLD] in stations  # step 3 is the same at both ends, so it stays
    assert stations[0] == a
    assert stations[-1] == b


def test_a_note_is_shortened_from_its_end() -> None:
    way = way_through(logits_of([[onset(60), HOLD, HOLD, HOLD], [onset(60), REST, REST, REST]]))
    assert [step for step, _ in way.changes] == [3, 2, 1]
    assert way.at(0.5).tolist() in ([onset(60), HOLD, HOLD, REST], [onset(60), HOLD, REST, REST])


def test_from_a_pattern_to_itself_nothing_changes() -> None:
    pattern = [onset(60), *[HOLD] * (STEPS - 1)]
    way = way_through(logits_of([pattern] * POINTS))
    assert way.changes == ()
    assert way.at(0.7).tolist() == pattern
    assert Way(start_S=np.array(pattern), changes=((3, REST),)).at(1.0)[3] == REST


def test_points_keep_their_distance_from_the_middle() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((2, 64)).astype(np.float32)
    half = blend(a, b, 0.5)
    assert blend(a, b, 0.0) == pytest.approx(a, abs=1e-5)
    assert blend(a, b, 1.0) == pytest.approx(b, abs=1e-5)
    assert half[:6] == pytest.approx((a[:6] + b[:6]) / 2, abs=1e-6)
    lengths = [float(np.linalg.norm(point[6:])) for point in (a, b, half)]
    assert lengths[2] == pytest.approx((lengths[0] + lengths[1]) / 2, rel=1e-4)
    assert blend(a, a, 0.3) == pytest.approx(a)
    assert np.isfinite(blend(a, -a, 0.5)).all()
