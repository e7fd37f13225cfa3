"""The seed work's diffusion network: a UNet over piano rolls as pictures. Kept as the baseline of the sketch model.

Shapes: B windows, V voices (channels of the picture), P pitches, S steps, C channels.
"""

import math
from dataclasses import dataclass
from typing import Final

import torch
import torch.nn.functional as F  # noqa: N812  torch's own name for it
from torch import Tensor, nn

GROUPS: Final = 8
TIME_WIDTH: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class RollNetConfig:
    """Sizes: channels of the three levels."""

    channels: tuple[int, int, int] = (32, 64, 96)


class RollBlock(nn.Module):
    """Two convolutions beside a straight way; between them it is told the time."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.GroupNorm(GROUPS, inputs), nn.GroupNorm(GROUPS, outputs)
        self.first, self.second = (nn.Conv2d(size, outputs, 3, padding=1) for size in (inputs, outputs))
        self.when = nn.Linear(TIME_WIDTH, outputs)
        self.straight = nn.Conv2d(inputs, outputs, 1)

    def forward(self, x_BCPS: Tensor, when_BH: Tensor) -> Tensor:
        """[B, outputs, P, S]."""
        y = self.first(F.silu(self.norm1(x_BCPS))) + self.when(when_BH)[:, :, None, None]
        return self.straight(x_BCPS) + self.second(F.silu(self.norm2(y)))


class RollUnet(nn.Module):
    """The noise in a noisy roll."""

    def __init__(self, voices: int, config: RollNetConfig) -> None:
        super().__init__()
        low, middle, high = config.channels
        self.inlet = nn.Conv2d(voices, low, 3, padding=1)
        self.down = nn.ModuleList([RollBlock(low, low), RollBlock(low, middle)])
        self.deep = nn.ModuleList([RollBlock(middle, high), RollBlock(high, high)])
        self.up = nn.ModuleList([RollBlock(high + middle, middle), RollBlock(middle + low, low)])
        self.out = nn.Conv2d(low, voices, 3, padding=1)

    def forward(self, x_BVPS: Tensor, time_B: Tensor) -> Tensor:
        """noise_BVPS. `time_B`: 0 (clean) to 1 (noise)."""
        rate = torch.exp(torch.linspace(0, math.log(1000), TIME_WIDTH // 2))
        angle = time_B[:, None] * rate
        when = torch.cat([angle.sin(), angle.cos()], -1)
        x = self.inlet(x_BVPS)
        kept = []
        for block in self.down:
            x = block(x, when)
            kept.append(x)
            x = F.avg_pool2d(x, 2)
        for block in self.deep:
            x = block(x, when)
        for block, beside in zip(self.up, reversed(kept), strict=True):
            x = block(torch.cat([F.interpolate(x, scale_factor=2.0), beside], 1), when)
        return self.out(F.silu(x))
