"""Phrase continuation: the melody transformer."""

from dataclasses import replace
from functools import partial
from typing import Any, Final

from training.config import BudgetConfig, Recipe, TrainConfig
from training.data.augment import AugmentConfig
from training.data.windows import WindowConfig
from training.networks.transformer import TransformerConfig
from training.recipes.debug import DEBUG_TRAIN

TITLE = "Continue: answers the phrase just played"


def continue_debug() -> Recipe:
    """Ten steps of a tiny network on generated tunes: seconds, to see that the machinery runs."""
    return Recipe(
        name="continue-debug",
        kind="continue",
        title=TITLE,
        train=DEBUG_TRAIN,
        network=TransformerConfig(width=32, layers=2, heads=2, max_context=64, dropout=0.0),
        windows=WindowConfig(length=64, keep=32, batch_events=512),
        generated=24,
    )


def continue_melody() -> Recipe:
    """The shipped network and its data's variations: 1.7 M parameters, 84 CPU minutes on one core."""
    return Recipe(
        name="continue",
        kind="continue",
        title=TITLE,
        train=TrainConfig(budget=BudgetConfig(cpu_minutes=84, wall_minutes=168)),
    )


# For comparison: what the shipped recipe has and each of these lacks; "short" lacks nothing.
ABLATED_STEPS: Final = 800
LONG_STEPS: Final = 5500
ABLATIONS: Final[dict[str, dict[str, Any]]] = {
    "short": {},
    "no-transposition": {"augment": AugmentConfig(transpose=0, modulate=0.0)},
    "no-place-in-bar": {"augment": AugmentConfig(no_metric=1.0), "windows": WindowConfig(metric=False)},
    "independent-heads": {"network": TransformerConfig(given_pitch=False)},
    "1-layer": {"network": TransformerConfig(layers=1)},
    "1-layer-long": {"network": TransformerConfig(layers=1)},
    "6-kv-heads": {"network": TransformerConfig(kv_heads=6)},
}


def continue_ablated(name: str) -> Recipe:
    """The shipped recipe without one of its ideas: 6 CPU minutes at most, 13 for a long one."""
    recipe = continue_melody()
    steps = LONG_STEPS if name.endswith("-long") else ABLATED_STEPS
    # Scored at the end only; in fp32 on every machine.
    config = replace(recipe.train, budget=BudgetConfig(steps=steps), valid_steps=steps, bf16=False)
    return replace(recipe, name=f"continue-{name}", train=config, **ABLATIONS[name])


ABLATED = {f"continue-{name}": partial(continue_ablated, name) for name in ABLATIONS}
