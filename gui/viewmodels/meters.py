"""What the engine costs and loses, and what passes by its ports: the numbers and lights of the transport bar."""

from PySide6.QtCore import QObject, Signal

from gui.viewmodels.engine_host import LOST, EngineHost
from realtime.engine.reports import Report, Status
from realtime.messages import Counters, Played


class MetersModel(QObject):
    """The newest numbers. `passed` tells what went by: "in", "out" or "clock"."""

    changed = Signal()
    passed = Signal(str)

    def __init__(self, host: EngineHost) -> None:
        super().__init__()
        self.status = Status(0.0, 0.0)
        self.counters = Counters()
        host.reported.connect(self._follow)
        host.state_changed.connect(self._follow_host)

    @property
    def late_ms(self) -> float:
        """How late the latest note left since the start."""
        return self.counters.late_max_us / 1000

    @property
    def lost(self) -> int:
        """Notes and messages that were dropped since the start, wherever."""
        now = self.counters
        return now.late_ons_dropped + now.overflow + now.lost_output + self.status.dropped

    @property
    def xruns(self) -> int:
        """Cycles of JACK that the player has missed."""
        return self.counters.missed_cycles

    def _follow(self, report: Report) -> None:
        match report:
            case Status():
                self.status = report
            case Counters():
                self._count(report)
            case Played():
                self.passed.emit("in")
                return
            case _:
                return
        self.changed.emit()

    def _count(self, new: Counters) -> None:
        old, self.counters = self.counters, new
        if new.ons != old.ons:
            self.passed.emit("out")
        if new.pulses_in != old.pulses_in or new.pulses_out != old.pulses_out:
            self.passed.emit("clock")

    def _follow_host(self, state: str) -> None:
        if state == LOST:  # the next one counts from the start
            self.status, self.counters = Status(0.0, 0.0), Counters()
            self.changed.emit()
