"""When a note sounds: quantise, then swing. Pure functions of a tick and its bar; bars are counted from tick 0."""

from dataclasses import dataclass
from typing import Final

from realtime.music.units import PPQ

QUANTISE_TICKS: Final = {
    "off": 0,
    "1/4": PPQ,
    "1/8": PPQ // 2,
    "1/8T": PPQ // 3,
    "1/16": PPQ // 4,
    "1/16T": PPQ // 6,
    "1/32": PPQ // 8,
}
SWING_TICKS: Final = {"1/8": PPQ // 2, "1/16": PPQ // 4}  # half of a pair, on the beat and off it


@dataclass(frozen=True, slots=True, kw_only=True)
class Groove:
    """Where the grids put notes."""

    grid_ticks: int = 0  # to quantise to; 0: none
    strength: float = 1.0
    half_ticks: int = PPQ // 2  # of the pair that swings
    delay_ticks: int = 0  # of its off-beat; at most half of `half_ticks`, so that time never runs back

    @classmethod
    def of(cls, *, quantise: int, strength: float, swing: float, swing_grid: int) -> "Groove":
        """From control values. Swing 1 moves the off-beat half-way to the next beat, 2/3 to the triplet."""
        half = tuple(SWING_TICKS.values())[swing_grid]
        grid = tuple(QUANTISE_TICKS.values())[quantise]
        return cls(grid_ticks=grid, strength=strength, half_ticks=half, delay_ticks=round(swing * half / 2))

    @property
    def reach_ticks(self) -> int:
        """No start moves further than this, early or late."""
        return round(self.strength * (self.grid_ticks // 2)) + self.delay_ticks

    def moved(self, start_tick: int, end_tick: int, bar_ticks: int) -> tuple[int, int]:
        """The note's start and end. Quantise keeps its length; swing keeps what is tied tied."""
        if self.grid_ticks:
            shift = round(self.strength * (self._line(start_tick, bar_ticks) - start_tick))
            start_tick, end_tick = start_tick + shift, end_tick + shift
        if self.delay_ticks:
            start_tick, end_tick = self._swung(start_tick, bar_ticks), self._swung(end_tick, bar_ticks)
        return start_tick, max(end_tick, start_tick + 1)

    def _line(self, tick: int, bar_ticks: int) -> int:
        """The nearest line of the grid, which begins anew at each bar line; the earlier of two as near.

        The earlier one: the last off-beat of a loop must not fall out of it.
        """
        place = tick % bar_ticks
        below = place - place % self.grid_ticks
        above = min(below + self.grid_ticks, bar_ticks)
        return tick - place + (above if above - place < place - below else below)

    def _swung(self, tick: int, bar_ticks: int) -> int:
        """The tick where time runs slower up to the off-beat of each pair and faster after it; monotone."""
        place = tick % bar_ticks
        inside = place % (2 * self.half_ticks)
        left = 2 * self.half_ticks - inside
        if place + left > bar_ticks:  # half a pair is left before the bar line, as in 7/8
            return tick
        return tick + (inside if inside < left else left) * self.delay_ticks // self.half_ticks
