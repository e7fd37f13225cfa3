"""How one phrase goes over into the next: what the music that was learned from does from one beat to the next.

Shapes: N candidates, V voices.

A border is likely if each voice moves as voices do, the chord follows as chords do, and no two voices go in parallel
fifths or octaves. The counts are in the bundle.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from realtime.bundle import Bundle
from realtime.errors import BundleError
from realtime.music.chorale import REST, VOICES
from realtime.music.harmony import CHORD_IDS, chord_ids, parallels

Floats = npt.NDArray[np.float64]
Columns = npt.NDArray[np.integer]  # symbols of all voices at one step, in C major or A minor
BORDERS_FILE: Final = "borders.npz"
WIDEST: Final = 12  # semitones; wider moves, and moves to or from a rest, count as one
MOVES: Final = 2 * WIDEST + 2
SMOOTHING: Final = 0.5  # added to every count
BACK_OFF: Final = 4.0  # so much a chord's own followers count beside those of all


def moves(before_NV: Columns, after_NV: Columns) -> npt.NDArray[np.int64]:
    """[N, V]: each voice's move in semitones + WIDEST; MOVES - 1 for wide ones, and for rests."""
    step = after_NV.astype(np.int64) - before_NV.astype(np.int64)
    known = (before_NV != REST) & (after_NV != REST) & (np.abs(step) <= WIDEST)
    return np.where(known, step + WIDEST, MOVES - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class BorderModel:
    """Log probabilities of moves (a voice), of chords after chords, and of parallels (no, yes)."""

    move_VM: Floats
    chord_CC: Floats
    parallel_2: Floats

    @classmethod
    def learn(cls, before_NV: Columns, after_NV: Columns) -> "BorderModel":
        """From pairs of neighbouring beats."""
        move_VM = np.full((VOICES, MOVES), SMOOTHING)
        np.add.at(move_VM, (np.arange(VOICES), moves(before_NV, after_NV)), 1)
        chord_CC = np.zeros((CHORD_IDS, CHORD_IDS))
        np.add.at(chord_CC, (chord_ids(before_NV), chord_ids(after_NV)), 1)
        all_C = chord_CC.sum(0) + SMOOTHING
        chord_CC = chord_CC + BACK_OFF * all_C / all_C.sum()
        count = parallels(before_NV, after_NV).sum()
        parallel_2 = np.array([len(before_NV) - count, count]) + SMOOTHING
        log_shares = (np.log(x / x.sum(-1, keepdims=True)) for x in (move_VM, chord_CC, parallel_2))
        return cls(**dict(zip(("move_VM", "chord_CC", "parallel_2"), log_shares, strict=True)))

    @classmethod
    def load(cls, bundle: Bundle) -> "BorderModel":
        """From a bundle."""
        path, arrays = bundle.folder / BORDERS_FILE, bundle.arrays(BORDERS_FILE)
        try:
            found = cls(**{name: arrays[name] for name in ("move_VM", "chord_CC", "parallel_2")})
        except KeyError as error:
            raise BundleError(f"{path}: no border model ({error}); export the bundle again") from None
        if found.move_VM.shape != (VOICES, MOVES) or found.chord_CC.shape != (CHORD_IDS, CHORD_IDS):
            raise BundleError(f"{path}: tables {found.move_VM.shape}, {found.chord_CC.shape}; export the bundle again")
        return found

    def score(self, before_V: Columns, after_NV: Columns) -> Floats:
        """[N]: log probability of each candidate's first step after `before_V`, in the frame of C major or A minor."""
        before_NV = np.broadcast_to(before_V, after_NV.shape)
        move_N = self.move_VM[np.arange(VOICES), moves(before_NV, after_NV)].sum(-1)
        chord_N = self.chord_CC[chord_ids(before_NV), chord_ids(after_NV)]
        return np.asarray(move_N + chord_N + self.parallel_2[parallels(before_NV, after_NV).astype(int)])
