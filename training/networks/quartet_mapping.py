"""From independent noise to codes that music has: a flow that learns them, and its one-step pupil.

Shapes: B codes, Z axes, C condition, H width.

Common inputs (chords, style) come first; melodies and grooves follow them and are heard together. So a new melody
leaves chords and style as they are.
"""

import torch
import torch.nn.functional as F  # noqa: N812  torch's own name for it
from torch import Tensor, nn

from realtime.generators.quartet_code import CONDITION
from realtime.music.chorale import VOICES
from training.networks.quartet import QuartetNetConfig

TIME_AXES = 16


class Moving(nn.Module):
    """A residual network: which way x moves, given what is known."""

    def __init__(self, axes: int, known: int, width: int, blocks: int = 3) -> None:
        super().__init__()
        self.enter = nn.Linear(axes + known + 2 * TIME_AXES, width)
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(blocks))
        self.layers = nn.ModuleList(nn.Linear(width, width) for _ in range(blocks))
        self.out = nn.Linear(width, axes)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, x_BZ: Tensor, known_BC: Tensor, time_B: Tensor) -> Tensor:
        """[B, axes]."""
        angle = time_B[:, None] * torch.arange(1, TIME_AXES + 1) * (torch.pi / 2)
        h = self.enter(torch.cat([x_BZ, known_BC, angle.sin(), angle.cos()], -1))
        for norm, layer in zip(self.norms, self.layers, strict=True):
            h = h + layer(F.gelu(norm(h)))
        return self.out(h)


class Mapping(nn.Module):
    """Noise -> codes in one step, or as a flow in several."""

    mean_Z: Tensor
    spread_Z: Tensor

    def __init__(self, config: QuartetNetConfig) -> None:
        super().__init__()
        self.config = config
        own = VOICES * (config.melody + config.groove)
        self.common = Moving(config.common, CONDITION, config.mapping // 2)
        self.own = Moving(own, config.common + CONDITION, config.mapping)
        self.register_buffer("mean_Z", torch.zeros(config.latent))
        self.register_buffer("spread_Z", torch.ones(config.latent))

    def standard(self, code_BZ: Tensor) -> Tensor:
        """Codes with mean 0 and spread 1 on every axis."""
        return (code_BZ - self.mean_Z) / self.spread_Z

    @torch.no_grad()
    def observe(self, code_NZ: Tensor) -> None:
        """Take on the codes' mean and spread."""
        self.mean_Z.copy_(code_NZ.mean(0))
        self.spread_Z.copy_(code_NZ.std(0))

    def velocity(self, x_BZ: Tensor, time_B: Tensor, condition_BC: Tensor, end_BZ: Tensor) -> Tensor:
        """Which way x moves at a time from 0 (noise) to 1 (codes). `end_BZ`: where chords and style arrive."""
        split = self.config.common
        common = self.common(x_BZ[:, :split], condition_BC, time_B)
        known = torch.cat([end_BZ[:, :split], condition_BC], -1)
        return torch.cat([common, self.own(x_BZ[:, split:], known, time_B)], -1)

    def forward(self, noise_BZ: Tensor, condition_BC: Tensor) -> Tensor:
        """Codes in one step."""
        split, start_B = self.config.common, noise_BZ.new_zeros(len(noise_BZ))
        common = noise_BZ[:, :split] + self.common(noise_BZ[:, :split], condition_BC, start_B)
        own = self.own(noise_BZ[:, split:], torch.cat([common, condition_BC], -1), start_B)
        return torch.cat([common, noise_BZ[:, split:] + own], -1) * self.spread_Z + self.mean_Z

    @torch.no_grad()
    def flow(self, noise_BZ: Tensor, condition_BC: Tensor, steps: int) -> Tensor:
        """Standard codes in several Euler steps: chords and style first, then the rest towards them."""
        split = self.config.common
        x, own = noise_BZ[:, :split], noise_BZ[:, split:]
        times = [torch.full((len(noise_BZ),), k / steps) for k in range(steps)]
        for time_B in times:
            x = x + self.common(x, condition_BC, time_B) / steps
        known = torch.cat([x, condition_BC], -1)
        for time_B in times:
            own = own + self.own(own, known, time_B) / steps
        return torch.cat([x, own], -1)
