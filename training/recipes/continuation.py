"""Phrase continuation: the melody transformer."""

from training.config import BudgetConfig, Recipe, TrainConfig
from training.data.windows import WindowConfig
from training.networks.transformer import TransformerConfig

TITLE = "Continue: answers the phrase just played"


def continue_debug() -> Recipe:
    """Ten steps of a tiny network on generated tunes: seconds, to see that the machinery runs."""
    return Recipe(
        name="continue-debug",
        kind="continue",
        title=TITLE,
        train=TrainConfig(
            budget=BudgetConfig(steps=10),
            learning_rate=1e-2,
            warmup_steps=2,
            ema_decay=0.5,
            valid_steps=5,
            log_steps=5,
            bf16=False,
        ),
        network=TransformerConfig(width=32, layers=2, heads=2, max_context=64, dropout=0.0),
        windows=WindowConfig(length=64, keep=32, batch_events=512),
        generated=24,
    )


def continue_melody() -> Recipe:
    """The shipped network: 1.9 M parameters, 45 CPU minutes on one core."""
    return Recipe(
        name="continue",
        kind="continue",
        title=TITLE,
        train=TrainConfig(budget=BudgetConfig(cpu_minutes=45, wall_minutes=90)),
    )
