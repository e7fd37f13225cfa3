"""The takes as a list for a view: rows, texts, and what is dragged or copied."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    QUrl,
    Signal,
)

from realtime.errors import FileError
from realtime.files import write_atomic
from realtime.music.units import Meter
from realtime.takes.midi import take_midi
from realtime.takes.store import StoredTake, TakeStore
from realtime.takes.take import ALL, STAMP, STAMP_LENGTH, Take

Index = QModelIndex | QPersistentModelIndex
TAKE: Final = Qt.ItemDataRole.UserRole  # the `StoredTake` of a row
PLACE: Final = Qt.ItemDataRole.UserRole + 1  # told as changed where only `place` is
MIME: Final = "audio/midi"
ROOT: Final = QModelIndex()
Role = Qt.ItemDataRole
Flag = Qt.ItemFlag


class TakesList(QAbstractListModel):
    """The newest first. What the user types or drops nowhere else: `renamed` asks for another name."""

    renamed = Signal(str, str)  # id, name
    failed = Signal(str)  # one line: a file could not be used

    def __init__(self, store: TakeStore) -> None:
        super().__init__()
        self.store = store
        self._all: list[StoredTake] = []
        self._rows: list[StoredTake] = []
        self._is_starred_only = False
        self.playing, self.a, self.b = "", "", ""  # ids; empty: none
        self.place = 0.0  # 0..1, how far the one that plays is

    # --- what is in it -----------------------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self._all)

    def __contains__(self, take_id: object) -> bool:
        return any(stored.take.id == take_id for stored in self._all)

    def of_id(self, take_id: str) -> StoredTake:
        """The take of that id. Raises `KeyError`. (No `__getitem__`: shiboken would walk the model as a sequence.)"""
        for stored in self._all:
            if stored.take.id == take_id:
                return stored
        raise KeyError(take_id)

    def all(self) -> tuple[StoredTake, ...]:
        """All of them, shown or not."""
        return tuple(self._all)

    def fill(self, takes: Sequence[StoredTake]) -> None:
        """These, and no others."""
        self._all = sorted(takes, key=_age, reverse=True)
        self._show()

    def put(self, stored: StoredTake) -> None:
        """A new take, or what is said of one now."""
        self._all = [other for other in self._all if other.take.id != stored.take.id]
        self._all.append(stored)
        self._all.sort(key=_age, reverse=True)
        row = self.row_of(stored.take.id)
        if row is not None and self._is_shown(stored):
            self._rows[row] = stored
            self._changed(row)
        elif row is not None:
            self._take_out(row)
        elif self._is_shown(stored):
            self._put_in(stored)

    def drop(self, take_id: str) -> None:
        """It is there no longer."""
        self._all = [stored for stored in self._all if stored.take.id != take_id]
        row = self.row_of(take_id)
        if row is not None:
            self._take_out(row)

    def row_of(self, take_id: str) -> int | None:
        """Where a take stands; None: it is not shown."""
        return next((row for row, stored in enumerate(self._rows) if stored.take.id == take_id), None)

    def show_starred_only(self, wanted: bool) -> None:
        """Leave the others out of sight."""
        if wanted != self._is_starred_only:
            self._is_starred_only = wanted
            self._show()

    def mark(self, **ids: str) -> None:
        """Which take plays, and which are A and B: `playing`, `a`, `b`."""
        for name, take_id in ids.items():
            before = getattr(self, name)
            setattr(self, name, take_id)
            for changed in {before, take_id} - {""}:
                row = self.row_of(changed)
                if row is not None:
                    self._changed(row)

    def move(self, place: float) -> None:
        """The take that plays has come so far, 0..1."""
        self.place = min(1.0, max(0.0, place))
        row = self.row_of(self.playing)
        if row is not None:
            self.dataChanged.emit(self.index(row), self.index(row), [PLACE])

    def marks(self, take_id: str) -> str:
        """What stands beside it: "A", "B", both or nothing."""
        return "".join(name for name, marked in (("A", self.a), ("B", self.b)) if marked == take_id)

    def file_of(self, take: Take) -> Path | None:
        """The take's file, written again if somebody has moved it away; None: it cannot be, which is said."""
        path = self.store.midi_path(take.id)
        try:
            if not path.is_file():
                write_atomic(path, take_midi(take), keep_last=False)
        except FileError as error:
            self.failed.emit(str(error))
            return None
        return path.absolute()

    # --- Qt's ----------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = ROOT) -> int:  # noqa: N802  Qt's name
        """How many are shown."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """A row."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        stored = self._rows[index.row()]
        match role:
            case Role.DisplayRole:
                return stored.name or called(stored.take)
            case Role.EditRole:
                return stored.name
            case Role.AccessibleTextRole:
                return self._spoken(stored)
            case Role.ToolTipRole:
                return self._explained(stored)
            case Role.UserRole:
                return stored
        return None

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:  # noqa: N802  Qt's name
        """A name was typed."""
        if role != Role.EditRole or not index.isValid():
            return False
        self.renamed.emit(self._rows[index.row()].take.id, str(value).strip())
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Each row can be renamed and dragged out."""
        if not index.isValid():
            return Flag.NoItemFlags
        return Flag.ItemIsEnabled | Flag.ItemIsSelectable | Flag.ItemIsEditable | Flag.ItemIsDragEnabled

    def supportedDragActions(self) -> Qt.DropAction:  # noqa: N802  Qt's name
        """A copy: the file stays, for who takes it may read it later."""
        return Qt.DropAction.CopyAction

    def mimeTypes(self) -> list[str]:  # noqa: N802  Qt's name
        """A file, and its bytes for those who take no files."""
        return ["text/uri-list", MIME]

    def mimeData(self, indexes: Sequence[Index]) -> QMimeData:  # noqa: N802  Qt's name
        """The `.mid` files of these rows."""
        files = [path for index in indexes if (path := self.file_of(self._rows[index.row()].take))]
        mime = QMimeData()
        if files:
            mime.setUrls([QUrl.fromLocalFile(str(path)) for path in files])
        if len(files) == 1:
            mime.setData(MIME, files[0].read_bytes())
        return mime

    # --- inside --------------------------------------------------------------------------------------------

    def _is_shown(self, stored: StoredTake) -> bool:
        return stored.starred or not self._is_starred_only

    def _show(self) -> None:
        self.beginResetModel()
        self._rows = [stored for stored in self._all if self._is_shown(stored)]
        self.endResetModel()

    def _changed(self, row: int) -> None:
        index = self.index(row)
        self.dataChanged.emit(index, index)

    def _take_out(self, row: int) -> None:
        self.beginRemoveRows(ROOT, row, row)
        del self._rows[row]
        self.endRemoveRows()

    def _put_in(self, stored: StoredTake) -> None:
        row = sum(_age(other) > _age(stored) for other in self._rows)
        self.beginInsertRows(ROOT, row, row)
        self._rows.insert(row, stored)
        self.endInsertRows()

    def _spoken(self, stored: StoredTake) -> str:
        take = stored.take
        says = (
            stored.name,
            called(take),
            bars_text(take),
            seed_text(take),
            when(take.id, date.today()),
            tr("starred") if stored.starred else "",
            tr("plays") if take.id == self.playing else "",
            self.marks(take.id),
        )
        return ", ".join(filter(None, says))

    def _explained(self, stored: StoredTake) -> str:
        take = stored.take
        first = f"{stored.name or called(take)}: {bars_text(take)}, {take.meter}, {take.bpm:.0f} BPM, {take.id}"
        made = ", ".join(filter(None, (take.model, seed_text(take))))
        hint = tr("Enter plays it. Drag it into a DAW or a folder, or copy it with Ctrl+C.")
        return "\n".join(filter(None, (first, made, hint)))


def called(take: Take) -> str:
    """Who played it, on screen."""
    return {ALL: tr("everything"), "played": tr("you")}.get(take.source, take.source)


def bars_text(take: Take) -> str:
    """How long it is."""
    bars = -(-take.length_ticks // Meter.of(take.meter).bar_ticks)
    return tr("1 bar") if bars == 1 else tr("{} bars").format(bars)


def seed_text(take: Take) -> str:
    """What it was drawn from."""
    return "" if take.seed is None else tr("seed {}").format(take.seed)


def when(take_id: str, today: date) -> str:
    """The time of day, or the date where that was another day."""
    try:
        at = datetime.strptime(take_id[:STAMP_LENGTH], STAMP)
    except ValueError:  # digits that are no date
        return ""
    if at.date() == today:
        return f"{at:%H:%M}"
    return f"{at.day} {at:%b}" if at.year == today.year else f"{at.day} {at:%b %Y}"


def _age(stored: StoredTake) -> str:
    return stored.take.id


def tr(text: str) -> str:
    """In the user's language."""
    return QCoreApplication.translate("takes", text)
