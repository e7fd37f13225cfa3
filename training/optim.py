"""The optimiser's side of the loop: AdamW, learning rate, averaged weights, how much of the budget is used up."""

import math
import time
from collections.abc import Mapping
from typing import Final

import torch
from torch import Tensor, nn

from training.config import BudgetConfig, TrainConfig

EMA_WARMUP_STEPS: Final = 20  # the average starts short: after n steps it looks back about n / 2 steps at most
FIRST_RATE_SHARE: Final = 1e-3  # of the learning rate, never quite 0: AdamW with rate 0 still costs a step


class Progress:
    """How much of the budget is used up, 0..1, in steps, CPU or wall minutes, whichever is furthest.

    `cpu_before`, `wall_before`: minutes used before a kill, by the run that this one goes on with.
    """

    def __init__(self, budget: BudgetConfig, *, cpu_before: float = 0.0, wall_before: float = 0.0) -> None:
        if budget.steps is None and budget.cpu_minutes is None and budget.wall_minutes is None:
            raise ValueError("a budget needs steps, cpu_minutes or wall_minutes, got none")
        self._budget = budget
        self._cpu_start = time.process_time() - 60 * cpu_before
        self._wall_start = time.monotonic() - 60 * wall_before

    @property
    def cpu_minutes(self) -> float:
        """CPU minutes of this process since the start, all threads."""
        return (time.process_time() - self._cpu_start) / 60

    @property
    def wall_minutes(self) -> float:
        """Minutes since the start."""
        return (time.monotonic() - self._wall_start) / 60

    def fraction(self, step: int) -> float:
        """The share used up after `step` steps."""
        used = [0.0]
        if self._budget.steps is not None:
            used.append(step / self._budget.steps)
        if self._budget.cpu_minutes is not None:
            used.append(self.cpu_minutes / self._budget.cpu_minutes)
        if self._budget.wall_minutes is not None:
            used.append(self.wall_minutes / self._budget.wall_minutes)
        return min(1.0, max(used))


def make_optimizer(network: nn.Module, config: TrainConfig) -> torch.optim.Optimizer:
    """AdamW; weight decay on matrices only."""
    parameters = [p for p in network.parameters() if p.requires_grad]
    groups = [
        {"params": [p for p in parameters if p.dim() > 1], "weight_decay": config.weight_decay},
        {"params": [p for p in parameters if p.dim() <= 1], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=config.learning_rate, betas=config.betas, foreach=True)


def rate_at(step: int, fraction: float, config: TrainConfig) -> float:
    """Linear warm-up times a cosine from 1 at the budget's start to 0 at its end."""
    warm = min(1.0, (step + 1) / max(1, config.warmup_steps))
    cosine = 0.5 + 0.5 * math.cos(math.pi * fraction)
    return config.learning_rate * max(FIRST_RATE_SHARE, warm * cosine)


def set_rate(optimizers: Mapping[str, torch.optim.Optimizer], rate: float) -> None:
    """Set every optimiser's learning rate."""
    for optimizer in optimizers.values():
        for group in optimizer.param_groups:
            group["lr"] = rate


@torch.no_grad()
def update_average(average: Mapping[str, dict[str, Tensor]], networks: Mapping[str, nn.Module], decay: float) -> None:
    """Move the averaged weights towards the present ones by 1 - decay."""
    for name, network in networks.items():
        pairs = [(average[name][k], v) for k, v in network.state_dict().items() if v.is_floating_point()]
        torch._foreach_lerp_([a for a, _ in pairs], [v for _, v in pairs], 1.0 - decay)
