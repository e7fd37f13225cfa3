"""The attributes of `realtime.music.attributes`, differentiable: of step-wise probabilities instead of symbols.

Shapes: B patterns, S steps, K symbols, P pitches, A attributes.

Each is the attribute's expected value where the steps are drawn independently (of a ratio: the ratio of expected
values), so on certain steps it is the attribute itself and its gradient says what another choice would change.
"""

import torch
from torch import Tensor

from realtime.music.attributes import WEAKNESS_S
from realtime.music.pattern_codec import FIRST_ONSET, PITCH_LOW, PITCHES, REST, STEPS

NEARLY = 0.998  # certainty in logarithms stops here


def sharpened(logits_BSK: Tensor) -> Tensor:
    """Probabilities squared and put in proportion: nearer to the likeliest symbol, and their gradient is a true one.

    (The likeliest symbol with the gradient of the probabilities, "straight through", makes ranges and leaps grow
    without end: each far note promises much and never pays for being there.)
    """
    return (2 * logits_BSK).softmax(-1)


def soft_attributes(p_BSK: Tensor) -> Tensor:
    """[B, A] in the order of `ATTRIBUTES`."""
    onset_BSP = p_BSK[..., FIRST_ONSET:]
    on_BS = onset_BSP.sum(-1)
    count_B = on_BS.sum(-1).clamp(min=0.5)
    pitch_P = torch.arange(PITCHES, dtype=p_BSK.dtype)
    weakness_S = torch.as_tensor(WEAKNESS_S, dtype=p_BSK.dtype)
    columns = (
        on_BS.sum(-1),
        PITCH_LOW + (onset_BSP.sum(1) @ pitch_P) / count_B,
        _range(onset_BSP, pitch_P),
        (on_BS @ weakness_S) / count_B,
        _interval(onset_BSP, on_BS, pitch_P),
        p_BSK[..., REST].mean(-1),
    )
    return torch.stack(columns, -1)


def _range(onset_BSP: Tensor, pitch_P: Tensor) -> Tensor:
    """Expected highest minus lowest pitch."""
    absent_BP = torch.log1p(-NEARLY * onset_BSP.clamp(0, 1)).sum(1)  # log P(no step begins this pitch)
    present_BP = 1 - absent_BP.exp()
    below_BP = absent_BP.cumsum(-1) - absent_BP  # log P(nothing lower)
    above_BP = absent_BP.flip(-1).cumsum(-1).flip(-1) - absent_BP
    highest_B = (pitch_P * present_BP * above_BP.exp()).sum(-1)
    lowest_B = (pitch_P * present_BP * below_BP.exp()).sum(-1)
    return highest_B - lowest_B


def _interval(onset_BSP: Tensor, on_BS: Tensor, pitch_P: Tensor) -> Tensor:
    """Expected |interval| of all pairs of steps, each weighted by the chance that nothing begins between them."""
    distance_PP = (pitch_P[:, None] - pitch_P[None, :]).abs()
    size_BSS = (onset_BSP @ distance_PP) @ onset_BSP.transpose(1, 2)
    quiet_BS = torch.log1p(-NEARLY * on_BS.clamp(0, 1)).cumsum(-1)
    before_BS = torch.cat([torch.zeros_like(quiet_BS[:, :1]), quiet_BS[:, :-1]], -1)
    later = torch.ones(STEPS, STEPS, dtype=torch.bool).tril(-1)  # [t, s]: t after s
    chance_BSS = torch.where(later, before_BS[:, :, None] - quiet_BS[:, None, :], -torch.inf).exp()
    pairs_BSS = chance_BSS * on_BS[:, :, None] * on_BS[:, None, :]
    return (chance_BSS * size_BSS).sum((1, 2)) / pairs_BSS.sum((1, 2)).clamp(min=0.5)
