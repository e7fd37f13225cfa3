"""Which held pitches are struck again: the four-part bundles' articulation graph, read for pieces of any length.

Shapes: V voices, S steps of a window, T steps of a piece.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from realtime.bundle import Bundle
from realtime.generators.graph import open_session
from realtime.music.chorale import STEPS, STEPS_PER_BAR, VOICES, ChoraleGrid, IntArray

GRAPH: Final = "articulate"
# A strike where its probability is over one number for the whole piece, drawn from here: single draws a cell would
# scatter strikes where an accompaniment repeats all its notes or none.
THRESHOLDS: Final = (0.35, 0.65)


class Articulation:
    """Belongs to one thread."""

    def __init__(self, bundle: Bundle) -> None:
        self._session = open_session(bundle, GRAPH, strike_logits=("N", VOICES, STEPS))

    def grid(self, symbol_VT: IntArray, rng: np.random.Generator | None = None) -> ChoraleGrid:
        """The pitches with their strikes, the same for the same state of `rng`; without one the likelier each time."""
        threshold = 0.5 if rng is None else float(rng.uniform(*THRESHOLDS))
        return ChoraleGrid.of(symbol_VT, self.probabilities(symbol_VT) > threshold)

    def probabilities(self, symbol_VT: IntArray) -> npt.NDArray[np.float32]:
        """P(strike) of every cell; it means something only where a pitch goes on.

        Windows overlap by a bar, and each says what it knows best: its middle.
        """
        voices, steps = symbol_VT.shape
        size = max(STEPS, -(-steps // STEPS_PER_BAR) * STEPS_PER_BAR)
        padded_VT = np.zeros((voices, size), np.int64)
        padded_VT[:, :steps] = symbol_VT
        starts = range(0, size - STEPS + 1, STEPS_PER_BAR)
        windows = np.stack([padded_VT[:, start : start + STEPS] for start in starts])
        logits: npt.NDArray[np.float32] = self._session.run(["strike_logits"], {"symbols": windows})[0]
        out_VT = np.empty((voices, size), np.float32)
        for start, logits_VS in zip(starts, logits, strict=True):
            first = STEPS_PER_BAR // 2 if start else 0
            out_VT[:, start + first : start + STEPS] = logits_VS[:, first:]
        return np.asarray(1 / (1 + np.exp(-out_VT[:, :steps])), np.float32)
