"""Recipes by name: functions that return everything a training run needs."""

from collections.abc import Callable
from typing import Final

from training.config import AnyRecipe
from training.recipes.articulation import articulation, articulation_debug
from training.recipes.continuation import ABLATED, continue_debug, continue_melody
from training.recipes.morph import MORPH_ABLATED, morph_debug, morph_pattern
from training.recipes.quartet import QUARTET_COMPARED, quartet_debug, quartet_four_parts
from training.recipes.sketch import sketch_debug, sketch_four_parts, sketch_roll

RECIPES: Final[dict[str, Callable[[], AnyRecipe]]] = {
    "continue-debug": continue_debug,
    "continue": continue_melody,
    "morph-debug": morph_debug,
    "morph": morph_pattern,
    "sketch-debug": sketch_debug,
    "sketch": sketch_four_parts,
    "sketch-roll": sketch_roll,
    "articulation-debug": articulation_debug,
    "articulation": articulation,
    "quartet-debug": quartet_debug,
    "quartet": quartet_four_parts,
    **ABLATED,
    **MORPH_ABLATED,
    **QUARTET_COMPARED,
}
