"""The recipes say what was shipped, and what each comparison leaves out."""

from dataclasses import fields, replace
from pathlib import Path

import pytest

from realtime.bundle.store import load_bundle
from training.config import Recipe
from training.export.exporter import graph_config
from training.networks.transformer import MelodyTransformer
from training.recipes import RECIPES
from training.recipes.continuation import ABLATIONS, continue_ablated, continue_melody

SHIPPED = Path(__file__).parents[2] / "exported_models" / "continue"


def test_the_continue_recipe_is_the_shipped_network() -> None:
    spec, recipe = load_bundle(SHIPPED).spec, continue_melody()
    assert spec.config == graph_config(recipe.network, recipe.windows.keep)
    assert spec.params == sum(p.numel() for p in MelodyTransformer(recipe.network).parameters())
    assert spec.trained_by.recipe == recipe.name
    assert spec.trained_by.cpu_minutes == recipe.train.budget.cpu_minutes


@pytest.mark.parametrize("name", ABLATIONS)
def test_a_comparison_lacks_one_thing(name: str) -> None:
    short, recipe = continue_ablated("short"), RECIPES[f"continue-{name}"]()
    assert isinstance(recipe, Recipe)
    if name.endswith("-long"):
        assert recipe.train.budget.steps == 5500
        recipe = replace(recipe, train=short.train)
    different = {field.name for field in fields(Recipe) if getattr(short, field.name) != getattr(recipe, field.name)}
    assert different == ({"name", *ABLATIONS[name]} if ABLATIONS[name] else set())
