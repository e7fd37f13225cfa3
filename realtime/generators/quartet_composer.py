"""Two bars of four voices: candidates from the network, and which of them is taken.

Shapes: N candidates, V voices, S steps, K symbols, Z axes of a code, C condition.

Of a few candidates, which cost one run of the network together, the one is taken that looks most like music, fits
chords best and follows best on what came before. Any voice may be given: the others are found to it.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from realtime.generators.quartet_border import BorderModel
from realtime.generators.quartet_code import Bools, Condition, Floats, Ints, held, moved
from realtime.generators.quartet_network import QuartetNetwork
from realtime.generators.quartet_settings import Draws, Settings
from realtime.generators.sampling import MASKED
from realtime.music.chorale import PITCH_LOW, REST, SYMBOLS, VOICES
from realtime.music.harmony import chord_fits, crossings, mean_moves
from realtime.music.scales import FILTER, SNAP, Scale

GIVEN_TIMES: Final = 4  # as many candidates where voices are given: nothing else makes the others fit them
FOLLOWING_TIMES: Final = 2  # as many where something came before
JUDGE_WEIGHT, CHORD_WEIGHT, CROSSING_WEIGHT, MOVE_WEIGHT, BORDER_WEIGHT = 1.0, 1.0, 0.2, 1.0, 4.0  # on valid
FIRST_CHANGE: Final = 1e3
NO_VOICES: Final = (False,) * VOICES


@dataclass(frozen=True, slots=True, kw_only=True)
class PhraseOrder:
    """Two bars to be made. Symbols are in the sounding key."""

    settings: Settings
    condition: Condition
    seed: int
    number: int = 0  # which phrase of a longer piece
    given_VS: Ints | None = None  # symbols of the voices that are kept, bit for bit
    kept: tuple[bool, ...] = NO_VOICES
    before_V: Ints | None = None  # what sounded last before it

    @property
    def candidates(self) -> int:
        """How many are made. One stays one: that is the fastest."""
        asked = self.settings.candidates
        if asked == 1:
            return 1
        return asked * (GIVEN_TIMES if any(self.kept) else FOLLOWING_TIMES if self.before_V is not None else 1)


class Composer:
    """Orders -> two bars of symbols. The same order gives the same symbols."""

    def __init__(self, network: QuartetNetwork, borders: BorderModel) -> None:
        self.network, self.borders = network, borders

    def make(self, order: PhraseOrder) -> Ints:
        """symbol_VS. First a take is chosen by the piece's own seed; then re-rolled inputs are taken on it."""
        draws = Draws(spans=self.network.spans, seed=order.seed, number=order.number)
        count = order.candidates
        noise_NZ = np.stack([draws.all(take) for take in range(count)])
        made_NVS = self._candidates(order, noise_NZ)
        best = self._best(order, made_NVS)
        if not order.settings.rerolled:
            return np.asarray(made_NVS[best])
        rerolled = order.settings.rerolled
        noise_NZ = np.stack([draws.reroll(noise_NZ[best], rerolled, take) for take in range(count)])
        made_NVS = self._candidates(order, noise_NZ)
        return np.asarray(made_NVS[self._best(order, made_NVS)])

    def _candidates(self, order: PhraseOrder, noise_NZ: Floats) -> Ints:
        """symbol_NVS in the sounding key, with the given voices as they are."""
        condition_NC = np.repeat(order.condition.row[None], len(noise_NZ), 0)
        offset = order.condition.key.offset
        code_NZ = self._codes(order, noise_NZ, condition_NC)
        change_NVS, logits_NVSK = self.network.decode(code_NZ, condition_NC)
        change_NVS[..., 0] = FIRST_CHANGE
        if order.settings.scale_mode == FILTER:
            logits_NVSK[..., out_of_scale(order.settings.scale_in(order.condition.key), offset)] = MASKED
        if order.settings.temperature > 0:
            rng = np.random.default_rng((order.seed, order.number))
            noise = rng.gumbel(size=logits_NVSK.shape).astype(np.float32)
            logits_NVSK = logits_NVSK + order.settings.temperature * noise
        made_NVS = moved(held(logits_NVSK.argmax(-1), change_NVS > 0), offset)
        if order.settings.scale_mode == SNAP:
            made_NVS = snapped(made_NVS, order.settings.scale_in(order.condition.key))
        if order.given_VS is not None:
            made_NVS[:, np.array(order.kept)] = order.given_VS[np.array(order.kept)]
        return made_NVS

    def _codes(self, order: PhraseOrder, noise_NZ: Floats, condition_NC: Floats) -> Floats:
        """Codes of the noise; of given voices their own, with chords and style drawn as they suggest."""
        if order.given_VS is None or not any(order.kept):
            return self.network.codes(noise_NZ, condition_NC)
        given = moved(order.given_VS, -order.condition.key.offset)[None]
        mean_1Z, log_variance_1Z = self.network.encode(given, np.array([order.kept]))
        shared = self.network.shared
        spread = np.exp(0.5 * log_variance_1Z[:, :shared])
        code_NZ = self.network.codes(noise_NZ, condition_NC, mean_1Z[:, :shared] + spread * noise_NZ[:, :shared])
        for voice in np.flatnonzero(order.kept):
            for name in (f"melody_{voice + 1}", f"groove_{voice + 1}"):
                code_NZ[:, self.network.spans[name]] = mean_1Z[:, self.network.spans[name]]
        return code_NZ

    def _best(self, order: PhraseOrder, made_NVS: Ints) -> int:
        """The candidate with the best sum of scores, each in spreads among the candidates."""
        if len(made_NVS) == 1:
            return 0
        in_key = moved(made_NVS, -order.condition.key.offset)
        condition_NC = np.repeat(order.condition.row[None], len(made_NVS), 0)
        total_N = JUDGE_WEIGHT * standard(self.network.judge(in_key, condition_NC))
        total_N = total_N + CHORD_WEIGHT * standard(chord_fits(made_NVS).mean(-1))
        total_N = total_N - CROSSING_WEIGHT * standard(crossings(made_NVS).mean(-1))
        total_N = total_N - MOVE_WEIGHT * standard(mean_moves(made_NVS))
        if order.before_V is not None:
            before_V = moved(order.before_V, -order.condition.key.offset)
            total_N = total_N + BORDER_WEIGHT * standard(self.borders.score(before_V, in_key[..., 0]))
        return int(total_N.argmax())


def standard(score_N: np.ndarray) -> np.ndarray:
    """Mean 0, spread 1; all 0 where they are equal."""
    spread = score_N.std()
    return np.asarray((score_N - score_N.mean()) / spread if spread > 0 else np.zeros(len(score_N)))


def out_of_scale(scale: Scale, offset: int) -> Bools:
    """[K]: symbols in C major or A minor that are no part of the scale once they have moved up by `offset`."""
    outside = [symbol != REST and not scale.contains(symbol - 1 + PITCH_LOW + offset) for symbol in range(SYMBOLS)]
    return np.array(outside)


def snapped(symbol_NVS: Ints, scale: Scale) -> Ints:
    """Every pitch moved to the nearest of the scale."""
    table = [REST, *(scale.snap(symbol - 1 + PITCH_LOW) - PITCH_LOW + 1 for symbol in range(1, SYMBOLS))]
    return np.clip(table, 0, SYMBOLS - 1)[symbol_NVS]
