"""The articulation network's loss: cross entropy of a strike wherever a pitch goes on.

Shapes: N, B windows, V voices, S steps.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F  # noqa: N812  torch's own name for it
from torch import Tensor, nn

from realtime.music.chorale import REST, STEPS, VOICES
from training.config import ArticulationRecipe
from training.data.chorales import Chorale, Symbols
from training.networks.articulation import ArticulationNet

Bools = npt.NDArray[np.bool_]
VALID_BATCH = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Struck:
    """Windows and where their notes are struck. `held`: where a pitch goes on and may be struck again."""

    symbol_NVS: Symbols
    strike_NVS: Bools

    @property
    def held(self) -> Bools:
        """Never a window's first step."""
        return held_cells(self.symbol_NVS)

    def __len__(self) -> int:
        return len(self.symbol_NVS)


def held_cells(symbol_NVS: Symbols) -> Bools:
    """Where the pitch of the step before goes on."""
    held = np.zeros(symbol_NVS.shape, bool)
    held[..., 1:] = (symbol_NVS[..., 1:] == symbol_NVS[..., :-1]) & (symbol_NVS[..., 1:] != REST)
    return held


def struck_windows(tunes: Sequence[Chorale], hop: int) -> Struck:
    """All two-bar windows of the pieces that tell repeated notes from long ones."""
    told = [(tune.symbol_VT, tune.strike_VT) for tune in tunes if tune.strike_VT is not None]
    parts = [
        [part_VT[:, first : first + STEPS] for part_VT in pair]
        for pair in told
        for first in range(0, pair[0].shape[1] - STEPS + 1, hop)
    ]
    empty = np.zeros((0, VOICES, STEPS), np.uint8)
    symbols, strikes = (np.stack(column) for column in zip(*parts, strict=True)) if parts else (empty, empty)
    return Struck(symbol_NVS=symbols, strike_NVS=strikes.astype(bool))


class ArticulationTask:
    """Each source is drawn from as often as any other, whatever its size."""

    objective = "valid.nats"

    def __init__(self, recipe: ArticulationRecipe, train: Mapping[str, Struck], valid: Mapping[str, Struck]) -> None:
        self.train, self.valid, self.batch = list(train.values()), dict(valid), recipe.batch
        self.network = ArticulationNet(recipe.network)

    def networks(self) -> Mapping[str, nn.Module]:
        """One network, one optimiser."""
        return {"network": self.network}

    def batches(self, seed: int) -> Iterator[tuple[Symbols, Bools]]:
        """Windows drawn with replacement."""
        rng = np.random.default_rng(seed)
        while True:
            drawn = [(windows, rng.integers(0, len(windows), self.batch // len(self.train))) for windows in self.train]
            yield (
                np.concatenate([windows.symbol_NVS[index] for windows, index in drawn]),
                np.concatenate([windows.strike_NVS[index] for windows, index in drawn]),
            )

    def losses(self, batch: tuple[Symbols, Bools]) -> Iterator[tuple[str, Tensor]]:
        """Mean over the held cells."""
        symbol_NVS, strike_NVS = batch
        held_BVS = torch.from_numpy(held_cells(symbol_NVS))
        logits_BVS = self.network(torch.from_numpy(symbol_NVS.astype(np.int64)))
        target_BVS = torch.from_numpy(strike_NVS).float()
        yield "network", F.binary_cross_entropy_with_logits(logits_BVS[held_BVS], target_BVS[held_BVS])

    def evaluate(self) -> dict[str, float]:
        """Nats and accuracy a held cell of each source; the objective is the mean of the sources' nats."""
        scores: dict[str, float] = {}
        for source, windows in self.valid.items():
            p_N = self.probabilities(windows.symbol_NVS)[windows.held]
            found = cell_scores(p_N, windows.strike_NVS[windows.held])
            scores |= {f"valid.{name}.{source}": value for name, value in found.items()}
        nats = [value for name, value in scores.items() if name.startswith("valid.nats.")]
        return {"valid.nats": float(np.mean(nats)), **scores}

    def probabilities(self, symbol_NVS: Symbols) -> npt.NDArray[np.float32]:
        """P(strike) of all cells."""
        with torch.no_grad():
            parts = np.array_split(symbol_NVS, max(1, len(symbol_NVS) // VALID_BATCH))
            logits = [self.network(torch.from_numpy(part.astype(np.int64))) for part in parts]
        return torch.cat(logits).sigmoid().numpy()


def cell_scores(p_N: npt.NDArray[np.floating], strike_N: Bools) -> dict[str, float]:
    """Log loss in nats, share of right guesses, and F1 of strikes, a strike being guessed from one half on."""
    p_N = np.clip(p_N.astype(np.float64), 1e-6, 1 - 1e-6)
    guess_N = p_N >= 0.5
    hits = float((guess_N & strike_N).sum())
    return {
        "nats": float(-np.log(np.where(strike_N, p_N, 1 - p_N)).mean()) if len(p_N) else 0.0,
        "accuracy": float((guess_N == strike_N).mean()) if len(p_N) else 0.0,
        "f1": 2 * hits / max(1.0, float(guess_N.sum() + strike_N.sum())),
    }
