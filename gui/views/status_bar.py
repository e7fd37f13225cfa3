"""The bar at the bottom: what all parts share, the last message, and what the engine costs and loses."""

from functools import partial
from typing import Final

from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from gui.models import Models
from gui.theme import SPACE
from gui.viewmodels.common import COMMON
from gui.viewmodels.status import Message
from gui.widgets.choice_box import ChoiceBox
from gui.widgets.lights import Meter
from gui.widgets.rows import fill
from gui.widgets.status_line import StatusLine
from realtime.bundle.spec import choice

LATE_BUDGET_MS: Final = 5.0
LOAD_BUDGET: Final = 70.0  # percent of one core
# How they are called where they stand for all parts, and what they do there.
TITLES = {
    "post.key": ("key", "the root of the scale, for all parts"),
    "post.scale": ("scale", "the notes of the scale, for all parts"),
    "post.scale_lock": ("lock", "snap moves the notes of all parts into the scale, filter leaves others out"),
    "launch": ("launch", "where all parts start"),
}


class StatusBar(QWidget):
    """Key, scale, lock and launch grid of all parts; the last message."""

    def __init__(self, models: Models) -> None:
        super().__init__()
        self._common = models.common
        self.line = StatusLine()
        self.boxes = {control: self._box(control) for control in COMMON}
        self.load = Meter(self.tr("Load"), unit="%", budget=LOAD_BUDGET, top=100.0)
        self.late = Meter(self.tr("Late"), unit="ms", budget=LATE_BUDGET_MS)
        self.lost = QLabel()
        self.lost.setMinimumWidth(self.fontMetrics().horizontalAdvance(self.tr("lost {}").format(999)))
        margins = (SPACE.gap, SPACE.tight, SPACE.gap, SPACE.tight)
        widgets = *self.boxes.values(), self.line, self.load, self.late, self.lost
        fill(QHBoxLayout(self), *widgets, margins=margins)
        for box in self.boxes.values():
            box.setMaximumWidth(box.sizeHint().width())
        models.status.said.connect(self._say)
        models.common.changed.connect(self._sync)
        self._meters = models.meters
        self._meters.changed.connect(self._show_meters)
        self._show_meters()
        if models.status.last.text:
            self._say(models.status.last)
        self._sync()

    def _box(self, control: str) -> ChoiceBox:
        name, text = TITLES[control]
        box = ChoiceBox(choice(name, COMMON[control].labels, text=text))
        box.edited.connect(partial(self._common.set, control))
        return box

    def _sync(self) -> None:
        for control, box in self.boxes.items():
            box.show_value(self._common.value(control))
            differ = "" if self._common.agrees(control) else self.tr("\nThe parts differ; this is the first one's.")
            box.setToolTip(box.scale.help() + differ)

    def _show_meters(self) -> None:
        self.load.show_amount(self._meters.status.cpu_percent)
        self.late.show_amount(self._meters.late_ms)
        self.lost.setText(self.tr("lost {}").format(self._meters.lost))
        xruns = self.tr("\nCycles of JACK missed (xruns): {}").format(self._meters.xruns) if self._meters.xruns else ""
        self.lost.setToolTip(self.tr("Notes and messages that were dropped since the start") + xruns)

    def _say(self, message: Message) -> None:
        if not message.is_toast:  # that is said over the window
            self.line.say(message.text, message.level)
