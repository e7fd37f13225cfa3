"""The takes at the right: the list, what can be done with the chosen one, and the button that captures."""

import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QModelIndex, QPoint, QProcess, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QLabel, QMenu, QVBoxLayout, QWidget

from gui.models import Models
from gui.theme import SPACE
from gui.viewmodels.takes import BARS, USUAL_BARS
from gui.viewmodels.takes_list import PLACE, TAKE, called
from gui.views.bound import ActionButton
from gui.views.take_rows import TakeRows
from gui.views.takes_view import TakesView
from gui.widgets.buttons import FlatButton, Toggle
from gui.widgets.choice_box import ChoiceBox
from gui.widgets.rows import Row
from realtime.bundle.spec import choice
from realtime.takes.store import StoredTake

NOT_PLACED = ("", "played")  # sources that are no part
KIND_PLACES = {"continue": 0, "morph": 1, "quartet": 2, "sketch": 3}  # of parts that are in the rack no more


class TakesPanel(QWidget):
    """Binds the list to the model."""

    def __init__(self, models: Models) -> None:
        super().__init__()
        self._models, self._takes = models, models.takes
        self.list = TakesView(self._takes.list)
        rows = TakeRows(self._takes.list, self._place_of, self.list)
        rows.play_wanted.connect(self._takes.audition)
        rows.star_wanted.connect(self._takes.star)
        self.list.setItemDelegate(rows)
        self.list.play_wanted.connect(lambda: self._do(self._takes.audition))
        self.list.trash_wanted.connect(lambda: self._do(self._trash))
        self.list.customContextMenuRequested.connect(self._offer)
        self.list.selectionModel().currentChanged.connect(self._sync)
        for signal in (self._takes.list.rowsInserted, self._takes.list.rowsRemoved):
            signal.connect(self._sync)
        self._takes.list.dataChanged.connect(self._sync_after)
        self._takes.list.modelReset.connect(self._sync)
        self._takes.chosen.connect(self.choose)
        self._build()
        models.rack.parts_changed.connect(self.list.viewport().update)
        models.actions.bind("takes", lambda: models.settings.set(takes_shown=not models.settings.now.takes_shown))
        models.settings.changed.connect(self._follow_setting)
        self._show_itself()
        self._sync()

    @property
    def current(self) -> StoredTake | None:
        """The chosen take."""
        stored = self.list.currentIndex().data(TAKE)
        return stored if isinstance(stored, StoredTake) else None

    def choose(self, take_id: str) -> None:
        """Select a take and bring it into sight."""
        row = self._takes.list.row_of(take_id)
        if row is not None:
            self.list.setCurrentIndex(self._takes.list.index(row))

    # --- building ------------------------------------------------------------------------------------------

    def _build(self) -> None:
        title = QLabel(self.tr("Takes"))
        self.count = QLabel()
        self.count.setAccessibleName(self.tr("Number of takes"))
        self.starred = Toggle(self.tr("Only takes with a star"), icon="star")
        self.starred.toggled.connect(self._takes.list.show_starred_only)
        self.starred.toggled.connect(self._sync)
        self.play = self._button("play", self.tr("Play the take"), "", self._takes.audition)
        self.star = self._button("star-empty", self.tr("Star"), "", self._takes.star)
        self.a = self._button("", self.tr("Mark as A"), "A", self._takes.mark_a)
        self.b = self._button("", self.tr("Mark as B"), "B", self._takes.mark_b)
        self.again = self._button("dice", self.tr("Make again"), "", self._takes.make_again)
        self.save = self._button("save", self.tr("Save as"), "", self._save)
        self.trash = self._button("trash", self.tr("Throw away"), "", self._trash)
        self.more = self._button("more", self.tr("More"), "", lambda _: self._offer(None))
        self._build_capture()
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.tight, SPACE.tight, SPACE.gap, SPACE.tight)
        column.setSpacing(SPACE.tight)
        column.addWidget(Row(title, self.count, 1, self.starred))
        column.addWidget(self.list, 1)
        tools = Row(self.play, self.star, self.a, self.b, self.again, self.save, self.trash, 1, self.more)
        tools.layout().setSpacing(2)  # type: ignore[union-attr]
        column.addWidget(tools)
        column.addWidget(Row(self.capture, self.bars))
        self.setMinimumWidth(tools.sizeHint().width() + SPACE.tight + SPACE.gap)

    def _build_capture(self) -> None:
        labels = tuple(map(str, BARS))
        self.bars = ChoiceBox(choice("bars", labels, default=BARS.index(USUAL_BARS), text="how many are captured"))
        self.bars.edited.connect(lambda place: self._takes.set_bars(BARS[round(place)]))
        self._takes.bars_changed.connect(self._sync_bars)
        self._sync_bars()
        self.capture = ActionButton(self._models.actions, "capture", text=self.tr("Capture"), icon="record")

    def _button(self, icon: str, name: str, text: str, do: Callable[[str], object]) -> FlatButton:
        button = FlatButton(name, text=text, icon=icon)
        button.setAutoDefault(True)
        button.clicked.connect(lambda: self._do(do))
        return button

    # --- what is done --------------------------------------------------------------------------------------

    def _do(self, do: Callable[[str], object]) -> None:
        """Something with the chosen take."""
        if self.current is not None:
            do(self.current.take.id)

    def _trash(self, take_id: str) -> None:
        self._takes.trash(take_id)
        self._models.status.say(self.tr("Thrown away; Ctrl+Z brings it back"))

    def _save(self, take_id: str) -> None:
        stored = self._takes.list.of_id(take_id)
        dialog = QFileDialog(self, self.tr("Save the take"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(self.tr("MIDI files (*.mid)"))
        dialog.setDefaultSuffix("mid")
        dialog.selectFile(f"{stored.name or called(stored.take)}.mid")
        dialog.fileSelected.connect(lambda path: self._takes.save_as(take_id, Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _reveal(self, take_id: str) -> None:
        reveal(self._takes.list.store.midi_path(take_id))

    def _offer(self, at: QPoint | None) -> None:
        """All that can be done with the take, by name."""
        stored = self.current
        if stored is None:
            return
        menu = self.menu_for(stored)
        menu.aboutToHide.connect(menu.deleteLater)
        corner = self.more.mapToGlobal(self.more.rect().topLeft())
        menu.popup(corner if at is None else self.list.viewport().mapToGlobal(at))

    def menu_for(self, stored: StoredTake) -> QMenu:
        """What the list's menu offers for a take."""
        takes, take_id = self._takes, stored.take.id
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        is_playing = take_id == takes.list.playing
        for text, keys, do in (
            (self.tr("Stop") if is_playing else self.tr("Play"), self.tr("Enter"), takes.audition),
            (self.tr("Take the star away") if stored.starred else self.tr("Star"), "", takes.star),
            (self.tr("Rename"), "F2", lambda _: self.list.edit(self.list.currentIndex())),
            (self.tr("Make again"), "", takes.make_again),
            (self.tr("Mark as A"), "", takes.mark_a),
            (self.tr("Mark as B"), "", takes.mark_b),
            (self.tr("Copy the file"), "Ctrl+C", lambda _: self.list.copy()),
            (self.tr("Save as..."), "", self._save),
            (self.tr("Show in its folder"), "", self._reveal),
            (self.tr("Throw away"), self.tr("Del"), self._trash),
        ):
            action = menu.addAction(f"{text}\t{keys}" if keys else text)
            action.triggered.connect(lambda _=False, do=do: do(take_id))
            if do == takes.make_again:
                why_not = takes.why_not_again(stored.take)
                action.setEnabled(not why_not)
                action.setToolTip(why_not)
        return menu

    # --- what is shown -------------------------------------------------------------------------------------

    def _place_of(self, source: str) -> int | None:
        rack = self._models.rack
        if source in NOT_PLACED:
            return None
        return rack[source].place if source in rack else KIND_PLACES.get(source, len(KIND_PLACES))

    def _sync(self, *_: object) -> None:
        stored, takes = self.current, self._takes
        self.count.setText(str(len(takes.list)))
        none = self.tr("Choose a take first")
        again = "" if stored is None else takes.why_not_again(stored.take)
        hints = {
            self.play: self.tr("Play it, or stop it (Enter)"),
            self.star: self.tr("Star: one to be kept"),
            self.a: self.tr("Mark it as A, to compare with B (Ctrl+B)"),
            self.b: self.tr("Mark it as B, to compare with A (Ctrl+B)"),
            self.again: self.tr("Make again: give its seed and settings back to its part"),
            self.save: self.tr("Save the .mid file as..."),
            self.trash: self.tr("Throw it away (Del); it can be taken back"),
            self.more: self.tr("All that can be done with it"),
        }
        for button, hint in hints.items():
            why_not = none if stored is None else again if button is self.again else ""
            button.setEnabled(not why_not)
            button.setToolTip(why_not or hint)
        is_playing = stored is not None and stored.take.id == takes.list.playing
        self.play.set_icon("stop" if is_playing else "play")
        self.star.set_icon("star" if stored is not None and stored.starred else "star-empty")

    def _sync_after(self, _first: QModelIndex, _last: QModelIndex, roles: list[int]) -> None:
        """A row has changed; not only how far it has played, which is told many times a second."""
        if list(roles) != [PLACE]:
            self._sync()

    def _follow_setting(self, name: str) -> None:
        if name == "takes_shown":
            self._show_itself()

    def _sync_bars(self) -> None:
        self.bars.show_value(BARS.index(self._takes.bars))

    def _show_itself(self) -> None:
        is_shown = self._models.settings.now.takes_shown
        self._models.actions.set_on("takes", is_shown)
        self.setVisible(is_shown)
        place = self.parentWidget()
        if place is not None and not place.isWindow():
            place.setVisible(is_shown)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  Qt's name
        """Qt's: put into its place, it hides with it."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ParentChange:
            self._show_itself()


def reveal(path: Path) -> None:
    """Show a file in the system's file manager; on Linux, its folder."""
    commands = {"darwin": ("open", ["-R", str(path)]), "win32": ("explorer", [f"/select,{path}"])}
    if sys.platform in commands:
        QProcess.startDetached(*commands[sys.platform])
    else:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))
