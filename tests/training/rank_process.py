"""One process of a run under torchrun; one of them may kill itself, the first time only.

torchrun --nproc-per-node 2 -m tests.training.rank_process OUT STEPS [RANK AFTER_STEPS] [--split-weights]
"""

import dataclasses
import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from torch import Tensor

from training import __main__ as entry
from training import cli, continuation
from training.config import BudgetConfig, Recipe
from training.loop import TrainResult
from training.recipes import RECIPES
from training.tasks.language_model import LanguageModelTask


class DyingTask(LanguageModelTask):
    steps_left = -1

    def losses(self, batch: Any) -> Iterator[tuple[str, Tensor]]:
        DyingTask.steps_left -= 1
        if DyingTask.steps_left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().losses(batch)


def recipe(steps: int) -> Recipe:
    made = RECIPES["continue-debug"]()
    assert isinstance(made, Recipe)
    config = dataclasses.replace(made.train, budget=BudgetConfig(steps=steps), save_steps=4)
    return dataclasses.replace(made, train=config)


def run(out: Path, steps: int, dies_after: int, options: list[str]) -> None:
    """The entry that torchrun starts, on another recipe; what came of it goes to losses.json."""
    cli.find_recipe = lambda name: recipe(steps)
    continuation.LanguageModelTask = DyingTask  # type: ignore[misc]
    DyingTask.steps_left = dies_after
    entry.train_command = lambda *args, **options: keep(out, cli.train_command(*args, **options))
    sys.argv[1:] = ["continue-debug", "--out", str(out), "--seed", "3", "--resume", *options]
    assert entry.main() == 0


def keep(out: Path, result: TrainResult) -> None:
    if os.environ["RANK"] == "0":
        (out / "losses.json").write_text(json.dumps([result.steps, *result.losses]))


if __name__ == "__main__":
    folder, count, *fate = [word for word in sys.argv[1:] if not word.startswith("--")]
    first_time = os.environ["TORCHELASTIC_RESTART_COUNT"] == "0"
    mine = bool(fate) and fate[0] == os.environ["RANK"] and first_time
    given = [word for word in sys.argv[1:] if word.startswith("--")]
    run(Path(folder), int(count), int(fate[1]) if mine else -1, given)
