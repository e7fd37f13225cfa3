"""What the timing benchmark makes of the times it is given, by hand."""

import pytest

from tests.benchmarks.peers import jitter_us
from tests.benchmarks.timing import drift_us, first_of_chords, statistics_of

MS = 1_000_000


def test_jitter_is_the_distance_from_the_even_grid_through_the_median() -> None:
    assert jitter_us([7 * MS, 12 * MS + 30_000, 17 * MS, 22 * MS - 4_000, 27 * MS], 5) == [0, 30, 0, 4, 0]
    assert jitter_us([], 5) == []


def test_of_a_chord_the_first_note_counts() -> None:
    assert first_of_chords([0.0, 0.0, 0.5, 0.5, 0.5], [40.0, 50.0, 70.0, 30.0, 60.0]) == [40.0, 30.0]


def test_percentiles_are_the_nearest_rank() -> None:
    late = [float(us) for us in range(1000, 0, -1)]
    assert statistics_of(late) == {"p50_us": 500, "p99_us": 990, "p999_us": 999, "max_us": 1000, "events": 1000}
    assert statistics_of([]) is None


def test_drift_is_the_slope_over_forty_seconds() -> None:
    assert drift_us([0.0, 1.0, 2.0, 3.0], [20.0, 20.5, 21.0, 21.5]) == pytest.approx(20)
