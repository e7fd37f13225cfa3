"""A box that chooses a MIDI port by name."""

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QWidget

from gui.viewmodels.ports import IN, PortChoice, PortsModel
from gui.widgets.pick_box import PickBox


class PortBox(PickBox):
    """Follows the list of ports. A port that is chosen and gone stays, greyed, and says that it is waited for."""

    def __init__(self, ports: PortsModel, direction: str, parent: QWidget | None = None) -> None:
        super().__init__(tr("Hocket listens to") if direction == IN else tr("Hocket plays to"), parent)
        self._ports, self._direction = ports, direction
        self._shown: list[PortChoice] = []
        self.activated.connect(lambda place: ports.choose(direction, self._shown[place].name))
        ports.changed.connect(self._sync)
        self._sync()

    def _sync(self) -> None:
        choices = self._ports.choices(self._direction)
        if choices != self._shown or not self.count():
            self._shown = choices
            self.clear()
            for place, choice in enumerate(choices):
                self.addItem(self._text(choice))
                if not choice.there:
                    self.setItemData(place, self.palette().placeholderText(), Qt.ItemDataRole.ForegroundRole)
        self.setItemText(0, self._text(choices[0]))  # its own name may have come
        self.setCurrentIndex(self._ports.chosen_choice(self._direction))
        waits = self._ports.is_waiting(self._direction)
        hint = (
            tr("It is used as soon as it is there; or choose another") if waits else tr("By name: it may come and go")
        )
        self.setToolTip(hint)

    def _text(self, choice: PortChoice) -> str:
        if not choice.name:
            own = self._ports.own(self._direction)
            return tr("Hocket's own port alone: {}").format(own) if own else tr("Hocket's own port alone")
        return choice.name if choice.there else tr("waiting for {}").format(choice.name)


def tr(text: str) -> str:
    """In the user's language."""
    return QCoreApplication.translate("ports", text)
