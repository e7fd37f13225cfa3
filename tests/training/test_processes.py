"""Two processes that share each batch learn what one does, also when one of them is killed on the way."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from realtime.errors import UsageError
from tests.training.rank_process import recipe
from tests.training.small_task import SmallTask
from training import cli
from training.checkpoint import CHECKPOINT, read_tensors
from training.data.augment import TuneArrays
from training.data.windows import epoch
from training.place import Place
from training.split_weights import SLICES, split_networks
from training.tasks.language_model import LanguageModelTask

ROOT = Path(__file__).parents[2]
LIMIT_SECONDS = 240  # half a minute on an idle machine, of which the imports are most
pytestmark = pytest.mark.timeout(LIMIT_SECONDS + 60)
STEPS = 12
SPLIT = "--split-weights"


def torchrun(*arguments: str, restarts: int = 0) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    command += ["--max-restarts", str(restarts), "-m", *arguments]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False
    )


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return read_tensors(folder / CHECKPOINT)[0]


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[float, ...]]:
    """The same run in one process."""
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("alone")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cli, "find_recipe", lambda name: recipe(STEPS))
        return folder, cli.train_command("continue-debug", (), folder, seed=3).losses


def log(folder: Path) -> list[dict[str, float]]:
    """What was learned on the way, but for the time it took."""
    lines = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
    return [{name: value for name, value in line.items() if name != "cpu_minutes"} for line in lines]


@pytest.mark.processes
@pytest.mark.parametrize("options", [(), (SPLIT,)], ids=["whole", "split"])
def test_two_processes_of_which_one_is_killed_learn_what_one_does(
    tmp_path: Path, alone: tuple[Path, tuple[float, ...]], options: tuple[str, ...]
) -> None:
    """With whole weights in each, and with a slice of all weights in each; killed after step 7."""
    done = torchrun("tests.training.rank_process", str(tmp_path), str(STEPS), "1", "7", *options, restarts=1)
    assert done.returncode == 0, done.stderr[-3000:]
    steps, *losses = json.loads((tmp_path / "losses.json").read_text())
    assert (steps, len(losses)) == (STEPS, 7)  # from the state after step 5
    np.testing.assert_allclose(losses, alone[1][-7:], rtol=0, atol=1e-5)
    ours, theirs = log(tmp_path), log(alone[0])  # the first process writes, and it alone
    assert len(ours) == len(theirs) == 5
    for line, expected in zip(ours, theirs, strict=True):  # the steps before the kill too
        assert line == pytest.approx(expected, abs=2e-4)
    for key, value in weights(alone[0]).items():
        torch.testing.assert_close(weights(tmp_path)[key], value, rtol=0, atol=1e-4)
    kept = [folder.name for folder in tmp_path.glob(f"{SLICES}*")]
    assert kept == ([f"{SLICES}{STEPS}"] if options else [])
    if options:  # each process wrote about half
        sizes = [file.stat().st_size for file in (tmp_path / kept[0]).glob("*.distcp")]
        assert len(sizes) == 2
        assert max(sizes) < 1.2 * min(sizes)


def test_weights_are_split_among_several_processes_only(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"^--split-weights needs several processes: start it by torchrun [^\n]*$"):
        cli.train_command("continue-debug", (), tmp_path, split_weights=True)


def test_tasks_that_do_not_say_their_layers_keep_their_weights_whole() -> None:
    task = SmallTask()
    with pytest.raises(UsageError, match=r"^SmallTask keeps its weights whole: .*leave --split-weights out$"):
        split_networks(task, task.networks(), Place(world=2, split_weights=True))


def test_the_parts_of_a_batch_make_up_the_whole(tunes: list[TuneArrays]) -> None:
    made = recipe(1)
    task = LanguageModelTask(made, tunes[:6], tunes[6:])
    batch = next(epoch(tunes, made.windows, made.augment, np.random.default_rng(0)))
    (whole,) = (loss for _, loss in task.losses(batch))
    for world in (2, 3, 100):
        parts = [Place(rank=rank, world=world).shard(task, batch) for rank in range(world)]
        assert sum(share for _, share in parts) == pytest.approx(1.0)
        total = sum(float(loss.detach()) * share for part, share in parts for _, loss in task.losses(part))
        assert total == pytest.approx(float(whole.detach()), abs=1e-5)


def test_arrays_are_shared_by_rows_and_other_batches_are_refused() -> None:
    place = Place(rank=1, world=2)
    rows, share = place.shard(object(), np.arange(5))
    assert (rows.tolist(), share) == ([1, 3], 0.4)
    with pytest.raises(UsageError, match="object cannot be shared between processes"):
        place.shard(object(), {"a": 1})
