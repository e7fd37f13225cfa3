"""The table of controllers and the controls that they move."""

from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gui.models import Models
from gui.viewmodels.maps import controller_of
from gui.viewmodels.status import WARNING
from gui.widgets.buttons import FlatButton
from gui.widgets.rows import Row
from realtime.engine.maps import MODES, TAKEOVERS, ControlMap

COLUMNS: Final = ("Controller", "Part", "Control", "Sends", "If they differ", "From", "To", "")
NARROW: Final = 72  # logical pixels
CONTROLLER, PART, CONTROL, SENDS, TAKEOVER, LOW, HIGH, NOTE = range(len(COLUMNS))


class MapsDialog(QDialog):
    """Not modal: knobs are moved beside it. Double click or F2 changes a cell, Delete forgets a line."""

    def __init__(self, models: Models, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._models, self._maps = models, models.maps
        self.setWindowTitle(self.tr("Controller maps"))
        self.setModal(False)
        self.table = QTableWidget(0, len(COLUMNS))
        self.table.setAccessibleName(self.tr("Controller maps"))
        self.table.setHorizontalHeaderLabels([self.tr(text) for text in COLUMNS])
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.verticalHeader().hide()
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(NOTE, QHeaderView.ResizeMode.Stretch)
        for column in (LOW, HIGH):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(column, NARROW)
        self.empty = QLabel(
            self.tr("Nothing is mapped. Right-click a control and learn, or focus it and press Ctrl+L.")
        )
        self.forget = FlatButton(self.tr("Forget"), text=self.tr("Forget"))
        self.forget_all = FlatButton(self.tr("Forget all"), text=self.tr("Forget all"))
        self.forget.clicked.connect(self._forget)
        self.forget_all.clicked.connect(self._maps.forget_all)
        self.table.itemSelectionChanged.connect(self._enable)
        rows = QVBoxLayout(self)
        rows.addWidget(self.empty)
        rows.addWidget(self.table, 1)
        rows.addWidget(Row(1, self.forget, self.forget_all))
        self.resize(860, 360)
        self._maps.changed.connect(self._fill)
        self._fill()

    def _fill(self) -> None:
        maps, conflicts = self._maps.maps, self._maps.conflicts()
        self.empty.setVisible(not maps)
        self.table.setRowCount(len(maps))
        for line, each in enumerate(maps):
            for column, text in ((CONTROLLER, controller_of(each)), (PART, each.part), (CONTROL, each.control)):
                self._put(line, column, text)
            self._put(line, NOTE, self.tr("moves another control too") if line in conflicts else "")
            self._choice(line, SENDS, each, "mode", MODES)
            self._choice(line, TAKEOVER, each, "takeover", TAKEOVERS)
            self._number(line, LOW, each, "low")
            self._number(line, HIGH, each, "high")
        self._enable()

    def _put(self, line: int, column: int, text: str) -> None:
        item = QTableWidgetItem(text)
        item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
        self.table.setItem(line, column, item)

    def _choice(self, line: int, column: int, each: ControlMap, field: str, labels: tuple[str, ...]) -> None:
        box = QComboBox()
        box.addItems(labels)
        box.setCurrentText(getattr(each, field))
        box.setAccessibleName(self.tr("{}: {}").format(controller_of(each), self.tr(COLUMNS[column])))
        box.textActivated.connect(self._changing(each, field))
        self.table.setCellWidget(line, column, box)

    def _number(self, line: int, column: int, each: ControlMap, field: str) -> None:
        """Empty: as far as the control goes."""
        edit = QLineEdit()
        value = getattr(each, field)
        edit.setText("" if value is None else f"{value:g}")
        edit.setPlaceholderText(self.tr("its own"))
        edit.setAccessibleName(self.tr("{}: {}").format(controller_of(each), self.tr(COLUMNS[column])))
        change = self._changing(each, field)
        edit.editingFinished.connect(lambda: change(edit.text()))
        self.table.setCellWidget(line, column, edit)

    def _changing(self, each: ControlMap, field: str) -> Callable[[str], None]:
        def change(text: str) -> None:
            try:
                value: Any = text if field in ("mode", "takeover") else self._value(each, text)
                self._maps.change(each.part, each.control, **{field: value})
            except ValueError as error:
                self._models.status.say(str(error), WARNING)
                self._fill()

        return change

    def _value(self, each: ControlMap, text: str) -> float | None:
        """A typed end of the range. Raises `ValueError` for one that the control does not take."""
        if not text.strip():
            return None
        rack = self._models.rack
        if each.part in rack and each.control in rack[each.part].specs:
            return rack[each.part].specs[each.control].parse(text.strip())
        return float(text)

    def _forget(self) -> None:
        for line in sorted({index.row() for index in self.table.selectedIndexes()}, reverse=True):
            each = self._maps.maps[line]
            self._maps.forget(each.part, each.control)

    def _enable(self) -> None:
        is_chosen = bool(self.table.selectedIndexes())
        self.forget.setEnabled(is_chosen)
        self.forget.setToolTip(self.tr("Forget these lines") if is_chosen else self.tr("Choose a line first"))
        self.forget_all.setEnabled(bool(self._maps.maps))
        self.forget_all.setToolTip(self.tr("Forget all") if self._maps.maps else self.tr("Nothing is mapped"))
