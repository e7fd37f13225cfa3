"""Where four voices strike a note again that already sounds: a small network over changes, rests and intervals.

Shapes: B windows, V voices, S steps, C channels, H width.

It sees no pitches, so what it says is the same in every key.
"""

from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor, nn

from realtime.music.chorale import REST, STEPS, VOICES
from training.networks.pattern_vae import TimeConv

CHANNELS: Final = 4  # a voice: goes on, changes, rests, interval
WIDEST: Final = 12  # semitones; wider intervals count as this
BEAT_STEPS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticulationNetConfig:
    """Sizes."""

    width: int = 48
    taps: int = 9
    layers: int = 2  # after the first


def channels(symbol_BVS: Tensor) -> Tensor:
    """[B, S, V * C]: what changed from the step before. Of a window's first step that is not known: 0."""
    before, now = symbol_BVS[..., :-1], symbol_BVS[..., 1:]
    sounds, sounded = now != REST, before != REST
    interval = (now - before).clamp(-WIDEST, WIDEST).float() / WIDEST
    told = (
        (sounds & (now == before)).float(),
        (sounds & (now != before)).float(),
        (~sounds).float(),
        interval * (sounds & sounded).float(),
    )
    x_BVTC = torch.stack(told, -1)
    x_BVSC = torch.cat([torch.zeros_like(x_BVTC[:, :, :1]), x_BVTC], 2)
    return x_BVSC.transpose(1, 2).flatten(2)


class ArticulationNet(nn.Module):
    """Sounding symbols -> logits of a strike."""

    def __init__(self, config: ArticulationNetConfig) -> None:
        super().__init__()
        self.config = config
        self.first = TimeConv(VOICES * CHANNELS, config.width, config.taps)
        self.beat_CH = nn.Parameter(torch.zeros(BEAT_STEPS, config.width))
        self.more = nn.ModuleList(TimeConv(config.width, config.width, config.taps) for _ in range(config.layers))
        self.out = nn.Linear(config.width, VOICES)

    def forward(self, symbol_BVS: Tensor) -> Tensor:
        """strike_logits_BVS; they mean something only where a pitch goes on."""
        x_BSH = torch.relu(self.first(channels(symbol_BVS)) + self.beat_CH.repeat(STEPS // BEAT_STEPS, 1))
        for layer in self.more:
            x_BSH = x_BSH + torch.relu(layer(x_BSH))
        return self.out(x_BSH).transpose(1, 2)
