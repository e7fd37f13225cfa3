"""What the scores of four-part music are made of: pitches, notes, chords and distances between voices, in numbers.

Shapes: N windows, V voices, S steps, B beats, C pitch classes, P pairs of voices, F features. Everything is read off
sounding symbols (0: rest), so a note struck again at the same pitch counts as one long note here.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from realtime.music.chorale import PITCH_LOW, REST, VOICE_NAMES, VOICES
from realtime.music.harmony import PAIRS, chord_fits
from realtime.music.scales import SCALES

Symbols = npt.NDArray[np.integer]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
STEPS_PER_BEAT: Final = 4
LEAP: Final = 3  # semitones; more is a leap
NEIGHBOURS: Final = tuple(pairwise(range(VOICES)))
VOICE_FEATURES: Final = ("mean_pitch", "pitch_spread", "pitch_range", "onsets", "pitch_classes", "mean_interval",
                         "leaps", "off_beat", "rests")  # fmt: skip


MAJOR_MASKS: Final = np.unique([sum(1 << (root + tone) % 12 for tone in SCALES["major"]) for root in range(12)])
# Harte's six-dimensional tonal space: circles of fifths, minor and major thirds of radii 1, 1 and 1/2.
_ANGLES: Final = np.arange(12)[:, None] * np.pi * np.array([7 / 6, 3 / 2, 2 / 3])
TONAL_SPACE: Final = np.concatenate([np.sin(_ANGLES), np.cos(_ANGLES)], axis=1) * np.array([1, 1, 0.5, 1, 1, 0.5])


def pitches(symbol_NVS: Symbols) -> Floats:
    """MIDI pitches, NaN at rests."""
    return np.where(symbol_NVS == REST, np.nan, symbol_NVS.astype(float) - 1 + PITCH_LOW)


def pitch_classes(symbol_NVS: Symbols) -> npt.NDArray[np.int64]:
    """0..11, and -1 at rests."""
    return np.where(symbol_NVS == REST, -1, (symbol_NVS.astype(np.int64) - 1 + PITCH_LOW) % 12)


def onsets(symbol_NVS: Symbols) -> Bools:
    """Where a note begins: a pitch that does not go on from the step before. A window's first step begins all."""
    changed = np.ones(symbol_NVS.shape, bool)
    changed[..., 1:] = symbol_NVS[..., 1:] != symbol_NVS[..., :-1]
    return changed & (symbol_NVS != REST)


