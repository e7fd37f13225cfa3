"""What the quartet learns from: windows in one key, with what is known of each.

Shapes: N windows, V voices, S steps, C condition.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from realtime.generators.quartet_code import condition_rows, moved
from realtime.music.chorale import REST
from realtime.music.keys import CLASSES, Key
from training.data.chorales import Chorale, Symbols, windows

Floats = npt.NDArray[np.float32]
# How well each degree is felt to fit a major and a minor key (Krumhansl 1990).
PROFILES: Final = np.array(
    [
        [6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88],
        [6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17],
    ]
)
_CENTRED: Final = PROFILES - PROFILES.mean(-1, keepdims=True)
_TURNED_KQ: Final = np.array(
    [np.roll(row / np.linalg.norm(row), root) for row in _CENTRED for root in range(CLASSES)]
)  # of the twelve major keys, then of the minor ones


@dataclass(frozen=True, slots=True, kw_only=True)
class QuartetData:
    """Windows and what is known of each. `symbol_NVS`: moved to no sharps or flats where `keyed`, else as they are."""

    symbol_NVS: Symbols
    offset_N: npt.NDArray[np.int64]  # semitones the windows were moved down by, -6..5
    minor_N: npt.NDArray[np.bool_]
    density_N: Floats  # changes in the window on a scale of mean 0 and spread 1

    def __len__(self) -> int:
        return len(self.symbol_NVS)

    @property
    def original(self) -> Symbols:
        """The windows in their own keys."""
        return moved(self.symbol_NVS, self.offset_N[:, None, None]).astype(np.uint8)

    def conditions(self, index_B: npt.NDArray[np.int64], offset_B: npt.NDArray[np.int64] | None = None) -> Floats:
        """condition_BC of some windows, perhaps with other offsets."""
        offset = self.offset_N[index_B] if offset_B is None else offset_B
        return condition_rows(offset, self.minor_N[index_B], self.density_N[index_B])


def key_of(tune: Chorale) -> Key:
    """The key of a piece as a whole. (Of a few bars `realtime.music.keys.find_key` knows more: it was counted here.)"""
    sounding = tune.symbol_VT[tune.symbol_VT != REST].astype(int) - 1  # symbol 1 is a C
    count_Q = np.bincount(sounding % CLASSES, minlength=CLASSES)
    best = int((_TURNED_KQ @ (count_Q - count_Q.mean())).argmax())
    return Key(best % CLASSES, best >= CLASSES)


def read_windows(tunes: Sequence[Chorale], hop: int, *, keyed: bool, like: "QuartetData | None" = None) -> QuartetData:
    """All windows of the pieces. `like`: the training windows, on whose scale density is."""
    symbol_NVS = windows(tunes, hop)
    counts = [len(windows([tune], hop)) for tune in tunes]
    keys = [key_of(tune) for tune in tunes]
    offset_N = np.repeat([key.offset for key in keys], counts).astype(np.int64)
    minor_N = np.repeat([key.minor for key in keys], counts).astype(bool)
    scale = like.symbol_NVS if like is not None else symbol_NVS
    count, known = change_counts(symbol_NVS), change_counts(scale)
    density_N = (count - known.mean()) / max(1e-6, known.std()) if len(known) else count
    in_key = moved(symbol_NVS, -offset_N[:, None, None]).astype(np.uint8) if keyed else symbol_NVS
    return QuartetData(
        symbol_NVS=in_key,
        offset_N=offset_N if keyed else np.zeros_like(offset_N),
        minor_N=minor_N,
        density_N=density_N.astype(np.float32),
    )


def change_counts(symbol_NVS: Symbols) -> npt.NDArray[np.float64]:
    """How many times a voice changes, in each window."""
    return (symbol_NVS[..., 1:] != symbol_NVS[..., :-1]).sum((1, 2)).astype(float)
