"""Morph: a two-bar pattern as a point in a latent space; sliders move the point, the decoder says what sounds there.

Shapes: S steps, K symbols, Z latent axes.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from realtime.bundle import Bundle
from realtime.errors import BundleError
from realtime.generators.base import GenerateRequest, GeneratorState, resolve_controls
from realtime.generators.graph import open_session
from realtime.generators.prior import Prior
from realtime.generators.sampling import MASKED, choose
from realtime.generators.shaping import Shape, Shaper
from realtime.generators.steering import Steering
from realtime.generators.ways import POINTS, Way, blend, way_through
from realtime.music.attributes import ATTRIBUTES
from realtime.music.note import Note, Phrase
from realtime.music.pattern_codec import (
    FIRST_ONSET,
    HOLD,
    PATTERN_TICKS,
    PITCH_LOW,
    PITCHES,
    REST,
    STEPS,
    SYMBOLS,
    IntArray,
    PatternCodec,
    likeliest,
)
from realtime.music.scales import FILTER, Scale
from realtime.music.units import Meter

FloatArray = npt.NDArray[np.float32]
REACH = 3.0  # sigmas: no slider moves an axis further from the middle than this


class PatternNetwork:
    """The bundle's two graphs."""

    def __init__(self, bundle: Bundle) -> None:
        try:
            self.latent = int(bundle.spec.config["latent"])
            self.axes = tuple(str(bundle.spec.config["axes"]).split(","))
        except (KeyError, ValueError) as error:
            raise BundleError(f"{bundle.folder}: config lacks {error}; export the bundle again") from error
        missing = set(self.axes) - {control.name for control in bundle.spec.controls}
        if missing or len(self.axes) > self.latent:
            raise BundleError(
                f"{bundle.folder}: {len(self.axes)} axes of {self.latent}, without control: {sorted(missing)}; "
                "export the bundle again"
            )
        point = (1, self.latent)
        self._encoder = open_session(bundle, "encoder", mean=point, log_variance=point)
        self._decoder = open_session(bundle, "decoder", logits=(1, STEPS, SYMBOLS))

    def encode(self, symbols_S: IntArray) -> tuple[FloatArray, FloatArray]:
        """(mean_Z, log_variance_Z) of a pattern."""
        mean_1Z, log_variance_1Z = self._encoder.run(["mean", "log_variance"], {"symbols": symbols_S[None]})
        return mean_1Z[0], log_variance_1Z[0]

    def decode(self, z_Z: FloatArray) -> FloatArray:
        """logits_SK."""
        logits: FloatArray = self._decoder.run(["logits"], {"z": z_Z[None].astype(np.float32)})[0][0]
        return logits


@dataclass(frozen=True, slots=True)
class Settings:
    """The controls of one pattern, resolved."""

    offsets: tuple[float, ...]  # sigmas to be added, by axis
    temperature: float
    shape: Shape


