"""A part's running cycle on the performance's bar lines: launch, go on, change, end. Main loop only."""

from collections.abc import Iterator

from realtime.engine.parts.base import Stage
from realtime.engine.parts.cycle import Cycle, Slice
from realtime.engine.parts.material import Material
from realtime.engine.parts.outlet import Outlet
from realtime.engine.reports import PartLaunched


class CycleRunner:
    """Carries beats from a `Cycle`, where ticks count from a bar line, to an `Outlet`."""

    def __init__(self, name: str, stage: Stage, outlet: Outlet) -> None:
        self._name, self._stage, self._outlet = name, stage, outlet
        self._cycle: Cycle | None = None
        self._missed_before = 0

    @property
    def running(self) -> bool:
        """Whether a cycle is under way, or about to begin."""
        return self._cycle is not None

    @property
    def number(self) -> int:
        """Of the cycle that goes out now."""
        return self._cycle.number if self._cycle else 0

    @property
    def current(self) -> Material | None:
        """What goes out now."""
        return self._cycle.current if self._cycle else None

    @property
    def missed(self) -> int:
        """How many cycles came without their new phrase."""
        return self._missed_before + (self._cycle.missed if self._cycle else 0)

    def deadline_tick(self, lookahead_ticks: int) -> int | None:
        """When the next beat is to go out."""
        if self._cycle is None:
            return None
        return self._stage.bars.origin_tick + self._cycle.sent_until_tick - lookahead_ticks

    def advance(self, now_tick: int, lookahead_ticks: int) -> bool:
        """Send the beats that come within the look-ahead; whether another cycle has begun that wants a next one."""
        cycle = self._cycle
        if cycle is None:
            return False
        number = cycle.number
        for beat in cycle.advance(now_tick - self._stage.bars.origin_tick + lookahead_ticks):
            self._outlet.send_beat(beat.voices)
        return cycle.number != number and cycle.expects_next

    def launch(self, material: Material, grid: str, on_miss: str, *, joins: bool) -> None:
        """Begin at the next point of a launch grid; or join in on the next beat, as if it had begun at the last one.
        The first to launch, with no bar lines about, sets them."""
        bars = self._stage.bars
        soonest = self._stage.soonest_tick()
        if not bars.held:
            bars.set_origin(bars.origin_tick or soonest % bars.meter.bar_ticks)  # bars count from the song's start
        bars.hold(self._name)
        start = bars.last_tick(soonest, grid) if joins else bars.next_tick(soonest, grid)
        self._cycle = Cycle(start - bars.origin_tick, material, on_miss=on_miss, bar_ticks=bars.meter.bar_ticks)
        self._cycle.join_at(soonest - bars.origin_tick)
        self._stage.observe(PartLaunched(part=self._name, start_tick=start))

    def expect(self, *, next_cycles: bool) -> bool:
        """Whether each cycle is to have new material; returns whether there is a cycle that it is true of."""
        if self._cycle is not None:
            self._cycle.expects_next = next_cycles
        return self._cycle is not None and next_cycles

    def offer_next(self, material: Material) -> None:
        """What to play from the next cycle on."""
        if self._cycle is not None:
            self._cycle.offer_next(material)

    def change(self, material: Material, grid: str) -> None:
        """Other material from the next point of a grid on."""
        if self._cycle is not None:
            at = self._soonest(grid)
            self._resend(self._cycle.change(material, at), at)

    def again(self, grid: str) -> None:
        """The same once more from the next point of a grid on."""
        if self._cycle is not None:
            at = self._soonest(grid)
            self._resend(self._cycle.again(at), at)

    def end(self) -> None:
        """Release, and let go of the bar lines."""
        self._missed_before = self.missed
        self._cycle = None
        self._outlet.cut()
        self._stage.bars.let_go(self._name)

    def _soonest(self, grid: str) -> int:
        bars = self._stage.bars
        return bars.next_tick(self._stage.soonest_tick(), grid) - bars.origin_tick

    def _resend(self, beats: Iterator[Slice], from_tick: int) -> None:
        for beat in beats:
            if beat.replaces_from is None:
                self._outlet.send_beat(beat.voices)
            else:
                self._outlet.replace_beat(beat.voices, from_tick)
