"""The parts there are, which of them is selected, and which bundles could be added."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final

import msgspec
from PySide6.QtCore import QCoreApplication, QObject, Signal

from gui.viewmodels.engine_host import EngineHost
from gui.viewmodels.part import PartModel
from gui.viewmodels.undo import Undo
from realtime.bundle.installed import installed_bundles
from realtime.engine import commands as ask
from realtime.engine.reports import (
    ModelFailed,
    PartDescribed,
    PartLaunched,
    PartState,
    RackChanged,
    RackDescribed,
    Refused,
    Report,
    Status,
    TurnStarted,
)
from realtime.engine.setup import MAX_PARTS, PartSetup
from realtime.messages import Chunk

MANIFEST: Final = "bundle.json"
GONE: Final = ("starting", "lost")  # states of a host without an engine


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleChoice:
    """A bundle that a part could play."""

    model: str  # its name, or its folder
    name: str
    kind: str
    title: str


class _Manifest(msgspec.Struct):
    """What is shown of a `bundle.json`; the engine reads it strictly."""

    kind: str
    name: str
    title: str


class RackModel(QObject):
    """Parts in the engine's order. A part that is being loaded is there already, without controls."""

    parts_changed = Signal()
    selected_changed = Signal()

    def __init__(
        self, host: EngineHost, undo: Undo, *, models: Path | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._host, self._undo, self._models = host, undo, models
        self.parts: list[PartModel] = []
        self._selected: PartModel | None = None
        self._expected: set[str] = set()  # loading: the engine's list lacks them, and they stay
        host.reported.connect(self._follow)
        host.state_changed.connect(self._follow_host)

    def __getitem__(self, name: str) -> PartModel:
        """The part of that name. Raises `KeyError`."""
        for part in self.parts:
            if part.name == name:
                return part
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        return any(part.name == name for part in self.parts)

    @property
    def selected(self) -> PartModel | None:
        """The part whose panel is shown."""
        return self._selected

    @property
    def is_full(self) -> bool:
        """No room for another part."""
        return len(self.parts) >= MAX_PARTS

    def select(self, part: PartModel | None) -> None:
        """Show a part's panel."""
        if part is not self._selected:
            self._selected = part
            self.selected_changed.emit()

    def expect(self, setups: Sequence[PartSetup]) -> None:
        """Another session is being opened: these parts will come, all others go."""
        self.parts, self._expected = [], set()
        for setup in setups:
            name = setup.name or Path(setup.model).name
            if name not in self:
                self.parts.append(self._made(msgspec.structs.replace(setup, name=name), self.parts))
                self._expected.add(name)
        self._tell_parts()

    # --- what the user asks --------------------------------------------------------------------------------

    def add(self, model: str, setup: PartSetup | None = None) -> None:
        """Another part, with a bundle given by name or folder."""
        wanted = setup or PartSetup(model=model, playing=False)
        names = {part.name for part in self.parts}
        base = wanted.name or Path(model).name
        name = next(n for i in count(1) if (n := base if i == 1 else f"{base}-{i}") not in names)
        wanted = msgspec.structs.replace(wanted, name=name)
        self._host.ask(ask.AddPart(wanted))
        self._undo.did(
            tr("add {part}").format(part=name),
            lambda: self._host.ask(ask.RemovePart(name)),
            lambda: self._host.ask(ask.AddPart(wanted)),
        )

    def double(self, part: PartModel) -> None:
        """Another part with the same bundle and settings, on channels of its own; it does not play yet."""
        if part.is_described:
            self.add(part.told.model, msgspec.structs.replace(part.setup(), channel=0, playing=False))

    def remove(self, part: PartModel) -> None:
        """Take a part out; taken back, it comes again with its settings. One that never came is just forgotten."""
        if not part.is_described:
            self._expected.discard(part.name)
            self.parts = [other for other in self.parts if other is not part]
            self._tell_parts()
            return
        name, setup = part.name, part.setup()
        self._host.ask(ask.RemovePart(name))
        self._undo.did(
            tr("remove {part}").format(part=name),
            lambda: self._host.ask(ask.AddPart(setup)),
            lambda: self._host.ask(ask.RemovePart(name)),
        )

    def hand_over(self) -> None:
        """The selected part's turn, if it takes turns; else that of the first one that does."""
        turns = [part for part in (self._selected, *self.parts) if part is not None and part.takes_turns]
        if turns:
            turns[0].hand_over()

    def bundles(self) -> list[BundleChoice]:
        """What is installed, and what is in the user's own folder; unreadable ones are left out."""
        folders = {name: (name, folder) for name, folder in installed_bundles().items()}
        if self._models is not None:
            own = sorted(self._models.glob(f"*/{MANIFEST}"))
            folders |= {str(path.parent): (str(path.parent), path.parent) for path in own}
        return [found for model, folder in folders.values() if (found := bundle_at(model, folder)) is not None]

    # --- what the engine tells -----------------------------------------------------------------------------

    def _follow(self, report: Report) -> None:
        match report:
            case RackChanged(parts):
                self._rearrange(parts)
            case RackDescribed(parts):
                for told in parts:
                    self._describe(told)
            case PartDescribed():
                self._describe(report)
            case PartState(part=name) if name in self:
                self[name].take_state(report)
            case PartLaunched(part=name) if name in self:
                self[name].start_tick = report.start_tick
                self[name].changed.emit()
            case Status(parts=loads):
                for load in loads:
                    if load.part in self:
                        self[load.part].take_load(load)
            case Chunk(part=voice) if (name := voice.partition("/")[0]) in self:
                self[name].works()
            case TurnStarted(part=name) if name in self:
                self[name].last_seed = report.seed
                self[name].works()
            case ModelFailed(text) if (name := text.partition(":")[0]) in self:
                self[name].fail(text)
            case Refused(text):
                self._refuse(text)

    def _refuse(self, text: str) -> None:
        """What was asked for has not happened; a part that is still to come may not come at all."""
        about = text.partition(" (")[0]  # what follows are the models that there are
        for part in self.parts:
            if not part.is_described and part.name in self._expected and part.told.model in about:
                part.fail(text)
            part.forget_pending()

    def _follow_host(self, state: str) -> None:
        if state in GONE:
            self._expected |= {part.name for part in self.parts}
            for part in self.parts:
                part.begin_loading()

    def _rearrange(self, names: Sequence[str]) -> None:
        """As the engine has them; those it is still loading come last."""
        self._expected -= set(names)
        there = {part.name: part for part in self.parts}
        for name in names:
            if name not in there:
                there[name] = self._made(PartSetup(model=name, name=name), there.values())
        kept = [name for name in there if name in self._expected]
        order = [part.name for part in self.parts if part.name in (*names, *kept)]
        later = [name for name in (*names, *kept) if name not in order]
        ordered = order + later if self._expected else [*names]
        if [part.name for part in self.parts] != ordered:
            self.parts = [there[name] for name in ordered]
            self._tell_parts()
        self._host.ask(ask.DescribeRack())

    def _describe(self, told: PartDescribed) -> None:
        if told.name in self:
            self[told.name].describe(told)

    def _made(self, setup: PartSetup, others: Iterable[PartModel]) -> PartModel:
        used = {part.place for part in others}
        place = next(i for i in count() if i not in used)
        return PartModel(setup, place, self._host, self._undo)

    def _tell_parts(self) -> None:
        if self._selected not in self.parts:
            self._selected = self.parts[0] if self.parts else None
            self.parts_changed.emit()
            self.selected_changed.emit()
        else:
            self.parts_changed.emit()


def bundle_at(model: str, folder: Path) -> BundleChoice | None:
    """What a bundle's folder says of itself; None where it says nothing."""
    try:
        found = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=_Manifest)
    except (OSError, msgspec.MsgspecError):
        return None
    return BundleChoice(model=model, name=found.name, kind=found.kind, title=found.title)


def tr(text: str) -> str:
    """In the user's language."""
    return QCoreApplication.translate("rack", text)
