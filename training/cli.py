"""The training side's commands as functions; `realtime.cli` imports this module only when one of them is called."""

import dataclasses
import logging
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from realtime.bundle.store import Bundle, load_bundle
from realtime.errors import FileError, UsageError
from training.checkpoint import read_about
from training.config import AnyRecipe, BudgetConfig
from training.data.corpus import ReadConfig
from training.data.sets import SetSpec
from training.evaluate.card import write_card
from training.inputs import cache_folder, data_of, left_out_by, log_problems, read_data, write_inputs
from training.kinds import AnyCorpus, kind_of, kind_of_bundle
from training.loop import TrainResult, train
from training.place import open_place
from training.recipes import RECIPES
from training.tasks.base import Task
from training.tasks.language_model import LanguageModelTask
from training.warm_start import warm_start

log = logging.getLogger(__name__)


def train_command(
    recipe: str,
    data: Sequence[Path] = (),
    out: Path | None = None,
    *,
    device: str = "cpu",
    seed: int = 0,
    cpu_minutes: float | None = None,
    resume: bool = False,
    leave_out: Sequence[Path] = (),
    init: Path | None = None,
    split_weights: bool = False,
) -> TrainResult:
    """Train a recipe; the best checkpoint and the log go to `out` (default `runs/<recipe>`).

    `resume`: go on where a killed run in `out` stood; from the start if there is none. `leave_out`:
    text files with names of tunes not to read. `init`: a run whose weights to start from. `split_weights`: over the
    processes that torchrun started.
    """
    place = open_place(device, split_weights=split_weights)
    show_log(quiet=not place.first)
    chosen = with_budget(find_recipe(recipe), seed=seed, cpu_minutes=cpu_minutes)
    kind = kind_of(chosen)
    if place.device.type not in kind.devices:
        raise UsageError(f"{recipe} trains on {' or '.join(kind.devices)} only; leave --device out")
    folder = out or Path("runs") / recipe
    folder.mkdir(parents=True, exist_ok=True)
    with place.in_turn():  # the first one fills the cache
        corpus = read_data(chosen, data, run=folder, leave_out=leave_out)
    check_sides(corpus)
    if place.first:
        write_inputs(folder, data, corpus, leave_out)
    torch.manual_seed(seed)
    about = describe_run(chosen, corpus, data)
    task = kind.side.make_task(chosen, corpus)
    if init is not None:
        start_from(task, init)
    result = train(task, chosen.train, folder, about, resume=resume, place=place)
    place.leave()
    return result


def list_command() -> list[dict[str, Any]]:
    """The recipes, with what a run of each is to cost."""
    return [
        {
            "name": recipe.name,
            "kind": recipe.kind,
            "title": recipe.title,
            "devices": kind_of(recipe).devices,
            "minutes": recipe.train.budget.cpu_minutes,
            "steps": recipe.train.budget.steps,
        }
        for recipe in (make() for make in RECIPES.values())
    ]


def check_sides(corpus: AnyCorpus) -> None:
    """Raises `FileError` where there is nothing to train on or nothing to select on."""
    to_train, to_select = (len(corpus.split(side)) for side in ("train", "valid"))
    if not (to_train and to_select):
        raise FileError(f"{to_train} tunes to train on and {to_select} valid ones; both need at least one")


def start_from(task: Task, run: Path) -> None:
    """Load another run's weights. Raises `UsageError` for a kind that cannot."""
    if not isinstance(task, LanguageModelTask):
        raise UsageError("--init goes on from another run of the continue kind only; leave it out")
    warm_start(task.network, run)


def export_command(run_dir: Path, out: Path) -> Bundle:
    """Make a bundle of a run's best checkpoint, with its valid scores beside those of a plain baseline."""
    show_log()
    torch.set_num_threads(1)
    about = read_about(run_dir)
    recipe = find_recipe(about["recipe"])
    corpus = read_data(recipe, data_of(run_dir), run=run_dir, leave_out=left_out_by(run_dir))
    return kind_of(recipe).side.export_run(run_dir, recipe, about, corpus, out)


def evaluate_command(bundle: Path, data: Sequence[Path] = (), *, card: Path | None = None) -> dict[str, Any]:
    """Scores of an exported bundle on held-out music, a plain baseline's beside them, and the copy gate.

    Scored are the pieces an index.csv calls "test", else the "valid" ones; all of a folder without an index.csv.
    `card`: a folder for a model card with pictures.
    """
    loaded = load_bundle(bundle)
    kind = kind_of_bundle(loaded)
    corpus = kind.load(data, config=ReadConfig(unlabelled="test" if data else None, cache=cache_folder(None)))
    log_problems(corpus)
    split = next(name for name in ("test", "valid", "train") if corpus.split(name))
    report = kind.side.evaluate(loaded, corpus, split)
    if card is not None:
        write_card(loaded, report, corpus.split(split), card)
    return report


def show_log(*, quiet: bool = False) -> None:
    """Log lines to stderr, unless the program has set up logging of its own. `quiet`: only errors."""
    logging.basicConfig(level=logging.ERROR if quiet else logging.INFO, format="%(asctime)s %(message)s")


def find_recipe(name: str) -> AnyRecipe:
    """The recipe of that name."""
    if name not in RECIPES:
        raise UsageError(f"no such recipe: {name!r} (one of {', '.join(RECIPES)})")
    return RECIPES[name]()


def with_budget(recipe: AnyRecipe, *, seed: int, cpu_minutes: float | None) -> AnyRecipe:
    """The recipe with another seed and, if given, another budget of CPU minutes (twice that by the wall clock)."""
    config = dataclasses.replace(recipe.train, seed=seed)
    if cpu_minutes is not None:
        budget = BudgetConfig(cpu_minutes=cpu_minutes, wall_minutes=2 * cpu_minutes)
        config = dataclasses.replace(config, budget=budget)
    return dataclasses.replace(recipe, train=config)


def describe_run(recipe: AnyRecipe, corpus: AnyCorpus, data: Sequence[Path]) -> dict[str, Any]:
    """What a checkpoint says about itself: names of data sets, no paths."""
    kind = kind_of(recipe)
    codec = kind.codec()
    folders = " ".join(f"--data {folder.name}" for folder in data)
    minutes = recipe.train.budget.cpu_minutes
    budget = f"--minutes {minutes:g}" if minutes is not None else ""
    sets = [
        {"name": name, "licence": spec.licence, "source": spec.source, "notes": notes}
        for name, notes in sorted(corpus.note_counts().items())
        for spec in [kind.sets.get(name, SetSpec())]
    ]
    return {
        "recipe": recipe.name,
        "command": " ".join(f"hocket train {recipe.name} {folders} {budget} --seed {recipe.train.seed}".split()),
        "commit": current_commit(),
        "seed": recipe.train.seed,
        "network": dataclasses.asdict(recipe.network),
        "codec": codec.name,
        "codec_hash": codec.table_hash(),
        "data": sets,
    }


def current_commit() -> str:
    """Short hash of the checkout this runs from; empty where there is none."""
    command = ["git", "rev-parse", "--short", "HEAD"]
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0"}
    try:
        done = subprocess.run(
            command, cwd=Path(__file__).parent, env=environment, capture_output=True, text=True, check=True, timeout=10
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()
