"""Morph in the rack: a loop that sliders reshape, and that goes from one snapshot to another."""

from dataclasses import replace

from realtime.bundle.spec import BundleSpec
from realtime.engine.parts.material import Material, Order, Path, Point
from realtime.generators.base import GenerateRequest
from realtime.generators.latent import FloatArray, MorphGenerator
from realtime.generators.ways import Way
from realtime.music.note import Phrase
from realtime.music.pattern_codec import PATTERN_TICKS, IntArray
from realtime.music.units import Meter


class MorphMaker:
    """See `Maker`. The last way is kept: along it only the place changes."""

    voice_names: tuple[str, ...] = ("pattern",)
    lock_names: tuple[str, ...] = ()
    touch_grid: str = "step"
    connects: bool = False

    def __init__(self, generator: MorphGenerator) -> None:
        self._generator = generator
        self._way: tuple[tuple[Point, Point], Way] | None = None

    @property
    def spec(self) -> BundleSpec:
        """The model's manifest."""
        return self._generator.spec

    def make(self, order: Order) -> Material:
        """The pattern at the order's point, or at a place on its way."""
        point = order.path.start if order.path else order.point
        request = self._request(point, order.meter)
        settings = self._generator.settings(request)
        if order.path is None:
            symbols_S = self._generator.pattern(self._place(request, point), settings, point.seed)
        else:
            symbols_S = self._on_the_way(order.path, order.meter)
        phrase = self._generator.play(symbols_S, request, settings, point.seed)
        return Material(voices=(phrase,), length_ticks=PATTERN_TICKS)

    def _on_the_way(self, path: Path, meter: Meter) -> IntArray:
        ends = (path.start, path.end)
        if self._way is None or self._way[0] != ends:
            start_Z, end_Z = (self._moved(point, meter) for point in ends)
            settings = self._generator.settings(self._request(path.start, meter))  # its scale holds all the way
            unmoved = replace(settings, offsets=(0.0,) * len(settings.offsets))
            self._way = (ends, self._generator.way(start_Z, end_Z, unmoved))
        return self._way[1].at(path.place)

    def _moved(self, point: Point, meter: Meter) -> FloatArray:
        """Where a snapshot's sliders lead from its start."""
        request = self._request(point, meter)
        return self._generator.point(self._place(request, point), self._generator.settings(request).offsets)

    def _place(self, request: GenerateRequest, point: Point) -> FloatArray:
        return self._generator.place(request.context, point.seed)

    def _request(self, point: Point, meter: Meter) -> GenerateRequest:
        context = point.source[0] if point.source else Phrase(meter=meter)
        return GenerateRequest(context=context, start_tick=0, length_ticks=PATTERN_TICKS, controls=point.controls)
