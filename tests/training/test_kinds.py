"""The table of kinds: every recipe has one, each module does what the commands ask of it, and pictures are drawn."""

import inspect
from pathlib import Path

import pytest

from realtime.bundle.spec import KINDS as BUNDLE_KINDS
from realtime.errors import BundleError
from realtime.music.chorale import ChoraleCodec, ChoraleGrid
from realtime.music.note import Phrase
from tests.toy_bundle import write_toy_morph
from tests.training.test_chorale_scores import random_music
from training.cli import describe_run, find_recipe
from training.evaluate.pictures import draw_voices
from training.kinds import KINDS, kind_of, kind_of_bundle
from training.recipes import RECIPES


def test_every_bundle_kind_and_every_recipe_is_in_the_table() -> None:
    assert set(BUNDLE_KINDS) <= set(KINDS)
    assert {recipe().kind for recipe in RECIPES.values()} <= set(KINDS)
    assert all(name == recipe().name for name, recipe in RECIPES.items())


@pytest.mark.parametrize("name", sorted(KINDS))
def test_each_kind_does_what_the_commands_ask_of_it(name: str) -> None:
    side = KINDS[name].side
    asked = {"make_task": 2, "export_run": 5, "evaluate": 3}
    assert {call: len(inspect.signature(getattr(side, call)).parameters) for call in asked} == asked


@pytest.mark.parametrize("name", ["continue-debug", "morph-debug", "articulation-debug"])
def test_generated_music_has_both_sides_and_says_what_it_is(name: str) -> None:
    recipe = find_recipe(name)
    corpus = kind_of(recipe).generate(recipe.generated)
    assert corpus.split("train")
    assert corpus.split("valid")
    about = describe_run(recipe, corpus, [])
    assert about["codec"] == kind_of(recipe).codec().name
    assert [item["name"] for item in about["data"]] == ["generated"]
    assert about["data"][0]["notes"] > 0


def test_a_bundle_of_a_kind_that_cannot_be_scored_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from realtime.bundle.store import load_bundle

    bundle = load_bundle(write_toy_morph(tmp_path / "toy"))
    assert kind_of_bundle(bundle) is KINDS["morph"]
    monkeypatch.delitem(KINDS, "morph")
    with pytest.raises(BundleError, match="a morph bundle; this version scores continue,"):
        kind_of_bundle(bundle)


def test_four_voices_are_drawn_also_where_one_is_silent(tmp_path: Path) -> None:
    voices = ChoraleCodec().decode(ChoraleGrid.of(random_music(1)[0].astype(int)))
    draw_voices([("a", voices), ("b", (*voices[:3], Phrase())), ("c", (Phrase(),) * 4)], tmp_path / "voices.png")
    assert (tmp_path / "voices.png").read_bytes().startswith(b"\x89PNG")
