"""Articulation: which notes of the four-part models are struck again."""

from training.config import ArticulationRecipe, BudgetConfig, TrainConfig
from training.networks.articulation import ArticulationNetConfig
from training.recipes.debug import DEBUG_TRAIN

TITLE = "Articulation: where a held pitch is struck again"


def articulation_debug() -> ArticulationRecipe:
    """Ten steps of a tiny network on generated pieces."""
    return ArticulationRecipe(
        name="articulation-debug",
        kind="articulation",
        title=TITLE,
        train=DEBUG_TRAIN,
        network=ArticulationNetConfig(width=8, taps=3, layers=1),
        batch=32,
        generated=12,
    )


def articulation() -> ArticulationRecipe:
    """The shipped network. Counted in steps and in fp32, so that any machine comes to the same."""
    return ArticulationRecipe(
        name="articulation",
        kind="articulation",
        title=TITLE,
        train=TrainConfig(
            budget=BudgetConfig(steps=800),
            bf16=False,
            learning_rate=2e-3,
            warmup_steps=100,
            weight_decay=0.05,
            valid_steps=100,
            log_steps=100,
        ),
    )
