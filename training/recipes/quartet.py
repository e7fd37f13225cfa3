"""Quartet: MuseGAN's four inputs, an autoencoder's codes, a map from noise to them, and WGAN-GP on what they give."""

from dataclasses import replace
from functools import partial
from typing import Any, Final

from training.config import BudgetConfig, QuartetConfig, QuartetRecipe, TrainConfig
from training.networks.quartet import QuartetNetConfig
from training.recipes.debug import DEBUG_TRAIN

TITLE = "Quartet: four voices from chords, style, melodies and grooves"


def quartet_debug() -> QuartetRecipe:
    """Ten steps of tiny networks on generated pieces: seconds, to see that the machinery runs."""
    return QuartetRecipe(
        name="quartet-debug",
        kind="quartet",
        title=TITLE,
        train=DEBUG_TRAIN,
        network=QuartetNetConfig(chords=8, style=4, melody=6, groove=4, width=8, blocks=1, mapping=16, critic=8),
        quartet=QuartetConfig(batch=8, ramp_steps=2, code_to=3, flow_to=5, map_to=7),
        generated=24,
    )


def quartet_four_parts() -> QuartetRecipe:
    """The shipped networks."""
    return QuartetRecipe(
        name="quartet",
        kind="quartet",
        title=TITLE,
        train=TrainConfig(
            budget=BudgetConfig(steps=2400),
            learning_rate=1.5e-3,
            warmup_steps=100,
            weight_decay=0.01,
            betas=(0.5, 0.95),
            ema_decay=0.998,
            valid_steps=300,
            log_steps=100,
            save_steps=500,
            bf16=False,
        ),
    )


# For comparison, each with one idea more than the one before; "keyed" is the shipped recipe, only shorter.
COMPARED_MINUTES: Final = 1
NEVER: Final = 1_000_000  # scored at the end only
CONTEST: Final = QuartetConfig(code_to=0, flow_to=0, map_to=0, keyed=False, shifted=1.0, adversarial=1.0)
CODED: Final = QuartetConfig(code_to=150, flow_to=210, map_to=230, ramp_steps=100, keyed=False, shifted=1.0)
COMPARED: Final[dict[str, dict[str, Any]]] = {
    "wgan": {"quartet": CONTEST, "network": QuartetNetConfig(streams=False)},
    "coded": {"quartet": CODED, "network": QuartetNetConfig(streams=False)},
    "streams": {"quartet": CODED},
    "keyed": {"quartet": replace(CODED, keyed=True, shifted=0.4)},
}


def quartet_compared(name: str) -> QuartetRecipe:
    """The shipped recipe for a small budget, without some of its ideas."""
    recipe = quartet_four_parts()
    config = replace(recipe.train, budget=BudgetConfig(cpu_minutes=COMPARED_MINUTES), valid_steps=NEVER)
    return replace(recipe, name=f"quartet-{name}", train=config, **COMPARED[name])


QUARTET_COMPARED = {f"quartet-{name}": partial(quartet_compared, name) for name in COMPARED}
