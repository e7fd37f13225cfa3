"""Next-event prediction: cross entropy of the pitch, and of the duration given the pitch.

Shapes: B windows, S rows, P pitch ids, L duration ids.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812  torch's own name for it
from torch import Tensor, nn

from training.config import Recipe
from training.data.augment import TuneArrays
from training.data.windows import Batch, epoch, whole_tunes
from training.networks.transformer import MelodyTransformer
from training.report import Picture
from training.tasks.base import OBJECTIVE
from training.tasks.samples import PROMPT, continued, roll

PICTURES = 4


class LanguageModelTask:
    """The melody transformer on tunes."""

    objective = OBJECTIVE

    def __init__(self, recipe: Recipe, train: Sequence[TuneArrays], valid: Sequence[TuneArrays]) -> None:
        self.recipe, self.train_tunes, self.valid_tunes = recipe, train, valid
        self.network = MelodyTransformer(recipe.network)

    def networks(self) -> Mapping[str, nn.Module]:
        """One network, one optimiser."""
        return {"network": self.network}

    def layers(self) -> Mapping[str, Sequence[nn.Module]]:
        """What is computed one after another, for weights that are split over processes."""
        return {"network": list(self.network.blocks)}

    def batches(self, seed: int) -> Iterator[Batch]:
        """Epoch after epoch of augmented windows."""
        rng = np.random.default_rng(seed)
        while True:
            yield from epoch(self.train_tunes, self.recipe.windows, self.recipe.augment, rng)

    def losses(self, batch: Batch) -> Iterator[tuple[str, Tensor]]:
        """Nats per event of the batch."""
        pitch_BS, duration_BS = nats(self.network, batch)
        weight_BS = torch.from_numpy(batch.weight_BS).to(pitch_BS.device)
        yield "network", ((pitch_BS + duration_BS) * weight_BS).sum() / weight_BS.sum()

    def evaluate(self) -> dict[str, float]:
        """Nats per note event on whole valid tunes: of all, and of each data set."""
        sums: dict[str, np.ndarray] = {}
        self.network.eval()
        with torch.no_grad():
            for batch in whole_tunes(self.valid_tunes, self.recipe.windows):
                pitch_BS, duration_BS = nats(self.network, batch)
                weight_BS = torch.from_numpy(batch.weight_BS).to(pitch_BS.device)
                parts = torch.stack([pitch_BS * weight_BS, duration_BS * weight_BS, weight_BS]).sum(-1)
                for source, part in zip(batch.sources, parts.T.double().cpu().numpy(), strict=True):
                    sums[source] = sums.get(source, np.zeros(3)) + part
        self.network.train()
        return score_table(sums)

    def pictures(self) -> Mapping[str, Picture]:
        """Answers to the openings of a few valid tunes."""
        self.network.eval()
        out = {}
        for number, tune in enumerate(self.valid_tunes[:: max(1, len(self.valid_tunes) // PICTURES)][:PICTURES]):
            events = continued(self.network, tune)
            out[f"answer/{number}"] = roll(events, min(PROMPT, len(tune)))
        self.network.train()
        return out

    def shard(self, batch: Batch, rank: int, world: int) -> tuple[Batch, float]:
        """Every `world`-th window; its share of the events that count."""
        part = slice(rank, None, world) if rank < len(batch.sources) else slice(0, 1)
        own = Batch(
            rows_BSF=batch.rows_BSF[part],
            pitch_BS=batch.pitch_BS[part],
            duration_BS=batch.duration_BS[part],
            weight_BS=batch.weight_BS[part],
            sources=batch.sources[part],
        )
        share = float(own.weight_BS.sum() / batch.weight_BS.sum())
        return own, share if rank < len(batch.sources) else 0.0


def nats(network: MelodyTransformer, batch: Batch) -> tuple[Tensor, Tensor]:
    """-log p of each pitch, and of each duration given its pitch, [B, S] both."""
    device = next(network.parameters()).device
    arrays = (batch.rows_BSF, batch.pitch_BS, batch.duration_BS)
    rows_BSF, pitch_BS, duration_BS = (torch.from_numpy(array).to(device) for array in arrays)
    logits_BSP, logits_BSL = network(rows_BSF, pitch_BS)
    return (
        F.cross_entropy(logits_BSP.float().transpose(1, 2), pitch_BS, reduction="none"),
        F.cross_entropy(logits_BSL.float().transpose(1, 2), duration_BS, reduction="none"),
    )


def score_table(sums: Mapping[str, np.ndarray]) -> dict[str, float]:
    """(pitch nats, duration nats, events) by data set -> the scores of a bundle, per set and of all events."""
    scores: dict[str, float] = {}
    total = sum(sums.values(), start=np.zeros(3))
    for name, part in [("valid", total), *((f"valid.{source}", part) for source, part in sorted(sums.items()))]:
        pitch, duration, events = (float(x) for x in part)
        scores[f"{name}.nats_per_note"] = (pitch + duration) / max(events, 1.0)
        scores[f"{name}.nats_pitch"] = pitch / max(events, 1.0)
        scores[f"{name}.nats_duration"] = duration / max(events, 1.0)
        scores[f"{name}.events"] = events
    return scores
