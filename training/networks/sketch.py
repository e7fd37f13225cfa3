"""The sketch network: a denoiser of four-part windows with hidden cells, told what they are about by a latent, or not.

Shapes: B windows, V voices, S steps, T beats, Z latent axes a beat, H hidden, K symbols.

Two levels of time: sixteenths (convolutions) and beats (attention), for harmony goes by beats. The latent lies on the
beats too: what is near in the music is near in the latent.
"""

from dataclasses import dataclass
from typing import Final

import torch
import torch.nn.functional as F  # noqa: N812  torch's own name for it
from torch import Tensor, nn

from realtime.generators.sketch_cells import CELLS, TOLD
from realtime.generators.sketch_frame import UNKNOWN_FRAME
from realtime.music.chorale import STEPS, SYMBOLS, VOICES
from training.networks.pattern_vae import TimeConv

BEATS: Final = 8
STEPS_PER_BEAT: Final = STEPS // BEATS
FRAMES: Final = UNKNOWN_FRAME + 1
LOG_VARIANCE_RANGE: Final = (-8.0, 2.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class SketchNetConfig:
    """Sizes."""

    step_width: int = 128
    beat_width: int = 256
    beat_layers: int = 3
    step_layers: int = 2  # before the beats, and after
    heads: int = 8
    latent: int = 16  # axes a beat
    encoder_layers: int = 2
    flow_width: int = 192
    flow_layers: int = 3
    dropout: float = 0.1


def thin_dropout(x: Tensor, share: float, training: bool) -> Tensor:
    """One mask a window for all its places: torch's own dropout costs more than the products beside it."""
    if not training or share == 0:
        return x
    kept = torch.rand(x.shape[0], 1, x.shape[2], device=x.device) >= share
    return x * kept / (1 - share)


class StepBlock(nn.Module):
    """A convolution over time beside a straight way."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.near = TimeConv(width, 2 * width, 3)
        self.back = nn.Linear(2 * width, width)

    def forward(self, x_BSH: Tensor) -> Tensor:
        """[B, S, H]."""
        return x_BSH + self.back(F.gelu(self.near(self.norm(x_BSH))))


class BeatBlock(nn.Module):
    """Attention among all beats, then each by itself."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads, self.dropout = heads, dropout
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.ask = nn.Linear(width, 3 * width)
        self.tell = nn.Linear(width, width)
        self.wide = nn.Linear(width, 4 * width)
        self.back = nn.Linear(4 * width, width)

    def forward(self, x_BTH: Tensor) -> Tensor:
        """[B, T, H]."""
        size, beats, width = x_BTH.shape
        q, k, v = self.ask(self.norm1(x_BTH)).view(size, beats, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        weight = (q @ k.transpose(-1, -2) * q.shape[-1] ** -0.5).softmax(-1)
        heard = self.tell((weight @ v).transpose(1, 2).reshape(size, beats, width))
        x_BTH = x_BTH + thin_dropout(heard, self.dropout, self.training)
        thought = self.back(F.gelu(self.wide(self.norm2(x_BTH))))
        return x_BTH + thin_dropout(thought, self.dropout, self.training)


def beat_blocks(width: int, layers: int, config: SketchNetConfig) -> nn.Sequential:
    """So many blocks."""
    return nn.Sequential(*(BeatBlock(width, config.heads, config.dropout) for _ in range(layers)))


class CellTable(nn.Module):
    """Each step as the sum of rows: for each voice and each of some things that are known of its cell."""

    def __init__(self, sizes: tuple[int, ...], width: int) -> None:
        super().__init__()
        self.table = nn.Embedding(VOICES * sum(sizes), width)
        nn.init.normal_(self.table.weight, std=0.3)
        starts = torch.tensor([0, *sizes[:-1]]).cumsum(0)
        offset_VF = torch.arange(VOICES)[:, None] * sum(sizes) + starts
        self.register_buffer("offset_VF1", offset_VF[..., None], persistent=False)

    def forward(self, told_BVFS: Tensor) -> Tensor:
        """[B, S, H]."""
        return self.table((told_BVFS + self.offset_VF1).flatten(1, 2)).sum(1)


class Denoiser(nn.Module):
    """What each hidden cell may be, given the others, the key frame and (where it is told) the latent."""

    def __init__(self, config: SketchNetConfig) -> None:
        super().__init__()
        width, beat_width = config.step_width, config.beat_width
        self.cells = CellTable(TOLD, width)
        self.place_SH = nn.Parameter(torch.randn(STEPS, width) * 0.1)
        self.frame = nn.Embedding(FRAMES, beat_width)
        self.latent = nn.Linear(config.latent, beat_width)
        self.untold_H = nn.Parameter(torch.zeros(beat_width))
        self.early = nn.Sequential(*(StepBlock(width) for _ in range(config.step_layers)))
        self.gather = nn.Linear(STEPS_PER_BEAT * width, beat_width)
        self.beats = beat_blocks(beat_width, config.beat_layers, config)
        self.spread = nn.Linear(beat_width, STEPS_PER_BEAT * width)
        self.late = nn.Sequential(*(StepBlock(width) for _ in range(config.step_layers)))
        self.norm = nn.LayerNorm(width)
        self.out = nn.Linear(width, VOICES * (SYMBOLS + 2))  # and how far to go on as the neighbours are
        self.register_buffer("copies_CK", torch.eye(CELLS)[:, :SYMBOLS].contiguous(), persistent=False)

    def forward(self, told_BVFS: Tensor, frame_B: Tensor, latent_BTZ: Tensor, heeded_B: Tensor) -> Tensor:
        """logits_BVSK. `told_BVFS`: see `told_of`, in the frame; `heeded_B`: 1 or 0, whether the latent counts."""
        x_BSH = self.early(self.cells(told_BVFS) + self.place_SH)
        heeded_B11 = heeded_B[:, None, None]
        about = heeded_B11 * self.latent(latent_BTZ) + (1 - heeded_B11) * self.untold_H
        beats_BTH = self.gather(x_BSH.reshape(len(x_BSH), BEATS, -1)) + about + self.frame(frame_B)[:, None]
        beats_BTH = self.beats(beats_BTH)
        x_BSH = self.late(x_BSH + self.spread(beats_BTH).reshape(x_BSH.shape))
        out = self.out(self.norm(x_BSH)).unflatten(-1, (VOICES, -1)).transpose(1, 2)
        logits, gates = out[..., :SYMBOLS], out[..., SYMBOLS:]
        left, right = told_BVFS[:, :, 1], told_BVFS[:, :, 2]
        return logits + gates[..., :1] * self.copies_CK[left] + gates[..., 1:] * self.copies_CK[right]


class LatentEncoder(nn.Module):
    """Whole windows -> mean and log variance of the latent."""

    def __init__(self, config: SketchNetConfig) -> None:
        super().__init__()
        width, beat_width = config.step_width, config.beat_width
        self.cells = CellTable((CELLS,), width)
        self.place_SH = nn.Parameter(torch.randn(STEPS, width) * 0.1)
        self.early = StepBlock(width)
        self.gather = nn.Linear(STEPS_PER_BEAT * width, beat_width)
        self.beats = beat_blocks(beat_width, config.encoder_layers, config)
        self.norm = nn.LayerNorm(beat_width)
        self.out = nn.Linear(beat_width, 2 * config.latent)

    def forward(self, cell_BVS: Tensor) -> tuple[Tensor, Tensor]:
        """(mean_BTZ, log_variance_BTZ)."""
        x_BSH = self.early(self.cells(cell_BVS[:, :, None]) + self.place_SH)
        beats_BTH = self.beats(self.gather(x_BSH.reshape(len(x_BSH), BEATS, -1)))
        mean, log_variance = self.out(self.norm(beats_BTH)).chunk(2, -1)
        return mean, log_variance.clamp(*LOG_VARIANCE_RANGE)


class SketchNet(nn.Module):
    """Denoiser and encoder, which learn together."""

    def __init__(self, config: SketchNetConfig) -> None:
        super().__init__()
        self.config = config
        self.denoiser = Denoiser(config)
        self.encoder = LatentEncoder(config)
