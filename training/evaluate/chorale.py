"""Scores of four-part samples beside real music, and the controls that show what the scores can tell.

Shapes: N windows, V voices, S steps, F features. All windows are sounding symbols (0: rest).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from realtime.errors import FileError
from realtime.music.chorale import REST, STEPS_PER_BAR, VOICE_NAMES
from training.data.chorales import Symbols as Windows
from training.evaluate.cell_ngram import CellNGram
from training.evaluate.chorale_features import (
    STEPS_PER_BEAT,
    Floats,
    Symbols,
    chord_fits,
    class_counts,
    features,
    gaps,
    melodic_intervals,
    onsets,
    scale_fits,
    tonal_distances,
)

SAMPLES: Final = 500  # the Fréchet distance depends on how many there are: always this many, where there are
DRAWS: Final = 3  # of so many real windows, for a distance that hangs on no one draw
FEWEST: Final = 8  # windows
NOISE: Final = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Mean and spread of the features in the training windows: what z-scores are counted in."""

    mean_F: Floats
    spread_F: Floats

    @classmethod
    def of(cls, x_NF: Floats) -> "Scale":
        """A feature that never changes is left as it is."""
        spread_F = x_NF.std(0)
        return cls(mean_F=x_NF.mean(0), spread_F=np.where(spread_F > 0, spread_F, 1.0))

    def __call__(self, x_NF: Floats) -> Floats:
        """Z-scores."""
        return (x_NF - self.mean_F) / self.spread_F


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Real music to compare samples with. `scale`: of the training windows; the windows: held-out ones."""

    windows: Windows
    features_NF: Floats
    scale: Scale
    tonal_distance: float
    mixed_tonal_distance: float  # of voices that have nothing to do with each other

    @classmethod
    def of(cls, train_NVS: Windows, held_out_NVS: Windows, seed: int = 0) -> "Reference":
        """Held-out windows on the scale of the training windows, or on their own where there are none.

        Raises `FileError` if there are too few of them to compare with.
        """
        if len(held_out_NVS) < FEWEST:
            raise FileError(
                f"{len(held_out_NVS)} held-out windows of two bars; at least {FEWEST} are needed for scores"
            )
        mixed = mixed_voices(held_out_NVS, np.random.default_rng(seed))
        return cls(
            windows=held_out_NVS,
            features_NF=features(held_out_NVS),
            scale=Scale.of(features(train_NVS if len(train_NVS) else held_out_NVS)),
            tonal_distance=mean_known(tonal_distances(held_out_NVS)),
            mixed_tonal_distance=mean_known(tonal_distances(mixed)),
        )


def frechet_distance(x_NF: Floats, y_NF: Floats, scale: Scale) -> float:
    """Between normal distributions fitted to two sets of features, z-scored by `scale` (0: the same)."""
    x_NF, y_NF = scale(x_NF), scale(y_NF)
    apart_F = x_NF.mean(0) - y_NF.mean(0)
    x_FF, y_FF = np.cov(x_NF, rowvar=False), np.cov(y_NF, rowvar=False)
    values_F, vectors_FF = np.linalg.eigh(x_FF)
    root_FF = (vectors_FF * np.sqrt(np.maximum(values_F, 0))) @ vectors_FF.T
    shared = np.sqrt(np.maximum(np.linalg.eigvalsh(root_FF @ y_FF @ root_FF), 0)).sum()
    return float(max(0.0, apart_F @ apart_F + np.trace(x_FF) + np.trace(y_FF) - 2 * shared))


def sampled_distance(x_NF: Floats, y_NF: Floats, scale: Scale, seed: int = 0) -> float:
    """Mean of `frechet_distance` over a few draws of at most 500 from each."""
    rng = np.random.default_rng(seed)
    draws = [[z_NF[rng.permutation(len(z_NF))[:SAMPLES]] for z_NF in (x_NF, y_NF)] for _ in range(DRAWS)]
    return float(np.mean([frechet_distance(x, y, scale) for x, y in draws]))


def scores(symbol_NVS: Symbols, reference: Reference, seed: int = 0) -> dict[str, float]:
    """All scores of some windows, rounded; `harmonic_coherence` is 1 for real music, 0 for voices that are mixed."""
    distance = mean_known(tonal_distances(symbol_NVS))
    coherent = reference.mixed_tonal_distance - reference.tonal_distance
    found = {
        "frechet_distance": sampled_distance(features(symbol_NVS), reference.features_NF, reference.scale, seed),
        "chord_fit": float(chord_fits(symbol_NVS).mean()),
        "harmonic_coherence": (reference.mixed_tonal_distance - distance) / coherent if coherent else 0.0,
        "td_mean": distance,
        **texture(symbol_NVS),
    }
    return {name: round(value, 4) for name, value in found.items()}


def texture(symbol_NVS: Symbols) -> dict[str, float]:
    """What needs no other music to compare with."""
    bars = symbol_NVS.reshape(*symbol_NVS.shape[:2], -1, STEPS_PER_BAR)
    used_V = (class_counts(symbol_NVS, STEPS_PER_BAR) > 0).sum(-1).mean((0, 2))
    same = (symbol_NVS[..., 1:] == symbol_NVS[..., :-1]) & (symbol_NVS[..., 1:] != REST)
    return {
        "empty_bars": float((bars == REST).all(-1).mean()),
        **{f"used_pitch_classes.{name}": float(used) for name, used in zip(VOICE_NAMES, used_V, strict=True)},
        **{f"qualified_notes.{name}": qualified(symbol_NVS[:, v]) for v, name in enumerate(VOICE_NAMES)},
        "scale_consistency": float(scale_fits(symbol_NVS).mean()),
        "voice_crossing": float((gaps(symbol_NVS) < 0).any(1).mean()),
        "held": float(same.mean()),
        "mean_leap": mean_known(melodic_intervals(symbol_NVS)),
        "distinct": float(len(np.unique(symbol_NVS, axis=0))),
    }


def qualified(symbol_NS: Symbols) -> float:
    """Share of a voice's notes that last at least an eighth."""
    begins_NS = onsets(symbol_NS)
    goes_on_NS = np.zeros(begins_NS.shape, bool)
    goes_on_NS[:, :-1] = symbol_NS[:, 1:] == symbol_NS[:, :-1]
    return float((begins_NS & goes_on_NS).sum() / max(1, begins_NS.sum()))


