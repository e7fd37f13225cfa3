"""Score an exported morph bundle through onnxruntime, as the live app runs it.

Shapes: N patterns, S steps, K symbols, Z latent axes, D one-hot dimensions.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from realtime.bundle.store import Bundle
from realtime.generators.latent import MorphGenerator
from realtime.music.attributes import ATTRIBUTES, attributes_of
from realtime.music.note import Phrase
from realtime.music.pattern_codec import FIRST_ONSET, SYMBOLS, IntArray, canonical, likeliest
from training.data.patterns import shape_keys
from training.evaluate.pattern_ngram import PatternNGram
from training.evaluate.sliders import SEEDS, correlations, slider_scores, sweep, turn_scores, turned
from training.evaluate.ways import REQUEST, arc, cost_ratio, way, way_scores

FloatArray = npt.NDArray[np.float64]
ACTIVE_NATS: Final = 0.05
PAIRS: Final = 500
PRIOR_SAMPLES: Final = 500
PCA_BATCH: Final = 2000
HISTOGRAM_BINS: Final = 20


def score_bundle(bundle: Bundle, held_out_NS: IntArray, train_NS: IntArray, seed: int = 0) -> dict[str, float]:
    """All scores on the held-out patterns; costs by an n-gram of the training patterns, if there are any."""
    generator = MorphGenerator(bundle)
    rng = np.random.default_rng(seed)
    shuffled_NS = held_out_NS[rng.permutation(len(held_out_NS))]
    coded = [generator.network.encode(symbols_S) for symbols_S in shuffled_NS]
    mean_NZ, log_variance_NZ = (np.array(part) for part in zip(*coded, strict=True))
    got_NS = np.array([likeliest(generator.network.decode(z_Z)) for z_Z in mean_NZ])
    scores = reconstruction_scores(got_NS, shuffled_NS)
    kl_Z = kl_nats(mean_NZ, log_variance_NZ)
    scores |= {"active_axes": float((kl_Z > ACTIVE_NATS).sum()), "latent": len(kl_Z), "kl_nats": float(kl_Z.sum())}
    seeds_NS = shuffled_NS[:SEEDS]
    real_AA = correlations(attributes_of(shuffled_NS))
    scores |= slider_scores(sweep(generator, seeds_NS), real_AA)
    alone = slider_scores(sweep(generator, seeds_NS, steered=False), real_AA)
    scores |= {f"axis_{name}": value for name, value in alone.items()}
    scores |= turn_scores(turned(generator, seeds_NS))
    ngram = PatternNGram(train_NS) if len(train_NS) else None
    scores |= morph_scores(generator, mean_NZ, ngram)
    sampled_NS = prior_samples(generator)
    scores |= prior_scores(sampled_NS, shuffled_NS)
    if ngram:
        scores["prior_cost_ratio"] = ngram.nats(sampled_NS) / ngram.nats(shuffled_NS[:PRIOR_SAMPLES])
    return {name: round(float(value), 4) for name, value in scores.items()}


def morph_scores(
    generator: MorphGenerator, mean_NZ: npt.NDArray[np.float32], ngram: PatternNGram | None
) -> dict[str, float]:
    """Of the generator's ways between held-out patterns (`morph_`), and of the decoder alone between them (`arc_`)."""
    half = min(PAIRS, len(mean_NZ) // 2)
    pairs = list(zip(mean_NZ[:half], mean_NZ[-half:], strict=True))
    scores: dict[str, float] = {}
    for name, between in (("morph", way), ("arc", arc)):
        ways = [between(generator, a_Z, b_Z) for a_Z, b_Z in pairs]
        scores |= {f"{name}_{key}": value for key, value in way_scores(ways).items()}
        if ngram:
            scores[f"{name}_cost_ratio"] = cost_ratio(ways, ngram)
    return scores


def reconstruction_scores(got_NS: IntArray, true_NS: IntArray) -> dict[str, float]:
    """Share of right steps, of wholly right patterns, and F1 of notes (onset and pitch)."""
    right_NS = got_NS == true_NS
    onset_got, onset_true = got_NS >= FIRST_ONSET, true_NS >= FIRST_ONSET
    hits = (right_NS & onset_true).sum()
    return {
        "step_accuracy": float(right_NS.mean()),
        "exact": float(right_NS.all(-1).mean()),
        "note_f1": float(2 * hits / max(1, onset_got.sum() + onset_true.sum())),
    }


def kl_nats(mean_NZ: npt.NDArray[np.float32], log_variance_NZ: npt.NDArray[np.float32]) -> FloatArray:
    """KL of the posteriors from N(0, 1), by axis, mean over the patterns."""
    mean, log_variance = mean_NZ.astype(np.float64), log_variance_NZ.astype(np.float64)
    return np.asarray(0.5 * (mean**2 + np.exp(log_variance) - 1 - log_variance).mean(0))


def prior_samples(generator: MorphGenerator) -> IntArray:
    """What 500 seeds open with."""
    settings, nothing = generator.settings(REQUEST), Phrase()
    places = [generator.place(nothing, seed) for seed in range(PRIOR_SAMPLES)]
    return np.array([generator.pattern(z_Z, settings) for z_Z in places])


def prior_scores(sampled_NS: IntArray, real_NS: IntArray) -> dict[str, float]:
    """How alike the attributes of sampled and of real patterns are: overlap of histograms, 1 where they are equal."""
    sampled_NA, real_NA = attributes_of(sampled_NS), attributes_of(real_NS)
    scores = {}
    for name, a_N, b_N in zip(ATTRIBUTES, sampled_NA.T, real_NA.T, strict=True):
        edges = np.linspace(min(a_N.min(), b_N.min()), max(a_N.max(), b_N.max()) + 1e-9, HISTOGRAM_BINS + 1)
        shares = [np.histogram(x_N, edges)[0] / len(x_N) for x_N in (a_N, b_N)]
        scores[f"prior_overlap.{name}"] = float(np.minimum(*shares).sum())
    scores["prior_overlap"] = float(np.mean(list(scores.values())))
    scores["prior_distinct"] = len(np.unique(sampled_NS, axis=0)) / len(sampled_NS)
    return scores


def pca_scores(train_NS: IntArray, held_out_NS: IntArray, latent: int) -> dict[str, float]:
    """The plain baseline: the best linear code of as many axes, the likeliest symbol of each step read off it."""
    used_D = one_hot(train_NS[:1])[0] > 0
    for part in _batches(train_NS):
        used_D |= one_hot(part).any(0)  # what never sounds has no axis: a smaller problem, the same axes
    size = int(used_D.sum())
    mean_D, total_DD = np.zeros(size), np.zeros((size, size))
    for part in _batches(train_NS):
        x_ND = one_hot(part)[:, used_D]
        mean_D, total_DD = mean_D + x_ND.sum(0), total_DD + x_ND.T @ x_ND
    mean_D = mean_D / len(train_NS)
    _, vectors_DD = np.linalg.eigh(total_DD / len(train_NS) - np.outer(mean_D, mean_D))
    axes_DZ = vectors_DD[:, -latent:].astype(np.float32)
    got = []
    for part in _batches(held_out_NS):
        centred_ND = one_hot(part)[:, used_D] - mean_D.astype(np.float32)
        back_ND = np.zeros((len(part), len(used_D)), np.float32)
        back_ND[:, used_D] = centred_ND @ axes_DZ @ axes_DZ.T + mean_D
        got.append(back_ND.reshape(len(part), -1, SYMBOLS).argmax(-1))
    return {n: round(v, 4) for n, v in reconstruction_scores(canonical(np.concatenate(got)), held_out_NS).items()}


def one_hot(symbols_NS: IntArray) -> npt.NDArray[np.float32]:
    """[N, S * K]."""
    return np.eye(SYMBOLS, dtype=np.float32)[symbols_NS].reshape(len(symbols_NS), -1)


def _batches(symbols_NS: IntArray) -> list[IntArray]:
    return np.array_split(symbols_NS, max(1, len(symbols_NS) // PCA_BATCH))


def copy_gate(
    bundle: Bundle, train_NS: IntArray, held_out_NS: IntArray, seed: int = 0
) -> dict[str, float | bool | None]:
    """Are samples copies? Distance of each to its nearest training window in any key, beside people's own patterns.

    Passed if at most 1 % are copies and the nearest 5 % are as far away as those of people.
    """
    if not len(train_NS) or not len(held_out_NS):
        return {"passed": None, "samples": 0}
    sampled_NS = prior_samples(MorphGenerator(bundle))
    sampled_NS = sampled_NS[(sampled_NS >= FIRST_ONSET).any(-1)]
    people_NS = held_out_NS[np.random.default_rng(seed).permutation(len(held_out_NS))[:PRIOR_SAMPLES]]
    known = shape_keys(train_NS).astype(np.int16)
    model_N, people_N = (nearest(shape_keys(x).astype(np.int16), known) for x in (sampled_NS, people_NS))
    exact, p5, people_p5 = float((model_N == 0).mean()), *(float(np.percentile(x, 5)) for x in (model_N, people_N))
    return {
        "passed": bool(exact <= 0.01 and p5 >= people_p5),
        "samples": len(sampled_NS),
        "exact_share": round(exact, 4),
        "nearest_p5": round(p5, 4),
        "people_nearest_p5": round(people_p5, 4),
        "nearest_median": round(float(np.median(model_N)), 4),
        "people_nearest_median": round(float(np.median(people_N)), 4),
    }


def nearest(keys_NS: npt.NDArray[np.int16], known_MS: npt.NDArray[np.int16]) -> FloatArray:
    """Share of steps that differ from the nearest known pattern."""
    return np.array([(known_MS != key_S).mean(-1).min() for key_S in keys_NS])
