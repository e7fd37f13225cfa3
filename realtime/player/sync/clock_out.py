"""MIDI clock to others: pulses, Start, Continue, Stop and song positions, as ticks in and bytes out. Pure.

Pulses go on while the music stands, so that followers know the tempo. A follower is put to its place by a Song Position
Pointer, which counts sixteenths; Start (at 0) or Continue comes half a pulse before the pulse that it means.
"""

from realtime.player.midi_bytes import CLOCK, CONTINUE, MAX_SONG_POSITION, START, STOP, song_position
from realtime.player.sync.midi_clock import PULSE_TICKS, SPP_TICKS

TimedBytes = tuple[int, bytes]  # tick, message


class ClockOut:
    """The clock on one output port."""

    def __init__(self) -> None:
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
            begin_tick = max(0, _ceil(max(start_tick, tick), SPP_TICKS))
            self._begin_tick = begin_tick
            if 0 < begin_tick // SPP_TICKS <= MAX_SONG_POSITION:
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
                sent.append((self.next_tick, bytes((CONTINUE if self._begin_tick else START,))))
                self._begin_tick, self._is_running = None, True
            else:
                sent.append((self._next_tick, bytes((CLOCK,))))
                self._next_tick += PULSE_TICKS
                self.pulses += 1
        return sent

    @property
    def _begins_next(self) -> bool:
        return self._begin_tick is not None and self._begin_tick <= self._next_tick


def _ceil(tick: int, step: int) -> int:
    return -(-tick // step) * step
