"""Do the named sliders do what they say, and only that? Measured on the notes a morph bundle plays.

Shapes: N patterns, S steps, Z latent axes, A attributes (and the sliders of the same names), P slider positions.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from realtime.generators.base import GenerateRequest
from realtime.generators.latent import MorphGenerator
from realtime.music.attributes import ATTRIBUTES, attributes_of
from realtime.music.pattern_codec import PATTERN_TICKS, IntArray, PatternCodec
from training.evaluate.ways import REQUEST, heard

FloatArray = npt.NDArray[np.float64]
POSITIONS: Final = 9
SEEDS: Final = 200
REACH: Final = 3.0


def ranks(values_N: npt.ArrayLike) -> FloatArray:
    """Ranks from 1, ties at their mean."""
    _, inverse_N, count_U = np.unique(np.asarray(values_N), return_inverse=True, return_counts=True)
    last_U = np.cumsum(count_U)
    return (last_U - (count_U - 1) / 2)[inverse_N]


def spearman(a_N: npt.ArrayLike, b_N: npt.ArrayLike) -> float:
    """Rank correlation; 0 where one of the two never changes."""
    a, b = (ranks(x) - (np.size(x) + 1) / 2 for x in (a_N, b_N))
    scale = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / scale if scale else 0.0


def correlations(values_NA: FloatArray) -> FloatArray:
    """[A, A] rank correlations of the attributes with one another."""
    count = values_NA.shape[1]
    return np.array([[spearman(values_NA[:, i], values_NA[:, j]) for j in range(count)] for i in range(count)])


def sweep(generator: MorphGenerator, seeds_NS: IntArray, *, steered: bool = True) -> FloatArray:
    """[A, N, P, A]: slider, seed, position -> attributes. The slider is set to the position, -3 .. 3 sigma.

    `steered`: as the generator does it; else its axis alone is set, for seeing what the latent space itself knows.
    """
    places = np.linspace(-REACH, REACH, POSITIONS)
    out = np.zeros((len(ATTRIBUTES), len(seeds_NS), POSITIONS, len(ATTRIBUTES)))
    as_it_is = generator.settings(REQUEST)
    for n, symbols_S in enumerate(seeds_NS):
        mean_Z, _ = generator.network.encode(symbols_S)
        for slider in range(len(ATTRIBUTES)):
            path = []
            for place in places:
                offsets = np.zeros(len(ATTRIBUTES), np.float32)
                offsets[slider] = place - mean_Z[slider]
                z_Z = mean_Z.copy()
                z_Z[slider] = place
                point_Z = generator.point(mean_Z, tuple(offsets)) if steered else z_Z
                path.append(heard(generator, generator.pattern(point_Z, as_it_is)))
            out[slider, n] = attributes_of(np.array(path))
    return out


def turned(generator: MorphGenerator, seeds_NS: IntArray) -> FloatArray:
    """As `sweep`, as a player turns the knob: the phrase is played to the model, the control is added to it."""
    codec = PatternCodec()
    places = np.linspace(-REACH, REACH, POSITIONS)
    out = np.zeros((len(ATTRIBUTES), len(seeds_NS), POSITIONS, len(ATTRIBUTES)))
    for n, symbols_S in enumerate(seeds_NS):
        context = codec.decode(symbols_S)
        for slider, name in enumerate(ATTRIBUTES):
            path = []
            for place in places:
                request = GenerateRequest(
                    context=context,
                    start_tick=PATTERN_TICKS,
                    length_ticks=PATTERN_TICKS,
                    controls={name: float(place)},
                )
                phrase, _ = generator.generate(request, generator.initial_state(0))
                path.append(codec.encode(phrase, start_tick=PATTERN_TICKS, played=False))
            out[slider, n] = attributes_of(np.array(path))
    return out


def slider_scores(swept_ANPA: FloatArray, real_AA: FloatArray) -> dict[str, float]:
    """`slider_spearman` (the worst slider's), `slider_leakage` (the worst pair's), and each slider's own.

    Over all seeds and positions together. Leakage: |correlation| of a slider with another attribute, less what the
    two attributes have in common in real music.
    """
    names = list(ATTRIBUTES)
    seeds, positions = swept_ANPA.shape[1:3]
    place_N = np.tile(np.linspace(-REACH, REACH, positions), seeds)
    found = np.array(
        [[spearman(place_N, swept_ANPA[i, :, :, j].reshape(-1)) for j in range(len(names))] for i in range(len(names))]
    )
    leak = np.abs(found) - np.abs(real_AA)
    np.fill_diagonal(leak, -1.0)
    scores = {"slider_spearman": float(found.diagonal().min()), "slider_leakage": float(leak.max())}
    for i, name in enumerate(names):
        scores[f"slider_spearman.{name}"] = float(found[i, i])
        scores[f"slider_leakage.{name}"] = float(leak[i].max())
    return scores


def turn_scores(turned_ANPA: FloatArray) -> dict[str, float]:
    """Mean over the seeds of one seed's own rank correlation of knob and attribute, and the share of wrong moves."""
    scores = {}
    positions = np.arange(turned_ANPA.shape[2])
    for i, name in enumerate(ATTRIBUTES):
        own_NP = turned_ANPA[i, :, :, i]
        scores[f"knob_spearman.{name}"] = float(np.mean([spearman(positions, row_P) for row_P in own_NP]))
        scores[f"knob_wrong_way.{name}"] = float((np.diff(own_NP, axis=1) < 0).mean())
    return scores
