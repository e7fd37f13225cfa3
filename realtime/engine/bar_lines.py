"""Where the bars of the performance begin: one answer for all parts. Pure, no clock of its own."""

from realtime.engine.phrase_end import grid_ticks
from realtime.music.units import PPQ, Meter

LAUNCH_GRIDS = ("none", "step", "beat", "bar", "2 bars", "4 bars")


class BarLines:
    """Bars count from an origin on the timeline.

    With Hocket's own clock nobody hears its bar lines, so the musician's first note sets them anew at each phrase,
    until something holds them: a part that plays in cycles, or a clock from outside.
    """

    def __init__(self, meter: Meter) -> None:
        self.meter = meter
        self.origin_tick = 0
        self._holders: set[str] = set()

    @property
    def held(self) -> bool:
        """Whether the bar lines stay where they are."""
        return bool(self._holders)

    def hold(self, holder: str) -> None:
        """Keep the bar lines until this holder lets go."""
        self._holders.add(holder)

    def let_go(self, holder: str) -> None:
        """The holder needs them no more."""
        self._holders.discard(holder)

    def set_origin(self, tick: int) -> None:
        """A bar begins at `tick` of the timeline: what a clock from outside says."""
        self.origin_tick = tick

    def begin_phrase(self, tick: int) -> int:
        """The musician's first note is at `tick`: returns the bar line that this phrase counts from."""
        if not self.held:
            self.origin_tick = tick
            return tick
        bar = self.meter.bar_ticks
        return self.origin_tick + (tick - self.origin_tick) // bar * bar

    def next_tick(self, tick: int, grid: str) -> int:
        """The first point of a launch grid at or after `tick`, both on the timeline."""
        return self.origin_tick + next_launch_tick(tick - self.origin_tick, grid, self.meter)

    def last_tick(self, tick: int, grid: str) -> int:
        """The last point of a launch grid at or before `tick`, both on the timeline."""
        spacing = launch_ticks(grid, self.meter)
        return self.origin_tick + (tick - self.origin_tick) // spacing * spacing


def next_launch_tick(tick: int, grid: str, meter: Meter) -> int:
    """The first point of a launch grid (one of LAUNCH_GRIDS) at or after `tick`, counted from a bar line."""
    spacing = launch_ticks(grid, meter)
    return -(-tick // spacing) * spacing


def launch_ticks(grid: str, meter: Meter) -> int:
    """Distance of the points of a launch grid."""
    if grid in ("none", "beat", "bar"):
        return grid_ticks(grid, meter)
    return {"step": PPQ // 4, "2 bars": 2 * meter.bar_ticks, "4 bars": 4 * meter.bar_ticks}[grid]
