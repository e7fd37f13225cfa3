"""When the live synth plays what it is sent: monotonic nanoseconds to sequencer ticks. No thread, no I/O."""

from collections import deque
from statistics import median
from typing import Protocol

from realtime.synth import frames
from realtime.synth.fluid import TICKS_PER_SECOND
from realtime.synth.frames import Frame

MIN_LATENCY_TICKS = 10 * TICKS_PER_SECOND // 1000  # 10 ms
MARGIN_TICKS = 2 * TICKS_PER_SECOND // 1000
LATE_ON_NS = 100_000_000  # a note-on later than this is dropped; a note-off never
MAX_TICK = (1 << 32) - 1


class Voice(Protocol):
    """What the scheduler drives; `LiveFluid` or a fake."""

    def tick(self) -> int:
        """Current sequencer tick."""
        ...

    def schedule(self, tick: int, data: bytes) -> None:
        """Do one MIDI channel message at `tick`."""
        ...


class TickClock:
    """Offset between the sequencer's ticks and the monotonic clock, from the last observations.

    The sequencer moves in steps of one audio period and the sound card's clock drifts, so the offset is the
    median of a moving window, not one reading.
    """

    def __init__(self, *, window: int = 64) -> None:
        self._offsets: deque[float] = deque(maxlen=window)
        self._offset = 0.0

    def observe(self, tick: int, time_ns: int) -> None:
        """Note that the sequencer was at `tick` at `time_ns`."""
        self._offsets.append(tick - time_ns * TICKS_PER_SECOND / 1e9)
        self._offset = median(self._offsets)

    def tick_at(self, time_ns: int) -> float:
        """The tick that belongs to `time_ns`."""
        return time_ns * TICKS_PER_SECOND / 1e9 + self._offset

    @property
    def spread_ticks(self) -> float:
        """How far the observations lie apart: about one audio period."""
        return max(self._offsets) - min(self._offsets) if self._offsets else 0.0


class SynthScheduler:
    """Puts frames on the voice's sequencer at due time + `latency_ticks`; used by one thread."""

    def __init__(self, voice: Voice, clock: TickClock, *, latency_ticks: int) -> None:
        self._voice = voice
        self._clock = clock
        self._latency_ticks = latency_ticks
        self._last_on: dict[tuple[int, int], int] = {}  # (channel, pitch): tick, at most 16 x 128
        self.events = 0
        self.late_ons_dropped = 0

    def accept(self, frame: Frame, now_ns: int) -> None:
        """Schedule one message. The fixed latency gives equal delay to all that arrive in time."""
        data = frame.data
        tick = min(MAX_TICK, max(0, round(self._clock.tick_at(frame.due_ns)) + self._latency_ticks))
        if frames.is_note_on(data):
            if now_ns - frame.due_ns > LATE_ON_NS:
                self.late_ons_dropped += 1
                return
            self._last_on[data[0] & 0x0F, data[1]] = tick
        elif frames.is_note_off(data):
            # FluidSynth plays offs before ons of the same tick, and the offset may have moved since the note-on.
            tick = max(tick, self._last_on.pop((data[0] & 0x0F, data[1]), -1) + 1)
        self.events += 1
        self._voice.schedule(tick, data)


def latency_for(clock: TickClock) -> int:
    """Ticks to add so that a message sent when it is due still arrives before its period is rendered."""
    return max(MIN_LATENCY_TICKS, round(clock.spread_ticks) + MARGIN_TICKS)
