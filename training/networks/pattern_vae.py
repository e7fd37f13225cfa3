"""The pattern VAE: two bars in, a latent of which the first axes are named sliders, two bars out.

Shapes: B patterns, S steps, K symbols, Z latent axes, H width, A attributes, Q knots of an attribute's scale.

The decoder has no recurrence: one call gives all steps. `conv-softmax` is shipped; the two MLPs are there to be
compared with.
"""

from dataclasses import dataclass
from typing import Final

import torch
import torch.nn.functional as F  # noqa: N812  torch's own name for it
from torch import Tensor, nn

from realtime.music.attributes import ATTRIBUTES
from realtime.music.pattern_codec import FIRST_ONSET, HOLD, PITCHES, REST, STEPS, SYMBOLS

CONV_SOFTMAX, MLP_SOFTMAX, MLP_SIGMOID = "conv-softmax", "mlp-softmax", "mlp-sigmoid"
SLOTS: Final = 8  # coarse places in time that the latent is spread over first
SLIDERS: Final = len(ATTRIBUTES)
KNOTS: Final = 64
LOG_VARIANCE_RANGE: Final = (-8.0, 4.0)
SIGMOID_THRESHOLD: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternNetConfig:
    """Sizes."""

    latent: int = 64
    width: int = 128
    embedding: int = 64
    decoder: str = CONV_SOFTMAX
    mlp_width: int = 512


class TimeConv(nn.Module):
    """A convolution over time of x_BSH as one matrix product: on CPUs several times as fast as conv1d in bf16."""

    def __init__(self, inputs: int, outputs: int, taps: int, *, stride: int = 1) -> None:
        super().__init__()
        self.taps, self.stride = taps, stride
        self.linear = nn.Linear(inputs * taps, outputs)

    def forward(self, x_BSH: Tensor) -> Tensor:
        """[B, S / stride, outputs]; beyond the ends there are zeros."""
        before = (self.taps - 1) // 2
        padded = F.pad(x_BSH, (0, 0, before, self.taps - 1 - before))
        size = x_BSH.shape[1]
        return self.linear(torch.cat([padded[:, k : k + size : self.stride] for k in range(self.taps)], -1))


class Encoder(nn.Module):
    """Symbols -> mean and log variance of the latent: two convolutions over time, then a GRU both ways."""

    def __init__(self, config: PatternNetConfig) -> None:
        super().__init__()
        width = config.width
        self.table = nn.Embedding(SYMBOLS, config.embedding)
        self.near = TimeConv(config.embedding, width, 3)
        self.halve = TimeConv(width, width, 4, stride=2)
        self.gru = nn.GRU(width, width, batch_first=True, bidirectional=True)
        self.mean = nn.Linear(2 * width, config.latent)
        self.log_variance = nn.Linear(2 * width, config.latent)

    def forward(self, symbols_BS: Tensor) -> tuple[Tensor, Tensor]:
        """(mean_BZ, log_variance_BZ), both in float32."""
        x_BSH = F.relu(self.halve(F.relu(self.near(self.table(symbols_BS)))))
        _, last_2BH = self.gru(x_BSH)
        y = torch.cat([last_2BH[0], last_2BH[1]], -1)
        return self.mean(y).float(), self.log_variance(y).float().clamp(*LOG_VARIANCE_RANGE)


class ConvDecoder(nn.Module):
    """Latent -> 8 slots -> 16 -> 32 steps: weights are shared along time, the latent is told again at every step."""

    def __init__(self, config: PatternNetConfig) -> None:
        super().__init__()
        width = config.width
        self.slots = nn.Linear(config.latent, width * SLOTS)
        self.up1 = TimeConv(width, 2 * width, 3)  # two steps of each
        self.mix1 = TimeConv(width, width, 5)
        self.up2 = TimeConv(width, 2 * width, 3)
        self.mix2 = TimeConv(width, width, 3)
        self.step_SH = nn.Parameter(torch.randn(STEPS, width) * 0.02)
        self.again = nn.Linear(config.latent, width)
        self.out = nn.Linear(width, SYMBOLS)

    def forward(self, z_BZ: Tensor) -> Tensor:
        """logits_BSK."""
        width = self.again.out_features
        x = F.gelu(self.up1(self.slots(z_BZ).unflatten(1, (SLOTS, width))).reshape(-1, 2 * SLOTS, width))
        x = x + F.gelu(self.mix1(x))
        x = self.up2(x).reshape(-1, STEPS, width)
        x = F.gelu(x + self.step_SH + self.again(z_BZ)[:, None])
        x = x + F.gelu(self.mix2(x))
        return self.out(x).float()


