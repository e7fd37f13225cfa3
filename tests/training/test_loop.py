import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from realtime.errors import FileError, UsageError
from training.checkpoint import CHECKPOINT, load_checkpoint, read_about, save_checkpoint
from training.cli import train_command
from training.config import BudgetConfig, Recipe, TrainConfig
from training.loop import train
from training.optim import Progress, rate_at
from training.recipes import RECIPES


def test_the_debug_recipe_learns_and_repeats_itself_by_seed(tmp_path: Path) -> None:
    runs = [train_command("continue-debug", (), tmp_path / str(i), seed=seed) for i, seed in enumerate((5, 5, 6))]
    assert runs[0].steps == 10
    assert runs[0].losses[-1] < runs[0].losses[0] - 0.5
    assert runs[0].losses == runs[1].losses
    assert runs[0].best == runs[1].best
    assert runs[0].losses != runs[2].losses
    weights = [(tmp_path / str(i) / CHECKPOINT).read_bytes()[-64:] for i in range(3)]
    assert weights[0] == weights[1]
    assert weights[0] != weights[2]


def test_a_run_leaves_a_checkpoint_and_a_log(tmp_path: Path) -> None:
    result = train_command("continue-debug", (), tmp_path, seed=1)
    about = read_about(tmp_path)
    assert about["recipe"] == "continue-debug"
    assert about["command"] == "hocket train continue-debug --seed 1"
    assert about["scores"] == pytest.approx(result.best)
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == [5, 5, 10, 10]
    assert "valid.nats_per_note" in lines[-1]


def test_unknown_recipes_and_devices_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no such recipe: 'waltz' \(one of continue"):
        train_command("waltz", (), tmp_path)
    with pytest.raises(UsageError, match=r"no such device: 'abacus' \(cpu or cuda\)"):
        train_command("continue-debug", (), tmp_path, device="abacus")


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_without_a_gpu_cuda_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"^device 'cuda': PyTorch finds no CUDA GPU here; leave --device out[^\n]*$"):
        train_command("continue-debug", (), tmp_path, device="cuda")


def test_the_rate_warms_up_and_ends_near_zero() -> None:
    config = TrainConfig(budget=BudgetConfig(steps=100), learning_rate=1.0, warmup_steps=10)
    assert rate_at(0, 0.0, config) == pytest.approx(0.1)
    assert rate_at(9, 0.0, config) == pytest.approx(1.0)
    assert rate_at(50, 0.5, config) == pytest.approx(0.5)
    assert rate_at(100, 1.0, config) == pytest.approx(1e-3)


def test_the_furthest_limit_counts() -> None:
    progress = Progress(BudgetConfig(steps=10, cpu_minutes=1e6))
    assert progress.fraction(5) == pytest.approx(0.5)
    assert progress.fraction(20) == 1.0
    with pytest.raises(ValueError, match="a budget needs"):
        Progress(BudgetConfig())


class TwoNetworks:
    """As a GAN trains: the second loss must see the first network's step."""

    objective = "valid.score"

    def __init__(self) -> None:
        self.first, self.second = torch.nn.Linear(1, 1), torch.nn.Linear(1, 1)
        self.seen: list[bool] = []

    def networks(self) -> dict[str, torch.nn.Module]:
        return {"first": self.first, "second": self.second}

    def batches(self, seed: int) -> Iterator[torch.Tensor]:
        while True:
            yield torch.ones(4, 1)

    def losses(self, batch: torch.Tensor) -> Iterator[tuple[str, torch.Tensor]]:
        before = self.first.weight.item()
        yield "first", self.first(batch).square().mean()
        self.seen.append(self.first.weight.item() != before)
        yield "second", self.second(self.first(batch).detach()).square().mean()

    def evaluate(self) -> dict[str, float]:
        return {"valid.score": self.first.weight.abs().item()}


def test_each_loss_steps_its_own_network_before_the_next_is_asked_for(tmp_path: Path) -> None:
    torch.manual_seed(0)
    task = TwoNetworks()
    config = TrainConfig(budget=BudgetConfig(steps=3), bf16=False, valid_steps=10)
    result = train(task, config, tmp_path, {})
    assert task.seen == [True, True, True]
    assert len(result.losses) == 6


def test_checkpoints_are_strict(tmp_path: Path) -> None:
    net = torch.nn.Linear(2, 3)
    save_checkpoint(tmp_path, {"network": net}, {"recipe": "x"})
    other = torch.nn.Linear(2, 3)
    assert load_checkpoint(tmp_path, {"network": other}) == {"recipe": "x"}
    assert torch.equal(net.weight, other.weight)
    assert not list(tmp_path.glob("*.partial"))
    with pytest.raises(FileError, match="weights of another network"):
        load_checkpoint(tmp_path, {"network": torch.nn.Linear(4, 3)})
    with pytest.raises(FileError, match="no checkpoint"):
        read_about(tmp_path / "nowhere")
    (tmp_path / CHECKPOINT).write_bytes(b"not one")
    with pytest.raises(FileError, match="no checkpoint"):
        read_about(tmp_path)


def test_recipes_build_and_their_windows_fit_the_context() -> None:
    for name, make in RECIPES.items():
        recipe = make()
        assert recipe.name == name
        if isinstance(recipe, Recipe):
            assert recipe.windows.length <= recipe.network.max_context
        assert recipe == replace(recipe)
