"""Notes played on the window: by mouse on its keyboard, by the computer's keyboard."""

from typing import Final

from PySide6.QtCore import QObject, Signal

from gui.viewmodels.engine_host import EngineHost
from realtime.engine.commands import Forward
from realtime.messages import Inject
from realtime.music.note import MAX_PITCH, MAX_VELOCITY

NOTE_ON, NOTE_OFF = 0x90, 0x80
LOWEST_OCTAVE, HIGHEST_OCTAVE = -1, 8
VELOCITY_STEP: Final = 16
# The two rows of letters, as a piano: one row the white keys, the row above the black ones. Semitones above the octave.
LETTERS: Final = {letter: semitone for semitone, letter in enumerate("AWSEDFTGYHUJKOLP;'")}
OCTAVE_DOWN, OCTAVE_UP, SOFTER, LOUDER = "Z", "X", "C", "V"


class HandsModel(QObject):
    """What is held. A pitch that two hands hold ends when the last one lets go."""

    changed = Signal()  # on or off, octave, velocity

    def __init__(self, host: EngineHost) -> None:
        super().__init__()
        self._host = host
        self._held: dict[str, int] = {}  # who holds -> pitch
        self.is_on = True  # whether the computer's keyboard plays
        self.octave, self.velocity = 4, 80  # the octave of middle C

    # --- by mouse ------------------------------------------------------------------------------------------

    def press(self, pitch: int, velocity: int) -> None:
        """A key of the keyboard on screen goes down."""
        self._hold("mouse", pitch, velocity)

    def release(self, _pitch: int) -> None:
        """It comes up."""
        self._let_go("mouse")

    # --- by the computer's keyboard ------------------------------------------------------------------------

    def takes(self, letter: str) -> bool:
        """Whether a key of the computer is one of ours now."""
        return self.is_on and (letter in LETTERS or letter in (OCTAVE_DOWN, OCTAVE_UP, SOFTER, LOUDER))

    def holds(self, letter: str) -> bool:
        """Whether a note that a letter began sounds."""
        return letter in self._held

    def key_down(self, letter: str) -> None:
        """A key of the computer goes down."""
        if letter in LETTERS:
            self._hold(letter, self._pitch_of(letter), self.velocity)
        elif letter in (OCTAVE_DOWN, OCTAVE_UP):
            self.set_octave(self.octave + (1 if letter == OCTAVE_UP else -1))
        elif letter in (SOFTER, LOUDER):
            self.set_velocity(self.velocity + (VELOCITY_STEP if letter == LOUDER else -VELOCITY_STEP))

    def key_up(self, letter: str) -> None:
        """It comes up; the note ends that it began, whatever the octave is now."""
        self._let_go(letter)

    def release_all(self) -> None:
        """The window is no longer in front: no note hangs behind."""
        for holder in list(self._held):
            self._let_go(holder)

    def set_on(self, is_on: bool) -> None:
        """Whether the computer's keyboard plays."""
        if is_on != self.is_on:
            self.release_all()
            self.is_on = is_on
            self.changed.emit()

    def toggle(self) -> None:
        """The other way."""
        self.set_on(not self.is_on)

    def set_octave(self, octave: int) -> None:
        """Of the lower letters, as near as can be."""
        octave = min(HIGHEST_OCTAVE, max(LOWEST_OCTAVE, octave))
        if octave != self.octave:
            self.octave = octave
            self.changed.emit()

    def set_velocity(self, velocity: int) -> None:
        """Of notes played by letters, as near as can be."""
        velocity = min(MAX_VELOCITY, max(1, velocity))
        if velocity != self.velocity:
            self.velocity = velocity
            self.changed.emit()

    def letters(self) -> dict[int, str]:
        """Pitch -> letter, as they lie now; none while they are off."""
        placed = {self._pitch_of(letter): letter for letter in LETTERS} if self.is_on else {}
        return {pitch: letter for pitch, letter in placed.items() if pitch <= MAX_PITCH}

    # --- inside --------------------------------------------------------------------------------------------

    def _pitch_of(self, letter: str) -> int:
        return 12 * (self.octave + 1) + LETTERS[letter]

    def _hold(self, holder: str, pitch: int, velocity: int) -> None:
        if holder in self._held or pitch > MAX_PITCH:
            return
        if pitch not in self._held.values():
            self._send(NOTE_ON, pitch, velocity)
        self._held[holder] = pitch

    def _let_go(self, holder: str) -> None:
        pitch = self._held.pop(holder, None)
        if pitch is not None and pitch not in self._held.values():
            self._send(NOTE_OFF, pitch, 0)

    def _send(self, kind: int, pitch: int, velocity: int) -> None:
        self._host.ask(Forward(Inject(bytes((kind, pitch, velocity)))))
