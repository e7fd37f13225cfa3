"""The phrase of the first time, to be seen before it is played."""

from PySide6.QtCore import QObject

from gui.viewmodels.first_phrase import FirstPhrase
from gui.viewmodels.roll_notes import PLAYED
from gui.widgets.roll import PianoRoll


class FirstLook(QObject):
    """Draws it where it will be played, and takes it away when the real notes come."""

    def __init__(self, first: FirstPhrase, roll: PianoRoll) -> None:
        super().__init__(roll)
        self._first, self._roll = first, roll
        self._is_drawn = False
        first.changed.connect(self._sync)
        self._sync()

    def _sync(self) -> None:
        phrase = self._first.phrase
        if phrase is not None:
            self._roll.add_notes(PLAYED, phrase.notes)
        elif self._is_drawn:
            self._roll.drop_from(PLAYED, 0)
        self._is_drawn = phrase is not None
