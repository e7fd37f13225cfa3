"""The keyboard at the bottom: by mouse, and by the letters of the computer's keyboard."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from gui.models import Models
from gui.shortcuts import BY_ID
from gui.theme import SPACE
from gui.viewmodels.hands import HandsModel
from gui.widgets.buttons import FlatButton, Toggle
from gui.widgets.keyboard import Keyboard
from gui.widgets.painted import small
from gui.widgets.rows import Row

TEXT_FIELDS: Final = (QLineEdit, QTextEdit, QPlainTextEdit, QAbstractSpinBox)
LOW, HIGH = 36, 84  # C2 to C6
NO_MODIFIERS: Final = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)


class KeyboardView(QWidget):
    """Keys that light up with what sounds; beside them the octave and how hard letters hit."""

    def __init__(self, models: Models) -> None:
        super().__init__()
        self._models, self._hands = models, models.hands
        self.keyboard = Keyboard(LOW, HIGH)
        self.letters = Toggle(self.tr("Play on the computer keyboard"), icon="keyboard", text=self.tr("Keys"))
        self.down = FlatButton(self.tr("Octave down"), text="−")
        self.up = FlatButton(self.tr("Octave up"), text="+")
        self.octave, self.velocity, self.hint = QLabel(), QLabel(), QLabel()
        self._lay_out()
        self.keyboard.pressed.connect(self._hands.press)
        self.keyboard.released.connect(self._hands.release)
        self.letters.edited.connect(self._switch)
        self.down.clicked.connect(lambda: self._hands.set_octave(self._hands.octave - 1))
        self.up.clicked.connect(lambda: self._hands.set_octave(self._hands.octave + 1))
        self._hands.changed.connect(self._show)
        models.settings.changed.connect(self._follow_setting)
        models.roll.frame.connect(self._light)
        models.actions.bind("keys", self._toggle)
        self._typing = ComputerKeys(self._hands, self)
        self._hands.set_on(models.settings.now.computer_keyboard)
        self._show()

    def _lay_out(self) -> None:
        for button in (self.down, self.up):
            button.setAutoDefault(True)
        for label in (self.velocity, self.hint):
            label.setFont(small(label.font()))
        self.hint.setWordWrap(True)
        self.hint.setText(self.tr("Play A S D F ... and the model answers"))
        side = QVBoxLayout()
        side.setSpacing(SPACE.tight)
        side.addWidget(Row(self.letters, self.down, self.octave, self.up, 1))
        side.addWidget(self.velocity)
        side.addWidget(self.hint)
        side.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE.gap, SPACE.tight, SPACE.gap, SPACE.tight)
        row.setSpacing(SPACE.gap)
        row.addLayout(side)
        row.addWidget(self.keyboard, 1)

    def _switch(self, value: float) -> None:
        self._models.settings.set(computer_keyboard=bool(value))

    def _toggle(self) -> None:
        self._models.settings.set(computer_keyboard=not self._hands.is_on)

    def _follow_setting(self, name: str) -> None:
        if name == "computer_keyboard":
            self._hands.set_on(self._models.settings.now.computer_keyboard)

    def _show(self) -> None:
        hands = self._hands
        self.letters.show_value(float(hands.is_on))
        keys = BY_ID["keys"].keys_shown
        self.letters.setToolTip(self.tr("A S D F ... are piano keys  ({})\nZ X: octave, C V: how hard").format(keys))
        self.octave.setText(self.tr("oct {}").format(hands.octave))
        self.velocity.setText(self.tr("velocity {}  (C, V)").format(hands.velocity))
        self.keyboard.set_letters(hands.letters())
        self.hint.setVisible(hands.is_on)
        self._models.actions.set_on("keys", hands.is_on)
        self._keep_in_sight()

    def _keep_in_sight(self) -> None:
        """The octave that the letters play is among the keys that are shown."""
        letters = self._hands.letters()
        low, high = self.keyboard.row.low, self.keyboard.row.high
        if letters and (min(letters) < low or max(letters) > high):
            start = min(max(0, min(letters) - 12), 127 - (HIGH - LOW))
            self.keyboard.set_range(start, start + HIGH - LOW)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  Qt's name
        """The letters play."""
        super().showEvent(event)
        self._typing.listen(True)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802  Qt's name
        """They do not; what they held is let go."""
        super().hideEvent(event)
        self._typing.listen(False)

    def _light(self) -> None:
        self.keyboard.show_sounding(self._models.roll.sounding())


class ComputerKeys(QObject):
    """Takes the letters that are piano keys before shortcuts and widgets see them; not while text is typed."""

    def __init__(self, hands: HandsModel, view: QWidget) -> None:
        super().__init__(view)
        self._hands, self._view = hands, view

    def listen(self, is_shown: bool) -> None:
        """While the window is there. Not at the end of Python, when no event may call into it any more."""
        app = QApplication.instance()
        if app is None:
            return
        if is_shown:
            app.installEventFilter(self)
        else:
            app.removeEventFilter(self)
            self._hands.release_all()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """Presses, releases, and the window that is left."""
        kind = event.type()
        if kind == QEvent.Type.WindowDeactivate and watched is self._view.window():
            self._hands.release_all()
        if kind == QEvent.Type.FocusIn and isinstance(watched, TEXT_FIELDS):
            self._hands.release_all()
        if not isinstance(event, QKeyEvent) or not self._is_ours(event):
            return False
        if kind == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        letter = letter_of(event)
        if kind == QEvent.Type.KeyPress and not event.isAutoRepeat():
            self._hands.key_down(letter)
        elif kind == QEvent.Type.KeyRelease and not event.isAutoRepeat():
            self._hands.key_up(letter)
        return True

    def _is_ours(self, event: QKeyEvent) -> bool:
        """A key that was pressed before a modifier is let go all the same."""
        if event.type() == QEvent.Type.KeyRelease and self._hands.holds(letter_of(event)):
            return True
        return (
            event.modifiers() in NO_MODIFIERS
            and self._hands.takes(letter_of(event))
            and self._view.window().isActiveWindow()
            and not isinstance(QApplication.focusWidget(), TEXT_FIELDS)
        )


def letter_of(event: QKeyEvent) -> str:
    """The letter of a key, whatever the modifiers are."""
    key = event.key()
    return chr(key) if 0x20 < key < 0x7F else ""
