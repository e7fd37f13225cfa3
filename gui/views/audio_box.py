"""A box that chooses an audio device by name."""

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QWidget

from gui.viewmodels.audio import AudioModel
from gui.widgets.pick_box import PickBox


class AudioBox(PickBox):
    """Follows the list of devices. One that is chosen and gone stays, greyed."""

    def __init__(self, audio: AudioModel, parent: QWidget | None = None) -> None:
        super().__init__(tr("Audio device"), parent)
        self._audio = audio
        self.activated.connect(lambda place: audio.choose(audio.choices[place]))
        audio.changed.connect(self._sync)
        self._sync()

    def _sync(self) -> None:
        audio = self._audio
        choices = audio.choices
        texts = [self._text(name) for name in choices]
        if texts != [self.itemText(place) for place in range(self.count())]:
            self.clear()
            self.addItems(texts)
            for place, name in enumerate(choices):
                if audio.is_missing(name):
                    self.setItemData(place, self.palette().placeholderText(), Qt.ItemDataRole.ForegroundRole)
        self.setCurrentIndex(choices.index(audio.chosen))
        missing = tr("It is not there: the usual one is used until Hocket begins again with it")
        usual = tr("Of the built-in sound. The notes to the ports go on while it changes")
        self.setToolTip(missing if audio.is_missing(audio.chosen) else usual)

    def _text(self, name: str) -> str:
        if not name:
            return tr("The usual one")
        return tr("{} (not there)").format(name) if self._audio.is_missing(name) else name


def tr(text: str) -> str:
    """In the user's language."""
    return QCoreApplication.translate("audio", text)
