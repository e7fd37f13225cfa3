"""Configurations of a training run. Recipes fill them in; a run's folder keeps them as JSON."""

from dataclasses import dataclass, field

from training.data.augment import AugmentConfig
from training.data.patterns import PatternConfig
from training.data.windows import WindowConfig
from training.networks.pattern_vae import PatternNetConfig
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
    save_steps: int = 200  # from one state to resume from to the next
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


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternLossConfig:
    """Weights, in nats a pattern, and the schedule in steps."""

    kl: float = 0.1
    free_nats: float = 0.06  # a latent axis
    plain_steps: int = 500  # reconstruction and order of the axes only
    ramp_steps: int = 1500  # then all the rest comes in
    sort: float = 2.0  # axis i sorts patterns by attribute i
    scale: float = 8.0  # axis i is attribute i on its normal scale
    edit: float = 0.4  # nameless axes of one pattern with the attributes of its edit give the edit
    slide: float = 8.0  # the decoded attributes are what the axes say, also where a slider was moved
    between: float = 0.5  # on the way between two patterns each step is one of the two's own
    pace: float = 20.0  # and they change over evenly


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternRecipe:
    """Everything a run of the pattern VAE needs besides data folders and a seed."""

    name: str
    kind: str
    title: str
    train: TrainConfig
    network: PatternNetConfig = field(default_factory=PatternNetConfig)
    windows: PatternConfig = field(default_factory=PatternConfig)
    loss: PatternLossConfig = field(default_factory=PatternLossConfig)
    generated: int = 0  # so many generated tunes instead of data folders


AnyRecipe = Recipe | PatternRecipe
