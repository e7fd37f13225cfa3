"""All keys on one page (F1)."""

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QDialog, QHeaderView, QLineEdit, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from gui.shortcuts import CONTEXT, SHORTCUTS
from gui.theme import SPACE
from gui.views.bound import plain

SIZE = 620, 620
# What no action of the table says: keys of the widgets themselves.
OF_WIDGETS = (
    ("Up Down, wheel", "Change the focused control"),
    ("Shift + drag, wheel", "Change it finely"),
    ("Enter, F2", "Type its value"),
    ("Delete, double click", "Back to its default"),
    ("Shift+F10, right click", "Map a controller to it"),
    ("Enter, F2, Delete", "In the takes: play or stop, rename, throw away"),
    ("Ctrl+C", "In the takes: copy the file"),
    ("A S D F ...  Q W E ...", "Piano keys, while the computer keyboard plays"),
    ("Z X", "Octave down and up"),
    ("C V", "Velocity down and up"),
)


class ShortcutsDialog(QDialog):
    """A list that can be searched; not modal, so that it can stay beside the window."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.resize(*SIZE)
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search"))
        self.search.setAccessibleName(self.tr("Search the shortcuts"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self.list = QTreeWidget()
        self.list.setAccessibleName(self.tr("Shortcuts"))
        self.list.setColumnCount(3)
        self.list.setHeaderLabels([self.tr("Action"), self.tr("Keys"), self.tr("What it does")])
        self.list.setRootIsDecorated(False)
        self.list.setTabKeyNavigation(False)
        self._fill()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(SPACE.wide, SPACE.wide, SPACE.wide, SPACE.wide)
        rows.addWidget(self.search)
        rows.addWidget(self.list)
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)

    def _fill(self) -> None:
        for shortcut in SHORTCUTS:
            if shortcut.keys:
                row = [plain(shortcut.shown), shortcut.keys_shown, shortcut.explained]
                self.list.addTopLevelItem(QTreeWidgetItem(row))
        for keys, text in OF_WIDGETS:
            translated = QCoreApplication.translate(CONTEXT, text)
            self.list.addTopLevelItem(QTreeWidgetItem([translated, QCoreApplication.translate(CONTEXT, keys), ""]))
        for column in (0, 1):
            self.list.header().setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)

    def _filter(self, wanted: str) -> None:
        for place in range(self.list.topLevelItemCount()):
            item = self.list.topLevelItem(place)
            assert item is not None
            texts = " ".join(item.text(column) for column in range(3)).lower()
            item.setHidden(wanted.lower() not in texts)
