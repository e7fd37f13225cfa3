"""The transport: whether it plays, where, how fast and who leads. What the engine tells, and what is asked of it."""

import time as clock
from typing import Any, Final

import msgspec
from PySide6.QtCore import QObject, Signal

from gui.viewmodels.engine_host import EngineHost
from realtime.engine.commands import Forward
from realtime.engine.reports import BarsCounted, Report
from realtime.messages import Clock, Locate, SetSync, SetTempo, StartTransport, StopTransport, TapTempo, Transport
from realtime.music.units import MAX_BPM, MIN_BPM, PPQ, Meter, TempoAnchor
from realtime.session import Time

STANDING: Final = Transport(playing=False, tick=0, source="internal")


class TransportModel(QObject):
    """What the transport bar shows. `moved` tells a new anchor; where it plays now, `tick` says at any time."""

    changed = Signal()  # playing, source, lock, peers, meter
    tempo_changed = Signal(float)  # beats a minute
    started = Signal(int)  # the tick where playing began

    def __init__(self, host: EngineHost, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._host = host
        self._told = STANDING
        self._anchor = TempoAnchor(0, clock.monotonic_ns(), 120.0)
        self._meter, self._origin = Meter(), 0  # bar 1 begins at `_origin`
        self.time = Time()  # what the session says of tempo and sync, and what has been asked since
        host.reported.connect(self._follow)

    @property
    def playing(self) -> bool:
        """Whether it plays, or counts in."""
        return self._told.playing

    @property
    def told(self) -> Transport:
        """The last word on it."""
        return self._told

    @property
    def anchor(self) -> TempoAnchor:
        """Ticks and times of the player's clock; it runs on while the transport stands."""
        return self._anchor

    @property
    def bpm(self) -> float:
        """Beats a minute."""
        return self._anchor.bpm

    @property
    def meter(self) -> Meter:
        """Of the session."""
        return self._meter

    def open(self, time: Time) -> None:
        """Another session begins."""
        self.time, self._meter, self._origin = time, Meter.of(time.meter), 0
        self.changed.emit()

    def tick(self) -> int:
        """Where it plays now; standing: where it will begin."""
        return self._anchor.tick_at(clock.monotonic_ns()) if self.playing else self._told.tick

    def place(self) -> tuple[int, int, int]:
        """Bar, beat and sixteenth of `tick`, counted from 1; a count-in has bars below 1."""
        bar, rest = divmod(self.tick() - self._origin, self._meter.bar_ticks)
        beat, rest = divmod(rest, self._meter.bar_ticks // self._meter.numerator)
        return bar + 1, beat + 1, rest * 4 // PPQ + 1

    # --- what the user asks --------------------------------------------------------------------------------

    def play(self) -> None:
        """Start from the song position."""
        self._host.ask(Forward(StartTransport()))

    def stop(self) -> None:
        """Stand still; standing already: go to the beginning."""
        if self.playing:
            self._host.ask(Forward(StopTransport()))
        else:
            self.locate(0)

    def toggle(self) -> None:
        """Play, or stop."""
        if self.playing:
            self.stop()
        else:
            self.play()

    def locate(self, tick: int) -> None:
        """Move the song position."""
        self._host.ask(Forward(Locate(tick)))

    def set_bpm(self, bpm: float) -> None:
        """Another tempo, as near as can be."""
        bpm = min(max(bpm, MIN_BPM), MAX_BPM)
        if abs(bpm - self.bpm) > 1e-6:
            self._host.ask(Forward(SetTempo(bpm)))

    def tap(self) -> None:
        """A tap of the beat, now."""
        self._host.ask(Forward(TapTempo(clock.monotonic_ns())))

    def set_sync(self, **values: Any) -> None:
        """Another source of the beat, clock out, offset, start-stop: fields of `Time`. Raises `ValueError`."""
        self.time = msgspec.structs.replace(self.time, **values)
        now = self.time
        self._host.ask(
            Forward(
                SetSync(source=now.sync, clock_out=now.clock_out, offset_ms=now.offset_ms, start_stop=now.start_stop)
            )
        )
        self.changed.emit()

    # --- what the engine tells -----------------------------------------------------------------------------

    def _follow(self, report: Report) -> None:
        match report:
            case BarsCounted(origin_tick):
                self._origin = origin_tick
                self.changed.emit()
            case Clock():
                old, self._anchor = self._anchor, report.anchor()
                if old.bpm != report.bpm:
                    self.tempo_changed.emit(report.bpm)
            case Transport():
                old_told, self._told = self._told, report
                if report.playing and not old_told.playing:
                    self.started.emit(report.tick)
                if report != old_told:
                    self.changed.emit()
