"""The preferences: each takes effect at once, so there is nothing to confirm."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QFormLayout,
    QFrame,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from gui.models import Models
from gui.theme import SPACE, scaled
from gui.viewmodels.ports import IN, OUT
from gui.viewmodels.status import WARNING
from gui.views.audio_box import AudioBox
from gui.views.page import Page
from gui.views.port_box import PortBox
from gui.widgets.buttons import FlatButton
from gui.widgets.pick_box import PickBox
from gui.widgets.rows import Row

WIDTH = 560


class PreferencesDialog(Page):
    """Not modal. Every field follows its setting, whoever changes it."""

    def __init__(self, models: Models, parent: QWidget | None = None) -> None:
        super().__init__(QCoreApplication.translate("PreferencesDialog", "Preferences"), parent)
        self._models, self._preferences = models, models.preferences
        self._showing: dict[str, Callable[[], None]] = {}
        self._form = QFormLayout()
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._form.setHorizontalSpacing(SPACE.wide)
        self._form.setVerticalSpacing(SPACE.gap)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(SPACE.wide, SPACE.wide, SPACE.wide, SPACE.wide)
        rows.addLayout(self._form)
        rows.addStretch(1)
        self._fill_midi()
        self._fill_sound()
        self._fill_window()
        self._fill_files()
        self.resize(WIDTH, self.sizeHint().height())
        self._preferences.changed.connect(self._sync)
        models.ports.changed.connect(self._show_sound)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  Qt's name
        """Devices come and go."""
        super().showEvent(event)
        self._models.audio.look()

    # --- building ------------------------------------------------------------------------------------------

    def _fill_midi(self) -> None:
        self._section(self.tr("MIDI"))
        self.input, self.output = PortBox(self._models.ports, IN), PortBox(self._models.ports, OUT)
        self._form.addRow(self.tr("Listens to"), self.input)
        self._form.addRow(self.tr("Plays to"), self.output)
        self.backend = self._choice("backend", self.tr("MIDI system"), self.tr("Which driver carries the notes"))
        self.thru = self._choice("thru", self.tr("Passed on"), self.tr("MIDI thru: what you play goes on"))
        self.osc = QLineEdit()
        self.osc.setAccessibleName(self.tr("OSC port"))
        self.osc.setPlaceholderText(self.tr("off"))
        self.osc.setToolTip(self.tr("UDP port for control from this machine; empty: off. The engine begins again"))
        self.osc.editingFinished.connect(self._set_osc)
        self._form.addRow(self.tr("OSC port"), self.osc)
        self._follow("osc", self._show_osc)

    def _fill_sound(self) -> None:
        self._section(self.tr("Sound"))
        self.sound = self._check("sound", self.tr("Play through the built-in sound"))
        self.sound_state = QLabel()
        self.sound_state.setWordWrap(True)
        self._form.addRow("", self.sound_state)
        self._show_sound()
        self.audio = AudioBox(self._models.audio)
        self._form.addRow(self.tr("Audio device"), self.audio)
        self.soundfont = self._path("soundfont", self.tr("Sound font"), self.tr("the first one found"), is_folder=False)

    def _fill_window(self) -> None:
        self._section(self.tr("Window"))
        self.theme = self._choice("theme", self.tr("Theme"), self.tr("Dark for the stage, light for the desk"))
        self.scale = self._choice("scale", self.tr("Size"), self.tr("Of everything; from the next start on"))
        self.computer_keyboard = self._check("computer_keyboard", self.tr("Play on the computer keyboard"))

    def _fill_files(self) -> None:
        self._section(self.tr("Files"))
        usual = str(self._models.places.takes)
        self.takes = self._path("takes", self.tr("Takes"), usual, is_folder=True)
        self.autosave = self._check("autosave", self.tr("Keep a copy of the session while playing"))
        self.reopen = self._check("reopen", self.tr("Begin where the last time ended"))

    def _section(self, title: str) -> None:
        label = QLabel(title)
        label.setFont(scaled(label.font(), 1.0, bold=True))
        if self._form.rowCount():
            line = QFrame()
            line.setFrameShape(QFrame.Shape.HLine)
            line.setFrameShadow(QFrame.Shadow.Sunken)
            self._form.addRow(line)
        self._form.addRow(label)

    def _choice(self, name: str, title: str, hint: str) -> PickBox:
        box = PickBox(title)
        box.setToolTip(hint)
        values = self._preferences.choices(name)
        for value, text in values:
            box.addItem(text, value)
        box.activated.connect(lambda place: self._set(name, values[place][0]))
        self._form.addRow(title, box)
        self._follow(name, lambda: box.setCurrentIndex(box.findData(self._preferences.value(name))))
        return box

    def _check(self, name: str, title: str) -> QCheckBox:
        box = QCheckBox(title)
        box.setAccessibleName(title)
        box.clicked.connect(lambda is_on: self._set(name, is_on))
        self._form.addRow("", box)
        self._follow(name, lambda: box.setChecked(self._preferences.value(name)))
        return box

    def _path(self, name: str, title: str, usual: str, *, is_folder: bool) -> QLineEdit:
        """A file or a folder; empty: the usual one."""
        field = QLineEdit()
        field.setAccessibleName(title)
        field.setPlaceholderText(usual)
        field.setToolTip(self.tr("Empty: {}").format(usual))
        field.setClearButtonEnabled(True)
        field.editingFinished.connect(lambda: self._set_path(name, field.text().strip(), is_folder=is_folder))
        browse = FlatButton(self.tr("Choose: {}").format(title), text=self.tr("Choose..."))
        browse.clicked.connect(lambda: self._browse(name, title, is_folder=is_folder))
        self._form.addRow(title, Row(field, browse))
        self._follow(name, lambda: field.setText(self._preferences.value(name)))
        return field

    # --- what is done --------------------------------------------------------------------------------------

    def _set(self, name: str, value: Any) -> None:
        try:
            self._preferences.set(name, value)
        except ValueError as error:
            self._models.status.say(str(error), WARNING)
            self._sync(name)

    def _set_osc(self) -> None:
        text = self.osc.text().strip()
        if text and not (text.isascii() and text.isdigit()):
            self._models.status.say(self.tr("An OSC port is a number, 0 to 65535, got {}").format(text[:20]), WARNING)
            self._sync("osc")
        else:
            self._set("osc", int(text) if text else None)

    def _set_path(self, name: str, text: str, *, is_folder: bool) -> None:
        """What is no file is said, and the field goes back; a folder is made when the first take comes."""
        if text and not is_folder and not Path(text).is_file():
            self._models.status.say(self.tr("{} is no file").format(text), WARNING)
            self._sync(name)
        else:
            self._set(name, text)

    def _browse(self, name: str, title: str, *, is_folder: bool) -> None:
        dialog = QFileDialog(self, title, self._preferences.value(name) or str(self._models.places.documents))
        dialog.setFileMode(QFileDialog.FileMode.Directory if is_folder else QFileDialog.FileMode.ExistingFile)
        if not is_folder:
            dialog.setNameFilter(self.tr("Sound fonts (*.sf2 *.sf3)"))
        dialog.fileSelected.connect(lambda path: self._set(name, path))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    # --- what is shown -------------------------------------------------------------------------------------

    def _follow(self, name: str, show: Callable[[], None]) -> None:
        self._showing[name] = show
        show()

    def _sync(self, name: str) -> None:
        if name in self._showing:
            self._showing[name]()

    def _show_osc(self) -> None:
        port = self._preferences.value("osc")
        self.osc.setText("" if port is None else str(port))

    def _show_sound(self) -> None:
        told = self._models.ports.sound
        says = ""  # switched off, it has nothing to say
        if told is not None and told.there:
            says = self.tr("It plays: {}").format(told.text) if told.text else self.tr("It plays.")
        elif told is not None and told.text:
            says = self.tr("It does not play: {}").format(told.text)
        self.sound_state.setText(says)
        self.sound_state.setVisible(bool(says))
        self.sound_state.setForegroundRole(self.sound_state.palette().ColorRole.PlaceholderText)
        self.sound_state.setAlignment(Qt.AlignmentFlag.AlignTop)
