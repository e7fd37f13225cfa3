"""A task that uses every kind of chance a task may use, small enough to train in a blink.

python -m tests.training.small_task OUT STEPS DIE_AFTER   # trains, and kills itself like a crash would
"""

import os
import random
import signal
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from training.config import BudgetConfig, TrainConfig
from training.loop import TrainResult, train


class SmallTask:
    objective = "valid.error"

    def __init__(self, die_after: int = 0, how: str = "kill") -> None:
        torch.manual_seed(1)
        self.net = nn.Sequential(nn.Linear(4, 8), nn.Dropout(0.3), nn.Linear(8, 1))
        self.steps, self.die_after, self.how = 0, die_after, how

    def networks(self) -> Mapping[str, nn.Module]:
        return {"net": self.net}

    def batches(self, seed: int) -> Iterator[Tensor]:
        rng = np.random.default_rng(seed)
        while True:
            yield torch.from_numpy(rng.normal(size=(6, 4)).astype(np.float32))

    def losses(self, batch: Tensor) -> Iterator[tuple[str, Tensor]]:
        self.steps += 1
        if self.steps == self.die_after:
            if self.how == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            raise RuntimeError("as if the power went")
        wanted = batch.sum(1, keepdim=True) + random.random() + np.random.random() + 0.01 * self.steps
        yield "net", (self.net(batch) - wanted).square().mean()

    @torch.no_grad()
    def evaluate(self) -> dict[str, float]:
        return {"valid.error": float((self.net(torch.ones(3, 4)) - 4).square().mean())}


def config(steps: int) -> TrainConfig:
    return TrainConfig(
        budget=BudgetConfig(steps=steps), bf16=False, warmup_steps=2, valid_steps=7, log_steps=4, save_steps=3
    )


def run(out: Path, steps: int, die_after: int = 0, *, how: str = "kill", resume: bool = False) -> TrainResult:
    return train(SmallTask(die_after, how), config(steps), out, {"recipe": "small"}, resume=resume)


if __name__ == "__main__":
    run(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
