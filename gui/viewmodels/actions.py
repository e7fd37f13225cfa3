"""What the actions of `gui.shortcuts` do now, whether they can be done, and whether they are on."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from gui.shortcuts import BY_ID


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionState:
    """One action."""

    do: Callable[[], object] | None = None
    is_on: bool = False
    why_not: str = ""  # why it cannot be done now; empty: it can


class Actions(QObject):
    """Whoever can do an action binds it; menus, keys and buttons ask for it by its id. Raises `KeyError` on another."""

    changed = Signal(str)  # the action's id

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._states = dict.fromkeys(BY_ID, ActionState())

    def bind(self, action: str, do: Callable[[], object]) -> None:
        """What the action does from now on."""
        self._set(action, replace(self._states[action], do=do))

    def set_on(self, action: str, is_on: bool) -> None:
        """Show it as on or off; does nothing else."""
        self._set(action, replace(self._states[action], is_on=is_on))

    def set_why_not(self, action: str, why_not: str) -> None:
        """Why it cannot be done now, in one line; empty: it can."""
        self._set(action, replace(self._states[action], why_not=why_not))

    def state(self, action: str) -> ActionState:
        """The action as it is now."""
        return self._states[action]

    def do(self, action: str) -> None:
        """Do it, if it can be done."""
        state = self._states[action]
        if state.do is not None and not state.why_not:
            state.do()

    def _set(self, action: str, state: ActionState) -> None:
        if state != self._states[action]:
            self._states[action] = state
            self.changed.emit(action)
