"""Which controllers move which controls, and which control waits for a controller."""

from collections.abc import Collection
from typing import Any, Final

import msgspec
from PySide6.QtCore import QCoreApplication, QObject, Signal

from gui.viewmodels.engine_host import EngineHost
from gui.viewmodels.undo import Undo
from realtime.engine.commands import Learn, SetMaps
from realtime.engine.maps import ANY_CHANNEL, FOURTEEN_BIT, ControlMap
from realtime.engine.reports import MapsChanged, Report

FINE_PART: Final = 32  # the coarse part's controller and this one are one, with 14 bits


class MapsModel(QObject):
    """As the engine told them last."""

    changed = Signal()

    def __init__(self, host: EngineHost, undo: Undo) -> None:
        super().__init__()
        self._host, self._undo = host, undo
        self.maps: tuple[ControlMap, ...] = ()
        self.learning = ""  # "part.control"; empty: none
        host.reported.connect(self._follow)
        host.state_changed.connect(self._follow_host)

    def map_of(self, part: str, control: str) -> ControlMap | None:
        """What moves a control."""
        return next((each for each in self.maps if (each.part, each.control) == (part, control)), None)

    def text_of(self, part: str, control: str) -> str:
        """The same in words, e.g. "CC 21"; empty: nothing does."""
        found = self.map_of(part, control)
        return "" if found is None else controller_of(found)

    def is_learning(self, part: str, control: str) -> bool:
        """Whether a control waits for a controller to be moved."""
        return self.learning == f"{part}.{control}"

    def conflicts(self) -> frozenset[int]:
        """Places in `maps` whose controller moves another control too. That may be meant; it is shown."""
        return frozenset(
            i for i, one in enumerate(self.maps) for j, other in enumerate(self.maps) if i != j and _share(one, other)
        )

    # --- what the user asks --------------------------------------------------------------------------------

    def learn(self, part: str, control: str) -> None:
        """Map the next controller that is moved; a second time: not after all."""
        self._host.ask(Learn() if self.is_learning(part, control) else Learn(control, part))

    def forget(self, part: str, control: str) -> None:
        """Nothing moves the control any more."""
        self._set([m for m in self.maps if (m.part, m.control) != (part, control)], tr("forget a controller"))

    def forget_all(self) -> None:
        """No maps."""
        self._set([], tr("forget all controllers"))

    def change(self, part: str, control: str, **fields: Any) -> None:
        """Another range, mode, takeover or channel. Raises `ValueError` for what cannot be."""
        old = self.map_of(part, control)
        if old is not None:
            new = msgspec.structs.replace(old, **fields)
            self._set([new if each is old else each for each in self.maps], tr("change a controller"))

    # --- inside --------------------------------------------------------------------------------------------

    def _set(self, maps: Collection[ControlMap], text: str) -> None:
        before, after = SetMaps(self.maps), SetMaps(tuple(maps))
        if before != after:
            self._host.ask(after)
            self._undo.did(text, lambda: self._host.ask(before), lambda: self._host.ask(after))

    def _follow(self, report: Report) -> None:
        if isinstance(report, MapsChanged) and (report.maps, report.learning) != (self.maps, self.learning):
            self.maps, self.learning = report.maps, report.learning
            self.changed.emit()

    def _follow_host(self, state: str) -> None:
        if state == "lost" and self.learning:
            self.learning = ""
            self.changed.emit()


def controller_of(each: ControlMap) -> str:
    """ "CC 21", "CC 1+33" (14 bits), "CC 7 ch 3"."""
    number = f"{each.cc}+{each.cc + FINE_PART}" if each.mode == FOURTEEN_BIT else str(each.cc)
    return f"CC {number}" + (f" ch {each.channel}" if each.channel else "")


def _share(one: ControlMap, other: ControlMap) -> bool:
    channels = one.channel == other.channel or ANY_CHANNEL in (one.channel, other.channel)
    return channels and bool(_numbers(one) & _numbers(other))


def _numbers(each: ControlMap) -> set[int]:
    return {each.cc, each.cc + FINE_PART} if each.mode == FOURTEEN_BIT else {each.cc}


def tr(text: str) -> str:
    """In the user's language."""
    return QCoreApplication.translate("maps", text)
