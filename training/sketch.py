"""The sketch model's side of the training commands."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from realtime.bundle.store import Bundle
from realtime.errors import FileError, UsageError
from training.checkpoint import load_checkpoint
from training.config import RollRecipe, SketchRecipe
from training.data.chorales import ChoraleCorpus, Symbols, windows
from training.evaluate.sketch import score_bundle
from training.export.articulation import articulate_part
from training.export.exporter import ExportAbout, trained_by
from training.export.sketch import SketchParts, export_sketch
from training.networks.sketch import SketchNet, SketchNetConfig
from training.networks.sketch_flow import LatentFlow
from training.tasks.base import Task
from training.tasks.roll_diffusion import RollTask
from training.tasks.sketch import SketchTask

log = logging.getLogger(__name__)
HOP = 32  # of the windows that scores are taken on


def windows_of(corpus: ChoraleCorpus, split: str, hop: int) -> Symbols:
    """A split's windows. Raises `FileError` if there are none."""
    found = windows(corpus.split(split), hop)
    if not len(found):
        raise FileError(f"no piece of two bars or more among the {split} pieces; give --data with more music")
    log.info("two-bar windows: %d %s", len(found), split)
    return found


def make_task(recipe: SketchRecipe | RollRecipe, corpus: ChoraleCorpus) -> Task:
    """The task on the corpus's windows."""
    valid = windows_of(corpus, "valid", HOP)
    if isinstance(recipe, RollRecipe):
        return RollTask(recipe, windows_of(corpus, "train", recipe.roll.hop), valid)
    return SketchTask(recipe, windows_of(corpus, "train", recipe.sketch.hop), valid)


def export_run(
    run_dir: Path, recipe: SketchRecipe | RollRecipe, about: Mapping[str, Any], corpus: ChoraleCorpus, out: Path
) -> Bundle:
    """Make a bundle of a run's best checkpoint, with its own valid scores."""
    if isinstance(recipe, RollRecipe):
        raise UsageError(f"{recipe.name} is a baseline: its scores stand in the run's log, it has no bundle")
    config = SketchNetConfig(**about["network"])
    network, flow, few = SketchNet(config), LatentFlow(config), LatentFlow(config)
    load_checkpoint(run_dir, {"network": network, "flow": flow, "few": few})
    articulate, trained = articulate_part(), trained_by(about, commit=about.get("commit", ""))
    sets = {data.name: data for data in (*trained.data, *articulate.about.trained_by.data)}
    export_about = ExportAbout(
        name=recipe.kind,
        title=recipe.title,
        trained_by=msgspec.structs.replace(trained, data=tuple(sets.values())),
        scores={name: round(float(value), 4) for name, value in about["scores"].items()},
    )
    both = {"train": windows_of(corpus, "train", recipe.sketch.hop), "valid": windows_of(corpus, "valid", HOP)}
    parts = SketchParts(network=network, few=few, articulate=articulate)
    return export_sketch(parts, export_about, both, out)


def evaluate(bundle: Bundle, corpus: ChoraleCorpus, split: str) -> dict[str, Any]:
    """Scores of a bundle on a split, real music's and plain baselines' beside them, and the copy gate."""
    held_out = windows_of(corpus, split, HOP)
    train = corpus.split("train") if split != "train" else []
    return {"kind": bundle.spec.kind, "split": split, "n": len(held_out), **score_bundle(bundle, train, held_out)}
