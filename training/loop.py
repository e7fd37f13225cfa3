"""The one training loop: any task, AdamW, warm-up and cosine to 0 within a budget, EMA weights, best on valid kept.

The same loop runs in one process or in several that share each batch, and goes on after a kill where it stood.
"""

import logging
import random
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from training.checkpoint import CHECKPOINT, Parts, copy_weights, weights_of, write_tensors
from training.config import TrainConfig
from training.optim import EMA_WARMUP_STEPS, Progress, make_optimizer, rate_at, set_rate, update_average
from training.place import Place, shared_gradients
from training.report import Pictured, Report
from training.split_weights import drop_slices, save_slices, split_networks, whole
from training.state import STATE, LoopState, load_state, save_state, set_random_states, torch_state
from training.tasks.base import Task

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainResult:
    """What a run came to. `losses`: of this process's own steps, not of those before a kill."""

    steps: int
    cpu_minutes: float
    best: dict[str, float]
    losses: tuple[float, ...]


def train(
    task: Task,
    config: TrainConfig,
    out: Path,
    about: Mapping[str, Any],
    *,
    resume: bool = False,
    place: Place | None = None,
) -> TrainResult:
    """Train until the budget is used up. `out` gets the best checkpoint, `about` in its header, and `log.jsonl`.

    `resume`: go on from the state that a killed run left in `out`, if there is one.
    """
    out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(config.threads)
    run = Run(task, config, out, about, place or Place())
    try:
        return run.to_end(run.resumed() if resume and (out / STATE).is_file() else run.begun())
    finally:
        run.report.close()


