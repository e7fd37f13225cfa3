"""The piano roll's music: feeds what changed, frame by frame while the transport plays, else when something comes."""

import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from gui.viewmodels.engine_host import EngineHost
from gui.viewmodels.rack import RackModel
from gui.viewmodels.roll_notes import PLAYED, Changes, RollNotes
from realtime.engine.reports import BarsCounted, Report
from realtime.messages import Chunk, Clock, Cut, Played, Ready, Transport
from realtime.music.units import PPQ, Meter, TempoAnchor

FRAME_MS: Final = 16
PLAYED_PLACE: Final = -1  # the musician's place in the rack


class RollModel(QObject):
    """`frame` says: take `changes()`, move to `tick()`. `bars_changed`: bars count from another tick, or are longer."""

    frame = Signal()
    bars_changed = Signal()
    selection_changed = Signal()

    def __init__(self, host: EngineHost, rack: RackModel, now_ns: Callable[[], int] = time.monotonic_ns) -> None:
        super().__init__()
        self._rack, self._now_ns = rack, now_ns
        self._notes = RollNotes()
        self._anchor = TempoAnchor(0, now_ns(), 120.0)
        self._told = Transport(playing=False, tick=0, source="")
        self._before_clock = 0  # where it was when the last anchor came
        self.origin_tick, self.meter = 0, Meter()
        self.selection: tuple[int, int] | None = None  # first and last bar that the user has picked, from 0
        self._is_shown = True
        self._timer = QTimer(self, interval=FRAME_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tell_frame)
        host.reported.connect(self._follow)

    # --- for the views -------------------------------------------------------------------------------------

    @property
    def is_playing(self) -> bool:
        """Whether the music moves."""
        return self._told.playing

    def tick(self) -> int:
        """Where the music is."""
        return self._anchor.tick_at(self._now_ns()) if self._told.playing else self._told.tick

    def lookahead_ticks(self) -> int:
        """How far ahead the parts that play have handed over their notes."""
        ahead = [part.value("lookahead") for part in self._rack.parts if part.is_described and part.state.playing]
        return round(max(ahead, default=0.0) * PPQ) if self._told.playing else 0

    def changes(self) -> Changes:
        """What has become of the notes since the last call."""
        return self._notes.changes(self.tick())

    def sounding(self) -> dict[int, int]:
        """Pitch -> place in the rack of the part that sounds it, or PLAYED_PLACE."""
        places = {part.name: part.place for part in self._rack.parts} | {PLAYED: PLAYED_PLACE}
        found = self._notes.sounding(self.tick())
        return {pitch: places[source] for pitch, source in found.items() if source in places}

    def select_bars(self, bars: tuple[int, int] | None) -> None:
        """The bars that the user has picked."""
        if bars != self.selection:
            self.selection = bars
            self.selection_changed.emit()

    def set_shown(self, is_shown: bool) -> None:
        """Hidden or minimised, it draws no frames."""
        self._is_shown = is_shown
        self._pace()

    # --- what the engine tells -----------------------------------------------------------------------------

    def _follow(self, report: Report) -> None:
        match report:
            case Chunk():
                self._notes.place(report, self.tick())
            case Cut():
                self._notes.cut(report, self.tick())
            case Played(tick=tick, data=data):
                self._notes.play(data, tick if self._told.playing else self._told.tick)
            case Clock():
                self._before_clock = self.tick()
                self._anchor = report.anchor()
                return
            case Transport():
                self._take(report)
            case BarsCounted(origin, meter):
                self.origin_tick, self.meter = origin, Meter.of(meter)
                self.bars_changed.emit()
                return
            case Ready():
                self._notes.forget()
                self._told = Transport(playing=False, tick=0, source="")
            case _:
                return
        self._pace()

    def _take(self, told: Transport) -> None:
        """The clock of a new place is told just before it: what was, ended where the old one stood."""
        if told.epoch != self._told.epoch and self._told.playing:
            now = self._before_clock if told.playing else self.tick()
        else:
            now = self.tick()
        self._notes.transport(playing=told.playing, tick=told.tick, epoch=told.epoch, now=now)
        self._told = told

    def _pace(self) -> None:
        """Frames while it plays; one frame for what came while it stands."""
        if not self._is_shown:
            self._timer.stop()
            return
        self._timer.setSingleShot(not self._told.playing)
        if not self._timer.isActive():
            self._timer.start()

    def _tell_frame(self) -> None:
        self.frame.emit()
