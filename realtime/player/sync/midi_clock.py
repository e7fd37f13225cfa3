"""MIDI clock leads: 24 pulses a beat, Start, Stop, Continue, Song Position Pointer.

Stop keeps the place and Continue goes on from there; Start begins at 0; both take effect at the next pulse. What makes
no sense is ignored, as the MIDI specification asks: Start or Continue while playing, Stop while stopped.
"""

from typing import Final

from realtime.music.units import MAX_BPM, MIN_BPM, NS_PER_MINUTE, PPQ, TempoAnchor
from realtime.player.clock import MS_NS
from realtime.player.midi_bytes import CLOCK, CONTINUE, SONG_POSITION, START, STOP
from realtime.player.sync.pulse_filter import PulseFilter
from realtime.player.sync.source import Heading, SyncSource

PULSES: Final = 24  # a beat
PULSE_TICKS: Final = PPQ // PULSES
SPP_TICKS: Final = PPQ // 4  # a song position counts sixteenths
FLYWHEEL_NS: Final = 1_000 * MS_NS  # without a pulse for so long the music goes on; then it stops
FRESH_PERIODS: Final = 2.0  # a pulse this long ago says when the next one comes; an older one does not


class MidiClockSync(SyncSource):
    """Follows the clock on the input port."""

    name, what = "clock", "MIDI clock"

    def __init__(self, bpm: float) -> None:
        self._bpm = bpm  # of the last lock; before the first one, a guess
        self._filter = PulseFilter(NS_PER_MINUTE / (PULSES * bpm))
        self._tick = -PULSE_TICKS  # of the last pulse
        self._last_ns: int | None = None  # when the last pulse came
        self._playing = False
        self._armed = False  # Start or Continue came: the next pulse is the song position
        self._dropped_out = False  # stopped by silence: the next pulse plays on
        self._song_tick = 0
        self._jumps = 0

    def hear(self, time_ns: int, data: bytes) -> None:
        """A pulse, a Start, a Stop, a Continue or a song position."""
        status = data[0]
        if status == CLOCK:
            self._pulse(time_ns)
        elif status == STOP:
            self._halt(self._tick + PULSE_TICKS)
        elif status == SONG_POSITION and len(data) == 3:
            self._move(SPP_TICKS * (data[1] | data[2] << 7))
        elif status in (START, CONTINUE) and not self._playing:
            self._begin(time_ns, 0 if status == START else self._song_tick)

    def heading(self, now_ns: int) -> Heading:
        """By the filtered pulses; after a second without any, stopped and not locked."""
        is_there = self._last_ns is not None and now_ns - self._last_ns <= FLYWHEEL_NS
        if self._playing and not is_there:
            since = round((now_ns - self._filter.time_ns) / self._filter.period_ns)
            self._halt(self._tick + since * PULSE_TICKS)
            self._dropped_out = True
        bpm = NS_PER_MINUTE / (PULSES * self._filter.period_ns)
        is_locked = is_there and self._filter.locked and MIN_BPM <= bpm <= MAX_BPM
        if is_locked:
            self._bpm = bpm
        has_line = is_locked or (is_there and not self._filter.locked)
        line = TempoAnchor(self._tick, round(self._filter.time_ns), self._bpm) if has_line else None
        return Heading(playing=self._playing, locked=is_locked, song_tick=self._song_tick, jumps=self._jumps, line=line)

    def _pulse(self, time_ns: int) -> None:
        self._tick += PULSE_TICKS * self._filter.add(time_ns)
        self._last_ns = time_ns
        if self._armed:
            self._play_from(self._song_tick, self._song_tick)
        elif self._dropped_out:
            self._play_from(self._tick, self._tick)

    def _begin(self, time_ns: int, tick: int) -> None:
        self._song_tick = tick
        if self._filter.locked and time_ns - self._filter.time_ns <= FRESH_PERIODS * self._filter.period_ns:
            self._play_from(tick, tick - PULSE_TICKS)  # notes at the first tick can leave in time
        else:
            self._armed = True

    def _play_from(self, tick: int, last_tick: int) -> None:
        self._song_tick, self._tick = tick, last_tick
        self._filter.settle()
        self._playing, self._armed, self._dropped_out = True, False, False
        self._jumps += 1

    def _halt(self, tick: int) -> None:
        if self._playing:
            self._song_tick = tick
        self._playing = self._armed = self._dropped_out = False

    def _move(self, tick: int) -> None:
        if not self._playing:
            self._song_tick = tick
        elif abs(tick - self._tick - PULSE_TICKS) >= SPP_TICKS:  # else it says where we are
            self._play_from(tick, tick - PULSE_TICKS)
