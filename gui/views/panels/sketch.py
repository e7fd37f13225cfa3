"""Sketch: what it does with which bars, how much, and what stays as it is."""

from typing import Final

import msgspec
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QWidget

from gui.models import Models
from gui.theme import SPACE
from gui.viewmodels.part import PartModel
from gui.views.panels.binding import bound
from gui.views.panels.pieces import Column, Grid, NameToggles, SourceRow
from gui.widgets.buttons import FlatButton
from gui.widgets.choice_box import ChoiceBox
from gui.widgets.rows import Row

SHOWN: Final = ("mode", "amount", "steps", "temperature", "refine")
MELODY: Final = "melody_only"
TONES: Final = ("key", "scale", "scale_pull")
BAR: Final = "bar"  # begins the names of what is locked by bars: bar1, bar2


class SketchPanel(QWidget):
    """The first page of a Sketch part."""

    def __init__(self, models: Models, part: PartModel) -> None:
        super().__init__()
        self._models, self._part = models, part
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE.wide)
        shown = [name for name in SHOWN if name in part.specs]
        row.addWidget(Column(self.tr("what it does"), Grid(models, part, shown, 1), *self._voices(models)), 3)
        row.addWidget(Column(self.tr("what stays"), *self._stays()), 3)
        self.source = SourceRow(
            models,
            part,
            self.tr("make it from"),
            self.tr("Go"),
            self.tr("Take these bars, and fill, vary, harmonise or continue them"),
        )
        again = FlatButton(self.tr("Once more"), text=self.tr("Once more"), icon="dice")
        again.setAutoDefault(True)
        again.setToolTip(self.tr("The same bars with another seed"))
        again.clicked.connect(lambda: part.reroll())
        tones = Grid(models, part, [name for name in TONES if name in part.specs], 1)
        evolve = bound(models, part, "evolve")
        row.addWidget(Column("", self.source, Row(again, evolve, 1), None, tones), 4)
        part.changed.connect(self._sync)
        models.roll.selection_changed.connect(self._offer_bars)
        self._sync()
        self._offer_bars()

    def _voices(self, models: Models) -> tuple[QWidget, ...]:
        """One voice or four: its labels say enough, so that it needs no name beside them."""
        if MELODY not in self._part.specs:
            return ()
        spec = msgspec.structs.replace(self._part.specs[MELODY], name="")
        made = bound(models, self._part, MELODY, ChoiceBox(spec))
        made.setAccessibleName(self.tr("{}: one voice or four").format(self._part.name))
        return (made,)

    def _stays(self) -> tuple[QWidget | None, ...]:
        part = self._part
        names = part.told.lockable
        self.locks = NameToggles(part, names, "locks", part.lock_names)
        voices = [name for name in names if not name.startswith(BAR)]
        bars = [name for name in names if name.startswith(BAR)]
        page = QWidget()
        grid = QGridLayout(page)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(SPACE.tight)
        for i, name in enumerate((*voices, *bars)):
            toggle = self._lock(name, name if name in voices else f"{BAR} {name.removeprefix(BAR)}")
            toggle.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            grid.addWidget(toggle, i // 2, i % 2)
        self.picked = FlatButton(self.tr("Lock the picked bars"), text=self.tr("Lock the picked bars"), icon="lock")
        self.picked.setAutoDefault(True)
        self.picked.clicked.connect(self._lock_picked)
        return page, self.picked

    def _lock(self, name: str, text: str) -> QWidget:
        return self.locks.toggle(name, self.tr("keep {}").format(text), text=text, icon="lock", role="focus")

    def _sync(self) -> None:
        self.locks.show()

    def _offer_bars(self) -> None:
        picked = bars_of(self._part, self._models)
        self.picked.setEnabled(bool(picked))
        self.picked.setToolTip(
            self.tr("Keep {} of its phrase").format(", ".join(picked))
            if picked
            else self.tr("Pick bars first: drag in the ruler of the piano roll, or Shift+arrows on it")
        )

    def _lock_picked(self) -> None:
        voices = [name for name in self._part.state.locks if not name.startswith(BAR)]
        self._part.lock_names([*voices, *bars_of(self._part, self._models)])

    @staticmethod
    def first_names(part: PartModel) -> list[str]:
        """The controls that stand on this page."""
        return [*SHOWN, MELODY, *TONES]


def bars_of(part: PartModel, models: Models) -> list[str]:
    """Which of the part's bars the picked bars of the roll are: its phrase comes round and round."""
    names = [name for name in part.told.lockable if name.startswith(BAR)]
    roll = models.roll
    if roll.selection is None or not names:
        return []
    start = part.start_tick if part.start_tick is not None else roll.origin_tick
    first = round((start - roll.origin_tick) / roll.meter.bar_ticks)
    chosen = {(bar - first) % len(names) for bar in range(roll.selection[0], roll.selection[1] + 1)}
    return [name for place, name in enumerate(names) if place in chosen]
