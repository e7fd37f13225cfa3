"""The quartet's generator: chords, style, four melodies and four grooves in, two bars of four voices out.

Shapes: B pieces, V voices, S steps, K symbols, Z axes of all inputs together, C condition, H width a voice.

A code is one row: chords, style, melody of each voice, groove of each voice (`QuartetNetConfig.spans`). Rhythm and
pitch are said apart: the groove says at which steps a voice may change its pitch, everything else what it changes to.
So a groove cannot change harmony nor a melody rhythm, and no voice flickers.
"""

from dataclasses import dataclass
from typing import Final

import torch
import torch.nn.functional as F  # noqa: N812  torch's own name for it
from torch import Tensor, nn

from realtime.generators.quartet_code import CONDITION, spans_of
from realtime.music.chorale import STEPS, SYMBOLS, VOICES
from training.networks.pattern_vae import TimeConv
from training.networks.quartet_encoder import QuartetEncoder

HALF: Final = 0.5
LEAST_LOG: Final = -12.0


@dataclass(frozen=True, slots=True, kw_only=True)
class QuartetNetConfig:
    """Sizes."""

    chords: int = 48
    style: int = 16
    melody: int = 24
    groove: int = 12
    width: int = 64  # a voice
    blocks: int = 3
    mapping: int = 384
    critic: int = 128
    streams: bool = True  # the critic also sees onsets, chroma and intervals

    @property
    def common(self) -> int:
        """Axes that all voices share."""
        return self.chords + self.style

    @property
    def latent(self) -> int:
        """All axes."""
        return self.common + VOICES * (self.melody + self.groove)

    @property
    def spans(self) -> dict[str, slice]:
        """Where in a code each input lies."""
        return spans_of({"chords": self.chords, "style": self.style, "melody": self.melody, "groove": self.groove})


