"""MIDI clock to others: pulses, Start, Continue, Stop and song positions, as ticks in and bytes out. Pure.

Pulses go on while the music stands, so that followers know the tempo. A follower is put to its place by a Song Position
Pointer, which counts sixteenths; Start (at 0) or Continue comes half a pulse before the pulse that it means. Followers
without a song position, drum machines as a rule, get a Start on the next bar line instead.
"""

from collections.abc import Iterator, Mapping

from realtime.player.midi_bytes import CLOCK, CONTINUE, MAX_SONG_POSITION, START, STOP, song_position
from realtime.player.sync.midi_clock import PULSE_TICKS, SPP_TICKS
from realtime.player.sync.options import CLOCK_OFF, CLOCK_ON

TimedBytes = tuple[int, bytes]  # tick, message
Addressed = tuple[str, int, bytes]  # port, tick, message


class ClockOut:
    """The clock on one output port. `bar_ticks`: for a follower that knows no song position."""

    def __init__(self, bar_ticks: int | None = None) -> None:
        self._bar_ticks = bar_ticks
        self._next_tick = 0  # of the next pulse
        self._begin_tick: int | None = None  # the pulse at which the follower is to begin
        self._is_running = False  # whether the follower plays
        self.pulses = 0

    @property
    def next_tick(self) -> int:
        """When something is to be sent next."""
        return self._next_tick - PULSE_TICKS // 2 if self._begins_next else self._next_tick

    def move(self, tick: int, start_tick: int | None) -> list[TimedBytes]:
        """The timeline is at `tick` now, and plays from `start_tick` on (None: it stands); what to send at once."""
        self._next_tick = _ceil(tick, PULSE_TICKS)
        sent: list[TimedBytes] = [(tick, bytes((STOP,)))] if self._is_running else []
        self._is_running, self._begin_tick = False, None
        if start_tick is not None:
            begin_tick = max(0, _ceil(max(start_tick, tick), self._bar_ticks or SPP_TICKS))
            self._begin_tick = begin_tick
            if not self._bar_ticks and 0 < begin_tick // SPP_TICKS <= MAX_SONG_POSITION:
                sent.append((tick, song_position(begin_tick // SPP_TICKS)))
        return sent

    def pop_due(self, up_to_tick: int, drop_before_tick: int) -> list[TimedBytes]:
        """What is due at or before a tick, in order. After a standstill the follower is put to its place anew."""
        sent: list[TimedBytes] = []
        if self._next_tick < drop_before_tick:
            goes_on = self._is_running or self._begin_tick is not None
            sent += self.move(drop_before_tick, drop_before_tick if goes_on else None)
        while self.next_tick <= up_to_tick:
            if self._begins_next:
                is_continued = self._begin_tick and not self._bar_ticks
                sent.append((self.next_tick, bytes((CONTINUE if is_continued else START,))))
                self._begin_tick, self._is_running = None, True
            else:
                sent.append((self._next_tick, bytes((CLOCK,))))
                self._next_tick += PULSE_TICKS
                self.pulses += 1
        return sent

    @property
    def _begins_next(self) -> bool:
        return self._begin_tick is not None and self._begin_tick <= self._next_tick


class ClocksOut:
    """The clocks of all ports that are to have one and are there."""

    def __init__(self, modes: Mapping[str, str], bar_ticks: int) -> None:
        self._bar_ticks = {
            port: bar_ticks if mode == CLOCK_ON else None for port, mode in modes.items() if mode != CLOCK_OFF
        }
        self._clocks: dict[str, ClockOut] = {}
        self._gone_pulses = 0

    @property
    def pulses(self) -> int:
        """Sent so far, on all ports."""
        return self._gone_pulses + sum(clock.pulses for clock in self._clocks.values())

    @property
    def next_tick(self) -> int | None:
        """When something is to be sent next; None: never."""
        return min((clock.next_tick for clock in self._clocks.values()), default=None)

    def open(self, port: str, tick: int, start_tick: int | None) -> list[Addressed]:
        """The port is there (again), and its follower knows nothing; as `ClockOut.move`."""
        if port not in self._bar_ticks:
            return []
        self.close(port, tick)
        clock = self._clocks[port] = ClockOut(self._bar_ticks[port])
        return [(port, *timed) for timed in clock.move(tick, start_tick)]

    def close(self, port: str, tick: int) -> list[Addressed]:
        """No more for this port; what it is told last."""
        clock = self._clocks.pop(port, None)
        self._gone_pulses += clock.pulses if clock else 0
        return [(port, *timed) for timed in clock.move(tick, None)] if clock else []

    def move(self, tick: int, start_tick: int | None) -> list[Addressed]:
        """As `ClockOut.move`, on all ports."""
        return [(port, *timed) for port, clock in self._clocks.items() for timed in clock.move(tick, start_tick)]

    def pop_due(self, up_to_tick: int, drop_before_tick: int) -> Iterator[Addressed]:
        """As `ClockOut.pop_due`, port by port."""
        for port, clock in self._clocks.items():
            for timed in clock.pop_due(up_to_tick, drop_before_tick):
                yield (port, *timed)


def _ceil(tick: int, step: int) -> int:
    return -(-tick // step) * step
