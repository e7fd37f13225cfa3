"""What all debug recipes have in common: ten steps, to see that the machinery runs."""

from typing import Final

from training.config import BudgetConfig, TrainConfig

DEBUG_TRAIN: Final = TrainConfig(
    budget=BudgetConfig(steps=10),
    learning_rate=1e-2,
    warmup_steps=2,
    ema_decay=0.5,
    valid_steps=5,
    log_steps=5,
    bf16=False,
)
