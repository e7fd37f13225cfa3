"""One window filled in, varied, harmonised or continued; what is locked stays as it is.

Shapes: V voices, S steps, K symbols. A window is two 4/4 bars of sixteenths.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Protocol

import numpy as np

from realtime.generators.sketch_cells import MASK, BoolArray, IntArray
from realtime.generators.sketch_frame import LOWEST_SHIFT, SHIFTS, UNKNOWN_FRAME, best_shifts, moved, scale_shift
from realtime.generators.sketch_sampler import FloatArray, Network, Sampling, Task, fill, redraw
from realtime.generators.sketch_voices import MIDDLES
from realtime.music.chorale import REST, STEPS, STEPS_PER_BAR, SYMBOLS, VOICES, ChoraleGrid, pitch_of
from realtime.music.scales import SCALES, Scale

MODES: Final = ("continue", "fill", "vary", "harmonise")
STEP_COUNTS: Final = (1, 2, 4, 16, 64)
# How best to spend so many runs of the network (chosen on valid chorales): fewer of them need more caution.
WAYS: Final = {
    1: Sampling(steps=1, spread=0.85),
    2: Sampling(steps=2, temperature=0.0, spread=0.85, redrawn=(0.3,)),
    4: Sampling(steps=4, temperature=0.0, spread=0.85, redrawn=(0.4, 0.25, 0.15)),
    16: Sampling(steps=16, temperature=0.7, latent=False),
    64: Sampling(steps=64, temperature=0.8, latent=False),
}
STEPS_PER_BEAT: Final = 4
REFINED: Final = 0.25  # share of the drawn cells that a refining pass draws again
REFINING_TEMPERATURE: Final = 0.5
SLACK: Final = 3  # semitones short of an octave at which music is read an octave off
STILL: Final = 0.02  # at lower temperatures the likeliest is taken


@dataclass(frozen=True, slots=True, kw_only=True)
class SketchSettings:
    """What to do with a window. `amount`: of `vary`, 0 leaves all as it is. `pull`: nats against notes outside of
    `scale`. `absent`: voices that are not there and stay silent."""

    mode: str = "fill"
    amount: float = 0.5
    steps: int = 4
    temperature: float = 1.0
    refine: int = 0
    scale: Scale | None = None
    pull: float = 0.0
    absent: tuple[int, ...] = ()

    @classmethod
    def of(cls, controls: Mapping[str, float]) -> "SketchSettings":
        """From control values as `resolve_controls` gives them."""
        pull = controls["scale_pull"]
        return cls(
            mode=MODES[int(controls["mode"])],
            amount=controls["amount"],
            steps=STEP_COUNTS[int(controls["steps"])],
            temperature=controls["temperature"],
            refine=int(controls["refine"]),
            scale=Scale(int(controls["key"]), tuple(SCALES)[int(controls["scale"])]) if pull > 0 else None,
            pull=pull,
        )


class FramedNetwork(Network, Protocol):
    """A network that knows how often music is in each frame, and where notes are struck."""

    frames: tuple[float, ...]

    def strikes(self, symbol_VS: IntArray) -> BoolArray:
        """Where the notes of these pitches begin."""


def sketch(
    network: FramedNetwork, grid: ChoraleGrid, locked_VS: BoolArray, settings: SketchSettings, rng: np.random.Generator
) -> ChoraleGrid:
    """The window with what the mode asks for drawn; locked cells and those that the mode leaves alone as they were.

    `continue` returns the bar after the grid's last one behind that last one, which is kept whatever the locks say.
    """
    if settings.mode == "continue":
        grid, locked_VS = next_bar(grid)
    hidden_VS = asked_for(grid, locked_VS, settings, rng)
    if not hidden_VS.any():
        return grid
    symbol_VS = draw(network, grid.symbol_VS, hidden_VS, settings, rng)
    return ChoraleGrid.of(symbol_VS, np.where(hidden_VS, network.strikes(symbol_VS), grid.strike_VS))


def next_bar(grid: ChoraleGrid) -> tuple[ChoraleGrid, BoolArray]:
    """The last bar as the first of a new window, locked, and an empty one."""
    symbol_VS, strike_VS = np.zeros((VOICES, STEPS), np.int64), np.zeros((VOICES, STEPS), bool)
    symbol_VS[:, :STEPS_PER_BAR] = grid.symbol_VS[:, -STEPS_PER_BAR:]
    strike_VS[:, :STEPS_PER_BAR] = grid.strike_VS[:, -STEPS_PER_BAR:]
    locked_VS = np.broadcast_to(np.arange(STEPS) < STEPS_PER_BAR, (VOICES, STEPS))
    return ChoraleGrid.of(symbol_VS, strike_VS), locked_VS


def asked_for(grid: ChoraleGrid, locked_VS: BoolArray, settings: SketchSettings, rng: np.random.Generator) -> BoolArray:
    """[V, S]: the cells to be drawn. For `vary` more of the same ones with a larger amount, a beat of a voice at a
    time: single cells would all come out as their neighbours say."""
    hidden_VS = ~locked_VS
    hidden_VS[list(settings.absent)] = False
    if settings.mode == "harmonise":
        hidden_VS[0] = False
    if settings.mode == "vary":
        tile_VT = rng.random((VOICES, STEPS // STEPS_PER_BEAT))
        place_VS = np.repeat(tile_VT, STEPS_PER_BEAT, axis=1) + 1e-9 * np.arange(STEPS)
        rank = np.where(hidden_VS, place_VS, np.inf).ravel().argsort().argsort().reshape(VOICES, STEPS)
        hidden_VS &= rank < round(settings.amount * int(hidden_VS.sum()))
    return hidden_VS


def draw(
    network: FramedNetwork,
    symbol_VS: IntArray,
    hidden_VS: BoolArray,
    settings: SketchSettings,
    rng: np.random.Generator,
) -> IntArray:
    """symbol_VS with the hidden cells drawn."""
    cell_VS = np.where(hidden_VS, MASK, symbol_VS)
    cell_VS[(hidden_VS | (symbol_VS == REST)).all(1)] = MASK  # of a voice that nobody has heard nothing is known
    shift, frame = place(network, cell_VS, settings, rng)
    task = Task(moved(cell_VS[None], np.array([shift])), hidden_VS[None], np.array([frame]))
    way, bold = WAYS[settings.steps], settings.temperature if settings.temperature >= STILL else 0.0
    sampling = replace(
        way,
        temperature=bold * way.temperature,
        spread=bold * way.spread,
        bias_BK=bias(settings, shift)[None] if settings.scale else None,
    )
    cell_BVS = fill(network, task, sampling, rng)
    refining = replace(sampling, temperature=bold * REFINING_TEMPERATURE)
    for _ in range(settings.refine):
        cell_BVS = redraw(network, Task(cell_BVS, task.hidden_BVS, task.frame_B), refining, REFINED, rng)
    return np.where(hidden_VS, moved(cell_BVS, np.array([-shift]))[0], symbol_VS)


def place(
    network: FramedNetwork, cell_VS: IntArray, settings: SketchSettings, rng: np.random.Generator
) -> tuple[int, int]:
    """(semitones to move the window by, its frame): by what is known of it, else by the scale, else one as in the
    music that the network has learned."""
    known_VS = (cell_VS != REST) & (cell_VS != MASK)
    if known_VS.any():
        return int(best_shifts(cell_VS[None])[0]) + 12 * octaves_off(cell_VS, known_VS), UNKNOWN_FRAME
    if settings.scale is not None:
        shift = scale_shift(settings.scale)
    else:
        share_F = np.array(network.frames) / sum(network.frames)
        shift = int(rng.choice(SHIFTS, p=share_F)) + LOWEST_SHIFT
    return shift, shift - LOWEST_SHIFT


def octaves_off(cell_VS: IntArray, known_VS: BoolArray) -> int:
    """By how many octaves what is known lies from where its voices are sung; 0 up to nine semitones, else music that
    climbs from window to window would be read lower each time and go on climbing."""
    off = float((np.array(MIDDLES)[:, None] - pitch_of(0) - cell_VS)[known_VS].mean())
    return int(np.sign(off)) * int((abs(off) + SLACK) // 12)


def bias(settings: SketchSettings, shift: int) -> FloatArray:
    """[K]: what the scale's pull adds to the logits of a window that was moved."""
    assert settings.scale is not None
    outside = [not settings.scale.contains(pitch_of(symbol) - shift) for symbol in range(SYMBOLS)]
    outside[REST] = False
    return np.where(outside, -settings.pull, 0.0).astype(np.float32)
