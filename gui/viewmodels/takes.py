"""The takes: every answer and every capture, kept as files by the engine, listed and looked after here."""

import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

from gui.viewmodels.actions import Actions
from gui.viewmodels.engine_host import LOST, EngineHost
from gui.viewmodels.rack import RackModel
from gui.viewmodels.sessions import SessionsModel
from gui.viewmodels.settings import Settings
from gui.viewmodels.status import FAILURE, WARNING, StatusModel
from gui.viewmodels.takes_list import TakesList
from gui.viewmodels.undo import Undo
from realtime.engine.commands import Audition, Capture, SetControl, SetSeed, StopAudition
from realtime.engine.reports import Auditioned, Report, TakeKept
from realtime.errors import FileError
from realtime.files import write_atomic
from realtime.messages import Clock
from realtime.music.units import TempoAnchor
from realtime.takes.midi import take_midi
from realtime.takes.store import StoredTake, TakeStore
from realtime.takes.take import Take

BARS: Final = (1, 2, 4, 8, 16, 32, 64)  # how many can be captured
USUAL_BARS: Final = 8
FRAME_MS: Final = 50  # of the line that moves through a take


class TakesModel(QObject):
    """`list` has the rows. Whatever a folder or a file refuses is said, and changes nothing."""

    chosen = Signal(str)  # id: show this one
    bars_changed = Signal()
    _read = Signal(int, object)  # number of the reading, takes; from the reading thread

    def __init__(
        self,
        host: EngineHost,
        *,
        sessions: SessionsModel,
        settings: Settings,
        status: StatusModel,
        actions: Actions,
        rack: RackModel,
        undo: Undo,
        now_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        super().__init__()
        self._host, self._sessions, self._status, self._rack, self._undo = host, sessions, status, rack, undo
        self._actions = actions
        self._bars = USUAL_BARS
        self._reading = 0
        self._anchor, self._start_tick = TempoAnchor(0, now_ns(), 120.0), 0
        self._now_ns = now_ns
        self._frame = QTimer(self, interval=FRAME_MS)
        self._frame.timeout.connect(self._move)
        self.list = TakesList(TakeStore(sessions.takes_folder))
        self.list.renamed.connect(self.rename)
        self.list.failed.connect(lambda text: status.say(text, FAILURE))
        self._read.connect(self._fill)
        host.reported.connect(self._follow)
        host.state_changed.connect(self._follow_host)
        settings.changed.connect(self._follow_setting)
        actions.bind("capture", self.capture)
        actions.bind("compare", self.compare)
        self._show_compare()
        self.load()

    @property
    def folder(self) -> Path:
        """Where they are kept."""
        return self.list.store.folder

    @property
    def bars(self) -> int:
        """How many bars a capture has."""
        return self._bars

    def set_bars(self, bars: int) -> None:
        """How many bars a capture is to have: one of BARS."""
        if bars in BARS and bars != self._bars:
            self._bars = bars
            self.bars_changed.emit()

    def load(self) -> None:
        """Read the folder beside the music; takes that come meanwhile stay."""
        self._reading += 1
        store, number = self.list.store, self._reading
        threading.Thread(target=self._read_all, args=(store, number), name="takes-reader", daemon=True).start()

    # --- what the user asks ------------------------------------------------------------------------------

    def capture(self) -> None:
        """Keep the last bars of all that was played and sent."""
        self._host.ask(Capture(self._bars))

    def audition(self, take_id: str) -> None:
        """Play a take once; again, stop it."""
        if take_id == self.list.playing:
            self._host.ask(StopAudition())
        elif take_id in self.list:
            self._host.ask(Audition(self.list.of_id(take_id).take))

    def mark_a(self, take_id: str) -> None:
        """The one of two that are compared; marked again, it is none."""
        self._mark("a", "b", take_id)

    def mark_b(self, take_id: str) -> None:
        """The other one."""
        self._mark("b", "a", take_id)

    def compare(self) -> None:
        """Play A; while A plays, B; and so on."""
        a, b = self.list.a, self.list.b
        if a and b:
            self._host.ask(Audition(self.list.of_id(b if self.list.playing == a else a).take))

    def star(self, take_id: str) -> None:
        """Mark it as one to be kept, or no longer."""
        on = not self.list.of_id(take_id).starred
        text = tr("star a take") if on else tr("take a star away")
        self._step(text, partial(self._star, take_id, on), partial(self._star, take_id, not on))

    def rename(self, take_id: str, name: str) -> None:
        """Another name; empty: none."""
        before = self.list.of_id(take_id).name
        if name != before:
            self._step(tr("rename a take"), partial(self._name, take_id, name), partial(self._name, take_id, before))

    def trash(self, take_id: str) -> None:
        """Put it into the folder's trash; undo brings it back."""
        self._step(tr("throw a take away"), partial(self._trash, take_id), partial(self._restore, take_id))

    def make_again(self, take_id: str) -> None:
        """Give the take's seed and settings back to its part."""
        take = self.list.of_id(take_id).take
        why_not = self.why_not_again(take)
        if why_not:
            self._status.say(why_not, WARNING)
            return
        part = self._rack[take.source]
        controls = {name: value for name, value in take.controls.items() if name in part.specs}
        before = {name: part.value(name) for name in controls}
        redo = partial(self._send, take.source, take.seed, controls)
        undo = partial(self._send, take.source, part.state.seed, before)
        redo()
        self._undo.did(tr("make a take again"), undo, redo)
        self._status.say(tr("{} draws from seed {} again, with that take's settings").format(take.source, take.seed))

    def why_not_again(self, take: Take) -> str:
        """Why a take cannot be made again; empty: it can."""
        if take.seed is None:
            return tr("It was played, not drawn: there is no seed to make it from")
        if take.source not in self._rack:
            return tr("Its part, {}, is not in the rack").format(take.source)
        return ""

    def save_as(self, take_id: str, path: Path) -> None:
        """Another copy of the `.mid`, wherever the user wants it."""
        try:
            write_atomic(path, take_midi(self.list.of_id(take_id).take), keep_last=False)
        except FileError as error:
            self._status.say(str(error), FAILURE)
        else:
            self._status.say(tr("Saved {}").format(path.name))

    # --- inside ------------------------------------------------------------------------------------------

    def _read_all(self, store: TakeStore, number: int) -> None:
        """Reader's thread. What cannot be read is left out; how much, is said."""
        problems: list[str] = []
        try:
            found: tuple[StoredTake, ...] = store.list(problems.append) if store.folder.is_dir() else ()
        except FileError as error:
            found, problems = (), [str(error)]
        try:
            self._read.emit(number, (found, problems))
        except RuntimeError:  # the window is closed already
            return

    def _fill(self, number: int, read: tuple[tuple[StoredTake, ...], list[str]]) -> None:
        if number != self._reading:
            return
        found, problems = read
        came = [each for each in self.list.all() if each.take.id not in {stored.take.id for stored in found}]
        self.list.fill((*found, *came))
        if problems:
            more = tr(" and {} more").format(len(problems) - 1) if len(problems) > 1 else ""
            self._status.say(problems[0] + more, WARNING)

    def _follow(self, report: Report) -> None:
        match report:
            case TakeKept(take):
                self.list.put(StoredTake(take=take))
                if not take.kind:  # one that was asked for
                    self.chosen.emit(take.id)
                    self._status.say(tr("Captured: drag it out, or Enter to hear it"))
            case Clock():
                self._anchor = report.anchor()
            case Auditioned(take_id, start_tick):
                self._start_tick = start_tick
                self._play(take_id)

    def _follow_host(self, state: str) -> None:
        if state == LOST:
            self._play("")

    def _play(self, take_id: str) -> None:
        self.list.mark(playing=take_id)
        if take_id in self.list:
            self._move()
            self._frame.start()
        else:
            self._frame.stop()

    def _move(self) -> None:
        take = self.list.of_id(self.list.playing).take
        self.list.move((self._anchor.tick_at(self._now_ns()) - self._start_tick) / take.length_ticks)

    def _follow_setting(self, name: str) -> None:
        if name == "takes":
            self.list.store = TakeStore(self._sessions.takes_folder)
            self.list.mark(a="", b="")
            self._show_compare()
            self.list.fill(())
            self.load()

    def _mark(self, name: str, other: str, take_id: str) -> None:
        marks = {name: "" if getattr(self.list, name) == take_id else take_id}
        if getattr(self.list, other) == take_id:
            marks[other] = ""
        self.list.mark(**marks)
        self._show_compare()

    def _show_compare(self) -> None:
        there = self.list.a and self.list.b
        self._actions.set_why_not("compare", "" if there else tr("Mark one take as A and another as B first"))

    def _step(self, text: str, redo: Callable[[], None], undo: Callable[[], None]) -> None:
        """Do it; if the files let it be done, it can be taken back."""
        try:
            redo()
        except FileError as error:
            self._status.say(str(error), FAILURE)
        else:
            self._undo.did(text, partial(self._try, undo), partial(self._try, redo))

    def _try(self, do: Callable[[], None]) -> None:
        try:
            do()
        except FileError as error:
            self._status.say(str(error), FAILURE)

    def _star(self, take_id: str, on: bool) -> None:
        self.list.put(self.list.store.star(take_id, on))

    def _name(self, take_id: str, name: str) -> None:
        self.list.put(self.list.store.rename(take_id, name))

    def _trash(self, take_id: str) -> None:
        if take_id == self.list.playing:
            self._host.ask(StopAudition())
            self._play("")
        self.list.store.trash(take_id)
        marks = {name: "" for name in ("a", "b") if getattr(self.list, name) == take_id}
        self.list.mark(**marks)
        self._show_compare()
        self.list.drop(take_id)

    def _restore(self, take_id: str) -> None:
        self.list.put(self.list.store.restore(take_id))
        self.chosen.emit(take_id)

    def _send(self, part: str, seed: int | None, controls: dict[str, float]) -> None:
        for name, value in controls.items():
            self._host.ask(SetControl(name, value, part))
        self._host.ask(SetSeed(seed, part))


def tr(text: str) -> str:
    """In the user's language."""
    return QCoreApplication.translate("takes", text)
