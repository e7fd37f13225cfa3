"""The plain rival of a four-part model: Witten-Bell n-grams over cells, read step by step, the soprano first.

Shapes: V voices, T steps, K symbols. A cell is predicted as the interval from its voice's last pitch, from what the
voices above do at this step, where in the beat it is, how long the pitch has lasted, and how what the others sing
stands to it; so no transposition is unseen.
"""

from collections.abc import Hashable, Iterable, Sequence
from random import Random
from typing import Final

import numpy as np
import numpy.typing as npt

from realtime.music.chorale import PITCHES, REST, SYMBOLS, VOICES
from training.evaluate.chorale_features import STEPS_PER_BEAT, Symbols
from training.evaluate.ngram import Contexts, WittenBell

UNISON: Final = PITCHES - 1  # id of interval 0, above all intervals down
REST_ID: Final = 2 * PITCHES - 1
OPENING: Final = (49, 44, 38, 30)  # symbols that a piece's first notes are counted from: C5, G4, C#4, F3
LONGEST: Final = 8  # steps; a pitch that has lasted longer counts as this


class Reader:
    """What is known before each cell. `took` tells it what stands there."""

    def __init__(self) -> None:
        self.last_V = list(OPENING)  # symbol of each voice's last pitch
        self._before_V = [REST] * VOICES
        self._now: list[int] = []
        self._run_V, self._move_V = [0] * VOICES, [0] * VOICES
        self._step = 0

    @property
    def voice(self) -> int:
        """Whose cell is next."""
        return len(self._now)

    def contexts(self) -> list[Hashable]:
        """From the most general to the longest."""
        voice = self.voice
        here: tuple[Hashable, ...] = (voice, self._step == 0, self._before_V[voice] == REST)
        moved = tuple(now != before for now, before in zip(self._now, self._before_V, strict=False))
        others = [*self._now, *self._before_V[voice + 1 :]]
        chord = tuple(sorted({(other - self.last_V[voice]) % 12 for other in others if other != REST}))
        contexts: list[Hashable] = [here]
        for more in ((moved, self._step % STEPS_PER_BEAT), self._run_V[voice], chord, self._move_V[voice]):
            here = (*here, more)
            contexts.append(here)
        return contexts

    def id_of(self, symbol: int) -> int:
        """The interval to `symbol`, or the rest."""
        return REST_ID if symbol == REST else symbol - self.last_V[self.voice] + UNISON

    def took(self, symbol: int) -> None:
        """On to the next cell."""
        self._now.append(symbol)
        if self.voice < VOICES:
            return
        for voice, now in enumerate(self._now):
            goes_on = self._step > 0 and now == self._before_V[voice]
            self._run_V[voice] = min(LONGEST, self._run_V[voice] + 1) if goes_on else 1
            if now not in (REST, self.last_V[voice]):
                self._move_V[voice] = now - self.last_V[voice] if self._step else 0
                self.last_V[voice] = now
        self._before_V, self._now = self._now, []
        self._step += 1


class DrawingWittenBell(WittenBell):
    """One that can also draw, without working out all probabilities."""

    def draw(self, contexts: Contexts, random: Random) -> int:
        """A symbol: from the longest known context, or, as often as that saw something new, from a shorter one."""
        known = [counts for context in contexts if (counts := self._counts.get(context))]
        for counts in reversed(known):
            total = sum(counts.values())
            if random.random() * (total + len(counts)) < total:
                return random.choices(list(counts), list(counts.values()))[0]
        return random.randrange(self.size)


class CellNGram:
    """Counted on pieces or windows of four voices."""

    def __init__(self, pieces: Iterable[Symbols]) -> None:
        self._counts = DrawingWittenBell(REST_ID + 1)
        for symbol_VT in pieces:
            reader = Reader()
            for symbol in symbol_VT.T.ravel().tolist():
                self._counts.add(reader.contexts(), reader.id_of(symbol))
                reader.took(symbol)

    def distribution(self, reader: Reader) -> npt.NDArray[np.float64]:
        """P of each of the K symbols for the next cell; it sums to 1."""
        p = self._counts.distribution(reader.contexts())
        first = UNISON + 1 - reader.last_V[reader.voice]  # id of symbol 1
        p_K = np.concatenate([p[REST_ID:], p[first : first + SYMBOLS - 1]])
        return p_K / p_K.sum()

    def score(self, pieces: Iterable[Symbols]) -> dict[str, float]:
        """Nats a cell, and a cell whose voice changes there, which "hold what you have" knows nothing of."""
        nats: list[float] = []
        changed: list[bool] = []
        for symbol_VT in pieces:
            reader = Reader()
            change_VT = np.ones(symbol_VT.shape, bool)
            change_VT[:, 1:] = symbol_VT[:, 1:] != symbol_VT[:, :-1]
            changed += change_VT.T.ravel().tolist()
            for symbol in symbol_VT.T.ravel().tolist():
                nats.append(-float(np.log(self.distribution(reader)[symbol])))
                reader.took(symbol)
        return {"nats_per_cell": float(np.mean(nats)), "nats_per_changed_cell": float(np.mean(np.array(nats)[changed]))}

    def draw(self, reader: Reader, random: Random) -> int:
        """A symbol for the next cell, as likely as `distribution` says."""
        while True:
            drawn = self._counts.draw(reader.contexts(), random)
            symbol = REST if drawn == REST_ID else drawn - UNISON + reader.last_V[reader.voice]
            if symbol in range(1, SYMBOLS) or drawn == REST_ID:
                return symbol

    def sample(self, openings: Sequence[Symbols], steps: int, seed: int = 0) -> npt.NDArray[np.uint8]:
        """Windows of `steps` that go on from chords: each of `openings` is one symbol a voice."""
        windows, random = np.zeros((len(openings), VOICES, steps), np.uint8), Random(seed)
        for window_VS, opening_V in zip(windows, openings, strict=True):
            reader = Reader()
            window_VS[:, 0] = opening_V
            for symbol in opening_V.tolist():
                reader.took(int(symbol))
            for step in range(1, steps):
                for voice in range(VOICES):
                    symbol = self.draw(reader, random)
                    window_VS[voice, step] = symbol
                    reader.took(symbol)
        return windows


def window_baseline(train_NVS: Symbols, held_out_NVS: Symbols) -> dict[str, float]:
    """What the n-gram comes to on windows, by the names of the sketch model's scores; nothing without training music.

    Counted on windows that do not overlap: it has to guess their first chords as well.
    """
    if not len(train_NVS):
        return {}
    found = CellNGram(train_NVS).score(held_out_NVS)
    names = {"nats_per_cell": "bound_nats_per_cell", "nats_per_changed_cell": "nats_per_changed_cell"}
    return {name: round(found[theirs], 4) for theirs, name in names.items()}
