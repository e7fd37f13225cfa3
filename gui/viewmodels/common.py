"""What all parts of the rack share when the musician says so: key, scale, scale lock and where they start."""

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QCoreApplication, QObject, Signal

from gui.viewmodels.engine_host import EngineHost
from gui.viewmodels.undo import Undo
from realtime.bundle.spec import ControlSpec
from realtime.engine.commands import SetControl
from realtime.engine.reports import PartState, RackChanged, Report
from realtime.engine.setup import POST, STRIP
from realtime.post.settings import POST_CONTROLS

_SPECS = {**{POST + spec.name: spec for spec in POST_CONTROLS}, **{spec.name: spec for spec in STRIP}}
COMMON: dict[str, ControlSpec] = {
    name: _SPECS[name] for name in (f"{POST}key", f"{POST}scale", f"{POST}scale_lock", "launch")
}


class CommonModel(QObject):
    """A value for all parts at once. Parts that differ keep their own until one is chosen here."""

    changed = Signal()

    def __init__(self, host: EngineHost, undo: Undo) -> None:
        super().__init__()
        self._host, self._undo = host, undo
        self._values: dict[str, dict[str, float]] = {}  # by part, then by control
        host.reported.connect(self._follow)

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts that can be told."""
        return tuple(self._values)

    def value(self, control: str) -> float:
        """Of the first part; the default where there is none."""
        first = next(iter(self._values.values()), {})
        return first.get(control, COMMON[control].default)

    def agrees(self, control: str) -> bool:
        """Whether all parts have the same value."""
        return len({values.get(control) for values in self._values.values()}) <= 1

    def set(self, control: str, value: float) -> None:
        """For all parts, as one step of undo."""
        before = {part: values[control] for part, values in self._values.items() if control in values}
        after = dict.fromkeys(before, value)
        if before == after:
            return
        self._ask(control, after)
        self._undo.did(tr("all parts"), partial(self._ask, control, before), partial(self._ask, control, after))

    def _ask(self, control: str, values: Mapping[str, float]) -> None:
        for part, value in values.items():
            if part in self._values:
                self._host.ask(SetControl(control, value, part))

    def _follow(self, report: Report) -> None:
        match report:
            case PartState():
                values = {name: report.values[name] for name in COMMON if name in report.values}
                if self._values.get(report.part) != values:
                    self._values[report.part] = values
                    self.changed.emit()
            case RackChanged(parts):
                self._values = {part: self._values[part] for part in parts if part in self._values}
                self.changed.emit()


def tr(text: str) -> str:
    """In the user's language."""
    return QCoreApplication.translate("common", text)
