"""Four-part pieces as grids of sixteenths: what the quartet and sketch models learn from.

Shapes: N windows, V voices, S steps of a window, T steps of a piece.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from realtime.music.chorale import PITCH_LOW, REST, STEPS, VOICES
from training.data.corpus import GRID, Problem

SPLITS: Final = ("train", "valid", "test")
SILENCE: Final = -1  # in the data set
Symbols = npt.NDArray[np.uint8]
Strikes = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chorale:
    """One piece. `strike_VT` is None where the data does not tell a repeated note from a long one."""

    name: str
    source: str
    split: str
    symbol_VT: Symbols
    strike_VT: Strikes | None = None
    bar_steps: tuple[int, ...] = ()  # where the 4/4 bars begin; empty: the data does not say

    def __len__(self) -> int:
        return int(self.symbol_VT.shape[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoraleCorpus:
    """Four-part pieces, one line for each file that could not be read, and where every piece went."""

    tunes: tuple[Chorale, ...]
    problems: tuple[Problem, ...] = ()
    listing: tuple[dict[str, Any], ...] = field(default=())

    def split(self, name: str) -> list[Chorale]:
        """The pieces of "train", "valid" or "test"."""
        return [tune for tune in self.tunes if tune.split == name]

    def note_counts(self, split: str = "train") -> dict[str, int]:
        """Notes by data set; a repeated note counts once where the data does not show it."""
        counts: dict[str, int] = {}
        for tune in self.split(split):
            changes = 1 + int((np.diff(tune.symbol_VT.astype(int), axis=1) != 0).sum())
            counts[tune.source] = counts.get(tune.source, 0) + changes
        return counts


def read_grid_file(path: Path, source: str) -> Iterator[Chorale]:
    """The chorales of a `jsb16_satb.npz`: X_pitch [steps, 4] MIDI numbers (-1 silence), X_start [chorales + 1]."""
    with np.load(path, allow_pickle=False) as file:
        for split in SPLITS:
            if f"{split}_pitch" not in file:
                continue
            pitch_TV, start = file[f"{split}_pitch"].astype(int), file[f"{split}_start"]
            for number, (first, end) in enumerate(pairwise(start)):
                piece_VT = pitch_TV[first:end].T
                symbol_VT = np.where(piece_VT == SILENCE, REST, piece_VT - PITCH_LOW + 1).astype(np.uint8)
                yield Chorale(name=f"{source}/{split}/{number}", source=source, split=split, symbol_VT=symbol_VT)


def load_chorales(folders: Sequence[Path]) -> ChoraleCorpus:
    """All four-part pieces of the data folders."""
    tunes = [tune for folder in folders for tune in read_grid_file(folder / GRID, folder.name)]
    return ChoraleCorpus(tunes=tuple(tunes))


def windows(tunes: Sequence[Chorale], hop: int, steps: int = STEPS) -> Symbols:
    """symbol_NVS: all windows of `steps` at every `hop` steps, none padded."""
    found = [
        tune.symbol_VT[:, first : first + steps] for tune in tunes for first in range(0, len(tune) - steps + 1, hop)
    ]
    return np.stack(found) if found else np.zeros((0, VOICES, steps), np.uint8)
