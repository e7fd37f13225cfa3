"""The melody transformer: one step an event, pitch first, then its duration.

Shapes: B windows, S rows, F features of a row, D width, H heads, G of them for keys and values, K width of a head,
P pitch ids, L duration ids.
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812  torch's own name for it
from torch import Tensor, nn

from realtime.music.melody_codec import DURATIONS, PITCH_IDS, TABLE_SIZE

EPSILON = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class TransformerConfig:
    """Sizes of the network. The tables' sizes are the codec's."""

    width: int = 192
    layers: int = 4
    heads: int = 6
    kv_heads: int = 2  # keys and values are shared by groups of heads: a third of the cache to read, live
    expansion: int = 4
    max_context: int = 320
    dropout: float = 0.1
    given_pitch: bool = True  # False, for comparison: the duration is predicted without knowing the pitch

    @property
    def head_width(self) -> int:
        """Width of one head."""
        return self.width // self.heads

    @property
    def kv_width(self) -> int:
        """Width of all keys, or of all values."""
        return self.kv_heads * self.head_width


def rope_tables(length: int, head_width: int) -> tuple[Tensor, Tensor]:
    """Cosines and sines [length, head_width / 2] of rotary positions, base 10,000."""
    frequencies = 10_000.0 ** (-torch.arange(0, head_width, 2).float() / head_width)
    angles = torch.arange(length).float()[:, None] * frequencies
    return angles.cos(), angles.sin()


def rotate(x_BHSK: Tensor, cos_SK: Tensor, sin_SK: Tensor) -> Tensor:
    """Turn each pair (k, k + K/2) by its row's angles."""
    a, b = x_BHSK.chunk(2, -1)
    return torch.cat([a * cos_SK - b * sin_SK, a * sin_SK + b * cos_SK], -1)


def dropout_once(x_BSD: Tensor, p: float, training: bool) -> Tensor:
    """Dropout with one mask a window: on a CPU a mask an element costs more than the product beside it."""
    if not training or p == 0.0:
        return x_BSD
    keep_B1D = torch.rand(x_BSD.shape[0], 1, x_BSD.shape[2], device=x_BSD.device) > p
    return x_BSD * keep_B1D.to(x_BSD.dtype) / (1.0 - p)


