"""JACK's transport: read in the process callback, once a cycle, so that frame and time belong together.

Threads: `read_cycle` belongs to JACK's thread; the rest to the player's main thread. One attribute is handed over.
"""

from typing import Any, Final

import jack

from realtime.music.units import PPQ
from realtime.player.ports import TransportReading

BBT: Final = 0x10  # JackPositionBBT: a timebase master has filled in bar, beat and tempo
BBT_OFFSET: Final = 0x40  # JackBBTFrameOffset: bar and beat are those of some frames earlier


class JackTransport:
    """The transport of the server that `client` belongs to."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._is_wanted = False
        self._reading: TransportReading | None = None

    def reading(self) -> TransportReading | None:
        """As of the latest cycle."""
        self._is_wanted = True
        return self._reading

    def roll(self, rolling: bool) -> None:
        """Start or stop all JACK programs."""
        if rolling:
            self._client.transport_start()
        else:
            self._client.transport_stop()

    def locate(self, frame: int) -> None:
        """Move all JACK programs."""
        self._client.transport_frame = frame

    def read_cycle(self, start_ns: int) -> None:
        """In the process callback of the cycle that began at `start_ns`."""
        if self._is_wanted:
            state, position = self._client.transport_query_struct()
            self._reading = read_position(position, start_ns, self._client.samplerate, rolling=state == jack.ROLLING)


def read_position(position: Any, time_ns: int, rate: int, *, rolling: bool) -> TransportReading:
    """A `jack_position_t` as a reading.

    Bars are counted as if all were as long as this one, so bar lines stay on multiples of the bar: programs leave
    `bar_start_tick` at 0, and what came before a change of meter does not matter to those who play along.
    """
    if not position.valid & BBT or position.beats_per_minute <= 0 or position.beat_type <= 0:
        return TransportReading(time_ns=time_ns, frame=position.frame, rate=rate, rolling=rolling)
    quarters = 4 / position.beat_type
    bpm = position.beats_per_minute * quarters
    beats = (position.bar - 1) * position.beats_per_bar + position.beat - 1
    beats += position.tick / max(1.0, position.ticks_per_beat)
    ticks = beats * quarters * PPQ
    if position.valid & BBT_OFFSET:
        ticks += position.bbt_offset / rate * bpm * PPQ / 60
    return TransportReading(time_ns=time_ns, frame=position.frame, rate=rate, rolling=rolling, position=ticks, bpm=bpm)
