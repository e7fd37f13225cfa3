"""The quartet's side of the training commands."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from realtime.bundle.store import Bundle
from realtime.errors import FileError
from realtime.music.chorale import STEPS
from training.checkpoint import load_checkpoint
from training.config import QuartetRecipe
from training.data.chorales import Chorale, ChoraleCorpus
from training.evaluate.quartet import score_bundle
from training.export.articulation import articulate_part
from training.export.exporter import ExportAbout, trained_by
from training.export.quartet import Trained, export_quartet
from training.networks.quartet import QuartetNet, QuartetNetConfig
from training.networks.quartet_critic import Critic
from training.networks.quartet_mapping import Mapping as NoiseMapping
from training.tasks.quartet import QuartetTask, generator_of
from training.tasks.quartet_data import read_windows

log = logging.getLogger(__name__)


def pieces_of(corpus: ChoraleCorpus, split: str) -> list[Chorale]:
    """A split's pieces of two bars or more. Raises `FileError` if there are none."""
    found = [tune for tune in corpus.split(split) if len(tune) >= STEPS]
    if not found:
        raise FileError(f"no piece of two bars or more among the {split} pieces; give --data with more music")
    return found


def make_task(recipe: QuartetRecipe, corpus: ChoraleCorpus) -> QuartetTask:
    """The task on the corpus's pieces."""
    return QuartetTask(recipe, pieces_of(corpus, "train"), pieces_of(corpus, "valid"))


def export_run(
    run_dir: Path, recipe: QuartetRecipe, about: Mapping[str, Any], corpus: ChoraleCorpus, out: Path
) -> Bundle:
    """Make a bundle of a run's best checkpoint, with its own valid scores."""
    config = QuartetNetConfig(**about["network"])
    trained = Trained(
        network=QuartetNet(config),
        mapping=NoiseMapping(config),
        critic=Critic(config.critic, streams=config.streams),
        articulate=articulate_part().data,
    )
    networks = {"generator": generator_of(trained.network, trained.mapping), "critic": trained.critic}
    load_checkpoint(run_dir, {**networks, "flow": NoiseMapping(config)})
    export_about = ExportAbout(
        name=recipe.kind,
        title=recipe.title,
        trained_by=trained_by(about, commit=about.get("commit", "")),
        scores={name: round(float(value), 4) for name, value in about["scores"].items()},
    )
    tunes = pieces_of(corpus, "train")
    music = read_windows(tunes, recipe.quartet.hop, keyed=recipe.quartet.keyed)
    return export_quartet(trained, export_about, music, tunes, out)


def evaluate(bundle: Bundle, corpus: ChoraleCorpus, split: str) -> dict[str, Any]:
    """Scores of a bundle on a split, real music's beside them, and the copy gate."""
    held_out = pieces_of(corpus, split)
    train = corpus.split("train") if split != "train" else []
    report = score_bundle(bundle, train, held_out)
    return {"kind": bundle.spec.kind, "split": split, **report}
