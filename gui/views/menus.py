"""The menus, made of the table of shortcuts: each action once, with its keys, its help and its state."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow, QMenu

from gui.models import Models
from gui.shortcuts import CONTEXT, MENUS, PARTS, SHORTCUTS, VIEW, Shortcut
from gui.viewmodels.settings import SCALES, THEMES


class Menus(QObject):
    """Fills the window's menu bar; keys work also where no menu shows them."""

    def __init__(self, window: QMainWindow, models: Models) -> None:
        super().__init__(window)
        self._window, self._models = window, models
        self.menus = {name: window.menuBar().addMenu(QCoreApplication.translate(CONTEXT, name)) for name in MENUS}
        self.actions = {shortcut.id: self._action(shortcut) for shortcut in SHORTCUTS}
        self._recent = QMenu(self.tr("Open &recent"), window)
        self._recent.aboutToShow.connect(self._fill_recent)
        self.menus[MENUS[0]].insertMenu(self.actions["save"], self._recent)
        self._presets = QMenu(self.tr("Pre&sets"), window)
        self._presets.aboutToShow.connect(self._fill_presets)
        self.menus[PARTS].insertMenu(self.actions["part_1"], self._presets)
        self._choices(self.tr("&Theme"), "theme", THEMES, {"system": "as the system"})
        self._choices(self.tr("&Scale (from the next start on)"), "scale", SCALES, {n: f"{n} %" for n in SCALES})
        models.actions.changed.connect(self._sync)
        models.undo.changed.connect(self._show_undo)
        self._show_undo()

    def _action(self, shortcut: Shortcut) -> QAction:
        action = QAction(shortcut.shown, self._window)
        action.setObjectName(shortcut.id)
        action.setCheckable(shortcut.is_checked)
        if shortcut.keys:
            action.setShortcuts(shortcut.sequences)
            action.setAutoRepeat(False)
        action.setStatusTip(shortcut.explained)
        action.triggered.connect(partial(self._do, shortcut.id))
        menu = self.menus[shortcut.menu]
        if shortcut.begins_group:
            menu.addSeparator()
        if shortcut.in_menu:
            menu.addAction(action)
        self._window.addAction(action)
        self._sync_one(action, shortcut.id)
        return action

    def _do(self, action: str, _checked: bool = False) -> None:
        self._models.actions.do(action)
        self._sync(action)  # Qt has turned the check mark; what it says is the state

    def _sync(self, action: str) -> None:
        self._sync_one(self.actions[action], action)

    def _sync_one(self, action: QAction, name: str) -> None:
        state = self._models.actions.state(name)
        action.setEnabled(not state.why_not)
        action.setToolTip(state.why_not or action.statusTip())
        if action.isCheckable():
            action.setChecked(state.is_on)

    def _show_undo(self) -> None:
        undo, actions = self._models.undo, self._models.actions
        for name, text, nothing in (
            ("undo", undo.undo_text, self.tr("Nothing to undo")),
            ("redo", undo.redo_text, self.tr("Nothing to redo")),
        ):
            actions.set_why_not(name, "" if text else nothing)
            self.actions[name].setText(f"{self._shown(name)} {text}".strip())

    def _shown(self, name: str) -> str:
        return next(shortcut.shown for shortcut in SHORTCUTS if shortcut.id == name)

    def _fill_recent(self) -> None:
        self._recent.clear()
        for path in self._models.settings.now.recent:
            self._recent.addAction(path, partial(self._models.sessions.open, Path(path)))
        if self._recent.isEmpty():
            self._recent.addAction(self.tr("None yet")).setEnabled(False)

    def _fill_presets(self) -> None:
        self._presets.clear()
        part, presets = self._models.rack.selected, self._models.presets
        if part is not None:
            for name in presets.names(part):
                self._presets.addAction(name, partial(presets.load, part, name))
        if self._presets.isEmpty():
            self._presets.addAction(self.tr("None yet")).setEnabled(False)

    def _choices(self, title: str, setting: str, values: tuple[object, ...], names: dict[object, str]) -> None:
        menu = QMenu(title, self._window)
        settings = self._models.settings
        for value in values:
            action = menu.addAction(str(names.get(value, value)), partial(settings.set, **{setting: value}))
            action.setCheckable(True)
            action.setData(value)

        def sync(name: str = setting) -> None:
            for action in menu.actions() if name == setting else ():
                action.setChecked(action.data() == getattr(settings.now, setting))

        settings.changed.connect(sync)
        menu.aboutToShow.connect(sync)
        self.menus[VIEW].addMenu(menu)
