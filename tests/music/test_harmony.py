import numpy as np

from realtime.music.chorale import symbol_of
from realtime.music.harmony import CHORD_IDS, chord_fits, chord_ids, crossings, mean_moves, parallels


def column(*pitches: int) -> np.ndarray:
    """Symbols of one step; 0 is a rest."""
    return np.array([symbol_of(pitch) if pitch else 0 for pitch in pitches])


def test_triads_and_sevenths_fit_and_clusters_do_not() -> None:
    steps = [column(72, 67, 64, 48), column(71, 65, 62, 55), column(74, 60, 61, 48), column(0, 0, 67, 48)]
    assert chord_fits(np.stack(steps, axis=-1)[None]).tolist() == [[True, True, False, True]]


def test_chords_have_a_root_and_a_quality() -> None:
    found = chord_ids(
        np.stack([column(72, 67, 64, 48), column(69, 64, 60, 57), column(74, 60, 61, 48), column(0, 0, 0, 0)])
    )
    assert found.tolist() == [0, 9 * 3 + 1, CHORD_IDS - 1, CHORD_IDS - 1]


def test_crossing_needs_two_sounding_neighbours() -> None:
    grid = np.stack([column(60, 64, 55, 48), column(67, 64, 0, 65), column(67, 64, 55, 48)], axis=-1)
    assert crossings(grid[None]).tolist() == [[True, False, False]]


def test_parallels_are_fifths_and_octaves_that_move() -> None:
    start = column(67, 64, 60, 48)
    after = {
        "fifth up": (column(69, 65, 62, 53), True),  # soprano over tenor: C-G to D-A
        "held": (column(67, 64, 60, 52), False),
        "contrary": (column(69, 65, 58, 47), False),
        "octave up": (column(71, 66, 62, 50), True),  # tenor over bass: C-C to D-D
    }
    for name, (column_after, expected) in after.items():
        assert parallels(start[None], column_after[None]).tolist() == [expected], name


def test_moves_are_between_sounding_pitches() -> None:
    grid = np.stack([column(60, 64, 0, 48), column(62, 64, 55, 48), column(62, 60, 55, 0)], axis=-1)
    assert mean_moves(np.stack([grid, np.repeat(grid[:, :1], 3, axis=1)])).tolist() == [3.0, 0.0]
