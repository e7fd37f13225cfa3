"""Quartet in the rack: two bars of four voices; inputs are re-rolled one by one, voices kept, a melody harmonised."""

from dataclasses import dataclass

import numpy as np

from realtime.bundle.spec import BundleSpec
from realtime.engine.parts.makers.sources import merged
from realtime.engine.parts.material import Material, Order
from realtime.generators.base import GenerateRequest, resolve_controls
from realtime.generators.quartet import SOPRANO, QuartetGenerator
from realtime.generators.quartet_code import Ints
from realtime.generators.quartet_composer import NO_VOICES, PhraseOrder
from realtime.generators.quartet_settings import Settings
from realtime.music.chorale import GRID_TICKS, VOICE_NAMES, ChoraleGrid
from realtime.music.note import Phrase


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """What was made: symbols, and the chord before them (none at the start)."""

    symbol_VS: Ints
    before_V: Ints | None


class QuartetMaker:
    """See `Maker`."""

    voice_names: tuple[str, ...] = VOICE_NAMES
    lock_names: tuple[str, ...] = VOICE_NAMES
    touch_grid: str = "beat"
    connects: bool = True

    def __init__(self, generator: QuartetGenerator) -> None:
        self._generator = generator

    @property
    def spec(self) -> BundleSpec:
        """The model's manifest."""
        return self._generator.spec

    def make(self, order: Order) -> Material:
        """Two bars: the phrase before them goes on in them, kept voices stay bit for bit."""
        point, generator = order.point, self._generator
        request = GenerateRequest(
            context=merged(point.source, order.meter), start_tick=0, length_ticks=GRID_TICKS, controls=point.controls
        )
        settings = Settings.of(resolve_controls(self.spec, point.controls))
        tune = self._tune(order, request, settings)
        given_VS, kept = _given(order, tune)
        written = Written(
            generator.composer.make(
                PhraseOrder(
                    settings=settings,
                    condition=generator.condition(request, settings, point.seed),
                    seed=point.seed,
                    number=order.phrase,
                    given_VS=given_VS,
                    kept=kept,
                    before_V=_before(order),
                )
            ),
            _before(order),
        )
        grid = generator.struck(written.symbol_VS, point.seed, tune)
        voices = generator.played(grid, request, settings, point.seed)
        return Material(voices=_with_kept(voices, order), length_ticks=GRID_TICKS, phrase=order.phrase, detail=written)

    def _tune(self, order: Order, request: GenerateRequest, settings: Settings) -> ChoraleGrid | None:
        """The soprano that is to be harmonised: a source of one voice always is. Kept voices go before."""
        if order.locks or not (settings.harmonise or len(order.point.source) == 1):
            return None
        tune = self._generator.tune(request, 1)
        return tune if tune is not None and tune.strike_VS.any() else None


def _given(order: Order, tune: ChoraleGrid | None) -> tuple[Ints | None, tuple[bool, ...]]:
    """Symbols that stay, and of which voices."""
    before = order.previous.detail if order.previous else None
    if isinstance(before, Written) and order.locks:
        return before.symbol_VS, tuple(name in order.locks for name in VOICE_NAMES)
    return (None, NO_VOICES) if tune is None else (tune.symbol_VS, SOPRANO)


def _before(order: Order) -> Ints | None:
    """The chord that comes before the phrase."""
    written = order.previous.detail if order.previous else None
    if not isinstance(written, Written) or order.previous is None:
        return None
    return np.asarray(written.symbol_VS[:, -1]) if order.phrase > order.previous.phrase else written.before_V


def _with_kept(voices: tuple[Phrase, ...], order: Order) -> tuple[Phrase, ...]:
    """Kept voices keep their loudness too."""
    if order.previous is None or not order.locks:
        return voices
    pairs = zip(VOICE_NAMES, voices, order.previous.voices, strict=True)
    return tuple(old if name in order.locks else new for name, new, old in pairs)
