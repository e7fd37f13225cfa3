"""The output that a part plays to: Hocket's common one, or one of its own under a name."""

from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from gui.models import Models
from gui.theme import SPACE
from gui.viewmodels.part import PartModel
from gui.viewmodels.status import WARNING
from gui.views.panels.pieces import Grid
from gui.widgets.rows import Row
from realtime.engine.setup import NAME_LENGTH
from realtime.errors import UsageError


class OutputField(QLineEdit):
    """Follows the part. Enter, or leaving it, moves the notes; what sounds is released first."""

    def __init__(self, models: Models, part: PartModel) -> None:
        super().__init__()
        self._status, self._part = models.status, part
        self.setMaxLength(NAME_LENGTH)
        self.setAccessibleName(self.tr("{}: output of its own").format(part.name))
        self.setPlaceholderText(self.tr("the common one, Hocket Out"))
        says = self.tr("Name of a MIDI output for this part alone, such as {0}: others see Hocket Out {0}")
        self.setToolTip(says.format(part.name))
        self.editingFinished.connect(self._move)
        part.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        if not self.isModified():
            self.setText(self._part.port)

    def _move(self) -> None:
        self.setModified(False)
        try:
            self._part.set_port(self.text().strip())
        except UsageError as error:
            self._status.say(str(error), WARNING)
            self._show()


class SetUp(QWidget):
    """Where the notes go, and the strip's other controls."""

    def __init__(self, models: Models, part: PartModel, names: list[str], columns: int) -> None:
        super().__init__()
        self.output = OutputField(models, part)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(SPACE.gap)
        rows.addWidget(Row(QLabel(self.tr("Output")), self.output))
        rows.addWidget(Grid(models, part, names, columns), 1)
