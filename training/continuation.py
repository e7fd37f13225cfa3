"""The melody transformer's side of the training commands."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from realtime.bundle.store import Bundle
from training.checkpoint import load_checkpoint
from training.config import Recipe
from training.data.augment import TuneArrays
from training.data.corpus import Corpus
from training.evaluate.copying import copy_gate
from training.evaluate.melody import default_memory, open_stepper, score_tunes, scores_of
from training.evaluate.mixture import mixture_scores
from training.evaluate.ngram import MelodyNGram, NGramConfig, best_ngram, cross_validated
from training.export.exporter import ExportAbout, export_continue, trained_by
from training.inputs import arrays_of
from training.networks.transformer import MelodyTransformer, TransformerConfig
from training.tasks.language_model import LanguageModelTask

log = logging.getLogger(__name__)
DEFAULT_KEEP: Final = 192


def make_task(recipe: Recipe, corpus: Corpus) -> LanguageModelTask:
    """The task on the corpus's melodies."""
    return LanguageModelTask(recipe, arrays_of(corpus, "train"), arrays_of(corpus, "valid"))


def export_run(run_dir: Path, recipe: Recipe, about: Mapping[str, Any], corpus: Corpus, out: Path) -> Bundle:
    """Make a bundle of a run's best checkpoint, with its valid scores beside those of the best n-gram."""
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


def evaluate(bundle: Bundle, corpus: Corpus, split: str) -> dict[str, Any]:
    """Scores of a bundle on the melodies of a split, the n-grams' beside them, and the copy gate."""
    tunes, train_tunes = arrays_of(corpus, split), arrays_of(corpus, "train")
    counted = train_tunes if split != "train" else []
    stepper = open_stepper(bundle)
    keep = int(bundle.spec.config.get("keep_context", DEFAULT_KEEP))
    return {
        "kind": bundle.spec.kind,
        "split": split,
        "n": sum(len(tune) for tune in tunes),
        "scores": scores_of(score_tunes(stepper, tunes, keep=keep, memory=default_memory(bundle))),
        "baselines": _baselines(bundle, counted, tunes),
        "mixture": mixture_scores(counted, tunes),
        "copy_gate": copy_gate(stepper, train_tunes, tunes),
    }


def _baselines(bundle: Bundle, train_tunes: list[TuneArrays], tunes: list[TuneArrays]) -> dict[str, float]:
    """The n-gram that was best on valid, counted on the data's own train part; without one, cross-validated."""
    scores = bundle.spec.scores
    config = NGramConfig(order=int(scores.get("baseline.order", 3)), styled=bool(scores.get("baseline.styled", 1)))
    if train_tunes:
        return scores_of(MelodyNGram(config, train_tunes).score(tunes))
    return scores_of(cross_validated(tunes, config)) if len(tunes) > 1 else {}
