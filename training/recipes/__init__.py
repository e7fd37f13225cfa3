"""Recipes by name: functions that return everything a training run needs."""

from collections.abc import Callable
from typing import Final

from training.config import AnyRecipe
from training.recipes.continuation import continue_debug, continue_melody
from training.recipes.morph import PLAIN, morph_debug, morph_pattern

RECIPES: Final[dict[str, Callable[[], AnyRecipe]]] = {
    "continue-debug": continue_debug,
    "continue": continue_melody,
    "morph-debug": morph_debug,
    "morph": morph_pattern,
    **PLAIN,
}
