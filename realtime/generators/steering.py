"""Named sliders, closed loop: the axes are moved until the decoded pattern is what the sliders ask for.

An axis alone gets near: how far it must go depends on the pattern. A few rounds of decode, measure, correct find the
place, and bring the attributes that nobody asked to change back to where they were.

Shapes: Z latent axes, A attributes (the first A axes are theirs), Q knots of an attribute's scale.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from realtime.bundle import Bundle
from realtime.errors import BundleError
from realtime.music.attributes import ATTRIBUTES, attributes_of_one
from realtime.music.pattern_codec import IntArray

FloatArray = npt.NDArray[np.float32]
Decode = Callable[[FloatArray], IntArray]
SCALES_FILE: Final = "scales.npz"
ROUNDS: Final = 8
ENOUGH: Final = 1.0  # weighted sigmas off in all; a nearer point is not searched for, nor missed in the scores
RATE: Final = 0.6  # of the distance still to go that the axes are moved by in a round
ASKED_WEIGHT: Final = 4.0  # a slider that was moved counts so much more than one that was not
FARTHEST: Final = 4.5  # sigmas


class Steering:
    """The attributes' normal scales, and the search on them."""

    def __init__(self, bundle: Bundle) -> None:
        path, scales = bundle.folder / SCALES_FILE, bundle.arrays(SCALES_FILE)
        try:
            self._knots_AQ, self._scores_AQ = scales["knots"], scales["scores"]
        except KeyError as error:
            raise BundleError(f"{path}: no scales of the sliders ({error}); export the bundle again") from None
        if len(self._knots_AQ) != len(ATTRIBUTES) or self._knots_AQ.shape != self._scores_AQ.shape:
            raise BundleError(f"{path}: scales {self._knots_AQ.shape}, expected {len(ATTRIBUTES)} rows; export again")
        self._scales = [
            (knots_Q.tolist(), scores_Q.tolist())
            for knots_Q, scores_Q in zip(self._knots_AQ, self._scores_AQ, strict=True)
        ]
        self._last_start: tuple[FloatArray, FloatArray] | None = None

    def scores(self, symbols_S: IntArray) -> FloatArray:
        """Where the pattern lies on the scale of each attribute, in sigmas."""
        rows = zip(attributes_of_one(symbols_S), self._scales, strict=True)
        return np.array([_interpolated(value, *scale) for value, scale in rows], np.float32)

    def steer(self, z_Z: FloatArray, offsets: Sequence[float], decode: Decode) -> FloatArray:
        """The point at which the pattern's attributes have changed by `offsets`, as nearly as eight rounds find it.

        All offsets 0: the same point.
        """
        asked_A = np.array(offsets, np.float32)
        if not asked_A.any():
            return z_Z
        size = len(asked_A)
        start_A = self._start_scores(z_Z, decode)
        wanted_A = np.clip(start_A + asked_A, self._scores_AQ[:, 0], self._scores_AQ[:, -1])
        weight_A = np.where(asked_A != 0, ASKED_WEIGHT, 1.0)
        point_Z, best_Z, least = z_Z.copy(), z_Z, np.inf
        point_Z[:size] += wanted_A - start_A
        for _ in range(ROUNDS):
            left_A = wanted_A - self.scores(decode(point_Z))
            error = float((weight_A * np.abs(left_A)).sum())
            if error < least:
                best_Z, least = point_Z.copy(), error
            if error <= ENOUGH:
                break
            point_Z[:size] = np.clip(point_Z[:size] + RATE * left_A, -FARTHEST, FARTHEST)
        return best_Z

    def _start_scores(self, z_Z: FloatArray, decode: Decode) -> FloatArray:
        """Measured once for a slider that is turned from the same point again and again."""
        if self._last_start is None or not np.array_equal(self._last_start[0], z_Z):
            self._last_start = (z_Z.copy(), self.scores(decode(z_Z)))
        return self._last_start[1]


def _interpolated(value: float, knots: list[float], scores: list[float]) -> float:
    """`np.interp` of one number, in a tenth of the time."""
    place = bisect_right(knots, value)
    if place in (0, len(knots)):
        return scores[max(0, place - 1)]
    left, right = knots[place - 1], knots[place]
    share = (value - left) / (right - left)
    return scores[place - 1] + share * (scores[place] - scores[place - 1])
