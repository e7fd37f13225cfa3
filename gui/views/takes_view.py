"""The list of takes: what its keys do, and how a take leaves it as a file."""

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QDrag, QGuiApplication, QKeyEvent, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QListView

from gui.theme import SPACE, colour, theme_of
from gui.viewmodels.takes_list import TakesList


class TakesView(QListView):
    """The list. What is dragged out is a file that stays where it is."""

    play_wanted = Signal()
    trash_wanted = Signal()

    def __init__(self, takes: TakesList) -> None:
        super().__init__()
        self.setModel(takes)
        self.setAccessibleName(self.tr("Takes"))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setFrameShape(QListView.Shape.NoFrame)

    def made_drag(self) -> QDrag | None:
        """What a drag of the chosen rows carries; None: nothing."""
        mime = self.model().mimeData(self.selectedIndexes())
        if not mime.hasUrls():
            return None
        drag = QDrag(self)
        drag.setMimeData(mime)
        box = self.visualRect(self.selectedIndexes()[0])
        drag.setPixmap(self.viewport().grab(box.intersected(QRect(0, box.top(), 120, box.height()))))
        drag.setHotSpot(QPoint(8, 8))
        return drag

    def copy(self) -> None:
        """The chosen take's file, to be pasted into a folder or a DAW."""
        if self.selectedIndexes():
            QGuiApplication.clipboard().setMimeData(self.model().mimeData(self.selectedIndexes()))

    # --- Qt's ----------------------------------------------------------------------------------------------

    def startDrag(self, _actions: Qt.DropAction) -> None:  # noqa: N802  Qt's name
        """A copy, whatever the target asks for."""
        drag = self.made_drag()
        if drag is not None:
            drag.exec(Qt.DropAction.CopyAction)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Enter, Delete, copy; letters are for the piano, not for a search."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.play_wanted.emit()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.trash_wanted.emit()
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.text().strip() and not event.modifiers():
            event.ignore()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Without rows: how they come."""
        super().paintEvent(event)
        if self.model().rowCount():
            return
        painter = QPainter(self.viewport())
        painter.setPen(colour(theme_of(self).text_dim))
        room = self.viewport().rect().adjusted(SPACE.wide, SPACE.wide, -SPACE.wide, -SPACE.wide)
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._how_they_come())
        painter.end()

    def _how_they_come(self) -> str:
        takes = self.model()
        if isinstance(takes, TakesList) and len(takes):
            return self.tr("No take has a star.")
        return self.tr("Every answer is kept here. Capture keeps the last bars of all that was played.")