class MlpDecoder(nn.Module):
    """The plain way: one hidden layer, every step's outputs at once."""

    def __init__(self, config: PatternNetConfig, outputs: int) -> None:
        super().__init__()
        self.hidden = nn.Linear(config.latent, config.mlp_width)
        self.out = nn.Linear(config.mlp_width, STEPS * outputs)

    def forward(self, z_BZ: Tensor) -> Tensor:
        """logits_BSK, or for sigmoid outputs a logit of each onset, then of each sounding pitch."""
        return self.out(F.relu(self.hidden(z_BZ))).unflatten(1, (STEPS, -1)).float()


class PatternVae(nn.Module):
    """Encoder, decoder, and the scale on which each attribute is normally distributed (knots fitted to the data)."""

    knots_AQ: Tensor
    scores_AQ: Tensor

    def __init__(self, config: PatternNetConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        self.decoder: nn.Module = (
            ConvDecoder(config)
            if config.decoder == CONV_SOFTMAX
            else MlpDecoder(config, 2 * PITCHES if config.decoder == MLP_SIGMOID else SYMBOLS)
        )
        self.register_buffer("knots_AQ", torch.linspace(0, 1, KNOTS).repeat(SLIDERS, 1))
        self.register_buffer("scores_AQ", torch.linspace(-3, 3, KNOTS).repeat(SLIDERS, 1))

    def forward(self, symbols_BS: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """(logits, mean, log variance) by way of a drawn latent."""
        mean_BZ, log_variance_BZ = self.encoder(symbols_BS)
        return self.decoder(draw(mean_BZ, log_variance_BZ)), mean_BZ, log_variance_BZ

    def standardise(self, attributes_BA: Tensor) -> Tensor:
        """Attribute values on their normal scale: linear between the knots and beyond them."""
        columns = []
        for values_B, knots_Q, scores_Q in zip(attributes_BA.T, self.knots_AQ, self.scores_AQ, strict=True):
            right_B = torch.searchsorted(knots_Q, values_B.detach().contiguous()).clamp(1, KNOTS - 1)
            slope_B = (scores_Q[right_B] - scores_Q[right_B - 1]) / (knots_Q[right_B] - knots_Q[right_B - 1])
            columns.append(scores_Q[right_B - 1] + slope_B * (values_B - knots_Q[right_B - 1]))
        return torch.stack(columns, -1)

    def symbols(self, z_BZ: Tensor) -> Tensor:
        """The likeliest symbol of each step."""
        logits = self.decoder(z_BZ)
        return roll_symbols(logits) if self.config.decoder == MLP_SIGMOID else logits.argmax(-1)


def draw(mean_BZ: Tensor, log_variance_BZ: Tensor) -> Tensor:
    """A latent drawn from the posterior."""
    return mean_BZ + (0.5 * log_variance_BZ).exp() * torch.randn_like(mean_BZ)


def roll_targets(symbols_BS: Tensor) -> Tensor:
    """[B, S, 2P]: where each pitch begins, and where it sounds."""
    onset_BSP = F.one_hot(symbols_BS, SYMBOLS)[..., FIRST_ONSET:].float()
    sounding, now = [], torch.zeros_like(onset_BSP[:, 0])
    for step in range(symbols_BS.shape[1]):
        held = (symbols_BS[:, step] == HOLD).float()[:, None]
        now = now * held + onset_BSP[:, step]
        sounding.append(now)
    return torch.cat([onset_BSP, torch.stack(sounding, 1)], -1)


def roll_symbols(logits_BSR: Tensor) -> Tensor:
    """Symbols of a roll: an onset over the threshold, else a pitch that sounds (begins, if new), else a rest."""
    p = logits_BSR.sigmoid()
    onset_BS, onset_pitch_BS = p[..., :PITCHES].max(-1)
    sound_BS, sound_pitch_BS = p[..., PITCHES:].max(-1)
    out, now_B = [], torch.full_like(onset_pitch_BS[:, 0], -1)
    for step in range(p.shape[1]):
        begins = onset_BS[:, step] > SIGMOID_THRESHOLD
        sounds = ~begins & (sound_BS[:, step] > SIGMOID_THRESHOLD)
        pitch_B = torch.where(begins, onset_pitch_BS[:, step], sound_pitch_BS[:, step])
        held = sounds & (pitch_B == now_B)
        symbol_B = torch.where(begins | sounds, pitch_B + FIRST_ONSET, torch.full_like(pitch_B, REST))
        out.append(torch.where(held, torch.full_like(pitch_B, HOLD), symbol_B))
        now_B = torch.where(begins | sounds, pitch_B, torch.full_like(pitch_B, -1))
    return torch.stack(out, 1)
