"""Morph: the pattern VAE."""

from dataclasses import replace
from functools import partial
from typing import Final

from training.config import BudgetConfig, PatternLossConfig, PatternRecipe, TrainConfig
from training.data.patterns import PatternConfig
from training.networks.pattern_vae import CONV_SOFTMAX, MLP_SIGMOID, MLP_SOFTMAX, PatternNetConfig
from training.recipes.debug import DEBUG_TRAIN

TITLE = "Morph: a looping pattern that sliders reshape"


def morph_debug() -> PatternRecipe:
    """Ten steps of a tiny network on generated tunes: seconds, to see that the machinery runs."""
    return PatternRecipe(
        name="morph-debug",
        kind="morph",
        title=TITLE,
        train=DEBUG_TRAIN,
        network=PatternNetConfig(latent=16, width=32, embedding=16),
        windows=PatternConfig(batch=32),
        loss=PatternLossConfig(plain_steps=2, ramp_steps=4, kl_steps=4),
        generated=24,
    )


def morph_pattern() -> PatternRecipe:
    """The shipped network. Counted in steps and in fp32, so that a busy or another machine comes to the same."""
    return PatternRecipe(
        name="morph",
        kind="morph",
        title=TITLE,
        train=TrainConfig(
            budget=BudgetConfig(steps=4500),
            bf16=False,
            learning_rate=2e-3,
            warmup_steps=100,
            weight_decay=0.01,
            ema_decay=0.998,
            valid_steps=1000,
            log_steps=100,
        ),
    )


def morph_ablated(loss: PatternLossConfig, network: PatternNetConfig, name: str) -> PatternRecipe:
    """For comparing choices: 700 steps of the shipped network's sizes, with one thing left out."""
    return PatternRecipe(
        name=name,
        kind="morph",
        title=TITLE,
        train=TrainConfig(
            budget=BudgetConfig(steps=700),
            bf16=False,
            learning_rate=2e-3,
            warmup_steps=100,
            weight_decay=0.01,
            ema_decay=0.995,
            valid_steps=100_000,
            log_steps=100,
        ),
        network=network,
        loss=replace(loss, plain_steps=60, ramp_steps=160, kl_steps=540),
    )


FULL, PLAIN = PatternLossConfig(), PatternLossConfig(sort=0.0, scale=0.0, edit=0.0, slide=0.0)
MORPH_ABLATED: Final = {
    f"morph-{name}": partial(morph_ablated, loss, PatternNetConfig(decoder=decoder), f"morph-{name}")
    for name, loss, decoder in (
        ("short", FULL, CONV_SOFTMAX),
        ("no-scale", replace(FULL, sort=0.0, scale=0.0), CONV_SOFTMAX),
        ("no-edit", replace(FULL, edit=0.0), CONV_SOFTMAX),
        ("no-slide", replace(FULL, slide=0.0), CONV_SOFTMAX),
        ("no-abroad", replace(FULL, abroad=False), CONV_SOFTMAX),
        ("plain-conv-softmax", PLAIN, CONV_SOFTMAX),
        ("plain-mlp-softmax", PLAIN, MLP_SOFTMAX),
        ("plain-mlp-sigmoid", PLAIN, MLP_SIGMOID),
    )
}
