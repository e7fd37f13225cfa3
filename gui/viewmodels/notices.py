"""What has to be known until it is no longer so, or until the user has read it: the banner's text."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from gui.viewmodels.status import INFO, LEVELS


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One sentence or two, how grave it is, and what can be done about it: texts of buttons and what they do."""

    text: str
    detail: str = ""  # a tooltip
    level: str = INFO
    actions: tuple[tuple[str, Callable[[], object]], ...] = ()
    can_close: bool = True


class NoticesModel(QObject):
    """The notices there are, by key. The gravest is shown; of several, the newest."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._notices: dict[str, Notice] = {}
        self._closed: dict[str, Notice] = {}

    @property
    def current(self) -> tuple[str, Notice] | None:
        """The key and the notice to show; None: there is nothing to say."""
        shown = [(LEVELS.index(notice.level), place, key) for place, (key, notice) in enumerate(self._notices.items())]
        key = max(shown)[2] if shown else None
        return None if key is None else (key, self._notices[key])

    def show(self, key: str, notice: Notice) -> None:
        """Say something; one that the user has closed comes back with another text only."""
        closed = self._closed.get(key)
        if self._notices.get(key) == notice or (closed is not None and closed.text == notice.text):
            return
        self._notices.pop(key, None)
        self._notices[key] = notice
        self.changed.emit()

    def clear(self, key: str) -> None:
        """It is so no longer; should it be so again, it is said again."""
        self._closed.pop(key, None)
        if self._notices.pop(key, None) is not None:
            self.changed.emit()

    def close(self, key: str) -> None:
        """The user has read it."""
        if key in self._notices:
            self._closed[key] = self._notices.pop(key)
            self.changed.emit()
