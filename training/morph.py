"""The pattern VAE's side of the training commands."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from realtime.bundle.store import Bundle
from realtime.errors import FileError
from realtime.music.pattern_codec import IntArray
from training.checkpoint import load_checkpoint
from training.config import PatternRecipe
from training.data.corpus import Corpus
from training.data.patterns import unseen, windows
from training.evaluate.pattern import copy_gate, pca_scores, score_bundle
from training.export.exporter import ExportAbout, trained_by
from training.export.morph import export_morph
from training.networks.pattern_vae import PatternNetConfig, PatternVae
from training.tasks.pattern_vae import PatternTask

log = logging.getLogger(__name__)


def patterns_of(corpus: Corpus, held_out: str = "valid") -> tuple[IntArray, IntArray]:
    """Training and held-out windows; of the latter those that stand in train in no key."""
    train_NS, held_out_NS = windows(corpus.split("train")), windows(corpus.split(held_out))
    fresh_NS = unseen(held_out_NS, train_NS)
    log.info(
        "two-bar patterns: %d train; %s %d, %d of them unseen", len(train_NS), held_out, len(held_out_NS), len(fresh_NS)
    )
    if not len(fresh_NS):
        raise FileError(f"no two-bar patterns in 4/4 among the {held_out} tunes; give --data with more music")
    return train_NS, fresh_NS


def make_task(recipe: PatternRecipe, corpus: Corpus) -> PatternTask:
    """The task on the corpus's windows."""
    train_NS, valid_NS = patterns_of(corpus)
    if not len(train_NS):
        raise FileError("no two-bar patterns in 4/4 among the train tunes; give --data with more music")
    return PatternTask(recipe, train_NS, valid_NS)


def export_run(run_dir: Path, recipe: PatternRecipe, about: Mapping[str, Any], corpus: Corpus, out: Path) -> Bundle:
    """Make a bundle of a run's best checkpoint, with its own valid scores beside those of PCA."""
    network = PatternVae(PatternNetConfig(**about["network"]))
    load_checkpoint(run_dir, {"network": network})
    train_NS, valid_NS = patterns_of(corpus)
    baseline = pca_scores(train_NS, valid_NS, network.config.latent)
    scores = {**about["scores"], **{f"baseline.{name}": value for name, value in baseline.items()}}
    export_about = ExportAbout(
        name=recipe.kind,
        title=recipe.title,
        trained_by=trained_by(about, commit=about.get("commit", "")),
        scores={name: round(float(value), 4) for name, value in scores.items()},
    )
    return export_morph(network, export_about, train_NS, valid_NS, out)


def evaluate(bundle: Bundle, corpus: Corpus, split: str) -> dict[str, Any]:
    """Scores of a bundle on the patterns of a split, PCA's beside them, and the copy gate."""
    train_NS, held_out_NS = patterns_of(corpus, split)
    if split == "train":
        train_NS = train_NS[:0]
    latent = int(bundle.spec.config["latent"])
    return {
        "kind": bundle.spec.kind,
        "split": split,
        "n": len(held_out_NS),
        "scores": score_bundle(bundle, held_out_NS, train_NS),
        "baselines": pca_scores(train_NS, held_out_NS, latent) if len(train_NS) else {},
        "copy_gate": copy_gate(bundle, train_NS, held_out_NS),
    }
