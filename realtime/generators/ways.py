"""Ways from one pattern to another: the decoder's own patterns in between, joined so that nothing turns back.

Decoding points of the line from a to b gives patterns that jump, and now and then return to what they had left. So the
points only say where the way leads through: half-way first, then half-way between those, each step may keep what
it has, take what comes, or be something new, but never again what both ends say there. From one such pattern to the
next the steps change one by one, and all changes of a way are spread evenly over it.

Shapes: P points, S steps, K symbols, Z latent axes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from realtime.generators.sampling import MASKED
from realtime.music.attributes import ATTRIBUTES
from realtime.music.pattern_codec import HOLD, REST, IntArray, likeliest

FloatArray = npt.NDArray[np.float32]
POINTS: Final = 9  # decoded on a way; more did not make it more even or more musical
NAMED: Final = len(ATTRIBUTES)
NEARLY_STRAIGHT: Final = 1e-3  # radians: an arc through less is a line


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A pattern and, in order, each (step, symbol) that changes until it is the other one. Canonical all the way."""

    start_S: IntArray
    changes: tuple[tuple[int, int], ...]

    def at(self, place: float) -> IntArray:
        """The pattern at a place from 0, the start, to 1, the end."""
        symbols_S = self.start_S.copy()
        for step, symbol in self.changes[: round(place * len(self.changes))]:
            symbols_S[step] = symbol
        return symbols_S


def blend(a_Z: FloatArray, b_Z: FloatArray, place: float) -> FloatArray:
    """A point on the way from a to b: named axes in a line, the others in an arc.

    Half-way on a line lies nearer to the middle than any pattern does, and decodes to fewer notes than either end has.
    """
    line_Z = a_Z + np.float32(place) * (b_Z - a_Z)
    a, b = a_Z[NAMED:], b_Z[NAMED:]
    length_a, length_b = float(np.linalg.norm(a)), float(np.linalg.norm(b))
    if not length_a or not length_b:
        return line_Z
    angle = float(np.arccos(np.clip(a @ b / (length_a * length_b), -1, 1)))
    if not NEARLY_STRAIGHT < angle < np.pi - NEARLY_STRAIGHT:
        return line_Z
    turned = np.sin((1 - place) * angle) / length_a * a + np.sin(place * angle) / length_b * b
    line_Z[NAMED:] = turned / np.sin(angle) * (length_a + place * (length_b - length_a))
    return line_Z


def way_through(logits_PSK: FloatArray) -> Way:
    """The way through what the decoder says at points from one end to the other."""
    start_S, end_S = likeliest(logits_PSK[0]), likeliest(logits_PSK[-1])
    left_SK = np.zeros(logits_PSK.shape[1:], bool)  # what both ends say is for those who never left it
    steps = np.arange(len(start_S))
    left_SK[steps, start_S] = left_SK[steps, end_S] = True
    stations = [start_S, *_between(logits_PSK[1:-1], left_SK, start_S, end_S), end_S]
    changes: list[tuple[int, int]] = []
    for here_S, there_S in pairwise(stations):
        changes += [(step, int(there_S[step])) for step in _in_order(here_S, there_S)]
    return Way(start_S=start_S, changes=tuple(changes))


def _between(logits_PSK: FloatArray, left_SK: npt.NDArray[np.bool_], a_S: IntArray, b_S: IntArray) -> list[IntArray]:
    """A pattern of each point, all between a and b."""
    if not len(logits_PSK):
        return []
    middle, steps = len(logits_PSK) // 2, np.arange(len(a_S))
    closed_SK = left_SK.copy()
    closed_SK[a_S == b_S] = True
    closed_SK[steps, a_S] = closed_SK[steps, b_S] = False
    middle_S = likeliest(np.where(closed_SK, np.float32(MASKED), logits_PSK[middle]))
    before = _between(logits_PSK[:middle], left_SK, a_S, middle_S)
    return [*before, middle_S, *_between(logits_PSK[middle + 1 :], left_SK, middle_S, b_S)]


def _in_order(here_S: IntArray, there_S: IntArray) -> Sequence[int]:
    """The steps that differ, in an order in which every pattern on the way is canonical.

    From left to right; but a note is shortened from its end, else its holds would follow a rest.
    """
    order: list[int] = []
    run: list[int] = []  # steps of which each must change before the one to its left
    for step in np.flatnonzero(here_S != there_S).tolist():
        linked = run and run[-1] == step - 1 and there_S[step - 1] == REST and here_S[step] == HOLD
        if not linked:
            order += reversed(run)
            run = []
        run.append(step)
    return [*order, *reversed(run)]
