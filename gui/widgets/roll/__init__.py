"""The piano roll: notes by source, painted from cached tiles."""

from gui.widgets.roll.marks import Source
from gui.widgets.roll.notes import RollRow
from gui.widgets.roll.overlay import LockedCell
from gui.widgets.roll.piano_roll import PianoRoll

__all__ = ["LockedCell", "PianoRoll", "RollRow", "Source"]