class MorphGenerator:
    """A loaded morph bundle. Belongs to one thread.

    For loops: `place` gives the point to start from (keep it), `pattern` what sounds there at given sliders, `way` a
    morph between two points, `play` the notes of a pattern on the timeline.
    """

    def __init__(self, bundle: Bundle) -> None:
        self.spec = bundle.spec
        self.network = PatternNetwork(bundle)
        self._steering, self._prior = Steering(bundle), Prior(bundle)
        self._codec = PatternCodec()
        self._last_read: tuple[Phrase, FloatArray] | None = None
        self._tried: dict[bytes, FloatArray] = {}  # logits_SK of the points that steering has looked at last
        self.network.decode(np.zeros(self.network.latent, np.float32))  # warm-up: the first run allocates

    def initial_state(self, seed: int) -> GeneratorState:
        """The seed is all the state there is."""
        return GeneratorState(seed)

    def prepare(self, request: GenerateRequest) -> int:
        """Encode what was played; returns how many times the encoder ran."""
        if not request.context.notes or (self._last_read and self._last_read[0] == request.context):
            return 0
        self._read(request.context)
        return 1

    def generate(self, request: GenerateRequest, state: GeneratorState) -> tuple[Phrase, GeneratorState]:
        """The pattern from bar line to bar line, again and again, as much of it as lies in the asked-for time."""
        settings = self.settings(request)
        symbols_S = self.pattern(self.place(request.context, state.seed), settings, state.seed)
        return self.play(symbols_S, request, settings, state.seed), state

    def place(self, context: Phrase, seed: int) -> FloatArray:
        """Where the sliders start from: the last two bars of what was played, or a place of the seed's own."""
        return self._read(context) if context.notes else self._prior.draw(seed)

    def read(self, symbols_S: IntArray) -> FloatArray:
        """The point of a pattern."""
        return self.network.encode(symbols_S)[0]

    def point(self, z_Z: FloatArray, offsets: tuple[float, ...]) -> FloatArray:
        """Where the sliders lead from a point: raw axes are moved, named ones steered. All at 0: the same point."""
        named = len(ATTRIBUTES)
        moved_Z = move(z_Z, (*(0.0,) * named, *offsets[named:]))
        self._tried.clear()
        return self._steering.steer(moved_Z, offsets[:named], self._likeliest)

    def pattern(self, z_Z: FloatArray, settings: Settings, seed: int = 0) -> IntArray:
        """What sounds at a point with the sliders moved: the likeliest pattern, or one drawn at the temperature."""
        logits_SK = self._logits(self.point(z_Z, settings.offsets), settings)
        if settings.temperature == 0:
            return likeliest(logits_SK)
        return drawn(logits_SK, settings.temperature, np.random.default_rng(seed))

    def way(self, a_Z: FloatArray, b_Z: FloatArray, settings: Settings) -> Way:
        """The morph from one point to another, the sliders moved at both; temperature has no say in it."""
        ends = (self.point(a_Z, settings.offsets), self.point(b_Z, settings.offsets))
        places = np.linspace(0, 1, POINTS).tolist()
        return way_through(np.array([self._logits(blend(*ends, place), settings) for place in places]))

    def play(self, symbols_S: IntArray, request: GenerateRequest, settings: Settings, seed: int) -> Phrase:
        """The notes of a pattern, over the asked-for time."""
        pattern = self._codec.decode(symbols_S)
        end = request.start_tick + request.length_ticks
        shaper = Shaper(settings.shape, request, np.random.default_rng(seed))
        notes = [
            shaper.note(note.start_tick, note.pitch, note.duration_ticks)
            for note in tiled(pattern, request.start_tick, end, request.context.meter)
        ]
        return Phrase.of(notes, meter=request.context.meter, length_ticks=end)

    def settings(self, request: GenerateRequest) -> Settings:
        """The request's controls, resolved."""
        controls = resolve_controls(self.spec, request.controls)
        offsets = tuple(controls[name] for name in self.network.axes)
        return Settings(offsets, controls["temperature"], Shape.of(controls))

    def _logits(self, z_Z: FloatArray, settings: Settings) -> FloatArray:
        tried_SK = self._tried.get(z_Z.tobytes())
        logits_SK = self.network.decode(z_Z) if tried_SK is None else tried_SK.copy()
        if settings.shape.scale_mode == FILTER:
            logits_SK[:, FIRST_ONSET:][:, ~in_scale(settings.shape.scale)] = MASKED
        return logits_SK

    def _likeliest(self, z_Z: FloatArray) -> IntArray:
        self._tried[z_Z.tobytes()] = logits_SK = self.network.decode(z_Z)
        return likeliest(logits_SK)

    def _read(self, context: Phrase) -> FloatArray:
        if self._last_read is None or self._last_read[0] != context:
            symbols_S = self._codec.encode(context, start_tick=last_bars_tick(context))
            self._last_read = (context, self.read(symbols_S))
        return self._last_read[1]


def move(z_Z: FloatArray, offsets: tuple[float, ...]) -> FloatArray:
    """The point with its first axes moved, none further out than `REACH` or than it was; all at 0: the same point."""
    moved_Z = z_Z.copy()
    count = len(offsets)
    limit_A = np.maximum(REACH, np.abs(z_Z[:count]))
    moved_Z[:count] = np.clip(z_Z[:count] + np.array(offsets, np.float32), -limit_A, limit_A)
    return moved_Z


def drawn(logits_SK: FloatArray, temperature: float, rng: np.random.Generator) -> IntArray:
    """A canonical pattern drawn step by step; nothing is held in silence."""
    symbols: list[int] = []
    for row_K in logits_SK:
        if not symbols or symbols[-1] == REST:
            row_K = row_K.copy()
            row_K[HOLD] = MASKED
        symbols.append(choose(row_K, rng, temperature=temperature, top_p=1.0))
    return np.array(symbols, np.int64)


def last_bars_tick(phrase: Phrase) -> int:
    """Where the last two bars with notes begin; the first bar with notes, if there is only one."""
    bar = phrase.meter.bar_ticks
    first, last = (note.start_tick // bar for note in (phrase.notes[0], phrase.notes[-1]))
    bars = max(1, PATTERN_TICKS // bar)
    return max(first, last - bars + 1) * bar


def in_scale(scale: Scale) -> npt.NDArray[np.bool_]:
    """Which of the codec's pitches belong to the scale."""
    return np.array([scale.contains(PITCH_LOW + i) for i in range(PITCHES)])


def tiled(pattern: Phrase, start_tick: int, end_tick: int, meter: Meter) -> list[Note]:
    """The pattern's notes over and over from the bar line at or before `start_tick`; those that begin in time, cut."""
    origin = start_tick // meter.bar_ticks * meter.bar_ticks
    out = []
    for repeat in range(origin, end_tick, PATTERN_TICKS):
        for note in pattern.notes:
            tick = repeat + note.start_tick
            if start_tick <= tick < end_tick:
                out.append(Note(tick, note.pitch, min(note.duration_ticks, end_tick - tick)))
    return out
