"""The training side's commands as functions; `realtime.cli` imports this module only when one of them is called."""

import dataclasses
import logging
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import torch

from realtime.bundle.store import Bundle, load_bundle
from realtime.errors import BundleError, FileError, UsageError
from realtime.music.melody_codec import MelodyCodec
from realtime.music.pattern_codec import PatternCodec
from training import morph
from training.checkpoint import load_checkpoint, read_about
from training.config import AnyRecipe, BudgetConfig, PatternRecipe
from training.data.augment import TuneArrays
from training.data.corpus import Corpus, ReadConfig, load_corpus
from training.data.sets import SETS, SetSpec
from training.evaluate.card import write_card
from training.evaluate.copying import copy_gate
from training.evaluate.melody import default_memory, open_stepper, score_tunes, scores_of
from training.evaluate.ngram import MelodyNGram, NGramConfig, best_ngram, cross_validated
from training.export.exporter import ExportAbout, export_continue, trained_by
from training.inputs import arrays_of, cache_folder, data_of, left_out_by, log_problems, read_data, write_inputs
from training.loop import TrainResult, train
from training.networks.transformer import MelodyTransformer, TransformerConfig
from training.place import open_place
from training.recipes import RECIPES
from training.tasks.base import Task
from training.tasks.language_model import LanguageModelTask
from training.warm_start import warm_start

log = logging.getLogger(__name__)
DEFAULT_KEEP: Final = 192


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
) -> TrainResult:
    """Train a recipe; the best checkpoint and the log go to `out` (default `runs/<recipe>`).

    `resume`: go on where a killed run in `out` stood; from the start if there is none. `leave_out`:
    text files with names of tunes not to read. `init`: a run whose weights to start from.
    """
    place = open_place(device)
    show_log(quiet=not place.first)
    chosen = with_budget(find_recipe(recipe), seed=seed, cpu_minutes=cpu_minutes)
    if isinstance(chosen, PatternRecipe) and place.device.type != "cpu":
        raise UsageError(f"{recipe} trains on cpu only; leave --device out")
    folder = out or Path("runs") / recipe
    folder.mkdir(parents=True, exist_ok=True)
    with place.in_turn():  # the first one fills the cache
        corpus = read_data(chosen, data, run=folder, leave_out=leave_out)
    sizes = {split: len(corpus.split(split)) for split in ("train", "valid")}
    if not all(sizes.values()):
        raise FileError(f"{sizes['train']} tunes to train on and {sizes['valid']} valid ones; both need at least one")
    if place.first:
        write_inputs(folder, data, corpus, leave_out)
    torch.manual_seed(seed)
    about = describe_run(chosen, corpus, data)
    task = make_task(chosen, corpus)
    if init is not None:
        start_from(task, init)
    result = train(task, chosen.train, folder, about, resume=resume, place=place)
    place.leave()
    return result


def start_from(task: Task, run: Path) -> None:
    """Load another run's weights. Raises `UsageError` for a kind that cannot."""
    if not isinstance(task, LanguageModelTask):
        raise UsageError("--init goes on from another run of the continue kind only; leave it out")
    warm_start(task.network, run)


def make_task(recipe: AnyRecipe, corpus: Corpus) -> Task:
    """What the recipe trains."""
    if isinstance(recipe, PatternRecipe):
        return morph.make_task(recipe, corpus)
    return LanguageModelTask(recipe, arrays_of(corpus, "train"), arrays_of(corpus, "valid"))


