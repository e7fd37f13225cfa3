"""Recipes by name: functions that return everything a training run needs."""

from collections.abc import Callable
from typing import Final

from training.config import Recipe
from training.recipes.continuation import continue_debug, continue_melody

RECIPES: Final[dict[str, Callable[[], Recipe]]] = {
    "continue-debug": continue_debug,
    "continue": continue_melody,
}
