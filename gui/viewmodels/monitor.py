"""What comes in and goes out, message by message: a table of the last thousand."""

import heapq
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
    QTimer,
)

from gui.viewmodels.engine_host import EngineHost
from gui.widgets.value_scale import pitch_name
from realtime.engine.reports import Report
from realtime.messages import Chunk, ChunkNote, Clock, Cut, Played, Ready, Transport
from realtime.music.units import PPQ, TempoAnchor

MOST: Final = 1_000  # rows
MOST_WAITING: Final = 10_000  # notes that are placed and not due
FRAME_MS: Final = 50
COLUMNS: Final = ("Time", "Way", "From", "Channel", "Message", "Value")
ALL, NOTES, CONTROLS, COMES_IN, GOES_OUT = KINDS = ("all", "notes", "controls", "in", "out")
ROOT: Final = QModelIndex()
Index = QModelIndex | QPersistentModelIndex
# Status without channel: (name, takes a note, what the value is).
MESSAGES: Final = {
    0x80: ("Note off", True),
    0x90: ("Note on", True),
    0xA0: ("Key pressure", True),
    0xB0: ("Control", False),
    0xC0: ("Program", False),
    0xD0: ("Pressure", False),
    0xE0: ("Bend", False),
}
CONTROLLERS: Final = {
    0: "bank",
    1: "modulation",
    7: "volume",
    10: "pan",
    11: "expression",
    32: "bank, fine",
    64: "sustain",
    66: "sostenuto",
    67: "soft pedal",
    74: "brightness",
    120: "all sound off",
    121: "reset",
    123: "all notes off",
}
BEND_CENTRE: Final = 8192


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One message. Times are `time.monotonic_ns()`."""

    time_ns: int
    is_out: bool
    source: str
    channel: int  # 0..15
    message: str
    value: str
    is_note: bool


class MonitorModel(QAbstractTableModel):
    """Notes of parts appear when they are due, not when they are placed: what was replaced before never does."""

    def __init__(self, host: EngineHost, now_ns: Callable[[], int] = time.monotonic_ns) -> None:
        super().__init__()
        self._now_ns = now_ns
        self._wall_ns = time.time_ns() - time.monotonic_ns()
        self._rows: deque[Row] = deque(maxlen=MOST)
        self._came: deque[Row] = deque(maxlen=MOST)
        self._waiting: list[tuple[int, int, Chunk, ChunkNote]] = []  # start tick, number, chunk, note
        self._number = 0
        self._generations: dict[str, int] = {}
        self._anchor = TempoAnchor(0, now_ns(), 120.0)
        self._is_on = False
        self._timer = QTimer(self, interval=FRAME_MS)
        self._timer.timeout.connect(self.flush)
        host.reported.connect(self._follow)

    @property
    def is_on(self) -> bool:
        """Whether anybody looks: it collects nothing else."""
        return self._is_on

    def switch(self, is_on: bool) -> None:
        """Begin or end to collect."""
        if is_on != self._is_on:
            self._is_on = is_on
            self._waiting.clear()
            (self._timer.start if is_on else self._timer.stop)()

    def clear(self) -> None:
        """Empty the table."""
        self.beginResetModel()
        self._rows.clear()
        self._came.clear()
        self.endResetModel()

    def flush(self) -> None:
        """Show what came, and the notes that are due by now."""
        self._came.extend(self._due(self._anchor.tick_at(self._now_ns())))
        if not self._came:
            return
        surplus = max(0, len(self._rows) + len(self._came) - MOST)
        if surplus:
            self.beginRemoveRows(ROOT, 0, min(surplus, len(self._rows)) - 1)
            for _ in range(min(surplus, len(self._rows))):
                self._rows.popleft()
            self.endRemoveRows()
        first = len(self._rows)
        self.beginInsertRows(ROOT, first, first + len(self._came) - 1)
        self._rows.extend(sorted(self._came, key=lambda row: row.time_ns))
        self._came.clear()
        self.endInsertRows()

    def row(self, place: int) -> Row:
        """A row, the oldest first."""
        return self._rows[place]

    # --- Qt's ----------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = ROOT) -> int:  # noqa: N802  Qt's name
        """How many there are."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = ROOT) -> int:  # noqa: N802  Qt's name
        """Always the same."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(  # noqa: N802  Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Titles."""
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return tr(COLUMNS[section])
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell."""
        if role != Qt.ItemDataRole.DisplayRole or not index.isValid():
            return None
        row = self._rows[index.row()]
        way = tr("out") if row.is_out else tr("in")
        cells = (self._time(row.time_ns), way, row.source, str(row.channel + 1), row.message, row.value)
        return cells[index.column()]

    # --- inside --------------------------------------------------------------------------------------------

    def _follow(self, report: Report) -> None:
        match report:
            case Clock():
                self._anchor = report.anchor()
            case Transport():
                self._waiting.clear()
            case Ready():  # another player, whose generations begin anew
                self._waiting.clear()
                self._generations.clear()
            case Played() if self._is_on:
                self._came.append(row_of(report.data, report.time_ns))
            case Chunk() if self._is_on:
                self._place(report)
            case Cut() if self._is_on:
                self._drop(report.part, 0)

    def _place(self, chunk: Chunk) -> None:
        if chunk.generation > self._generations.get(chunk.part, -1):
            self._drop(chunk.part, chunk.start_tick)
        self._generations[chunk.part] = chunk.generation
        for note in chunk.notes[: MOST_WAITING - len(self._waiting)]:
            self._number += 1
            heapq.heappush(self._waiting, (note.start_tick, self._number, chunk, note))

    def _drop(self, part: str, from_tick: int) -> None:
        self._waiting = [each for each in self._waiting if each[2].part != part or each[0] < from_tick]
        heapq.heapify(self._waiting)

    def _due(self, tick: int) -> Iterator[Row]:
        while self._waiting and self._waiting[0][0] <= tick:
            start, _, chunk, note = heapq.heappop(self._waiting)
            yield Row(
                time_ns=self._anchor.time_of(start),
                is_out=True,
                source=chunk.part.replace("/", " "),
                channel=chunk.channel,
                message=f"{tr('Note on')} {pitch_name(note.pitch)}",
                value=f"{note.velocity}, {_beats_text(note.duration_ticks / PPQ)}",
                is_note=True,
            )

    def _time(self, time_ns: int) -> str:
        at = datetime.fromtimestamp((time_ns + self._wall_ns) / 1e9)
        return f"{at:%H:%M:%S}.{at.microsecond // 1000:03d}"


class MonitorFilter(QSortFilterProxyModel):
    """The rows of one kind that hold a text."""

    def __init__(self, model: MonitorModel) -> None:
        super().__init__()
        self._model, self._kind, self._text = model, ALL, ""
        self.setSourceModel(model)

    def look_for(self, kind: str, text: str) -> None:
        """`kind`: one of KINDS; `text` in any column, in capitals or not."""
        self._kind, self._text = kind, text.lower()
        self.invalidate()

    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:  # noqa: N802  Qt's name
        """Whether a row is shown."""
        row = self._model.row(source_row)
        fits = {
            ALL: True,
            NOTES: row.is_note,
            CONTROLS: not row.is_note,
            COMES_IN: not row.is_out,
            GOES_OUT: row.is_out,
        }
        if not fits[self._kind] or not self._text:
            return fits[self._kind]
        cells = (self._model.index(source_row, column).data() for column in range(len(COLUMNS)))
        return any(self._text in str(cell).lower() for cell in cells)


def row_of(data: bytes, time_ns: int) -> Row:
    """A message of the musician, in words."""
    kind, first, second = data[0] & 0xF0, data[1] if len(data) > 1 else 0, data[2] if len(data) > 2 else 0
    name, is_note = MESSAGES[kind]
    message, value = tr(name), str(second)
    if is_note:
        message = f"{message} {pitch_name(first)}"
    elif kind == 0xB0:
        message = f"{message} {first} {tr(CONTROLLERS.get(first, ''))}".strip()
    elif kind == 0xE0:
        value = f"{(second << 7 | first) - BEND_CENTRE:+d}"
    else:
        value = str(first + 1 if kind == 0xC0 else first)
    you = QCoreApplication.translate("takes", "you")
    return Row(
        time_ns=time_ns,
        is_out=False,
        source=you,
        channel=data[0] & 0x0F,
        message=message,
        value=value,
        is_note=is_note,
    )


def _beats_text(beats: float) -> str:
    return tr("1 beat") if beats == 1 else tr("{:.3g} beats").format(beats)


def tr(text: str) -> str:
    """In the user's language."""
    return QCoreApplication.translate("monitor", text)
