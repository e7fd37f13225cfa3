"""Configurations of a training run. Recipes fill them in; a run's folder keeps them as JSON."""

from dataclasses import dataclass, field

from training.data.augment import AugmentConfig
from training.data.patterns import PatternConfig
from training.data.windows import WindowConfig
from training.networks.articulation import ArticulationNetConfig
from training.networks.pattern_vae import PatternNetConfig
from training.networks.quartet import QuartetNetConfig
from training.networks.roll_unet import RollNetConfig
from training.networks.sketch import SketchNetConfig
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
    betas: tuple[float, float] = (0.9, 0.95)  # AdamW's
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
    generated: int = 0  # so many generated tunes where no data folder is given: to try things out


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternLossConfig:
    """Weights, in nats a pattern, and the schedule in steps."""

    kl: float = 0.2
    free_nats: float = 0.06  # a latent axis
    plain_steps: int = 400  # reconstruction and order of the axes only
    ramp_steps: int = 1000  # then the sliders' terms come in
    kl_steps: int = 3500  # and the KL term: sooner, patterns are learnt at half the speed
    sort: float = 2.0  # axis i sorts patterns by attribute i
    scale: float = 8.0  # axis i is attribute i on its normal scale
    edit: float = 0.4  # nameless axes of one pattern with the attributes of its edit give the edit
    slide: float = 8.0  # the decoded attributes are what the axes say, also where a slider was moved
    abroad: bool = True  # also half-way between patterns and at places drawn by lot


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
    generated: int = 0  # so many generated tunes where no data folder is given


@dataclass(frozen=True, slots=True, kw_only=True)
class QuartetConfig:
    """What the quartet learns from, and when which loss comes in, in steps."""

    batch: int = 64
    hop: int = 4  # steps from one training window to the next
    keyed: bool = True  # all pieces in C major or A minor, their own key told beside
    shifted: float = 0.4  # share of windows moved to another key, or with their key misnamed by a semitone
    held: float = 0.25  # weight of a pitch that only goes on
    hide: float = 0.3  # share of pieces of which chords and style see some voices only
    kl: float = 0.5
    free_nats: float = 0.02  # an axis
    ramp_steps: int = 400
    tempered: float = 0.7  # of a posterior's spread that the flow learns
    code_to: int = 600  # steps of the autoencoder; 0: none, nor flow nor map, the critic has all
    flow_to: int = 1300
    flow_times: int = 4  # as many codes as there are windows in a batch
    map_to: int = 1700
    map_times: int = 3
    critic_steps: int = 2
    penalty: float = 10.0
    adversarial: float = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class QuartetRecipe:
    """Everything a run of the quartet needs besides data folders and a seed."""

    name: str
    kind: str
    title: str
    train: TrainConfig
    network: QuartetNetConfig = field(default_factory=QuartetNetConfig)
    quartet: QuartetConfig = field(default_factory=QuartetConfig)
    generated: int = 0  # so many generated pieces where no data folder is given


@dataclass(frozen=True, slots=True, kw_only=True)
class SketchConfig:
    """What the sketch model learns from, and when which loss comes in, in steps."""

    batch: int = 64
    hop: int = 4  # steps from one training window to the next: all begin on a beat
    told: float = 0.45  # share of windows that come with their latent
    all_hidden: float = 0.5  # of those
    kl: float = 0.3  # against the reconstruction, both in nats a window
    kl_ramp_steps: int = 500
    tempered: float = 0.25  # of a posterior's spread that the flow learns: what comes of it is read at its likeliest
    flow_from: int = 1500
    still_from: int = 3600  # the encoder learns no more, so that the flow has something to follow
    few_from: int = 4500  # the one-step student follows the flow
    few_batch: int = 32
    teacher_steps: int = 6  # of the flow, that the student does in one


@dataclass(frozen=True, slots=True, kw_only=True)
class SketchRecipe:
    """Everything a run of the sketch model needs besides data folders and a seed."""

    name: str
    kind: str
    title: str
    train: TrainConfig
    network: SketchNetConfig = field(default_factory=SketchNetConfig)
    sketch: SketchConfig = field(default_factory=SketchConfig)
    generated: int = 0  # so many generated pieces where no data folder is given


@dataclass(frozen=True, slots=True, kw_only=True)
class RollConfig:
    """The sketch model's baseline."""

    batch: int = 16
    hop: int = 4
    samples: int = 100  # that are scored
    steps: int = 50  # of the sampler, where the seed work took 1,000


@dataclass(frozen=True, slots=True, kw_only=True)
class RollRecipe:
    """Everything a run of the sketch model's baseline needs."""

    name: str
    kind: str
    title: str
    train: TrainConfig
    network: RollNetConfig = field(default_factory=RollNetConfig)
    roll: RollConfig = field(default_factory=RollConfig)
    generated: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticulationRecipe:
    """Everything a run of the articulation network needs besides data folders and a seed."""

    name: str
    kind: str
    title: str
    train: TrainConfig
    network: ArticulationNetConfig = field(default_factory=ArticulationNetConfig)
    batch: int = 128  # windows
    hop: int = 4  # steps from one training window to the next
    generated: int = 0  # so many generated pieces where no data folder is given


AnyRecipe = Recipe | PatternRecipe | QuartetRecipe | SketchRecipe | RollRecipe | ArticulationRecipe
