"""The kinds of model in one table: how each reads its music, and the module that trains, exports and scores it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Final, Protocol, cast

from realtime.bundle.store import Bundle
from realtime.errors import BundleError
from realtime.music.chorale import ChoraleCodec
from realtime.music.melody_codec import MelodyCodec
from realtime.music.pattern_codec import PatternCodec
from training.config import AnyRecipe
from training.data.chorales import ChoraleCorpus, load_chorales
from training.data.corpus import Corpus, load_corpus
from training.data.generated import generated_chorales, generated_tunes
from training.data.sets import FOUR_PART_SETS, SETS, SetSpec
from training.evaluate.pictures import draw_answered, draw_parts
from training.tasks.base import Task

AnyCorpus = Corpus | ChoraleCorpus


class KindModule(Protocol):
    """What the module of a kind does."""

    def make_task(self, recipe: Any, corpus: Any) -> Task:
        """What the recipe trains, on the corpus's train and valid parts."""

    def export_run(self, run_dir: Path, recipe: Any, about: Mapping[str, Any], corpus: Any, out: Path) -> Bundle:
        """A bundle of the run's best checkpoint, with its scores on valid."""

    def evaluate(self, bundle: Bundle, corpus: Any, split: str) -> dict[str, Any]:
        """The report on a split: "kind", "split", "n", "scores", "baselines" by the same names, and "copy_gate"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of model.

    `load`: data folders -> corpus. `generate`: so many made-up pieces, for trying the machinery out. `draw`: pictures
    for a card, of a bundle's answers to some pieces; returns their titles.
    """

    module: str
    codec: Callable[[], Any]
    load: Callable[..., AnyCorpus]
    generate: Callable[[int], AnyCorpus]
    draw: Callable[[Bundle, Sequence[Any], Path], list[str]]
    sets: Mapping[str, SetSpec]
    devices: tuple[str, ...] = ("cpu",)

    @property
    def side(self) -> KindModule:
        """The module; imported when a command of this kind is given, as its networks are nobody else's."""
        return cast(KindModule, import_module(self.module))


def _melodies(count: int) -> Corpus:
    return Corpus(tunes=tuple(generated_tunes(count)))


def _four_parts(count: int) -> ChoraleCorpus:
    return ChoraleCorpus(tunes=tuple(generated_chorales(count)))


MELODY: Final[dict[str, Any]] = {"load": load_corpus, "generate": _melodies, "draw": draw_answered, "sets": SETS}
FOUR_PARTS: Final[dict[str, Any]] = {
    "codec": ChoraleCodec,
    "load": load_chorales,
    "generate": _four_parts,
    "draw": draw_parts,
    "sets": FOUR_PART_SETS,
}
KINDS: Final[dict[str, Kind]] = {
    "continue": Kind(module="training.continuation", codec=MelodyCodec, devices=("cpu", "cuda"), **MELODY),
    "morph": Kind(module="training.morph", codec=PatternCodec, **MELODY),
    "quartet": Kind(module="training.quartet", **FOUR_PARTS),
    "articulation": Kind(module="training.articulation", **FOUR_PARTS),
    "sketch": Kind(module="training.sketch", **FOUR_PARTS),
}


def kind_of(recipe: AnyRecipe) -> Kind:
    """The kind that a recipe trains."""
    return KINDS[recipe.kind]


def kind_of_bundle(bundle: Bundle) -> Kind:
    """Raises `BundleError` for a kind that this version cannot score."""
    if bundle.spec.kind not in KINDS:
        known = ", ".join(KINDS)
        raise BundleError(f"{bundle.folder}: a {bundle.spec.kind} bundle; this version scores {known} bundles")
    return KINDS[bundle.spec.kind]
