"""Morph: the pattern VAE."""

from functools import partial

from training.config import BudgetConfig, PatternLossConfig, PatternRecipe, TrainConfig
from training.data.patterns import PatternConfig
from training.networks.pattern_vae import CONV_SOFTMAX, MLP_SIGMOID, MLP_SOFTMAX, PatternNetConfig

TITLE = "Morph: a looping pattern that sliders reshape"


def morph_debug() -> PatternRecipe:
    """Ten steps of a tiny network on generated tunes: seconds, to see that the machinery runs."""
    return PatternRecipe(
        name="morph-debug",
        kind="morph",
        title=TITLE,
        train=TrainConfig(
            budget=BudgetConfig(steps=10), learning_rate=1e-2, warmup_steps=2, ema_decay=0.5, valid_steps=5, log_steps=5
        ),
        network=PatternNetConfig(latent=16, width=32, embedding=16),
        windows=PatternConfig(batch=32),
        loss=PatternLossConfig(plain_steps=2, ramp_steps=4),
        generated=24,
    )


def morph_pattern() -> PatternRecipe:
    """The shipped network."""
    return PatternRecipe(
        name="morph",
        kind="morph",
        title=TITLE,
        train=TrainConfig(
            budget=BudgetConfig(cpu_minutes=16, wall_minutes=32),
            learning_rate=2e-3,
            warmup_steps=100,
            weight_decay=0.01,
            ema_decay=0.998,
            valid_steps=1000,
            log_steps=100,
        ),
    )


def morph_plain(decoder: str) -> PatternRecipe:
    """For comparing decoders: a plain VAE of the same sizes, three quarters of a CPU minute."""
    return PatternRecipe(
        name=f"morph-plain-{decoder}",
        kind="morph",
        title=TITLE,
        train=TrainConfig(
            budget=BudgetConfig(cpu_minutes=0.75),
            learning_rate=2e-3,
            warmup_steps=100,
            weight_decay=0.01,
            ema_decay=0.99,
            valid_steps=100_000,
            log_steps=100,
        ),
        network=PatternNetConfig(decoder=decoder),
        loss=PatternLossConfig(
            sort=0.0, scale=0.0, edit=0.0, slide=0.0, between=0.0, pace=0.0, ramp_steps=400, plain_steps=100
        ),
    )


PLAIN = {f"morph-plain-{name}": partial(morph_plain, name) for name in (MLP_SIGMOID, MLP_SOFTMAX, CONV_SOFTMAX)}
