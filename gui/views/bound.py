"""Widgets bound to actions."""

from PySide6.QtWidgets import QWidget

from gui.shortcuts import BY_ID
from gui.viewmodels.actions import Actions
from gui.widgets.buttons import FlatButton


def plain(text: str) -> str:
    """A menu's text without its mnemonic."""
    return text.replace("&", "").removesuffix("...")


class ActionButton(FlatButton):
    """A button that does an action; it can be pressed when that can be done, and else says why not."""

    def __init__(
        self, actions: Actions, action: str, *, text: str = "", icon: str = "", parent: QWidget | None = None
    ) -> None:
        self._shortcut = BY_ID[action]
        super().__init__(plain(self._shortcut.shown), text=text, icon=icon, parent=parent)
        self._actions = actions
        self.clicked.connect(lambda: actions.do(action))
        actions.changed.connect(lambda changed: self._sync() if changed == action else None)
        self._sync()

    def nextCheckState(self) -> None:  # noqa: N802  Qt's name
        """A press asks; whether it is on, the answer says."""

    def _sync(self) -> None:
        state = self._actions.state(self._shortcut.id)
        self.setEnabled(not state.why_not)
        keys = f"  ({self._shortcut.keys_shown})" if self._shortcut.keys else ""
        self.setToolTip(state.why_not or f"{self._shortcut.explained}{keys}")