def class_counts(symbol_NVS: Symbols, steps: int) -> Floats:
    """[N, V, spans, C]: in how many steps of each span of `steps` each pitch class sounds."""
    size, voices, length = symbol_NVS.shape
    one_hot = pitch_classes(symbol_NVS)[..., None] == np.arange(12)
    return one_hot.reshape(size, voices, length // steps, steps, 12).sum(3).astype(float)


def tonal_distances(symbol_NVS: Symbols) -> Floats:
    """[N, P, B]: how far apart two voices are in the tonal space at each beat; NaN where one of them is silent."""
    chroma = class_counts(symbol_NVS, STEPS_PER_BEAT)
    total = chroma.sum(-1, keepdims=True)
    place = np.where(total > 0, chroma / np.maximum(total, 1), np.nan) @ TONAL_SPACE
    return np.stack([np.linalg.norm(place[:, a] - place[:, b], axis=-1) for a, b in PAIRS], axis=1)


def scale_fits(symbol_NVS: Symbols) -> Floats:
    """[N]: share of sounding cells in the major scale that fits best; a silent window fits."""
    counts_NC = class_counts(symbol_NVS, symbol_NVS.shape[-1]).sum((1, 2))
    inside_C12 = (MAJOR_MASKS >> np.arange(12)[:, None]) & 1
    total_N = counts_NC.sum(-1)
    return np.where(total_N > 0, (counts_NC @ inside_C12).max(-1) / np.maximum(1, total_N), 1.0)


def class_entropy(symbol_NVS: Symbols) -> Floats:
    """[N]: entropy of the pitch classes of the whole window, in nats."""
    counts_NC = class_counts(symbol_NVS, symbol_NVS.shape[-1]).sum((1, 2))
    p_NC = counts_NC / np.maximum(1, counts_NC.sum(-1, keepdims=True))
    return -(p_NC * np.log(np.where(p_NC > 0, p_NC, 1))).sum(-1)


def melodic_intervals(symbol_NVS: Symbols) -> Floats:
    """[N, V, S]: semitones from the step before where the pitch changes between two sounding steps, else NaN."""
    moved = np.diff(pitches(symbol_NVS), axis=-1, prepend=np.nan)
    return np.where(moved == 0, np.nan, np.abs(moved))


def gaps(symbol_NVS: Symbols) -> Floats:
    """[N, 3, S]: semitones from each voice up to the one above it, negative where they cross; NaN at a rest."""
    pitch = pitches(symbol_NVS)
    return pitch[:, :-1] - pitch[:, 1:]


def features(symbol_NVS: Symbols) -> Floats:
    """[N, 55], in the order of `FEATURE_NAMES`; what a silent voice leaves undefined is 0."""
    pitch = pitches(symbol_NVS)
    begins = onsets(symbol_NVS)
    interval = melodic_intervals(symbol_NVS)
    count_NV = begins.sum(-1)
    profile_N4 = begins.reshape(*begins.shape[:2], -1, STEPS_PER_BEAT).sum((1, 2))
    profile_N4 = profile_N4 / np.maximum(1, count_NV.sum(-1))[:, None]
    moves_NV = (~np.isnan(interval)).sum(-1)
    voice = [
        nan_mean(pitch),
        _spread(pitch),
        _range(pitch),
        count_NV,
        (class_counts(symbol_NVS, symbol_NVS.shape[-1]) > 0).sum((2, 3)),
        nan_mean(interval),
        (interval > LEAP).sum(-1) / np.maximum(1, moves_NV),
        begins[..., np.arange(begins.shape[-1]) % STEPS_PER_BEAT != 0].sum(-1) / np.maximum(1, count_NV),
        (symbol_NVS == REST).mean(-1),
    ]
    gap = gaps(symbol_NVS)
    between = [nan_mean(tonal_distances(symbol_NVS)), nan_mean(gap), nan_mean(np.where(np.isnan(gap), gap, gap < 0))]
    whole = (scale_fits(symbol_NVS), class_entropy(symbol_NVS), chord_fits(symbol_NVS).mean(-1))
    voices_NF = np.stack(voice, axis=-1).reshape(len(symbol_NVS), -1)
    return np.concatenate([voices_NF, *between, np.stack(whole, axis=1), profile_N4], axis=1)


def _pair_names(what: str, pairs: Sequence[tuple[int, int]]) -> list[str]:
    return [f"{what}.{VOICE_NAMES[a][0]}{VOICE_NAMES[b][0]}" for a, b in pairs]


FEATURE_NAMES: Final = (
    *(f"{voice}.{name}" for voice in VOICE_NAMES for name in VOICE_FEATURES),
    *_pair_names("tonal_distance", PAIRS),
    *_pair_names("spacing", NEIGHBOURS),
    *_pair_names("crossing", NEIGHBOURS),
    "scale_fit",
    "entropy",
    "chord_fit",
    *(f"onsets.{step}" for step in range(STEPS_PER_BEAT)),
)


def nan_mean(x: Floats) -> Floats:
    """Mean over the last axis without NaN; 0 where there is nothing else."""
    known = ~np.isnan(x)
    return np.where(known, x, 0).sum(-1) / np.maximum(1, known.sum(-1))


def _spread(pitch: Floats) -> Floats:
    return np.sqrt(nan_mean((pitch - nan_mean(pitch)[..., None]) ** 2))


def _range(pitch: Floats) -> Floats:
    top, low = np.where(np.isnan(pitch), -np.inf, pitch).max(-1), np.where(np.isnan(pitch), np.inf, pitch).min(-1)
    return np.where(np.isfinite(top), top - low, 0.0)
