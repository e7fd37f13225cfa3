"""The seed work's diffusion: noise of a piano roll by mean squared error. The baseline of the sketch model.

Shapes: B windows, V voices, P pitches (MIDI's 128), S steps.
"""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Final

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812  torch's own name for it
from torch import Tensor, nn

from realtime.music.chorale import PITCH_LOW, PITCHES, REST, VOICES
from training.config import RollRecipe
from training.data.chorales import Symbols
from training.evaluate.chorale import Reference, scores
from training.networks.roll_unet import RollUnet

MIDI_PITCHES: Final = 128
CLEANEST: Final = 1e-3
SOUNDS: Final = 0.0  # between -1 (silent) and 1 (sounding)


class RollTask:
    """The baseline, trained as it was and scored as the sketch model is."""

    objective = "valid.noise_error"

    def __init__(self, recipe: RollRecipe, train_NVS: Symbols, valid_NVS: Symbols) -> None:
        self.config, self.network = recipe.roll, RollUnet(VOICES, recipe.network)
        self.train_NVS, self.valid_NVS = train_NVS.astype(np.int64), valid_NVS.astype(np.int64)

    def networks(self) -> Mapping[str, nn.Module]:
        """One network, one optimiser."""
        return {"network": self.network}

    def batches(self, seed: int) -> Iterator[np.ndarray]:
        """Windows in drawn order, in drawn keys."""
        rng = np.random.default_rng(seed)
        while True:
            batch = self.train_NVS[rng.integers(0, len(self.train_NVS), self.config.batch)]
            up = batch + rng.integers(-6, 6, (len(batch), 1, 1))
            yield np.where(batch == REST, REST, np.clip(up, 1, PITCHES))

    def losses(self, batch: np.ndarray) -> Iterator[tuple[str, Tensor]]:
        """Mean squared error of the noise at drawn times."""
        yield "network", self._error(batch)

    def _error(self, batch: np.ndarray) -> Tensor:
        roll_BVPS, time_B = roll_of(torch.from_numpy(batch)), torch.rand(len(batch))
        noise_BVPS = torch.randn_like(roll_BVPS)
        clean, noisy = (part[:, None, None, None] for part in mixture(time_B))
        return F.mse_loss(self.network(clean * roll_BVPS + noisy * noise_BVPS, time_B), noise_BVPS)

    @torch.no_grad()
    def evaluate(self) -> dict[str, float]:
        """The noise's error, and the scores of samples."""
        with torch.random.fork_rng():
            torch.manual_seed(0)
            error = float(self._error(self.valid_NVS[:: max(1, len(self.valid_NVS) // 64)]))
            sampled = self.sample(self.config.samples)
        found = scores(sampled, Reference.of(self.train_NVS, self.valid_NVS))
        return {"valid.noise_error": error, **{f"valid.{name}": value for name, value in found.items()}}

    @torch.no_grad()
    def sample(self, size: int) -> Symbols:
        """symbol_BVS from noise, without noise on the way (DDIM): a fraction of the seed's 1,000 steps suffices."""
        x_BVPS = torch.randn(size, VOICES, MIDI_PITCHES, self.train_NVS.shape[-1])
        times = torch.linspace(1, CLEANEST, self.config.steps + 1)
        for now, then in pairwise(times):
            noise = torch.cat([self.network(part, now.expand(len(part))) for part in x_BVPS.split(16)])
            clean, noisy = mixture(now)
            roll = ((x_BVPS - noisy * noise) / clean.clamp(min=CLEANEST)).clamp(-1, 1)
            clean, noisy = mixture(then)
            x_BVPS = clean * roll + noisy * noise
        best_BVS, pitch_BVS = x_BVPS.max(2)
        symbol_BVS = (pitch_BVS - PITCH_LOW + 1).clamp(1, PITCHES)
        return torch.where(best_BVS > SOUNDS, symbol_BVS, REST).numpy().astype(np.uint8)


def mixture(time: Tensor) -> tuple[Tensor, Tensor]:
    """How much of the roll and of the noise there is at a time."""
    angle = time * torch.pi / 2
    return angle.cos(), angle.sin()


def roll_of(symbol_BVS: Tensor) -> Tensor:
    """[B, V, P, S]: 1 where a pitch sounds, else -1."""
    pitch_BVS = torch.where(symbol_BVS == REST, MIDI_PITCHES, symbol_BVS - 1 + PITCH_LOW)
    return 2.0 * F.one_hot(pitch_BVS, MIDI_PITCHES + 1)[..., :MIDI_PITCHES].transpose(2, 3).float() - 1
