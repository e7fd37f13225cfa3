"""The sketch model's losses: hidden cells from the others, with or without a latent, and the flow that draws latents.

Shapes: B windows, V voices, S steps, T beats, Z latent axes a beat, K symbols.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812  torch's own name for it
from torch import Tensor, nn

from realtime.generators.sketch_cells import MASK, IntArray, told_of
from realtime.generators.sketch_frame import LOWEST_SHIFT, UNKNOWN_FRAME, best_shifts, moved
from training.config import SketchRecipe
from training.networks.sketch import BEATS, SketchNet
from training.networks.sketch_flow import LatentFlow, travel
from training.tasks.sketch_masks import BoolArray, drawn_masks, random_cells

VALID_SEED = 0
KNOWN_TOLD = 0.6  # of the told windows know their frame by name
KNOWN_UNTOLD = 0.4  # of the others: these move by the whole window's signature, the rest by that of the known cells


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A batch in its frame. `cell_BVS`, `told_BVFS`: what the network sees; `whole_BVS`: what it should see."""

    whole_BVS: Tensor
    cell_BVS: Tensor
    told_BVFS: Tensor
    frame_B: Tensor
    hidden_BVS: Tensor


def framed(symbol_BVS: IntArray, hidden_BVS: BoolArray, by_whole_B: BoolArray, named_B: BoolArray) -> Seen:
    """Move windows by the signature of all their cells or of the known ones; a frame is named only by all."""
    shown_BVS = np.where(hidden_BVS, MASK, symbol_BVS)
    shift_B = np.where(by_whole_B, best_shifts(symbol_BVS), best_shifts(shown_BVS))
    whole_BVS = moved(symbol_BVS, shift_B)
    frame_B = np.where(named_B & by_whole_B, shift_B - LOWEST_SHIFT, UNKNOWN_FRAME)
    cell_BVS = np.where(hidden_BVS, MASK, whole_BVS)
    return Seen(*(torch.from_numpy(x) for x in (whole_BVS, cell_BVS, told_of(cell_BVS), frame_B, hidden_BVS)))


def drawn_latent(mean_BTZ: Tensor, log_variance_BTZ: Tensor, spread: float = 1.0) -> Tensor:
    """A latent drawn from the posterior, or from one of less spread."""
    return mean_BTZ + spread * (0.5 * log_variance_BTZ).exp() * torch.randn_like(mean_BTZ)


def kl_nats(mean_BTZ: Tensor, log_variance_BTZ: Tensor) -> Tensor:
    """KL of the posterior from N(0, 1), a window."""
    return 0.5 * (mean_BTZ.square() + log_variance_BTZ.exp() - 1 - log_variance_BTZ).sum((1, 2)).mean()


