"""The articulation network's side of the training commands. Its export is a part of the four-part models' bundles."""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from realtime.bundle.store import Bundle
from realtime.errors import BundleError, FileError
from training.checkpoint import load_checkpoint
from training.config import ArticulationRecipe
from training.data.chorales import Chorale, ChoraleCorpus
from training.evaluate.articulation import baseline_scores
from training.export.articulation import ArticulatePart, export_articulation
from training.export.exporter import trained_by
from training.networks.articulation import ArticulationNet, ArticulationNetConfig
from training.tasks.articulation import ArticulationTask, Struck, struck_windows

log = logging.getLogger(__name__)
HELD_OUT_HOP = 32


def by_source(tunes: Sequence[Chorale], hop: int) -> dict[str, Struck]:
    """The windows of each source that tells repeated notes; a source without any is left out."""
    names = sorted({tune.source for tune in tunes})
    found = {name: struck_windows([tune for tune in tunes if tune.source == name], hop) for name in names}
    return {name: windows for name, windows in found.items() if len(windows)}


def make_task(recipe: ArticulationRecipe, corpus: ChoraleCorpus) -> ArticulationTask:
    """The task on the corpus's windows."""
    parts = {
        "train": by_source(corpus.split("train"), recipe.hop),
        "valid": by_source(corpus.split("valid"), HELD_OUT_HOP),
    }
    for split, found in parts.items():
        if not found:
            raise FileError(f"no {split} piece tells a repeated note from a long one; give --data with MIDI files")
        log.info("two-bar windows: %s %s", split, {name: len(windows) for name, windows in found.items()})
    return ArticulationTask(recipe, parts["train"], parts["valid"])


def export_run(
    run_dir: Path, recipe: ArticulationRecipe, about: Mapping[str, Any], corpus: ChoraleCorpus, out: Path
) -> ArticulatePart:
    """Write the graph and what there is to say of it, with its valid scores beside those of plain rules."""
    network = ArticulationNet(ArticulationNetConfig(**about["network"]))
    load_checkpoint(run_dir, {"network": network})
    train, valid = (by_source(corpus.split(split), HELD_OUT_HOP) for split in ("train", "valid"))
    scores = dict(about["scores"])
    for source, windows in valid.items():
        for rule, found in baseline_scores(train.get(source, windows), windows).items():
            scores |= {f"{rule}.{name}.{source}": value for name, value in found.items()}
    windows = np.concatenate([found.symbol_NVS for found in valid.values()])
    rounded = {name: round(float(value), 4) for name, value in scores.items()}
    return export_articulation(network, trained_by(about, commit=about.get("commit", "")), rounded, windows, out)


def evaluate(bundle: Bundle, corpus: ChoraleCorpus, split: str) -> dict[str, Any]:
    """There is nothing to open alone: the graph is a part of other bundles."""
    raise BundleError(f"{bundle.folder}: articulation is a part of the four-part bundles; evaluate one of those")
