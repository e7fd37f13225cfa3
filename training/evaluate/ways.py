"""Morphs from pattern to pattern: do they turn back, do they jump, and is what sounds on the way music?

Shapes: P places, S steps, Z latent axes.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from realtime.generators.base import GenerateRequest
from realtime.generators.latent import MorphGenerator
from realtime.generators.ways import blend
from realtime.music.note import Phrase
from realtime.music.pattern_codec import FIRST_ONSET, PATTERN_TICKS, IntArray, PatternCodec, likeliest
from training.evaluate.pattern_ngram import PatternNGram

PLACES: Final = tuple(np.linspace(0, 1, 11).tolist())
LARGEST_JUMP: Final = 2.5  # times the mean step
REQUEST: Final = GenerateRequest(context=Phrase(), start_tick=0, length_ticks=PATTERN_TICKS)
LatentPoint = npt.NDArray[np.float32]


def heard(generator: MorphGenerator, symbols_S: IntArray) -> IntArray:
    """The pattern read back from the notes that the generator plays, after all post-processing."""
    phrase = generator.play(symbols_S, REQUEST, generator.settings(REQUEST), 0)
    return PatternCodec().encode(phrase, played=False)


def way(generator: MorphGenerator, a_Z: LatentPoint, b_Z: LatentPoint) -> IntArray:
    """[P, S]: what is heard at 11 evenly spaced places of the generator's way from a to b."""
    morph = generator.way(a_Z, b_Z, generator.settings(REQUEST))
    return np.array([heard(generator, morph.at(place)) for place in PLACES])


def arc(generator: MorphGenerator, a_Z: LatentPoint, b_Z: LatentPoint) -> IntArray:
    """[P, S]: what the decoder alone says at 11 evenly spaced points from a to b."""
    return np.array([likeliest(generator.network.decode(blend(a_Z, b_Z, place))) for place in PLACES])


def way_scores(ways: Sequence[IntArray]) -> dict[str, float]:
    """Of each way: does the Hamming distance from its start never shrink, and how large is the largest change?

    `notes`: how many sound half-way, as a share of those at the two ends.
    """
    monotone, largest, even = [], [], []
    half_way = ends = 0.0
    for way_PS in ways:
        from_start_P = (way_PS != way_PS[0]).sum(-1)
        change_P = (way_PS[1:] != way_PS[:-1]).sum(-1)
        note_P = (way_PS >= FIRST_ONSET).sum(-1)
        monotone.append(bool((np.diff(from_start_P) >= 0).all()))
        largest.append(change_P.max() / max(1e-9, change_P.mean()))
        even.append(change_P.max() <= LARGEST_JUMP * change_P.mean())
        half_way += note_P[len(note_P) // 2]
        ends += (note_P[0] + note_P[-1]) / 2
    return {
        "monotone": float(np.mean(monotone)),
        "largest_jump": float(np.median(largest)),
        "even": float(np.mean(even)),
        "notes": float(half_way / max(1.0, ends)),
    }


def cost_ratio(ways: Sequence[IntArray], ngram: PatternNGram) -> float:
    """Nats an event between the ends of the ways, as a multiple of those at the ends."""
    ends = ngram.nats([pattern for way_PS in ways for pattern in (way_PS[0], way_PS[-1])])
    return ngram.nats([pattern for way_PS in ways for pattern in way_PS[1:-1]]) / ends
