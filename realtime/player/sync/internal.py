"""Hocket leads: its own tempo, start and stop, with a count-in; and tap tempo."""

from itertools import pairwise
from statistics import median
from typing import Final

from realtime.music.units import MAX_BPM, MIN_BPM, NS_PER_MINUTE, TempoAnchor
from realtime.player.clock import PlayerClock
from realtime.player.ports import SystemTransport
from realtime.player.sync.source import Heading, SyncSource

TAPS: Final = 9
PAUSE_NS: Final = 3_100_000_000  # a beat at 20 a minute lasts 3 s: after a longer pause a new count begins


class InternalSync(SyncSource):
    """Hocket's own clock. It plays at once; with a count-in it waits for the start."""

    name, what = "internal", "Hocket"

    def __init__(self, clock: PlayerClock, *, count_in_ticks: int = 0) -> None:
        self._clock, self._count_in_ticks = clock, count_in_ticks
        self._playing = not count_in_ticks
        self._song_tick = clock.tick()
        self._jumps = self._lead_ns = 0
        self._line: TempoAnchor | None = None

    def attach(self, transport: SystemTransport | None, lead_ns: int = 0) -> None:
        """The music begins so much after it is told to: the notes of its first tick leave in time too."""
        self._lead_ns = lead_ns

    def heading(self, now_ns: int) -> Heading:
        """The clock leads itself: a line is given once after each jump."""
        line, self._line = self._line, None
        return Heading(playing=self._playing, song_tick=self._song_tick, jumps=self._jumps, line=line)

    def start(self) -> None:
        """Count in, then play from the song position."""
        if not self._playing:
            self._playing = True
            self._jump(self._song_tick - self._count_in_ticks)

    def stop(self) -> None:
        """Keep the place: the next start goes on from there."""
        if self._playing:
            self._song_tick = max(self._song_tick, self._clock.tick())
            self._playing = False

    def locate(self, tick: int) -> None:
        """While playing, go on from there at once."""
        self._song_tick = tick
        if self._playing:
            self._jump(tick)

    def set_bpm(self, bpm: float) -> None:
        """At once."""
        self._clock.set_bpm(bpm)

    def _jump(self, tick: int) -> None:
        self._jumps += 1
        self._line = TempoAnchor(tick, self._clock.now_ns() + self._lead_ns, self._clock.anchor.bpm)


class Taps:
    """The tempo of taps: of the median of the last gaps, for one late finger must not count."""

    def __init__(self) -> None:
        self._taps_ns: list[int] = []

    def tap(self, time_ns: int) -> float | None:
        """Take a tap; the tempo in beats a minute, or None after the first one."""
        if self._taps_ns and not 0 < time_ns - self._taps_ns[-1] <= PAUSE_NS:
            self._taps_ns.clear()
        self._taps_ns = [*self._taps_ns, time_ns][-TAPS:]
        if len(self._taps_ns) < 2:
            return None
        gap_ns = median(later - earlier for earlier, later in pairwise(self._taps_ns))
        return min(max(NS_PER_MINUTE / gap_ns, MIN_BPM), MAX_BPM)
