"""The quartet's critic: how much two bars of four voices look like real ones.

Shapes: B pieces, V voices, S steps, K symbols, C condition, Q pitch classes, P pairs of voices, H width.

Besides the voices it hears what makes harmony: where voices change, which pitch classes sound together, and the
intervals between each two voices. All of it is smooth in its input, so that gradients of gradients exist.
"""

from itertools import combinations
from typing import Final

import torch
import torch.nn.functional as F  # noqa: N812  torch's own name for it
from torch import Tensor, nn

from realtime.generators.quartet_code import CONDITION
from realtime.music.chorale import STEPS, SYMBOLS, VOICES
from training.networks.pattern_vae import TimeConv
from training.networks.quartet_encoder import CLASSES, pitch_classes

PAIRS: Final = tuple(combinations(range(VOICES), 2))
STREAMS: Final = VOICES + 2 * CLASSES + len(PAIRS) * CLASSES
SLOPE: Final = 0.2


class Critic(nn.Module):
    """Rolls -> scores, higher where they look more like music. `streams`: also hears onsets, chroma and intervals."""

    classes_KQ: Tensor
    interval_QQQ: Tensor  # [144, Q]: how far apart two pitch classes are

    def __init__(self, width: int, *, streams: bool = True) -> None:
        super().__init__()
        self.streams = streams
        self.voices = nn.Linear(VOICES * SYMBOLS, width)
        self.extra = nn.Linear(STREAMS, width) if streams else None
        self.near = TimeConv(width, width, 3)
        self.shorter = TimeConv(width, width, 4, stride=2)
        self.shortest = TimeConv(width, width, 4, stride=2)
        self.whole = nn.Linear(STEPS // 4 * width + CONDITION, 2 * width)
        self.out = nn.Linear(2 * width + 1, 1)
        self.register_buffer("classes_KQ", pitch_classes(), persistent=False)
        apart = (torch.arange(CLASSES)[:, None] - torch.arange(CLASSES)) % CLASSES
        self.register_buffer("interval_QQQ", F.one_hot(apart.flatten(), CLASSES).float(), persistent=False)
        self.upper, self.lower = ([pair[i] for pair in PAIRS] for i in range(2))

    def forward(self, roll_BVSK: Tensor, condition_BC: Tensor) -> Tensor:
        """scores_B."""
        whole = self._whole(roll_BVSK, condition_BC)
        alike = (whole.var(0) + 1e-6).sqrt().mean().expand(len(whole), 1)  # a batch of copies gives itself away
        return self.out(torch.cat([whole, alike], -1))[:, 0]

    def plain(self, roll_BVSK: Tensor, condition_BC: Tensor) -> Tensor:
        """scores_B of pieces that are no batch: the same up to a number that all share."""
        whole = self._whole(roll_BVSK, condition_BC)
        return self.out(F.pad(whole, (0, 1)))[:, 0]

    def _whole(self, roll_BVSK: Tensor, condition_BC: Tensor) -> Tensor:
        x = self.voices(roll_BVSK.transpose(1, 2).flatten(2))
        if self.extra is not None:
            x = x + self.extra(self.heard(roll_BVSK))
        for layer in (self.near, self.shorter, self.shortest):
            x = layer(F.leaky_relu(x, SLOPE))
        flat = F.leaky_relu(x, SLOPE).flatten(1)
        return F.leaky_relu(self.whole(torch.cat([flat, condition_BC], -1)), SLOPE)

    def heard(self, roll_BVSK: Tensor) -> Tensor:
        """[B, S, STREAMS]: changes of each voice, chroma of all and of the bass, intervals between each two."""
        same = (roll_BVSK[:, :, 1:] * roll_BVSK[:, :, :-1]).sum(-1)
        change_BVS = F.pad(1 - same, (1, 0))
        chroma_BVSQ = roll_BVSK @ self.classes_KQ
        both = chroma_BVSQ[:, self.upper, :, :, None] * chroma_BVSQ[:, self.lower, :, None]
        intervals_BPSQ = both.flatten(-2) @ self.interval_QQQ
        intervals = intervals_BPSQ.transpose(1, 2).flatten(2)
        return torch.cat([change_BVS.transpose(1, 2), chroma_BVSQ.sum(1), chroma_BVSQ[:, -1], intervals], -1)


def gradient_penalty(critic: Critic, real_BVSK: Tensor, fake_BVSK: Tensor, condition_BC: Tensor) -> Tensor:
    """(|gradient| - 1)^2 at places between real and generated, the norm over all of a piece (Gulrajani et al. 2017)."""
    place = torch.rand(len(real_BVSK), 1, 1, 1)
    between = torch.lerp(fake_BVSK, real_BVSK, place).requires_grad_()
    (gradient,) = torch.autograd.grad(critic(between, condition_BC).sum(), between, create_graph=True)
    return (gradient.flatten(1).norm(dim=1) - 1).square().mean()
