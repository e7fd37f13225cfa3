"""What the user did, step by step, to be taken back and done again."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

STEPS: Final = 500
MERGING: Final = 1  # Qt's id of steps that may merge; their keys say which do

Do = Callable[[], object]


class _Step(QUndoCommand):
    """One step, which has been done already when it is told."""

    def __init__(self, text: str, undo: Do, redo: Do, key: tuple[object, ...] | None) -> None:
        super().__init__(text)
        self._undo, self._redo, self.key = undo, redo, key
        self._is_done = True

    def id(self) -> int:
        """Qt's: steps with the same id may merge."""
        return -1 if self.key is None else MERGING

    def mergeWith(self, later: QUndoCommand) -> bool:  # noqa: N802  Qt's name
        """Qt's: one gesture is one step, back to where it began."""
        if not isinstance(later, _Step) or later.key != self.key:
            return False
        self._redo = later._redo
        return True

    def undo(self) -> None:
        """Qt's."""
        self._is_done = False
        self._undo()

    def redo(self) -> None:
        """Qt's; it also calls this when the step is told."""
        if not self._is_done:
            self._redo()
        self._is_done = True


class Undo(QObject):
    """The steps there are. Whoever changes something by hand of the user tells it by `did`, after doing it."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stack = QUndoStack(self)
        self._stack.setUndoLimit(STEPS)
        self._gesture = 0
        self._stack.indexChanged.connect(self.changed)

    def did(self, text: str, undo: Do, redo: Do, merge_key: object = None) -> None:
        """A step that has been done. With the same `merge_key` as the last one, and within one gesture, it joins it."""
        key = None if merge_key is None else (merge_key, self._gesture)
        self._stack.push(_Step(text, undo, redo, key))

    def end_gesture(self) -> None:
        """A drag or a run of the wheel is over: what comes next is a step of its own."""
        self._gesture += 1

    def undo(self) -> None:
        """Take the last step back, if there is one."""
        self.end_gesture()
        self._stack.undo()

    def redo(self) -> None:
        """Do the last step that was taken back again, if there is one."""
        self.end_gesture()
        self._stack.redo()

    def forget(self) -> None:
        """Another session: what was before cannot be taken back."""
        self._stack.clear()

    @property
    def undo_text(self) -> str:
        """What `undo` would take back; empty: nothing."""
        return self._stack.undoText()

    @property
    def redo_text(self) -> str:
        """What `redo` would do again; empty: nothing."""
        return self._stack.redoText()

    @property
    def steps(self) -> int:
        """How many steps could be taken back."""
        return self._stack.index()
