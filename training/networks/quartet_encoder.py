"""The quartet's encoders: what each of the four inputs is, read off two bars of music.

Shapes: B pieces, V voices, S steps, K symbols, Z axes, Q pitch classes.

Each sees only what its name says: chords the pitch classes of all voices and of the lowest, style the whole, a melody
one voice's pitches, a groove only at which steps one voice changes or rests.
"""

from typing import Final

import torch
import torch.nn.functional as F  # noqa: N812  torch's own name for it
from torch import Tensor, nn

from realtime.music.chorale import PITCH_LOW, REST, STEPS, SYMBOLS, VOICES
from training.networks.pattern_vae import LOG_VARIANCE_RANGE, TimeConv

CLASSES: Final = 12
SLOTS: Final = STEPS // 4


class Reader(nn.Module):
    """Two halvings of time, then a mean and a log variance."""

    def __init__(self, inputs: int, width: int, latent: int) -> None:
        super().__init__()
        self.near = TimeConv(inputs, width, 4, stride=2)
        self.far = TimeConv(width, width, 4, stride=2)
        self.out = nn.Linear(SLOTS * width, 2 * latent)

    def forward(self, x_BSH: Tensor) -> Tensor:
        """[B, 2 Z]."""
        return self.out(F.gelu(self.far(F.gelu(self.near(x_BSH)))).flatten(1))


class QuartetEncoder(nn.Module):
    """Two bars -> mean and log variance of their code."""

    def __init__(self, chords: int, style: int, melody: int, groove: int, width: int = 64) -> None:
        super().__init__()
        self.table = nn.Embedding(SYMBOLS, 24)
        self.voice_VH = nn.Parameter(torch.randn(VOICES, 24) * 0.1)
        self.chords = Reader(2 * CLASSES + 1, 96, chords)
        self.style = Reader(VOICES * 26, 48, style)
        self.melody = Reader(24, width, melody)
        self.groove = Reader(2 + VOICES, 32, groove)

    def forward(self, symbols_BVS: Tensor, seen_BV: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """(mean_BZ, log_variance_BZ). `seen_BV`: voices that chords and style are read off (default: all)."""
        size = len(symbols_BVS)
        seen = torch.ones(size, VOICES) if seen_BV is None else seen_BV.float()
        change_BVS, rest_BVS = changes(symbols_BVS).float(), (symbols_BVS == REST).float()
        table = self.table(symbols_BVS) + self.voice_VH[:, None]
        whole = torch.cat([table, change_BVS[..., None], rest_BVS[..., None]], -1) * seen[..., None, None]
        names = torch.eye(VOICES).expand(size, STEPS, VOICES, VOICES).transpose(1, 2)
        own = torch.cat([change_BVS[..., None], rest_BVS[..., None], names], -1)
        parts = [
            self.chords(harmony(symbols_BVS, seen)).unflatten(-1, (2, -1)),
            self.style(whole.transpose(1, 2).flatten(2)).unflatten(-1, (2, -1)),
            self.melody(table.flatten(0, 1)).reshape(size, VOICES, 2, -1).transpose(1, 2).flatten(2),
            self.groove(own.flatten(0, 1)).reshape(size, VOICES, 2, -1).transpose(1, 2).flatten(2),
        ]
        both_B2Z = torch.cat(parts, -1)
        return both_B2Z[:, 0], both_B2Z[:, 1].clamp(*LOG_VARIANCE_RANGE)


def changes(symbols_BVS: Tensor) -> Tensor:
    """Where a voice's symbol differs from the step before; a first step always does."""
    moved = symbols_BVS[..., 1:] != symbols_BVS[..., :-1]
    return torch.cat([torch.ones_like(moved[..., :1]), moved], -1)


def pitch_classes() -> Tensor:
    """[K, Q]: the pitch class of each symbol, none of a rest."""
    table_KQ = torch.zeros(SYMBOLS, CLASSES)
    table_KQ[torch.arange(1, SYMBOLS), (torch.arange(1, SYMBOLS) - 1 + PITCH_LOW) % CLASSES] = 1
    return table_KQ


def harmony(symbols_BVS: Tensor, seen_BV: Tensor) -> Tensor:
    """[B, S, 2 Q + 1]: how often each pitch class sounds, the lowest seen voice's, and how many voices are seen."""
    chroma_BVSQ = pitch_classes()[symbols_BVS] * seen_BV[..., None, None]
    lowest_B = (seen_BV * torch.arange(1, VOICES + 1)).argmax(-1)
    bass_BSQ = chroma_BVSQ[torch.arange(len(symbols_BVS)), lowest_B]
    count_BS1 = seen_BV.mean(-1)[:, None, None].expand(-1, symbols_BVS.shape[-1], 1)
    return torch.cat([chroma_BVSQ.sum(1), bass_BSQ, count_BS1], -1)
