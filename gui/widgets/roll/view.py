"""Which part of the music a roll shows: ticks to pixels and pitches to rows, and back. Pure."""

from dataclasses import dataclass, field, replace
from math import floor
from typing import Final

from realtime.music.note import MAX_PITCH
from realtime.music.units import PPQ, Meter

MIN_BEAT, MAX_BEAT = 2.0, 480.0  # pixels a beat
MIN_ROW, MAX_ROW = 3.0, 28.0  # pixels a pitch
PITCHES: Final = MAX_PITCH + 1
MARGIN_ROWS: Final = 3  # free rows around the notes when all are to be seen


@dataclass(frozen=True, slots=True, kw_only=True)
class RollView:
    """x runs right from `left_px`, y down from the upper edge of `top_pitch`; both in logical pixels of the field."""

    left_px: float = 0.0  # of tick 0 from the left edge, to the left
    beat_px: float = 48.0
    top_pitch: int = 84  # the pitch of the uppermost row
    row_px: float = 10.0
    meter: Meter = field(default_factory=Meter)
    origin_tick: int = 0  # where bar 0 begins

    def x_of(self, tick: float) -> float:
        """Left edge of a tick."""
        return tick * self.beat_px / PPQ - self.left_px

    def tick_at(self, x: float) -> float:
        """The fractional tick at `x`."""
        return (x + self.left_px) * PPQ / self.beat_px

    def y_of(self, pitch: float) -> float:
        """Upper edge of a pitch's row."""
        return (self.top_pitch - pitch) * self.row_px

    def pitch_at(self, y: float) -> int:
        """The pitch whose row covers `y`."""
        return self.top_pitch - floor(y / self.row_px)

    def bar_at(self, tick: float) -> int:
        """The bar that a tick falls in, from 0; negative before the origin."""
        return floor((tick - self.origin_tick) / self.meter.bar_ticks)

    def bar_tick(self, bar: int) -> int:
        """Where a bar begins."""
        return self.origin_tick + bar * self.meter.bar_ticks

    def zoomed(self, factor: float, x: float) -> "RollView":
        """Closer (more than 1) or farther; the tick at `x` stays where it is."""
        beat_px = min(MAX_BEAT, max(MIN_BEAT, self.beat_px * factor))
        return replace(self, beat_px=beat_px, left_px=(x + self.left_px) * beat_px / self.beat_px - x)

    def scrolled(self, pixels: float) -> "RollView":
        """Later (more than 0) or earlier."""
        return replace(self, left_px=self.left_px + pixels)

    def at_tick(self, tick: float, x: float) -> "RollView":
        """The view that has `tick` at `x`."""
        return replace(self, left_px=tick * self.beat_px / PPQ - x)

    def moved_rows(self, rows: int, height: float) -> "RollView":
        """Up (more than 0) or down, no farther than the lowest and the highest pitch."""
        lowest_top = min(MAX_PITCH, floor(height / self.row_px) - 1)
        return replace(self, top_pitch=min(MAX_PITCH, max(lowest_top, self.top_pitch + rows)))

    def zoomed_rows(self, factor: float, height: float) -> "RollView":
        """Higher or lower rows; the middle stays."""
        row_px = float(round(min(MAX_ROW, max(MIN_ROW, height / PITCHES, self.row_px * factor))))
        middle = self.top_pitch - height / 2 / self.row_px
        return replace(self, row_px=row_px, top_pitch=round(middle + height / 2 / row_px)).moved_rows(0, height)

    def shows(self, low: int, high: int, height: float) -> bool:
        """Whether all rows from `low` to `high` are in a field of `height`."""
        return high <= self.top_pitch and self.y_of(low) + self.row_px <= height

    def fitted(self, low: int, high: int, height: float) -> "RollView":
        """The view with all pitches from `low` to `high`, around the middle."""
        rows = high - low + 1 + 2 * MARGIN_ROWS
        row_px = float(floor(min(self.row_px, max(MIN_ROW, height / rows))))
        top = (low + high) / 2 + height / row_px / 2
        return replace(self, row_px=row_px, top_pitch=round(top)).moved_rows(0, height)
