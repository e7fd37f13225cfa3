import numpy as np
import pytest

from realtime.music.keys import Key, find_key


def counts(*classes: int) -> np.ndarray:
    return np.bincount(classes, minlength=12)


@pytest.mark.parametrize("root", range(12))
def test_a_scale_with_a_heavy_tonic_triad_is_its_key(root: int) -> None:
    major = [(root + step) % 12 for step in (0, 0, 0, 2, 4, 4, 5, 7, 7, 9, 11)]
    minor = [(root + step) % 12 for step in (0, 0, 0, 2, 3, 3, 5, 7, 7, 8, 10)]
    assert find_key(counts(*major)) == Key(root, minor=False)
    assert find_key(counts(*minor)) == Key(root, minor=True)


def test_silence_is_in_c_major() -> None:
    assert find_key(np.zeros(12)) == Key(0, minor=False)


def test_offsets_lead_the_shorter_way_from_the_white_keys() -> None:
    assert [Key(root, minor=False).offset for root in range(12)] == [0, 1, 2, 3, 4, 5, -6, -5, -4, -3, -2, -1]
    assert Key(9, minor=True).offset == 0  # A minor
    assert Key(4, minor=True).offset == Key(7, minor=False).offset == -5  # E minor, G major


def test_a_key_has_the_third_of_its_scale() -> None:
    assert not Key.of_scale(2, "mixolydian").minor
    assert Key.of_scale(2, "dorian").minor
    assert not Key.of_scale(2, "chromatic").minor
