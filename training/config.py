"""Configurations of a training run. Recipes fill them in; a run's folder keeps them as JSON."""

from dataclasses import dataclass, field

from training.data.augment import AugmentConfig
from training.data.windows import WindowConfig
from training.networks.transformer import TransformerConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetConfig:
    """When a run ends. The learning rate reaches 0 there; whichever limit comes first counts."""

    steps: int | None = None
    cpu_minutes: float | None = None
    wall_minutes: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainConfig:
    """The loop: optimiser, schedule, budget."""

    budget: BudgetConfig
    seed: int = 0
    learning_rate: float = 1.5e-3
    warmup_steps: int = 200
    weight_decay: float = 0.05
    clip_norm: float = 1.0
    ema_decay: float = 0.998
    valid_steps: int = 600
    log_steps: int = 50
    threads: int = 1
    bf16: bool | None = None  # products in bf16; None: measured at the start, on this machine


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Everything a run needs besides data folders and a seed."""

    name: str
    kind: str
    title: str
    train: TrainConfig
    network: TransformerConfig = field(default_factory=TransformerConfig)
    windows: WindowConfig = field(default_factory=WindowConfig)
    augment: AugmentConfig = field(default_factory=AugmentConfig)
    generated: int = 0  # so many generated tunes instead of data folders: for trying the machinery out
