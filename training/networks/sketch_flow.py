"""Where latents come from: a flow from noise to the latent of a window, given the cells that are known.

Shapes: B windows, V voices, S steps, T beats, Z latent axes a beat, H hidden.
"""

import math

import torch
from torch import Tensor, nn

from realtime.generators.sketch_cells import CELLS
from training.networks.sketch import BEATS, FRAMES, STEPS_PER_BEAT, CellTable, SketchNetConfig, beat_blocks

FREQUENCIES = 16


class LatentFlow(nn.Module):
    """The velocity at a point between noise (time 0) and latent (time 1)."""

    def __init__(self, config: SketchNetConfig) -> None:
        super().__init__()
        width, step_width = config.flow_width, config.flow_width // 2
        self.cells = CellTable((CELLS,), step_width)
        self.gather = nn.Linear(STEPS_PER_BEAT * step_width, width)
        self.place_TH = nn.Parameter(torch.randn(BEATS, width) * 0.1)
        self.frame = nn.Embedding(FRAMES, width)
        self.inlet = nn.Linear(config.latent, width)
        self.time = nn.Linear(2 * FREQUENCIES, width)
        self.beats = beat_blocks(width, config.flow_layers, config)
        self.norm = nn.LayerNorm(width)
        self.out = nn.Linear(width, config.latent)
        self.register_buffer("rate_F", torch.exp(torch.linspace(0, math.log(100), FREQUENCIES)), persistent=False)

    def forward(self, point_BTZ: Tensor, time_B: Tensor, cell_BVS: Tensor, frame_B: Tensor) -> Tensor:
        """velocity_BTZ."""
        angle_BF = time_B[:, None] * self.rate_F
        when = self.time(torch.cat([angle_BF.sin(), angle_BF.cos()], -1)) + self.frame(frame_B)
        known_BTH = self.gather(self.cells(cell_BVS[:, :, None]).reshape(len(cell_BVS), BEATS, -1))
        x_BTH = self.inlet(point_BTZ) + known_BTH + self.place_TH + when[:, None]
        return self.out(self.norm(self.beats(x_BTH)))


def travel(flow: LatentFlow, noise_BTZ: Tensor, cell_BVS: Tensor, frame_B: Tensor, steps: int) -> Tensor:
    """From noise to a latent in so many equal steps."""
    point_BTZ = noise_BTZ
    for k in range(steps):
        time_B = torch.full((len(noise_BTZ),), k / steps)
        point_BTZ = point_BTZ + flow(point_BTZ, time_B, cell_BVS, frame_B) / steps
    return point_BTZ