def export_command(run_dir: Path, out: Path) -> Bundle:
    """Make a bundle of a run's best checkpoint, with its valid scores beside those of the best n-gram."""
    show_log()
    torch.set_num_threads(1)
    about = read_about(run_dir)
    recipe = find_recipe(about["recipe"])
    corpus = read_data(recipe, data_of(run_dir), run=run_dir, leave_out=left_out_by(run_dir))
    if isinstance(recipe, PatternRecipe):
        return morph.export_run(run_dir, recipe, about, corpus, out)
    network = MelodyTransformer(TransformerConfig(**about["network"]))
    load_checkpoint(run_dir, {"network": network})
    train_tunes, valid_tunes = arrays_of(corpus, "train"), arrays_of(corpus, "valid")
    config, sums = best_ngram(train_tunes, valid_tunes)
    baseline = {**scores_of(sums, "baseline."), "baseline.order": config.order, "baseline.styled": int(config.styled)}
    log.info("best n-gram: order %d, styled %s: %s", config.order, config.styled, baseline["baseline.nats_per_note"])
    export_about = ExportAbout(
        name=recipe.kind,
        title=recipe.title,
        trained_by=trained_by(about, commit=about.get("commit", "")),
        scores=baseline,
        keep=recipe.windows.keep,
    )
    return export_continue(network, export_about, valid_tunes, out)


def evaluate_command(bundle: Path, data: Sequence[Path] = (), *, card: Path | None = None) -> dict[str, Any]:
    """Scores of an exported bundle on held-out melodies, a plain baseline's beside them, and the copy gate.

    Scored are the tunes an index.csv calls "test", else the "valid" ones; all of a folder without an index.csv.
    `card`: a folder for a model card with pictures.
    """
    loaded = load_bundle(bundle)
    if loaded.spec.kind not in ("continue", "morph"):
        raise BundleError(f"{bundle}: a {loaded.spec.kind} bundle; this version scores continue and morph bundles")
    corpus = load_corpus(data, config=ReadConfig(unlabelled="test" if data else None, cache=cache_folder(None)))
    log_problems(corpus)
    split = next(name for name in ("test", "valid", "train") if corpus.split(name))
    scored = morph.evaluate if loaded.spec.kind == "morph" else evaluate_melody
    report = scored(loaded, corpus, split)
    if card is not None:
        write_card(loaded, report, corpus.split(split), card)
    return report


def evaluate_melody(bundle: Bundle, corpus: Corpus, split: str) -> dict[str, Any]:
    """Scores of a continue bundle on the melodies of a split."""
    tunes, train_tunes = arrays_of(corpus, split), arrays_of(corpus, "train")
    stepper = open_stepper(bundle)
    keep = int(bundle.spec.config.get("keep_context", DEFAULT_KEEP))
    scores = scores_of(score_tunes(stepper, tunes, keep=keep, memory=default_memory(bundle)))
    return {
        "kind": bundle.spec.kind,
        "split": split,
        "n": sum(len(tune) for tune in tunes),
        "scores": scores,
        "baselines": _baselines(bundle, train_tunes if split != "train" else [], tunes),
        "copy_gate": copy_gate(stepper, train_tunes, tunes),
    }


def _baselines(bundle: Bundle, train_tunes: list[TuneArrays], tunes: list[TuneArrays]) -> dict[str, float]:
    """The n-gram that was best on valid, counted on the data's own train part; without one, cross-validated."""
    scores = bundle.spec.scores
    config = NGramConfig(order=int(scores.get("baseline.order", 3)), styled=bool(scores.get("baseline.styled", 1)))
    if train_tunes:
        return scores_of(MelodyNGram(config, train_tunes).score(tunes))
    return scores_of(cross_validated(tunes, config)) if len(tunes) > 1 else {}


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


def describe_run(recipe: AnyRecipe, corpus: Corpus, data: Sequence[Path]) -> dict[str, Any]:
    """What a checkpoint says about itself: names of data sets, no paths."""
    codec = PatternCodec() if isinstance(recipe, PatternRecipe) else MelodyCodec()
    folders = " ".join(f"--data {folder.name}" for folder in data)
    minutes = recipe.train.budget.cpu_minutes
    budget = f"--minutes {minutes:g}" if minutes is not None else ""
    sets = [
        {"name": name, "licence": spec.licence, "source": spec.source, "notes": notes}
        for name, notes in sorted(corpus.note_counts().items())
        for spec in [SETS.get(name, SetSpec())]
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