class Run:
    """One run: the task's networks with all that changes from step to step."""

    def __init__(self, task: Task, config: TrainConfig, out: Path, about: Mapping[str, Any], place: Place) -> None:
        self.task, self.config, self.out, self.about, self.place = task, config, out, about, place
        networks = {name: network.to(place.device) for name, network in task.networks().items()}
        if place.split_weights:
            split_networks(task, networks, place)
        self.parts = Parts(
            networks=networks,
            average=copy_weights(networks),
            optimizers={name: make_optimizer(network, config) for name, network in networks.items()},
        )
        self.identity = {"train": asdict(config), **({"split_weights": True} if place.split_weights else {}), **about}
        self.gradients = shared_gradients(networks, place)
        self.report = Report(out, active=place.first)
        self.state = LoopState()
        self.progress = Progress(config.budget)
        self.losses: list[float] = []

    def begun(self) -> Iterator[Any]:
        """The batches of a new run."""
        seed = self.config.seed
        random.seed(seed)
        np.random.seed(seed)
        torch.manual_seed(seed + 1_000_003 * self.place.rank)
        if self.place.first:
            (self.out / STATE).unlink(missing_ok=True)  # another run's
            drop_slices(self.out)
        self.state.bf16 = bool(self.place.from_first(self._wants_bf16()))
        self.report.begin(0)
        return self.task.batches(seed)

    def resumed(self) -> Iterator[Any]:
        """The batches that are left of a killed run, with all else as it was then."""
        self.state, random_states = load_state(self.out, self.parts, self.identity)
        self.progress = Progress(
            self.config.budget, cpu_before=self.state.cpu_minutes, wall_before=self.state.wall_minutes
        )
        self.report.begin(self.state.step)
        if hasattr(self.task, "steps"):
            self.task.steps = self.state.step
        log.info("%s: resumed after step %d", self.out, self.state.step)
        batches = self.task.batches(self.config.seed)
        for _ in range(self.state.step):
            next(batches)
        set_random_states(random_states, self.place.rank)
        return batches

    def to_end(self, batches: Iterator[Any]) -> TrainResult:
        """Step until the budget is used up."""
        state, config = self.state, self.config
        fraction = self.place.from_first(self.progress.fraction(state.step))
        while fraction < 1.0:
            self._learn(next(batches), fraction)
            state.step += 1
            decay = min(config.ema_decay, state.step / (state.step + EMA_WARMUP_STEPS))
            update_average(self.parts.average, self.parts.networks, decay)
            fraction = self.place.from_first(self.progress.fraction(state.step))
            self.report.done(fraction)
            if state.step % config.log_steps == 0:
                self._log({"loss": round(sum(state.recent) / len(state.recent), 4)})
            validates = state.step % config.valid_steps == 0 or fraction >= 1.0
            if validates:
                self._validate()
            if validates or state.step % config.save_steps == 0:
                self._save()
        return TrainResult(
            steps=state.step, cpu_minutes=self.progress.cpu_minutes, best=state.best, losses=tuple(self.losses)
        )

    def _learn(self, batch: Any, fraction: float) -> None:
        """One step of each network that the task names."""
        place, recent = self.place, self.state.recent
        set_rate(self.parts.optimizers, rate_at(self.state.step, fraction, self.config))
        piece, share = place.shard(self.task, batch)
        with torch.autocast(place.device.type, torch.bfloat16, enabled=self.state.bf16):
            for name, loss in self.task.losses(piece):
                _step(
                    self.parts.networks[name],
                    self.parts.optimizers[name],
                    self.gradients(loss * (share * place.world)) if place.world > 1 else loss,
                    self.config.clip_norm,
                )
                self.losses.append(place.total(loss * share))
                recent.append(self.losses[-1])
        del recent[: -self.config.log_steps]

    def _validate(self) -> None:
        """Score the averaged weights; the best ones become the checkpoint.

        In the first process, and in all where each has a slice of the weights only.
        """
        place, best = self.place, self.state.best
        if not (place.first or place.split_weights):
            return
        with averaged(self.task, self.parts.average):
            scores = self.task.evaluate()
            self._log(scores)
            better = not best or scores[self.task.objective] < best[self.task.objective]
            if place.from_first(better) if place.split_weights else better:
                self.state.best = scores
                self._keep_weights(scores)
            if self.report.shows_pictures and isinstance(self.task, Pictured) and not place.split_weights:
                self.report.pictures(self.task.pictures(), self.state.step)

    def _keep_weights(self, scores: Mapping[str, float]) -> None:
        """The checkpoint: one file of whole tensors."""
        tensors = whole(weights_of(self.parts.networks))
        if self.place.first:
            used = {"step": self.state.step, "cpu_minutes": self.progress.cpu_minutes, "scores": scores}
            write_tensors(self.out / CHECKPOINT, tensors, {**self.about, **used})

    def _save(self) -> None:
        """Everything to go on from; the processes' random states are gathered by the first one."""
        states = self.place.gathered(torch_state())
        if self.place.split_weights:
            self.state.slices = save_slices(self.out, self.state.step, self.parts, self.place)
        if self.place.first:
            self.state.cpu_minutes, self.state.wall_minutes = self.progress.cpu_minutes, self.progress.wall_minutes
            save_state(self.out, self.state, self.parts, self.identity, states)
            drop_slices(self.out, kept=self.state.slices)

    def _log(self, values: Mapping[str, float]) -> None:
        self.report.line({"step": self.state.step, "cpu_minutes": round(self.progress.cpu_minutes, 2), **values})

    def _wants_bf16(self) -> bool:
        if self.config.bf16 is not None:
            return self.config.bf16
        return torch.cuda.is_bf16_supported() if self.place.device.type == "cuda" else bf16_is_faster()


def bf16_is_faster(size: int = 768, repeats: int = 12) -> bool:
    """Whether a matrix product in bf16 beats fp32 here: 4-5 times on some CPUs, half as fast on others."""
    seconds = []
    for kind in (torch.float32, torch.bfloat16):
        a, b = torch.ones(size, size).to(kind), torch.ones(size, size).to(kind)
        times = []
        for _ in range(repeats):
            start = time.perf_counter()
            a @ b
            times.append(time.perf_counter() - start)
        seconds.append(min(times))
    log.info("a product takes %.2f ms in fp32, %.2f ms in bf16", 1e3 * seconds[0], 1e3 * seconds[1])
    return seconds[1] < 0.8 * seconds[0]


def _step(network: nn.Module, optimizer: torch.optim.Optimizer, loss: Tensor, clip_norm: float) -> None:
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(network.parameters(), clip_norm)
    optimizer.step()


@contextmanager
def averaged(task: Task, average: Mapping[str, dict[str, Tensor]]) -> Iterator[None]:
    """The networks with their averaged weights; then the present ones are put back."""
    present = copy_weights(task.networks())
    _load(task, average)
    yield
    _load(task, present)


def _load(task: Task, weights: Mapping[str, dict[str, Tensor]]) -> None:
    for name, network in task.networks().items():
        network.load_state_dict(weights[name])
