"""Steering on a decoder simple enough to know: axis i alone decides attribute i."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from realtime.bundle.arrays import Arrays
from realtime.errors import BundleError
from realtime.generators.steering import SCALES_FILE, Steering
from realtime.music.attributes import attributes_of
from realtime.music.pattern_codec import HOLD, STEPS, IntArray, onset


@pytest.fixture
def steering() -> Steering:
    knots = np.tile(np.linspace(0, 1, 16), (6, 1))
    knots[0], knots[1] = np.linspace(1, 16, 16), np.linspace(40, 90, 16)
    return of_tables({"knots": knots, "scores": np.tile(np.linspace(-3, 3, 16), (6, 1))})


def of_tables(tables: Arrays) -> Steering:
    return Steering(SimpleNamespace(folder=Path("toy"), arrays={SCALES_FILE: tables}.__getitem__))  # type: ignore[arg-type]


def decode(z_Z: np.ndarray) -> IntArray:
    """Notes by axis 0, but too few at first; pitch by axis 1, too high for what it says."""
    count = int(np.clip(round(6 + 1.2 * float(z_Z[0])), 1, 16))
    symbols = np.full(STEPS, HOLD)
    symbols[: 2 * count : 2] = onset(int(np.clip(round(66 + 6 * float(z_Z[1])), 36, 96)))
    return symbols


def test_no_offset_no_change(steering: Steering) -> None:
    z = np.array([0.3, -0.2, 0, 0, 0, 0, 1.0], np.float32)
    assert steering.steer(z, (0.0,) * 6, decode) is z


def test_it_finds_what_an_axis_alone_misses(steering: Steering) -> None:
    z = np.zeros(7, np.float32)
    before = steering.scores(decode(z))
    for slider, offset in ((0, 1.5), (0, -0.8), (1, 1.0), (1, -1.0)):
        offsets = [0.0] * 6
        offsets[slider] = offset
        moved = z.copy()
        moved[slider] += offset
        after = steering.scores(decode(steering.steer(z, offsets, decode)))
        alone = steering.scores(decode(moved))
        wanted = before[slider] + offset
        assert abs(after[slider] - wanted) <= abs(alone[slider] - wanted)
        assert abs(after[slider] - wanted) <= 0.41  # a note is 0.4 sigma
        assert abs(after[1 - slider] - before[1 - slider]) < 0.3


def test_nameless_axes_stay(steering: Steering) -> None:
    z = np.arange(7, dtype=np.float32) / 10
    assert steering.steer(z, (2.0, 0, 0, 0, 0, 0), decode)[6] == z[6]


def test_scales_are_read_between_their_knots_and_held_at_their_ends() -> None:
    knots = np.array([[0.0, 2, 2, 2, 5], *[[0.0, 1, 2, 3, 4]] * 5])  # a value that many patterns share
    scores = np.array([[-2.0, -1, 0, 1, 2]] * 6)
    steering = of_tables({"knots": knots, "scores": scores})
    for count in range(8):
        symbols = np.full(STEPS, HOLD)
        symbols[: 2 * count : 2] = onset(60)
        expected = [
            np.interp(value, *scale) for value, *scale in zip(attributes_of(symbols), knots, scores, strict=True)
        ]
        assert steering.scores(symbols) == pytest.approx(np.array(expected))


def test_without_scales_the_bundle_is_refused() -> None:
    with pytest.raises(BundleError, match="no scales of the sliders"):
        of_tables({"knots": np.zeros((6, 2))})
