"""Sketch: masked diffusion of four voices with a latent for few steps."""

from dataclasses import replace

from training.config import BudgetConfig, RollRecipe, SketchConfig, SketchRecipe, TrainConfig
from training.networks.sketch import SketchNetConfig
from training.recipes.debug import DEBUG_TRAIN

TITLE = "Sketch: fills, varies, harmonises or continues bars"


def sketch_debug() -> SketchRecipe:
    """Ten steps of a tiny network on generated pieces: seconds, to see that the machinery runs."""
    return SketchRecipe(
        name="sketch-debug",
        kind="sketch",
        title=TITLE,
        train=DEBUG_TRAIN,
        network=SketchNetConfig(
            step_width=16,
            beat_width=32,
            beat_layers=1,
            step_layers=1,
            heads=2,
            latent=4,
            encoder_layers=1,
            flow_width=16,
            flow_layers=1,
        ),
        sketch=SketchConfig(
            batch=8,
            kl_ramp_steps=2,
            flow_from=2,
            still_from=4,
            few_from=6,
            few_batch=2,
            teacher_steps=2,
        ),
        generated=24,
    )


def sketch_four_parts() -> SketchRecipe:
    """The shipped network."""
    return SketchRecipe(
        name="sketch",
        kind="sketch",
        title=TITLE,
        train=TrainConfig(
            budget=BudgetConfig(steps=7500),
            learning_rate=1.5e-3,
            warmup_steps=100,
            weight_decay=0.03,
            ema_decay=0.998,
            valid_steps=500,
            log_steps=100,
            bf16=False,
        ),
        sketch=SketchConfig(still_from=4000, few_from=6200),
    )


def sketch_roll() -> RollRecipe:
    """The seed work's UNet over piano rolls, for comparison; its scores stand in the run's log."""
    config = sketch_four_parts().train
    budget = BudgetConfig(cpu_minutes=6, wall_minutes=30)
    return RollRecipe(
        name="sketch-roll",
        kind="sketch",
        title="Baseline: a UNet over piano rolls",
        train=replace(
            config, budget=budget, learning_rate=1e-3, warmup_steps=50, ema_decay=0.99, valid_steps=1_000_000
        ),
    )