class ResidualConv(nn.Module):
    """x plus a convolution over time of it."""

    def __init__(self, width: int, taps: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.conv, self.out = TimeConv(width, width, taps), nn.Linear(width, width)

    def forward(self, x_BSH: Tensor) -> Tensor:
        """[B, S, width]."""
        return x_BSH + self.out(F.gelu(self.conv(self.norm(x_BSH))))


class GrooveDecoder(nn.Module):
    """Groove and style of each voice -> logits of a change at each step. No voice hears another.

    `eager_V`: added to the logits of each voice. A pitch that is said anew is at times the same, so voices that change
    where they are likelier to than not change too seldom; the export finds out by how much.
    """

    eager_V: Tensor

    def __init__(self, config: QuartetNetConfig, width: int = 24) -> None:
        super().__init__()
        self.steps = nn.Linear(config.groove, STEPS * width)
        self.same = nn.Linear(config.style + CONDITION, VOICES * width)
        self.voice_VSH = nn.Parameter(torch.randn(VOICES, STEPS, width) * 0.1)
        self.mix1, self.mix2 = TimeConv(width, 2 * width, 9), TimeConv(2 * width, width, 5)
        self.out = nn.Linear(width, 1)
        self.register_buffer("eager_V", torch.zeros(VOICES))

    def forward(self, groove_BVZ: Tensor, style_BZ: Tensor, condition_BC: Tensor) -> Tensor:
        """change_logits_BVS."""
        size, width = len(groove_BVZ), self.out.in_features
        same = self.same(torch.cat([style_BZ, condition_BC], -1)).reshape(size, VOICES, 1, width)
        x = self.steps(groove_BVZ).unflatten(-1, (STEPS, width)) + same + self.voice_VSH
        x = x.reshape(size * VOICES, STEPS, width)
        x = x + F.gelu(self.mix2(F.gelu(self.mix1(F.gelu(x)))))
        return self.out(x)[..., 0].reshape(size, VOICES, STEPS) + self.eager_V[:, None]


class PitchDecoder(nn.Module):
    """Chords, style, melodies and the steps at which voices change -> logits of each voice's symbol at each step."""

    def __init__(self, config: QuartetNetConfig) -> None:
        super().__init__()
        width = VOICES * config.width
        self.chords = nn.Linear(config.chords, STEPS * config.width)
        self.harmony = TimeConv(config.width, width, 3)
        self.melody = nn.Linear(config.melody, STEPS * config.width)
        self.same = nn.Linear(config.style + CONDITION, width)
        self.rhythm = TimeConv(VOICES, width, 9)
        self.step_SH = nn.Parameter(torch.randn(STEPS, width) * 0.1)
        self.blocks = nn.Sequential(*(ResidualConv(width, 5 if i == 0 else 3) for i in range(config.blocks)))
        self.norm = nn.LayerNorm(width)
        self.out = nn.Linear(width, VOICES * SYMBOLS)

    def forward(self, common: tuple[Tensor, Tensor, Tensor], melody_BVZ: Tensor, change_BVS: Tensor) -> Tensor:
        """pitch_logits_BVSK. `common`: chords_BZ, style_BZ, condition_BC."""
        chords_BZ, style_BZ, condition_BC = common
        size, width = len(chords_BZ), self.melody.out_features // STEPS
        x = self.harmony(self.chords(chords_BZ).unflatten(-1, (STEPS, width)))
        own = self.melody(melody_BVZ).unflatten(-1, (STEPS, width))
        x = x + own.permute(0, 2, 1, 3).reshape(size, STEPS, VOICES * width)
        x = x + self.same(torch.cat([style_BZ, condition_BC], -1))[:, None] + self.step_SH
        x = x + self.rhythm(change_BVS.transpose(1, 2))
        logits = self.out(self.norm(self.blocks(x)))
        return logits.reshape(size, STEPS, VOICES, SYMBOLS).transpose(1, 2)


class QuartetNet(nn.Module):
    """Encoder and decoder of codes."""

    def __init__(self, config: QuartetNetConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = QuartetEncoder(config.chords, config.style, config.melody, config.groove)
        self.grooves = GrooveDecoder(config)
        self.pitches = PitchDecoder(config)

    def change_logits(self, code_BZ: Tensor, condition_BC: Tensor) -> Tensor:
        """[B, V, S]."""
        groove_BVZ = code_BZ[:, -VOICES * self.config.groove :].unflatten(-1, (VOICES, self.config.groove))
        return self.grooves(groove_BVZ, code_BZ[:, self.config.chords : self.config.common], condition_BC)

    def pitch_logits(self, code_BZ: Tensor, condition_BC: Tensor, change_BVS: Tensor) -> Tensor:
        """[B, V, S, K], given where the voices change (1) or hold (0)."""
        config = self.config
        chords_BZ, style_BZ = code_BZ[:, : config.chords], code_BZ[:, config.chords : config.common]
        melody_BZ = code_BZ[:, config.common : config.common + VOICES * config.melody]
        melody_BVZ = melody_BZ.unflatten(-1, (VOICES, config.melody))
        return self.pitches((chords_BZ, style_BZ, condition_BC), melody_BVZ, change_BVS)

    def forward(self, code_BZ: Tensor, condition_BC: Tensor) -> tuple[Tensor, Tensor]:
        """(change_logits_BVS, pitch_logits_BVSK)."""
        change_BVS = self.change_logits(code_BZ, condition_BC)
        return change_BVS, self.pitch_logits(code_BZ, condition_BC, (first_changes(change_BVS) > 0).float())

    def roll(self, code_BZ: Tensor, condition_BC: Tensor) -> Tensor:
        """[B, V, S, K]: one-hot, with gradients straight through to what was likely."""
        soft_BVS = first_changes(self.change_logits(code_BZ, condition_BC)).sigmoid()
        hard_BVS = (soft_BVS > HALF).float()
        through_BVS = hard_BVS + soft_BVS - soft_BVS.detach()
        logits = self.pitch_logits(code_BZ, condition_BC, through_BVS)
        p = logits.softmax(-1)
        one_hot = F.one_hot(logits.argmax(-1), SYMBOLS).to(p.dtype)
        return held(soft_BVS, hard_BVS) @ (one_hot + p - p.detach())

    @torch.no_grad()
    def symbols(self, code_BZ: Tensor, condition_BC: Tensor) -> Tensor:
        """[B, V, S]: what is likeliest at the steps where each voice changes, held until it changes again."""
        change_BVS, logits = self(code_BZ, condition_BC)
        return hold(logits.argmax(-1), first_changes(change_BVS) > 0)


def first_changes(logits_BVS: Tensor) -> Tensor:
    """The same logits with a sure change at the first step."""
    return torch.cat([torch.full_like(logits_BVS[..., :1], 20.0), logits_BVS[..., 1:]], -1)


def hold(symbols_BVS: Tensor, changes_BVS: Tensor) -> Tensor:
    """The symbol of the last change at each step."""
    step_S = torch.arange(symbols_BVS.shape[-1])
    last_BVS = torch.where(changes_BVS, step_S, 0).cummax(-1).values
    return symbols_BVS.gather(-1, last_BVS)


def held(soft_BVS: Tensor, hard_BVS: Tensor) -> Tensor:
    """[B, V, S, S]: 1 where a row's step sounds what was said at a column's; gradients of how likely each was."""
    steps = soft_BVS.shape[-1]
    keep_BVS = torch.cat([torch.zeros_like(soft_BVS[..., :1]), (1 - soft_BVS[..., 1:]).clamp(min=1e-5).log()], -1)
    total_BVS = keep_BVS.cumsum(-1)
    since = (total_BVS[..., :, None] - total_BVS[..., None, :]).clamp(LEAST_LOG, 0.0)
    lower_SS = torch.ones(steps, steps).tril()
    soft = since.exp() * soft_BVS[..., None, :] * lower_SS
    last_BVS = (hard_BVS * torch.arange(steps)).cummax(-1).values.long()
    return F.one_hot(last_BVS, steps).to(soft.dtype) + soft - soft.detach()
