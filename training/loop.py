"""The one training loop: any task, AdamW, warm-up and cosine to 0 within a budget, EMA weights, best on valid kept."""

import json
import logging
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from training.checkpoint import copy_weights, save_checkpoint
from training.config import BudgetConfig, TrainConfig
from training.tasks.base import Task

log = logging.getLogger(__name__)
EMA_WARMUP_STEPS = 20  # the average starts short: after n steps it looks back about n / 2 steps at most
FIRST_RATE_SHARE = 1e-3  # of the learning rate, never quite 0: AdamW with rate 0 still costs a step


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainResult:
    """What a run came to."""

    steps: int
    cpu_minutes: float
    best: dict[str, float]
    losses: tuple[float, ...]


class Progress:
    """How much of the budget is used up, 0..1, in steps, CPU or wall minutes, whichever is furthest."""

    def __init__(self, budget: BudgetConfig) -> None:
        if budget.steps is None and budget.cpu_minutes is None and budget.wall_minutes is None:
            raise ValueError("a budget needs steps, cpu_minutes or wall_minutes, got none")
        self._budget = budget
        self._cpu_start, self._wall_start = time.process_time(), time.monotonic()

    @property
    def cpu_minutes(self) -> float:
        """CPU minutes of this process since the start, all threads."""
        return (time.process_time() - self._cpu_start) / 60

    def fraction(self, step: int) -> float:
        """The share used up after `step` steps."""
        used = [0.0]
        if self._budget.steps is not None:
            used.append(step / self._budget.steps)
        if self._budget.cpu_minutes is not None:
            used.append(self.cpu_minutes / self._budget.cpu_minutes)
        if self._budget.wall_minutes is not None:
            used.append((time.monotonic() - self._wall_start) / 60 / self._budget.wall_minutes)
        return min(1.0, max(used))


def train(task: Task, config: TrainConfig, out: Path, about: Mapping[str, Any]) -> TrainResult:
    """Train until the budget is used up. `out` gets the best checkpoint, `about` in its header, and `log.jsonl`."""
    out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(config.threads)
    torch.manual_seed(config.seed)
    networks = task.networks()
    optimizers = {name: make_optimizer(network, config) for name, network in networks.items()}
    average = copy_weights(networks)
    progress, step, losses = Progress(config.budget), 0, []
    best: dict[str, float] = {}
    bf16 = bf16_is_faster() if config.bf16 is None else config.bf16
    for batch in task.batches(config.seed):
        fraction = progress.fraction(step)
        set_rate(optimizers, rate_at(step, fraction, config))
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            for name, loss in task.losses(batch):
                _step(networks[name], optimizers[name], loss, config.clip_norm)
                losses.append(loss.item())
        step += 1
        update_average(average, networks, min(config.ema_decay, step / (step + EMA_WARMUP_STEPS)))
        if step % config.log_steps == 0:
            recent = sum(losses[-config.log_steps :]) / config.log_steps
            _report(out, {"step": step, "cpu_minutes": round(progress.cpu_minutes, 2), "loss": round(recent, 4)})
        done = progress.fraction(step) >= 1.0
        if step % config.valid_steps == 0 or done:
            scores = evaluate_average(task, average)
            _report(out, {"step": step, "cpu_minutes": round(progress.cpu_minutes, 2), **scores})
            if not best or scores[task.objective] < best[task.objective]:
                best = scores
                used = {"step": step, "cpu_minutes": progress.cpu_minutes, "scores": scores}
                _save(out, task, average, {**about, **used})
        if done:
            break
    return TrainResult(steps=step, cpu_minutes=progress.cpu_minutes, best=best, losses=tuple(losses))


def bf16_is_faster(size: int = 768, repeats: int = 12) -> bool:
    """Whether a matrix product in bf16 beats fp32 here: 4-5 times on some CPUs, half as fast on others."""
    seconds = []
    for kind in (torch.float32, torch.bfloat16):
        a, b = torch.randn(size, size).to(kind), torch.randn(size, size).to(kind)
        times = []
        for _ in range(repeats):
            start = time.perf_counter()
            a @ b
            times.append(time.perf_counter() - start)
        seconds.append(min(times))
    log.info("a product takes %.2f ms in fp32, %.2f ms in bf16", 1e3 * seconds[0], 1e3 * seconds[1])
    return seconds[1] < 0.8 * seconds[0]


def make_optimizer(network: nn.Module, config: TrainConfig) -> torch.optim.Optimizer:
    """AdamW; weight decay on matrices only."""
    parameters = [p for p in network.parameters() if p.requires_grad]
    groups = [
        {"params": [p for p in parameters if p.dim() > 1], "weight_decay": config.weight_decay},
        {"params": [p for p in parameters if p.dim() <= 1], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=config.learning_rate, betas=(0.9, 0.95), foreach=True)


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


def _step(network: nn.Module, optimizer: torch.optim.Optimizer, loss: Tensor, clip_norm: float) -> None:
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(network.parameters(), clip_norm)
    optimizer.step()


@torch.no_grad()
def update_average(average: Mapping[str, dict[str, Tensor]], networks: Mapping[str, nn.Module], decay: float) -> None:
    """Move the averaged weights towards the present ones by 1 - decay."""
    for name, network in networks.items():
        pairs = [(average[name][k], v) for k, v in network.state_dict().items() if v.is_floating_point()]
        torch._foreach_lerp_([a for a, _ in pairs], [v for _, v in pairs], 1.0 - decay)


def evaluate_average(task: Task, average: Mapping[str, dict[str, Tensor]]) -> dict[str, float]:
    """Scores of the averaged weights; the present ones are put back."""
    present = copy_weights(task.networks())
    _load(task, average)
    scores = task.evaluate()
    _load(task, present)
    return scores


def _save(out: Path, task: Task, average: Mapping[str, dict[str, Tensor]], about: Mapping[str, Any]) -> None:
    present = copy_weights(task.networks())
    _load(task, average)
    save_checkpoint(out, task.networks(), about)
    _load(task, present)


def _load(task: Task, weights: Mapping[str, dict[str, Tensor]]) -> None:
    for name, network in task.networks().items():
        network.load_state_dict(weights[name])


def _report(out: Path, line: Mapping[str, float]) -> None:
    log.info(" ".join(f"{key}={value:.4g}" for key, value in line.items() if not key.endswith(".events")))
    with (out / "log.jsonl").open("a", encoding="utf-8") as text:
        text.write(json.dumps(line) + "\n")
