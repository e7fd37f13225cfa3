"""Do phrases that follow on one another go over as music does? Their borders, beside real ones.

Shapes: N windows of two bars around a border, V voices, S steps, M moves.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from realtime.generators.base import GenerateRequest, resolve_controls
from realtime.generators.quartet import QuartetGenerator
from realtime.generators.quartet_border import MOVES, BorderModel, moves
from realtime.generators.quartet_code import moved
from realtime.generators.quartet_settings import Settings
from realtime.music.chorale import GRID_TICKS, STEPS, VOICES
from realtime.music.harmony import parallels
from realtime.music.note import Phrase
from training.data.chorales import Chorale, Symbols
from training.evaluate.chorale import Scale, sampled_distance
from training.evaluate.chorale_features import features
from training.tasks.quartet_data import read_windows

PIECES, PHRASES = 60, 5  # of two bars
BEAT: Final = 4  # steps: real windows begin at every beat
HALF: Final = STEPS // 2


def border_scores(
    generator: QuartetGenerator, held_out: Sequence[Chorale]
) -> tuple[dict[str, float], dict[str, float]]:
    """Of the model's borders, and of real music's, as a quarter of it stands beside all. All in C major or A minor.

    `.unchosen`: of phrases that are not chosen to follow. log_likelihood: by the border model, in nats. move_overlap:
    of the voices' moves with real ones, 1 where they are alike. parallels: share of borders with parallel fifths or
    octaves. frechet_distance: of the two bars around a border from real windows.
    """
    settings = Settings.of(resolve_controls(generator.spec, {}))
    real_NVS = read_windows(held_out, BEAT, keyed=True).symbol_NVS
    borders = generator.composer.borders
    told = measured(joined(generator, settings), real_NVS, borders)
    unchosen = measured(joined(generator, replace(settings, candidates=1)), real_NVS, borders)
    told |= {f"{name}.unchosen": value for name, value in unchosen.items()}
    quarter_NVS = real_NVS[::BEAT] if len(real_NVS) > 2 * BEAT else real_NVS
    return told, measured(quarter_NVS, real_NVS, borders)


def joined(generator: QuartetGenerator, settings: Settings) -> Symbols:
    """[N, V, S]: two bars around each border of longer pieces."""
    request = GenerateRequest(context=Phrase(), start_tick=0, length_ticks=PHRASES * GRID_TICKS)
    found = []
    for seed in range(PIECES):
        symbol_VT = generator.grid(request, settings, generator.initial_state(seed))[0].symbol_VS
        symbol_VT = moved(symbol_VT, -generator.condition(request, settings, seed).key.offset)
        found += [symbol_VT[:, k * STEPS - HALF : k * STEPS + HALF] for k in range(1, PHRASES)]
    return np.stack(found).astype(np.uint8)


def measured(window_NVS: Symbols, real_NVS: Symbols, borders: BorderModel) -> dict[str, float]:
    """All measures by name."""
    before_NV, after_NV = window_NVS[..., HALF - 1], window_NVS[..., HALF]
    likely = [borders.score(before_V, after_V[None])[0] for before_V, after_V in zip(before_NV, after_NV, strict=True)]
    real_VM = move_shares(real_NVS[..., HALF - 1], real_NVS[..., HALF])
    x_NF, y_NF = features(window_NVS), features(real_NVS)
    found = {
        "log_likelihood": np.mean(likely),
        "move_overlap": np.minimum(move_shares(before_NV, after_NV), real_VM).sum(-1).mean(),
        "parallels": parallels(before_NV, after_NV).mean(),
        "frechet_distance": sampled_distance(x_NF, y_NF, Scale.of(y_NF)),
    }
    return {f"border.{name}": round(float(value), 4) for name, value in found.items()}


def move_shares(before_NV: Symbols, after_NV: Symbols) -> npt.NDArray[np.float64]:
    """[V, M]: how often each voice moves how far."""
    move_NV = moves(before_NV, after_NV)
    return np.stack([np.bincount(move_NV[:, v], minlength=MOVES) / len(move_NV) for v in range(VOICES)])