class RMSNorm(nn.Module):
    """Scale to unit root mean square, times a learned weight."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x_BSD: Tensor) -> Tensor:
        """Normalise over D."""
        return F.rms_norm(x_BSD, (x_BSD.shape[-1],), self.weight, EPSILON)


class Block(nn.Module):
    """Attention and MLP, each after a norm and added to its input."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        self.config = config
        width, hidden = config.width, config.width * config.expansion
        self.norm_attention, self.norm_mlp = RMSNorm(width), RMSNorm(width)
        self.qkv = nn.Linear(width, width + 2 * config.kv_width, bias=False)
        self.out = nn.Linear(width, width, bias=False)
        self.up = nn.Linear(width, hidden, bias=False)
        self.down = nn.Linear(hidden, width, bias=False)

    def forward(self, x_BSD: Tensor, cos_SK: Tensor, sin_SK: Tensor, mask_SS: Tensor) -> Tensor:
        """One layer; `mask_SS` is 0 where a row may look, -inf elsewhere."""
        p = self.config.dropout
        a_BSD = self._attend(self.norm_attention(x_BSD), cos_SK, sin_SK, mask_SS)
        x_BSD = x_BSD + dropout_once(self.out(a_BSD), p, self.training)
        m_BSD = self.down(F.gelu(self.up(self.norm_mlp(x_BSD))))
        return x_BSD + dropout_once(m_BSD, p, self.training)

    def _attend(self, x_BSD: Tensor, cos_SK: Tensor, sin_SK: Tensor, mask_SS: Tensor) -> Tensor:
        B, S, D = x_BSD.shape
        c = self.config
        parts = self.qkv(x_BSD).split([D, c.kv_width, c.kv_width], -1)
        q_BHSK, k_BGSK, v_BGSK = (part.view(B, S, -1, c.head_width).transpose(1, 2) for part in parts)
        q_BHSK, k_BGSK = rotate(q_BHSK, cos_SK, sin_SK), rotate(k_BGSK, cos_SK, sin_SK)
        k_BHSK, v_BHSK = (x.repeat_interleave(c.heads // c.kv_heads, 1) for x in (k_BGSK, v_BGSK))
        if torch.is_autocast_enabled("cpu"):
            # In bf16 on a CPU plain products are 2-5 times faster, forward and backward, than the fused op.
            scores_BHSS = q_BHSK @ k_BHSK.transpose(-1, -2) / math.sqrt(self.config.head_width)
            a_BHSK = (scores_BHSS + mask_SS).softmax(-1) @ v_BHSK
        else:  # in fp32 the fused op is three times faster at 320 rows
            a_BHSK = F.scaled_dot_product_attention(q_BHSK, k_BHSK, v_BHSK, is_causal=True)
        return a_BHSK.transpose(1, 2).reshape(B, S, D)


class MelodyTransformer(nn.Module):
    """Rows of ids in; pitch logits, and duration logits given a pitch, out."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        self.config = config
        width = config.width
        self.table = nn.Embedding(TABLE_SIZE, width)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.layers))
        self.norm = RMSNorm(width)
        self.pitch = nn.Linear(width, PITCH_IDS, bias=False)
        self.duration_hidden = nn.Linear(width, width, bias=False)
        self.duration_pitch = nn.Embedding(PITCH_IDS, width)
        self.duration = nn.Linear(width, len(DURATIONS), bias=False)
        self._initialise()
        cos_SK, sin_SK = rope_tables(config.max_context, config.head_width)
        self.register_buffer("cos_SK", cos_SK, persistent=False)
        self.register_buffer("sin_SK", sin_SK, persistent=False)

    def _initialise(self) -> None:
        for parameter in self.parameters():
            if parameter.dim() > 1:
                nn.init.normal_(parameter, std=0.02)
        for block in self.blocks:  # 2 additions a layer: keeps the sum's variance at that of one
            nn.init.normal_(block.out.weight, std=0.02 / math.sqrt(2 * self.config.layers))
            nn.init.normal_(block.down.weight, std=0.02 / math.sqrt(2 * self.config.layers))
        if not self.config.given_pitch:  # nothing to add to what is known: the graphs stay as they are
            nn.init.zeros_(self.duration_pitch.weight).requires_grad_(False)

    def hidden(self, rows_BSF: Tensor) -> Tensor:
        """What the network knows after each row, [B, S, D]."""
        S = rows_BSF.shape[1]
        x_BSD = dropout_once(self.table(rows_BSF).sum(2), self.config.dropout, self.training)
        mask_SS = torch.full((S, S), float("-inf"), device=x_BSD.device).triu(1)
        for block in self.blocks:
            x_BSD = block(x_BSD, self.cos_SK[:S], self.sin_SK[:S], mask_SS)
        return self.norm(x_BSD)

    def forward(self, rows_BSF: Tensor, pitch_BS: Tensor) -> tuple[Tensor, Tensor]:
        """Pitch logits [B, S, P] and, given the pitches that come, duration logits [B, S, L]."""
        h_BSD = self.hidden(rows_BSF)
        d_BSD = F.gelu(self.duration_hidden(h_BSD) + self.duration_pitch(pitch_BS))
        return self.pitch(h_BSD), self.duration(d_BSD)

    def tables(self, rows_BSF: Tensor) -> tuple[Tensor, Tensor]:
        """After every row: pitch logits [B, S, P] and duration logits given each pitch [B, S, P, L]."""
        h_BSD = self.hidden(rows_BSF)
        d_BSPD = F.gelu(self.duration_hidden(h_BSD)[:, :, None] + self.duration_pitch.weight)
        return self.pitch(h_BSD), self.duration(d_BSPD)