def mean_known(x: Floats) -> float:
    """Mean of what is no NaN; 0 of nothing."""
    known = x[~np.isnan(x)]
    return float(known.mean()) if len(known) else 0.0


def mixed_voices(symbol_NVS: Windows, rng: np.random.Generator) -> Windows:
    """Each voice from another window."""
    voices = [symbol_NVS[rng.permutation(len(symbol_NVS)), voice] for voice in range(symbol_NVS.shape[1])]
    return np.stack(voices, axis=1)


def shuffled_beats(symbol_NVS: Windows, rng: np.random.Generator) -> Windows:
    """The beats of each window in another order, all voices alike."""
    size, voices, steps = symbol_NVS.shape
    beats = symbol_NVS.reshape(size, voices, -1, STEPS_PER_BEAT)
    order_NB = rng.random((size, beats.shape[2])).argsort(-1)
    return np.take_along_axis(beats, order_NB[:, None, :, None], axis=2).reshape(size, voices, steps)


def noisy_cells(symbol_NVS: Windows, rng: np.random.Generator, share: float = NOISE) -> Windows:
    """Some cells replaced by any pitch of their voice's range."""
    out = symbol_NVS.copy()
    for voice in range(symbol_NVS.shape[1]):
        sounding = symbol_NVS[:, voice][symbol_NVS[:, voice] != REST]
        low, high = (int(sounding.min()), int(sounding.max())) if len(sounding) else (1, 1)
        hit = rng.random(symbol_NVS[:, voice].shape) < share
        out[:, voice][hit] = rng.integers(low, high + 1, int(hit.sum()))
    return out


def controls(train_NVS: Windows, reference: Reference, seed: int = 0) -> dict[str, dict[str, float]]:
    """The same scores of music that is known to be right or wrong: bounds for reading a model's.

    "real_train" is also what a model that plays training music would get: only the copy gate tells it from a good one.
    """
    rng = np.random.default_rng(seed)
    drawn = train_NVS[rng.permutation(len(train_NVS))[:SAMPLES]]
    made = {
        "real_train": drawn,
        "beats_shuffled": shuffled_beats(drawn, rng),
        "voices_mixed": mixed_voices(drawn, rng),
        "noise_5_percent": noisy_cells(drawn, rng),
        "n_gram": CellNGram(train_NVS).sample(list(drawn[..., 0]), drawn.shape[-1], seed),
    }
    return {name: scores(symbol_NVS, reference, seed) for name, symbol_NVS in made.items()}
