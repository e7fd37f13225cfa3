"""The piano roll in the window: fed frame by frame, with the locks and the picked bars of the parts."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gui.models import Models
from gui.viewmodels.roll_notes import PLAYED
from gui.widgets.roll import LockedCell, PianoRoll, Source

BAR: Final = "bar"  # begins the names of locked bars
LOCKED_AHEAD: Final = 4  # bars from now on in which locks are drawn
MOST_LINES: Final = 1_000  # of the table: more would take longer to fill than a musician waits
COLUMNS: Final = ("source", "bar", "beat", "pitch", "beats", "velocity")


class RollView(QWidget):
    """The roll follows the music until the user scrolls; F lets it follow again."""

    def __init__(self, models: Models) -> None:
        super().__init__()
        self._models, self._model = models, models.roll
        self.roll = PianoRoll()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self.roll)
        self._locked: tuple[LockedCell, ...] = ()
        self._table: NotesTable | None = None
        models.rack.parts_changed.connect(self._name_sources)
        self._model.frame.connect(self._draw)
        self._model.bars_changed.connect(self._count_bars)
        self.roll.bars_selected.connect(self._pick)
        self.roll.selection_cleared.connect(self._unpick)
        self.roll.follow_changed.connect(self._tell_follow)
        models.actions.bind("follow", self._toggle_follow)
        models.actions.bind("notes", self.show_table)
        models.actions.set_on("follow", self.roll.follows)
        self._name_sources()
        self._count_bars()

    def show_table(self) -> "NotesTable":
        """The notes in words, for who cannot see the picture."""
        if self._table is None:
            self._table = NotesTable(self)
        self._table.fill(self.roll)
        self._table.show()
        return self._table

    def _name_sources(self) -> None:
        you = Source(key=PLAYED, label=self.tr("you"), outline=True)
        parts = self._models.rack.parts
        self.roll.set_sources([*(Source(key=part.name, label=part.name, part=part.place) for part in parts), you])

    def _draw(self) -> None:
        changes = self._model.changes()
        for source, (tick, notes) in changes.notes.items():
            self.roll.replace_from(source, tick, notes)
        if changes.forget_before is not None:
            self.roll.drop_before(changes.forget_before)
        self.roll.set_now(self._model.tick(), self._model.lookahead_ticks())
        self._draw_locks()

    def _draw_locks(self) -> None:
        """Locked bars come again in every cycle; the ones that are near are framed."""
        locked = tuple(cell for part in self._models.rack.parts for cell in self._cells(part.name))
        if locked != self._locked:
            self._locked = locked
            self.roll.set_lock_cells(locked)

    def _cells(self, name: str) -> list[LockedCell]:
        part, model = self._models.rack[name], self._model
        bars = [lock for lock in part.told.lockable if lock.startswith(BAR)]
        if part.start_tick is None or not part.state.playing or not set(bars) & set(part.state.locks):
            return []
        first = (part.start_tick - model.origin_tick) // model.meter.bar_ticks
        now = (model.tick() - model.origin_tick) // model.meter.bar_ticks
        return [
            LockedCell(source=name, first_bar=bar, last_bar=bar)
            for bar in range(max(first, now), now + LOCKED_AHEAD)
            if bars[(bar - first) % len(bars)] in part.state.locks
        ]

    def _count_bars(self) -> None:
        self.roll.set_meter(self._model.meter)
        self.roll.set_origin_tick(self._model.origin_tick)

    def _pick(self, first: int, last: int) -> None:
        self._model.select_bars((first, last))

    def _unpick(self) -> None:
        self._model.select_bars(None)

    def _toggle_follow(self) -> None:
        self.roll.set_follow(not self.roll.follows)

    def _tell_follow(self, follows: bool) -> None:
        self._models.actions.set_on("follow", follows)
        if follows:
            self._draw()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  Qt's name
        """Frames are worth drawing."""
        super().showEvent(event)
        self.window().installEventFilter(self)
        self._pace()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802  Qt's name
        """No one sees them."""
        super().hideEvent(event)
        self._model.set_shown(False)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """The window may be minimised."""
        if event.type() == QEvent.Type.WindowStateChange:
            self._pace()
        return super().eventFilter(watched, event)

    def _pace(self) -> None:
        self._model.set_shown(self.isVisible() and not self.window().isMinimized())


class NotesTable(QDialog):
    """All notes of the roll, one a line."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Notes"))
        self.table = QTableWidget(0, len(COLUMNS))
        self.table.setAccessibleName(self.tr("Notes of the piano roll"))
        self.table.setHorizontalHeaderLabels([self.tr(name) for name in COLUMNS])
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        rows = QVBoxLayout(self)
        rows.addWidget(self.table)
        self.resize(560, 420)

    def fill(self, roll: PianoRoll) -> None:
        """The notes as they are now, the last ones first in sight."""
        lines = roll.as_rows()[-MOST_LINES:]
        self.table.setRowCount(len(lines))
        for line, row in enumerate(lines):
            for column, name in enumerate(COLUMNS):
                item = QTableWidgetItem(str(getattr(row, name)))
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEditable)
                self.table.setItem(line, column, item)
        self.table.scrollToBottom()
