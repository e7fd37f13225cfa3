"""The rack at the left: a strip a part, and the button that adds one."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QFrame, QMenu, QScrollArea, QVBoxLayout, QWidget

from gui.models import Models
from gui.shortcuts import PARTS_BY_KEY, SLOTS
from gui.theme import SPACE
from gui.viewmodels.part import PartModel
from gui.views.part_strip import PartStrip
from gui.widgets.buttons import FlatButton


class RackView(QWidget):
    """Strips in the order of the rack."""

    def __init__(self, models: Models) -> None:
        super().__init__()
        self._models, self._rack = models, models.rack
        self.strips: list[PartStrip] = []
        self._page = QWidget()
        self._column = QVBoxLayout(self._page)
        self._column.setContentsMargins(SPACE.tight, SPACE.tight, SPACE.tight, SPACE.tight)
        self._column.setSpacing(SPACE.tight)
        self.add = FlatButton(self.tr("Add a part"), text=self.tr("Add a part"), icon="plus")
        self.add.setAutoDefault(True)
        self.add.clicked.connect(self._offer)
        self._column.addWidget(self.add)
        self._column.addStretch(1)
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self._page)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(scroll)
        self._scroll = scroll
        self._rack.parts_changed.connect(self._sync)
        self._rack.selected_changed.connect(self._select)
        self._bind()
        self._sync()

    def strip_of(self, name: str) -> PartStrip:
        """The strip of a part. Raises `StopIteration`."""
        return next(strip for strip in self.strips if strip.part.name == name)

    def _bind(self) -> None:
        actions, rack = self._models.actions, self._rack
        actions.bind("hand_over", rack.hand_over)
        actions.bind("add_part", self._offer)
        actions.bind("remove_part", self._remove)
        for number in range(1, PARTS_BY_KEY + 1):
            actions.bind(f"part_{number}", partial(self._toggle, number - 1))
        for slot in range(1, SLOTS + 1):
            actions.bind(f"store_{slot}", partial(self._store, slot))
            actions.bind(f"recall_{slot}", partial(self._recall, slot))

    # --- what actions do -----------------------------------------------------------------------------------

    def _toggle(self, place: int) -> None:
        if place < len(self._rack.parts):
            part = self._rack.parts[place]
            part.switch(not part.is_on)

    def _store(self, slot: int) -> None:
        if self._rack.selected is not None:
            self._rack.selected.store(slot)
            self._say(self.tr("Snapshot {} of {} is kept").format(slot, self._rack.selected.name))

    def _recall(self, slot: int) -> None:
        part = self._rack.selected
        if part is None:
            return
        if slot in part.state.snapshots:
            part.recall(slot)
        else:
            self._say(self.tr("Snapshot {0} of {1} is empty: Ctrl+{0} stores into it").format(slot, part.name))

    def _say(self, text: str) -> None:
        self._models.status.say(text)

    def _remove(self) -> None:
        if self._rack.selected is not None:
            self._rack.remove(self._rack.selected)

    def _offer(self) -> None:
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        menu.aboutToHide.connect(menu.deleteLater)
        for bundle in self._rack.bundles():
            action = menu.addAction(f"{bundle.name}: {bundle.title}")
            action.triggered.connect(lambda _=False, model=bundle.model: self._rack.add(model))
        menu.addSeparator()
        menu.addAction(self.tr("From a folder...")).triggered.connect(self._browse)
        menu.popup(self.add.mapToGlobal(self.add.rect().bottomLeft()))

    def _browse(self) -> None:
        """A bundle anywhere on the disk; whether it is one, the engine says."""
        dialog = QFileDialog(self, self.tr("Choose the folder of a model"), str(self._models.places.models))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.finished.connect(dialog.deleteLater)
        dialog.fileSelected.connect(self._rack.add)
        dialog.open()

    # --- what is shown -------------------------------------------------------------------------------------

    def _sync(self) -> None:
        """Strips of parts that stay are kept as they are."""
        there = {strip.part: strip for strip in self.strips}
        wanted = self._rack.parts
        for part, strip in there.items():
            if part not in wanted:
                self._column.removeWidget(strip)
                strip.hide()
                strip.deleteLater()
        self.strips = [there.get(part) or self._made(part) for part in wanted]
        for place, strip in enumerate(self.strips):
            self._column.insertWidget(place, strip)
        self.add.setEnabled(not self._rack.is_full)
        self.add.setToolTip(self.tr("The rack is full") if self._rack.is_full else self.tr("Another model"))
        self._page.setMinimumWidth(self._page.minimumSizeHint().width())
        self._select()

    def _made(self, part: PartModel) -> PartStrip:
        strip = PartStrip(self._models, part)
        strip.chosen.connect(self._rack.select)
        return strip

    def _select(self) -> None:
        for strip in self.strips:
            strip.set_selected(strip.part is self._rack.selected)