class SketchTask:
    """Denoiser, latent encoder and latent flow on four-part windows."""

    objective = "valid.nats"

    def __init__(self, recipe: SketchRecipe, train_NVS: np.ndarray, valid_NVS: np.ndarray) -> None:
        self.config, self.network = recipe.sketch, SketchNet(recipe.network)
        self.flow, self.few = LatentFlow(recipe.network), LatentFlow(recipe.network)
        self.train_NVS, self.valid_NVS = train_NVS.astype(np.int64), valid_NVS.astype(np.int64)
        self.steps = 0

    def networks(self) -> Mapping[str, nn.Module]:
        """One optimiser each."""
        return {"network": self.network, "flow": self.flow, "few": self.few}

    def batches(self, seed: int) -> Iterator[IntArray]:
        """Epoch after epoch of the windows in drawn order."""
        rng = np.random.default_rng(seed)
        while True:
            order = rng.permutation(len(self.train_NVS))
            for part in np.array_split(order, max(1, len(order) // self.config.batch)):
                yield self.train_NVS[part]

    def losses(self, batch: IntArray) -> Iterator[tuple[str, Tensor]]:
        """In nats a cell: the denoiser's with the encoder's; then the flow's and the student's, on their own scale."""
        self.steps += 1
        rng = np.random.default_rng(int(torch.randint(1 << 62, ())))  # each process its own; a resumed run the same
        seen, told = self._seen(batch, rng)
        mean_BTZ, log_variance_BTZ, kl = self._latent(seen.whole_BVS[:told])
        yield "network", self._denoising(seen, drawn_latent(mean_BTZ, log_variance_BTZ), told) + kl
        if self.steps > self.config.flow_from:
            goal_BTZ = drawn_latent(mean_BTZ, log_variance_BTZ, self.config.tempered).detach()
            yield "flow", self._flowing(seen, goal_BTZ, told)
        if self.steps > self.config.few_from:
            yield "few", self._following(seen)

    def _seen(self, batch: IntArray, rng: np.random.Generator) -> tuple[Seen, int]:
        """The windows' frames and hidden cells; the first so many are told their latent."""
        size, told = len(batch), round(self.config.told * len(batch))
        is_told = np.arange(size) < told
        hidden = drawn_masks(size, rng)
        hidden |= (is_told & (rng.random(size) < self.config.all_hidden))[:, None, None]
        named = rng.random(size) < np.where(is_told, KNOWN_TOLD, KNOWN_UNTOLD)
        return framed(batch, hidden, is_told | named, named), told

    def _latent(self, whole_BVS: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Mean and log variance of each window's latent, and what it costs."""
        still = self.steps > self.config.still_from
        self.network.encoder.train(not still)
        with torch.set_grad_enabled(torch.is_grad_enabled() and not still):
            mean_BTZ, log_variance_BTZ = self.network.encoder(whole_BVS)
            weight = self.config.kl * min(1.0, self.steps / self.config.kl_ramp_steps) * self.config.told
            cost = weight * kl_nats(mean_BTZ, log_variance_BTZ) / whole_BVS[0].numel()
            return mean_BTZ, log_variance_BTZ, cost

    def _denoising(self, seen: Seen, latent_BTZ: Tensor, told: int) -> Tensor:
        size = len(seen.cell_BVS)
        full_BTZ = F.pad(latent_BTZ, (0, 0, 0, 0, 0, size - told))
        logits = self.network.denoiser(seen.told_BVFS, seen.frame_B, full_BTZ, (torch.arange(size) < told).float())
        return hidden_nats(logits, seen).mean()

    def _flowing(self, seen: Seen, latent_BTZ: Tensor, told: int) -> Tensor:
        """Straight ways from noise to the latents, with the cells that go with them."""
        if self.steps == self.config.flow_from + 1:
            self.few.load_state_dict(self.flow.state_dict())
        noise_BTZ, time_B = torch.randn_like(latent_BTZ), torch.rand(told)
        point_BTZ = torch.lerp(noise_BTZ, latent_BTZ, time_B[:, None, None])
        velocity_BTZ = self.flow(point_BTZ, time_B, seen.cell_BVS[:told], seen.frame_B[:told])
        return F.mse_loss(velocity_BTZ, latent_BTZ - noise_BTZ)

    def _following(self, seen: Seen) -> Tensor:
        """The student goes straight to where the flow ends up from the same noise (a round of reflow)."""
        if self.steps == self.config.few_from + 1:
            self.few.load_state_dict(self.flow.state_dict())
        cell_BVS, frame_B = seen.cell_BVS[: self.config.few_batch], seen.frame_B[: self.config.few_batch]
        noise_BTZ = torch.randn(len(cell_BVS), BEATS, self.few.out.out_features)
        with torch.no_grad():
            self.flow.eval()
            goal_BTZ = travel(self.flow, noise_BTZ, cell_BVS, frame_B, self.config.teacher_steps)
            self.flow.train()
        time_B = torch.rand(len(cell_BVS)) * (torch.rand(len(cell_BVS)) < 0.5)
        point_BTZ = torch.lerp(noise_BTZ, goal_BTZ, time_B[:, None, None])
        return F.mse_loss(self.few(point_BTZ, time_B, cell_BVS, frame_B), goal_BTZ - noise_BTZ)

    @torch.no_grad()
    def evaluate(self) -> dict[str, float]:
        """The bound, windows said back from their latent, and a block of two beats filled in."""
        for network in self.networks().values():
            network.eval()
        rng = np.random.default_rng(VALID_SEED)
        scores = {**self._bound(rng), **self._said_back(rng), **self._block(rng)}
        # A checkpoint whose student has not begun is of no use, however good its denoiser.
        unready = max(0.0, 1 - self.steps / self.config.few_from)
        scores["valid.nats"] = scores["valid.bound_nats_per_cell"] + 0.25 * scores["valid.said_back_nats"] + unready
        for network in self.networks().values():
            network.train()
        return scores

    def _bound(self, rng: np.random.Generator) -> dict[str, float]:
        hidden = random_cells(len(self.valid_NVS), rng)
        no = np.zeros(len(hidden), bool)
        logits, seen = self._untold(framed(self.valid_NVS, hidden, no, no))
        return {"valid.bound_nats_per_cell": float(hidden_nats(logits, seen).mean())}

    def _block(self, rng: np.random.Generator) -> dict[str, float]:
        hidden = np.zeros(self.valid_NVS.shape, bool)
        for i, first in enumerate(rng.integers(0, BEATS - 1, len(hidden)) * 4):
            hidden[i, :, first : first + 8] = True
        no = np.zeros(len(hidden), bool)
        logits, seen = self._untold(framed(self.valid_NVS, hidden, no, no))
        right = logits.argmax(-1) == seen.whole_BVS
        return {"valid.block_infill": float(right[seen.hidden_BVS].float().mean())}

    def _said_back(self, rng: np.random.Generator) -> dict[str, float]:
        size = len(self.valid_NVS)
        yes = np.ones(size, bool)
        seen = framed(self.valid_NVS, np.ones(self.valid_NVS.shape, bool), yes, yes)
        mean_BTZ, log_variance_BTZ = self.network.encoder(seen.whole_BVS)
        latent_BTZ = drawn_latent(mean_BTZ, log_variance_BTZ)
        logits = self.network.denoiser(seen.told_BVFS, seen.frame_B, latent_BTZ, torch.ones(size))
        goal_BTZ, time_B = drawn_latent(mean_BTZ, log_variance_BTZ, self.config.tempered), torch.arange(size) / size
        noise_BTZ = torch.randn_like(goal_BTZ)
        point_BTZ = torch.lerp(noise_BTZ, goal_BTZ, time_B[:, None, None])
        flow_error = F.mse_loss(self.flow(point_BTZ, time_B, seen.cell_BVS, seen.frame_B), goal_BTZ - noise_BTZ)
        return {
            "valid.said_back_nats": float(hidden_nats(logits, seen).mean()),
            "valid.said_back": float((logits.argmax(-1) == seen.whole_BVS).float().mean()),
            "valid.kl_nats": float(kl_nats(mean_BTZ, log_variance_BTZ)),
            "valid.flow_error": float(flow_error),
        }

    def _untold(self, seen: Seen) -> tuple[Tensor, Seen]:
        size = len(seen.cell_BVS)
        nothing_BTZ = torch.zeros(size, BEATS, self.network.config.latent)
        return self.network.denoiser(seen.told_BVFS, seen.frame_B, nothing_BTZ, torch.zeros(size)), seen


def hidden_nats(logits_BVSK: Tensor, seen: Seen) -> Tensor:
    """[B]: mean over a window's hidden cells."""
    nats_BVS = F.cross_entropy(logits_BVSK.flatten(0, 2), seen.whole_BVS.flatten(), reduction="none")
    hidden_BVS = seen.hidden_BVS.float()
    return (nats_BVS.view(hidden_BVS.shape) * hidden_BVS).sum((1, 2)) / hidden_BVS.sum((1, 2))
