"""The training side's commands as functions; `realtime.cli` imports this module only when one of them is called."""

import dataclasses
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from realtime.errors import UsageError
from realtime.music.melody_codec import MelodyCodec
from training.config import BudgetConfig, Recipe
from training.data.augment import to_arrays
from training.data.corpus import SETS, Corpus, SetSpec, load_corpus
from training.data.generated import generated_tunes
from training.loop import TrainResult, train
from training.recipes import RECIPES
from training.tasks.language_model import LanguageModelTask

log = logging.getLogger(__name__)


def train_command(
    recipe: str,
    data: Sequence[Path] = (),
    out: Path | None = None,
    *,
    device: str = "cpu",
    seed: int = 0,
    cpu_minutes: float | None = None,
) -> TrainResult:
    """Train a recipe; the best checkpoint and the log go to `out` (default `runs/<recipe>`)."""
    if device != "cpu":
        raise UsageError(f"device {device!r}: this version trains on cpu only; leave --device out")
    chosen = with_budget(find_recipe(recipe), seed=seed, cpu_minutes=cpu_minutes)
    corpus = read_data(chosen, data)
    train_tunes = [to_arrays(tune) for tune in corpus.split("train")]
    valid_tunes = [to_arrays(tune) for tune in corpus.split("valid")]
    if not train_tunes or not valid_tunes:
        raise UsageError(f"{len(train_tunes)} tunes to train on, {len(valid_tunes)} valid ones; both need one at least")
    task = LanguageModelTask(chosen, train_tunes, valid_tunes)
    return train(task, chosen.train, out or Path("runs") / recipe, describe_run(chosen, corpus, data, seed))


def find_recipe(name: str) -> Recipe:
    """The recipe of that name."""
    if name not in RECIPES:
        raise UsageError(f"no such recipe: {name!r} (one of {', '.join(RECIPES)})")
    return RECIPES[name]()


def with_budget(recipe: Recipe, *, seed: int, cpu_minutes: float | None) -> Recipe:
    """The recipe with another seed and, if given, another budget of CPU minutes (twice that by the wall clock)."""
    config = dataclasses.replace(recipe.train, seed=seed)
    if cpu_minutes is not None:
        budget = BudgetConfig(cpu_minutes=cpu_minutes, wall_minutes=2 * cpu_minutes)
        config = dataclasses.replace(config, budget=budget)
    return dataclasses.replace(recipe, train=config)


def read_data(recipe: Recipe, data: Sequence[Path]) -> Corpus:
    """The recipe's melodies; what could not be read goes to the log, and the run goes on."""
    if recipe.generated:
        return Corpus(tunes=tuple(generated_tunes(recipe.generated)))
    corpus = load_corpus(data)
    for problem in corpus.problems:
        log.warning("left out: %s", problem)
    for split in ("train", "valid"):
        log.info("%s: %d tunes, notes %s", split, len(corpus.split(split)), corpus.note_counts(split))
    return corpus


def describe_run(recipe: Recipe, corpus: Corpus, data: Sequence[Path], seed: int) -> dict[str, Any]:
    """What a checkpoint says about itself: names of data sets, no paths."""
    folders = " ".join(f"--data {folder.name}" for folder in data)
    sets = [
        {"name": name, "licence": spec.licence, "source": spec.source, "notes": notes}
        for name, notes in sorted(corpus.note_counts().items())
        for spec in [SETS.get(name, SetSpec())]
    ]
    return {
        "recipe": recipe.name,
        "command": " ".join(f"hocket train {recipe.name} {folders} --seed {seed}".split()),
        "seed": seed,
        "network": dataclasses.asdict(recipe.network),
        "codec": MelodyCodec.name,
        "codec_hash": MelodyCodec().table_hash(),
        "data": sets,
    }
