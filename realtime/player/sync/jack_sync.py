"""JACK transport leads: start, stop and place of all JACK programs, tempo of the timebase master where there is one."""

from typing import Final

from realtime.errors import PortError
from realtime.music.units import PPQ, TempoAnchor, check_bpm
from realtime.player.clock import MS_NS
from realtime.player.ports import SystemTransport, TransportReading
from realtime.player.sync.source import Heading, SyncSource

LOCATE_NS: Final = 30 * MS_NS  # further off than this the transport was moved; an xrun is shorter
NS_PER_SECOND: Final = 1_000_000_000


class JackSync(SyncSource):
    """Follows the transport of the JACK server. Without a timebase master the tempo is Hocket's own."""

    name, what = "jack", "JACK transport"

    def __init__(self, bpm: float) -> None:
        self._bpm = bpm
        self._transport: SystemTransport | None = None
        self._reading: TransportReading | None = None
        self._origin = (0.0, 0.0)  # seconds and ticks at which the tempo became what it is
        self._playing = False
        self._song_tick = 0
        self._jumps = 0

    def attach(self, transport: SystemTransport | None, lead_ns: int = 0) -> None:
        """Follow another server's transport; `PortError` where there is none."""
        if transport is None:
            raise PortError("--sync jack needs the JACK back end: start a JACK server, or choose another --sync")
        self._transport, self._reading = transport, None
        transport.reading()

    def heading(self, now_ns: int) -> Heading:
        """By the latest cycle."""
        new = self._transport.reading() if self._transport else None
        if new is not None and new is not self._reading:
            self._take(new)
            self._reading = new
        line = TempoAnchor.through(self._position(new), new.time_ns, self._bpm) if new and new.rolling else None
        return Heading(
            playing=self._playing,
            locked=new is not None,
            song_tick=self._song_tick,
            jumps=self._jumps,
            line=line,
        )

    def start(self) -> None:
        """For all JACK programs."""
        if self._transport:
            self._transport.roll(True)

    def stop(self) -> None:
        """For all JACK programs."""
        if self._transport:
            self._transport.roll(False)

    def locate(self, tick: int) -> None:
        """For all JACK programs; by the tempo that is now, where a timebase master has others."""
        if self._transport and self._reading:
            seconds = self._origin[0] + (tick - self._origin[1]) * 60 / (PPQ * self._bpm)
            self._transport.locate(max(0, round(seconds * self._reading.rate)))

    def set_bpm(self, bpm: float) -> None:
        """Hocket's own, from here on; a timebase master's is not ours to set."""
        check_bpm(bpm)
        reading = self._reading
        if reading is not None and reading.bpm is not None:
            self._refuse("set the tempo")
        if reading is not None:
            self._origin = (reading.frame / reading.rate, self._position(reading))
        self._bpm = bpm

    def _take(self, new: TransportReading) -> None:
        was_moved = self._was_moved(new)
        if was_moved:
            self._origin = (0.0, 0.0)
        if new.bpm is not None:
            self._bpm = new.bpm
        if new.rolling and (was_moved or not self._playing):
            self._jumps += 1
        if not new.rolling or was_moved:
            self._song_tick = round(self._position(new))
        self._playing = new.rolling

    def _was_moved(self, new: TransportReading) -> bool:
        old = self._reading
        if old is None:
            return True
        passed = (new.time_ns - old.time_ns) * new.rate / NS_PER_SECOND if old.rolling or new.rolling else 0.0
        # Between two readings it may have stopped or started: it is then anywhere from where it stood to where it ran.
        low = passed if old.rolling and new.rolling else 0.0
        slack = LOCATE_NS * new.rate / NS_PER_SECOND
        return not low - slack <= new.frame - old.frame <= passed + slack

    def _position(self, reading: TransportReading) -> float:
        if reading.position is not None:
            return reading.position
        seconds, ticks = self._origin
        return ticks + (reading.frame / reading.rate - seconds) * self._bpm * PPQ / 60
