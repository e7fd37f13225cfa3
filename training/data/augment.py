"""Augmentation on arrays: what `RowBuilder` would give for a transposed, cropped or unlabelled line, without its loop.

Shapes: N events of a tune, S rows of a window, F features (`FEATURES`).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from realtime.music.melody_codec import (
    FEATURES,
    METER_OTHER,
    METERS,
    NO_DURATION,
    NO_INTERVAL,
    NO_PITCH,
    OFFSETS,
    PITCHES,
    POSITION_TICKS,
    POSITION_UNKNOWN,
    POSITIONS,
    REST,
    interval_id,
)
from realtime.music.units import PPQ, Meter
from training.data.corpus import Tune
from training.data.melodies import BEAT_ONLY

IntArray = npt.NDArray[np.int64]
MIN_WINDOW: Final = 16  # events left when a window starts inside a tune
COMMON_TIME: Final = Meter(4, 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class AugmentConfig:
    """How tunes are varied each time they are drawn."""

    transpose: int = 6  # semitones up or down
    octave: float = 0.15  # share moved by an octave as well, if it fits
    inside: float = 0.5  # share that starts inside the tune, as a player's phrase does
    any_style: float = 0.3  # share that does not say its style
    no_metric: float = 0.1  # share that does not say where in the bar it is
    modulate: float = 0.15  # share that goes on in another key somewhere: a player may do so, the tunes rarely do
    guess_bar: float = 0.5  # share of lines without known bars that are put into 4/4 on a beat drawn by lot


@dataclass(frozen=True, slots=True, kw_only=True)
class TuneArrays:
    """One tune as arrays. `tick_N1`: where each event starts, and where the last one ends."""

    pitch_N: IntArray
    duration_N: IntArray
    interval_N: IntArray
    tick_N1: IntArray
    meter: Meter
    style: int
    source: str

    def __len__(self) -> int:
        return len(self.pitch_N)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Which part of a tune is shown, and how."""

    start: int = 0
    length: int = 1 << 30
    transpose: int = 0
    style: int | None = None  # another style than the tune's
    meter: Meter | None = None  # another meter than the tune's
    shift_ticks: int = 0  # added to the place in the bar
    metric: bool = True
    turn: int = 0  # from this event of the view on, if not 0, it goes on
    turn_semitones: int = 0  # so much higher


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Rows the network reads and what it is to say after each. `weight_S` is 0 where nothing is to be learned."""

    rows_SF: IntArray
    pitch_S: IntArray
    duration_S: IntArray
    weight_S: npt.NDArray[np.float32]


def to_arrays(tune: Tune) -> TuneArrays:
    """The arrays of a tune."""
    events = tune.line.events
    intervals, last = [], None
    for event in events:
        intervals.append(interval_id(event.pitch_id, last))
        last = last if event.is_rest else event.pitch_id
    lengths = [event.ticks for event in events]
    return TuneArrays(
        pitch_N=np.array([event.pitch_id for event in events]),
        duration_N=np.array([event.duration_id for event in events]),
        interval_N=np.array(intervals),
        tick_N1=tune.line.start_tick + np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        meter=tune.line.meter,
        style=tune.style,
        source=tune.source,
    )


def window(tune: TuneArrays, view: View) -> Window:
    """Rows and targets of a view. Row i is what is read to predict event i, as `RowBuilder` builds them."""
    a, b = view.start, min(len(tune), view.start + view.length)
    pitch_S, duration_S = tune.pitch_N[a:b].copy(), tune.duration_N[a:b]
    pitch_S[pitch_S != REST] += view.transpose
    interval_S = tune.interval_N[a:b].copy()
    sounding = np.flatnonzero(pitch_S != REST)
    turned = sounding[sounding >= view.turn] if view.turn else sounding[:0]
    if len(turned):
        pitch_S[turned] += view.turn_semitones
        before = sounding[sounding < view.turn]
        interval_S[turned[0]] = interval_id(int(pitch_S[turned[0]]), int(pitch_S[before[-1]]) if len(before) else None)
    if len(sounding):
        interval_S[sounding[0]] = NO_INTERVAL  # nothing sounded before it in this view
    meter = view.meter or tune.meter
    rows_SF = np.empty((b - a, len(FEATURES)), np.int64)
    rows_SF[:, 0] = np.concatenate([[NO_PITCH], pitch_S[:-1]])
    rows_SF[:, 1] = np.concatenate([[NO_DURATION], duration_S[:-1]])
    rows_SF[:, 2] = np.concatenate([[NO_INTERVAL], interval_S[:-1]])
    rows_SF[:, 3] = _positions(tune.tick_N1[a:b] + view.shift_ticks, meter, view.metric)
    pair = (meter.numerator, meter.denominator)
    rows_SF[:, 4] = METERS.index(pair) if pair in METERS else METER_OTHER
    rows_SF[:, 5] = tune.style if view.style is None else view.style
    weight_S = np.ones(b - a, np.float32)
    weight_S[turned[:1]] = 0.0  # nobody can know that the key changes here
    return Window(rows_SF=rows_SF + np.array(OFFSETS), pitch_S=pitch_S, duration_S=duration_S, weight_S=weight_S)


def _positions(tick_S: IntArray, meter: Meter, metric: bool) -> IntArray:
    if not metric or meter.bar_ticks > POSITIONS * POSITION_TICKS:
        return np.full(len(tick_S), POSITION_UNKNOWN)
    return tick_S % meter.bar_ticks // POSITION_TICKS


def draw_view(tune: TuneArrays, config: AugmentConfig, rng: np.random.Generator, *, inside: bool, length: int) -> View:
    """A random view of at most `length` events. `inside`: it must start inside the tune; else it may."""
    spare = len(tune) - MIN_WINDOW
    start = int(rng.integers(0, spare + 1)) if spare > 0 and (inside or rng.random() < config.inside) else 0
    beats_by_lot = tune.meter == BEAT_ONLY and rng.random() < config.guess_bar
    shown_N = tune.pitch_N[start : start + length]
    transpose = draw_transposition(shown_N, config, rng)
    turn, turn_semitones = draw_turn(shown_N, transpose, config, rng)
    return View(
        start=start,
        length=length,
        transpose=transpose,
        turn=turn,
        turn_semitones=turn_semitones,
        style=0 if rng.random() < config.any_style else None,
        meter=COMMON_TIME if beats_by_lot else None,
        shift_ticks=PPQ * int(rng.integers(0, 4)) if beats_by_lot else 0,
        metric=bool(rng.random() >= config.no_metric),
    )


def draw_transposition(pitch_S: IntArray, config: AugmentConfig, rng: np.random.Generator) -> int:
    """Semitones up or down that keep every note in the codec's range."""
    notes = pitch_S[pitch_S != REST]
    if not len(notes) or config.transpose == 0:
        return 0
    lowest, highest = -int(notes.min()), PITCHES - 1 - int(notes.max())
    by = int(rng.integers(max(-config.transpose, lowest), min(config.transpose, highest) + 1))
    octaves = [o for o in (-12, 12) if lowest <= by + o <= highest]
    if octaves and rng.random() < config.octave:
        by += octaves[int(rng.integers(len(octaves)))]
    return by


def draw_turn(pitch_S: IntArray, transpose: int, config: AugmentConfig, rng: np.random.Generator) -> tuple[int, int]:
    """Where a line goes on in another key and by how many semitones; (0, 0) for most."""
    if len(pitch_S) < 2 * MIN_WINDOW or rng.random() >= config.modulate:
        return 0, 0
    turn = int(rng.integers(MIN_WINDOW // 2, len(pitch_S) - MIN_WINDOW // 2))
    notes = pitch_S[turn:][pitch_S[turn:] != REST] + transpose
    lowest, highest = (-int(notes.min()), PITCHES - 1 - int(notes.max())) if len(notes) else (0, 0)
    choices = [by for by in range(-7, 8) if by and lowest <= by <= highest]
    return (turn, choices[int(rng.integers(len(choices)))]) if choices else (0, 0)
