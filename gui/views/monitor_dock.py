"""The MIDI monitor: the last messages in a table at the bottom of the window."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDockWidget,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from gui.models import Models
from gui.theme import SPACE
from gui.viewmodels.monitor import KINDS, MonitorFilter
from gui.widgets.buttons import FlatButton
from gui.widgets.pick_box import PickBox
from gui.widgets.rows import Row

TITLES = ("All", "Notes", "Controllers", "In", "Out")  # of KINDS
HEIGHT = 150  # logical pixels, at first


class MonitorDock(QDockWidget):
    """Scrolls with what comes, until a row is chosen."""

    def __init__(self, models: Models, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._models, self._monitor = models, models.monitor
        self.setWindowTitle(self.tr("MIDI monitor"))
        self.setObjectName("monitor")
        self._filter = MonitorFilter(self._monitor)
        self._build()
        self._filter.rowsInserted.connect(self._follow)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._say_lock())
        models.actions.bind("monitor", lambda: self.setVisible(not self.isVisible()))
        self.visibilityChanged.connect(lambda _: models.actions.set_on("monitor", not self.isHidden()))
        self.hide()

    # --- building ------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.kind = PickBox(self.tr("Which messages are shown"))
        self.kind.addItems([self.tr(title) for title in TITLES])
        self.search = QLineEdit()
        self.search.setAccessibleName(self.tr("Search the messages"))
        self.search.setPlaceholderText(self.tr("Search"))
        self.search.setClearButtonEnabled(True)
        self.kind.currentIndexChanged.connect(self._look_for)
        self.search.textChanged.connect(self._look_for)
        self.lock = QLabel()
        self.clear = FlatButton(self.tr("Clear"), text=self.tr("Clear"))
        self.clear.clicked.connect(self._monitor.clear)
        self.follow = FlatButton(self.tr("Follow"), text=self.tr("Follow"), icon="follow")
        self.follow.clicked.connect(self._let_go)
        self._build_table()
        page = QWidget()
        rows = QVBoxLayout(page)
        rows.setContentsMargins(SPACE.gap, SPACE.tight, SPACE.gap, SPACE.tight)
        rows.setSpacing(SPACE.tight)
        rows.addWidget(Row(self.kind, self.search, self.lock, 1, self.follow, self.clear))
        rows.addWidget(self.table, 1)
        self.setWidget(page)
        self._say_lock()

    def _build_table(self) -> None:
        self.table = QTableView()
        self.table.setModel(self._filter)
        self.table.setAccessibleName(self.tr("MIDI messages"))
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setShowGrid(False)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(self.table.fontMetrics().height() + SPACE.tight)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setStretchLastSection(True)
        for column, width in enumerate((104, 44, 120, 64, 220)):
            header.resizeSection(column, width)

    # --- what is shown -------------------------------------------------------------------------------------

    @property
    def is_locked(self) -> bool:
        """Whether the table stays where it is."""
        return self.table.selectionModel().hasSelection()

    def _look_for(self) -> None:
        self._filter.look_for(KINDS[self.kind.currentIndex()], self.search.text())

    def _follow(self) -> None:
        if not self.is_locked:
            self.table.scrollToBottom()

    def _let_go(self) -> None:
        self.table.clearSelection()
        self.table.scrollToBottom()

    def _say_lock(self) -> None:
        self.lock.setText(self.tr("stays here: a row is chosen") if self.is_locked else self.tr("follows what comes"))
        self.follow.setEnabled(self.is_locked)
        self.follow.setToolTip(
            self.tr("Let go of the row and follow") if self.is_locked else self.tr("It follows already")
        )

    # --- Qt's ----------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  Qt's name
        """Collect while somebody looks."""
        super().showEvent(event)
        self._monitor.switch(True)
        self.table.scrollToBottom()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802  Qt's name
        """And no longer."""
        super().hideEvent(event)
        self._monitor.switch(not self.isHidden())


DOCK_AREA = Qt.DockWidgetArea.BottomDockWidgetArea
