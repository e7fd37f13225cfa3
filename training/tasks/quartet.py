"""The quartet's training: codes first, then a mapping from noise to them, then WGAN-GP on what comes of both.

Shapes: B pieces, V voices, S steps, K symbols, Z axes of a code, C condition.

A plain WGAN-GP of 229 chorales swings and stays noise for a long time on a CPU. Here the generator is first the
decoder of an autoencoder; the critic starts from music that already is music, and is asked for what is left.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F  # noqa: N812  torch's own name for it
from torch import Tensor, nn

from realtime.generators.quartet_code import condition_rows, moved
from realtime.music.chorale import SYMBOLS, VOICES
from training.config import QuartetRecipe
from training.data.chorales import Chorale, Symbols
from training.evaluate.chorale import Reference, scores
from training.networks.pattern_vae import draw
from training.networks.quartet import QuartetNet
from training.networks.quartet_critic import Critic, gradient_penalty
from training.networks.quartet_encoder import changes
from training.networks.quartet_mapping import Mapping as NoiseMapping
from training.tasks.pattern_vae import kl_nats
from training.tasks.quartet_data import read_windows

REAL_HOP: Final = 32  # of the windows that scores are taken on
SAMPLES: Final = 500
FLOW_ROUNDS: Final = 4
CONTEST_SHARE: Final = 2  # of a batch, one piece in so many: the critic's steps cost the most
READ_AT_ONCE: Final = 512
FLOW_STEPS: Final = 10
Indices = npt.NDArray[np.int64]


class QuartetTask:
    """Encoder, decoder and mapping are one network; the flow and the critic each have their own optimiser."""

    objective = "valid.frechet_distance"

    def __init__(self, recipe: QuartetRecipe, train: list[Chorale], valid: list[Chorale]) -> None:
        self.recipe, self.config = recipe, recipe.quartet
        self.data = read_windows(train, self.config.hop, keyed=self.config.keyed)
        held_out = read_windows(valid, REAL_HOP, keyed=self.config.keyed, like=self.data)
        self.held_out = held_out
        real = read_windows(train, REAL_HOP, keyed=False)
        self.reference = Reference.of(real.symbol_NVS, held_out.original)
        self.network, self.mapping = QuartetNet(recipe.network), NoiseMapping(recipe.network)
        self.flow = NoiseMapping(recipe.network)
        self.critic = Critic(recipe.network.critic, streams=recipe.network.streams)
        self.generator = generator_of(self.network, self.mapping)
        self.steps = 0

    def networks(self) -> Mapping[str, nn.Module]:
        """By optimiser."""
        return {"generator": self.generator, "flow": self.flow, "critic": self.critic}

    def batches(self, seed: int) -> Iterator[Indices]:
        """[B, 2]: windows, and by how many semitones each is moved (not keyed) or its key misnamed (keyed)."""
        rng = np.random.default_rng(seed)
        while True:
            order = rng.permutation(len(self.data))
            for part in np.array_split(order, max(1, len(order) // self.config.batch)):
                shift = rng.integers(-1, 2, len(part)) if self.config.keyed else rng.integers(-6, 6, len(part))
                yield np.stack([part, np.where(rng.random(len(part)) < self.config.shifted, shift, 0)], 1)

    def losses(self, batch: Indices) -> Iterator[tuple[str, Tensor]]:
        """Of the phase that this step is in. Without codes there is one phase, the critic's."""
        self.steps += 1
        config, step = self.config, self.steps
        if step <= config.code_to:
            yield "generator", self._code_loss(*self._music(batch))[0]
        elif step <= config.flow_to:
            for _ in range(FLOW_ROUNDS):
                yield "flow", self._flow_loss(config.flow_times * len(batch))
        elif step <= config.map_to:
            if step == config.flow_to + 1:
                self.mapping.load_state_dict(self.flow.state_dict())
            yield "generator", self._map_loss(config.map_times * len(batch))
        else:
            yield from self._contest(batch[: max(1, len(batch) // CONTEST_SHARE)])

    def _contest(self, batch: Indices) -> Iterator[tuple[str, Tensor]]:
        """The critic's steps, then the generator's: it also still says music back, and maps noise as the flow does."""
        symbols, condition = self._music(batch)
        loss, code = torch.zeros(()), None
        if self.config.code_to:
            loss, code = self._code_loss(symbols, condition, fixed=True)
            loss = loss + self._map_loss(len(batch))
        for _ in range(self.config.critic_steps):
            yield "critic", self._critic_loss(symbols, condition, code)
        fake = self._fakes(condition, code)
        yield "generator", loss - self.config.adversarial * self.critic(fake, condition).mean()

    def _music(self, batch: Indices) -> tuple[Tensor, Tensor]:
        """symbols_BVS and condition_BC of a batch, augmented."""
        index, shift = batch[:, 0], batch[:, 1]
        found = self.data.symbol_NVS[index]
        if not self.config.keyed:
            found = moved(found, shift[:, None, None])
        condition = self.data.conditions(index, self.data.offset_N[index] + shift if self.config.keyed else None)
        return torch.from_numpy(found.astype(np.int64)), torch.from_numpy(condition)

    def _code_loss(self, symbols: Tensor, condition: Tensor, *, fixed: bool = False) -> tuple[Tensor, Tensor]:
        """(nats a step, codes): music said back, and codes near N(0, 1). Chords and style are at times read off some
        voices only, so that a soprano alone can be read. `fixed`: the encoder learns nothing."""
        seen = (torch.rand(len(symbols), VOICES) < 0.5) | (torch.rand(len(symbols), 1) >= self.config.hide)
        seen[seen.sum(-1) == 0, 0] = True
        with torch.set_grad_enabled(not fixed):
            mean, log_variance = self.network.encoder(symbols, seen)
        code = draw(mean, log_variance)
        change = changes(symbols).float()
        change_logits = self.network.change_logits(code, condition)
        rhythm = F.binary_cross_entropy_with_logits(change_logits, change, reduction="none")[..., 1:].sum((1, 2))
        logits = self.network.pitch_logits(code, condition, change)
        weight = change + self.config.held * (1 - change)
        pitch = F.cross_entropy(logits.movedim(-1, 1), symbols, reduction="none")
        kl = kl_nats(mean, log_variance).clamp(min=self.config.free_nats).sum()
        ramp = min(1.0, self.steps / max(1, self.config.ramp_steps))
        loss = rhythm.mean() + (weight * pitch).sum((1, 2)).mean() + ramp * self.config.kl * kl
        return loss / symbols.shape[-1], code.detach()

    @cached_property
    def _posteriors(self) -> tuple[Tensor, Tensor]:
        """(mean_NZ, log_variance_NZ) of all training windows: read once the encoder stands still."""
        symbols = torch.from_numpy(self.data.symbol_NVS.astype(np.int64))
        with torch.no_grad():
            parts = [self.network.encoder(part) for part in symbols.split(READ_AT_ONCE)]
        mean, log_variance = (torch.cat(part) for part in zip(*parts, strict=True))
        self.flow.observe(draw(mean, log_variance))
        return mean, log_variance

    def _flow_loss(self, size: int) -> Tensor:
        """Straight ways from noise to codes (rectified flow, Liu et al. 2022)."""
        mean, log_variance = self._posteriors
        index = torch.randint(len(mean), (size,))
        spread = self.config.tempered * (0.5 * log_variance[index]).exp()
        end = self.flow.standard(mean[index] + spread * torch.randn_like(spread))
        condition = self._conditions(index.numpy())
        return self._velocity_loss(self.flow, torch.randn_like(end), end, condition, torch.rand(len(end)))

    def _map_loss(self, size: int) -> Tensor:
        """The pupil goes in one step where the flow goes in several (reflow's one step)."""
        condition = self._conditions(torch.randint(len(self.data), (size,)).numpy())
        noise = torch.randn(size, self.recipe.network.latent)
        end = self.flow.flow(noise, condition, FLOW_STEPS)
        return self._velocity_loss(self.mapping, noise, end, condition, torch.zeros(size))

    def _conditions(self, index: Indices) -> Tensor:
        """Of some windows, with keys misnamed as in `batches`."""
        shift = torch.randint(-1, 2, (len(index),)) * (torch.rand(len(index)) < self.config.shifted)
        offset = self.data.offset_N[index] + shift.numpy() if self.config.keyed else None
        return torch.from_numpy(self.data.conditions(index, offset))

    def _velocity_loss(
        self, mapping: NoiseMapping, start: Tensor, end: Tensor, condition: Tensor, time: Tensor
    ) -> Tensor:
        place = torch.lerp(start, end, time[:, None])
        return (mapping.velocity(place, time, condition, end) - (end - start)).square().mean()

    def _fakes(self, condition: Tensor, code: Tensor | None) -> Tensor:
        """Rolls of mapped noise; half of them of codes with inputs of several pieces, where there are codes."""
        noise = torch.randn(len(condition), self.recipe.network.latent)
        made = self.mapping(noise, condition)
        if code is not None:
            half = len(made) // 2
            made = torch.cat([made[:half], self._recombined(code[half:])])
        return self.network.roll(made, condition)

    def _recombined(self, code: Tensor) -> Tensor:
        """One input of each code is another piece's."""
        spans = list(self.recipe.network.spans.values())
        other, taken = code.roll(1, 0), torch.zeros_like(code)
        for row, pick in enumerate(torch.randint(len(spans), (len(code),)).tolist()):
            taken[row, spans[pick]] = 1
        return torch.lerp(code, other, taken)

    def _critic_loss(self, symbols: Tensor, condition: Tensor, code: Tensor | None) -> Tensor:
        real = F.one_hot(symbols, SYMBOLS).float()
        with torch.no_grad():
            fake = self._fakes(condition, code)
        distance = self.critic(fake, condition).mean() - self.critic(real, condition).mean()
        return distance + self.config.penalty * gradient_penalty(self.critic, real, fake, condition)

    @torch.no_grad()
    def evaluate(self) -> dict[str, float]:
        """Scores of generated pieces beside valid ones, and how well valid ones are said back."""
        self.generator.eval()
        found = scores(self.samples(SAMPLES, 0), self.reference)
        symbols = torch.from_numpy(self.held_out.symbol_NVS.astype(np.int64))
        condition = torch.from_numpy(self.held_out.conditions(np.arange(len(self.held_out))))
        said = self.network.symbols(self.network.encoder(symbols)[0], condition)
        found["said_back"] = float((said == symbols).float().mean())
        self.generator.train()
        return {f"valid.{name}": value for name, value in found.items()}

    @torch.no_grad()
    def samples(self, count: int, seed: int) -> Symbols:
        """symbol_NVS of so many generated pieces, with keys and densities as the training pieces have them."""
        rng = np.random.default_rng(seed)
        index = rng.integers(len(self.data), size=count)
        noise = torch.from_numpy(rng.standard_normal((count, self.recipe.network.latent)).astype(np.float32))
        offset = self.data.offset_N[index]
        known = condition_rows(offset, self.data.minor_N[index], self.data.density_N[index])
        condition = torch.from_numpy(known)
        made = self.network.symbols(self.mapping(noise, condition), condition).numpy().astype(np.uint8)
        return moved(made, offset[:, None, None]).astype(np.uint8)


def generator_of(network: QuartetNet, mapping: NoiseMapping) -> nn.ModuleDict:
    """What the critic judges, as one network."""
    return nn.ModuleDict({"codec": network, "mapping": mapping})
