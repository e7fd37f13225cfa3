"""Quartet: four groups of seeds, each to be drawn anew or kept; four voices, each to be muted or kept."""

from functools import partial
from typing import Final

import msgspec
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from gui.models import Models
from gui.theme import SPACE
from gui.viewmodels.part import PartModel
from gui.views.panels.binding import bound
from gui.views.panels.pieces import Caption, Column, Grid, NameToggles, SourceRow
from gui.widgets.buttons import FlatButton, Toggle
from gui.widgets.control_slider import ControlSlider

GROUPS: Final = ("chords", "style", "melody", "groove")
VOICED: Final = ("melody", "groove")  # with a seed for each voice
SHOWN: Final = ("density", "octave", "temperature", "key", "scale", "scale_mode")
SEED: Final = "_seed"
HARMONISE: Final = "harmonise"


class QuartetPanel(QWidget):
    """The first page of a Quartet part."""

    def __init__(self, models: Models, part: PartModel) -> None:
        super().__init__()
        self._part = part
        self.keeps: dict[str, Toggle] = {}
        self.dice: dict[str, FlatButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE.wide)
        row.addWidget(Column(self.tr("draw anew, or keep"), self._groups(models)), 4)
        row.addWidget(Column("", self._voices()))
        harmonise = SourceRow(
            models,
            part,
            self.tr("harmonise a tune"),
            self.tr("Harmonise"),
            self.tr("Take the last bars as the tune and write voices below it"),
        )
        harmonise.taking.connect(self._harmonise)
        shown = [name for name in SHOWN if name in part.specs]
        row.addWidget(Column(self.tr("the whole"), Grid(models, part, shown, 2), harmonise), 6)

    def seeds_of(self, group: str) -> tuple[str, ...]:
        """The seed controls of a group."""
        return tuple(n for n in self._part.specs if n.startswith(f"{group}_") and n.endswith(SEED))

    def draw_all(self) -> None:
        """Draw anew what is not kept."""
        names = [name for group in GROUPS if not self.keeps[group].isChecked() for name in self.seeds_of(group)]
        if names:
            self._part.reroll(tuple(names))

    def _harmonise(self) -> None:
        """Of several voices, the highest is the tune."""
        if HARMONISE in self._part.specs:
            self._part.set(HARMONISE, 1.0)

    def _groups(self, models: Models) -> QWidget:
        page, grid = _grid()
        part = self._part
        for line, group in enumerate(GROUPS):
            amount = f"{group}_amount"
            if amount in part.specs:
                spec = msgspec.structs.replace(part.specs[amount], name=group)  # the caption says what of
                grid.addWidget(bound(models, part, amount, ControlSlider(spec)), line, 0)
            self.dice[group] = dice = _dice(self.tr("{}: draw {} anew").format(part.name, group))
            dice.clicked.connect(lambda _=False, group=group: part.reroll(self.seeds_of(group)))
            keep = self.keeps[group] = Toggle(self.tr("{}: keep {}").format(part.name, group), icon="lock")
            keep.setToolTip(self.tr("Keep {} when all is drawn anew").format(group))
            grid.addWidget(dice, line, 1)
            grid.addWidget(keep, line, 2)
        draw = FlatButton(self.tr("Draw all anew"), text=self.tr("Draw all anew"), icon="dice")
        draw.setAutoDefault(True)
        draw.setToolTip(self.tr("Draw all groups anew but those with a lock"))
        draw.clicked.connect(self.draw_all)
        grid.addWidget(draw, len(GROUPS), 0, 1, 3)
        grid.setColumnStretch(0, 1)
        return page

    def _voices(self) -> QWidget:
        part = self._part
        page, grid = _grid()
        self.mutes = NameToggles(part, part.told.voices, "muted", part.mute_voices)
        self.locks = NameToggles(part, part.told.lockable, "locks", part.lock_names)
        for column, caption in enumerate((self.tr("mute"), self.tr("keep"), *VOICED), start=1):
            grid.addWidget(Caption(caption), 0, column)
        for line, voice in enumerate(part.told.voices, start=1):
            grid.addWidget(Caption(voice), line, 0)
            mute = self.mutes.toggle(voice, self.tr("mute {}").format(voice), text=self.tr("M"), role="bad")
            grid.addWidget(mute, line, 1)
            if voice in part.told.lockable:
                lock = self.locks.toggle(voice, self.tr("keep {}").format(voice), icon="lock", role="focus")
                lock.setToolTip(self.tr("Keep what {} plays while the others change").format(voice))
                grid.addWidget(lock, line, 2)
            for column, group in enumerate(VOICED, start=3):
                name = f"{group}_{line}{SEED}"
                if name in part.specs:
                    dice = _dice(self.tr("{}: another {} for {}").format(part.name, group, voice))
                    dice.clicked.connect(partial(self._reroll, name))
                    grid.addWidget(dice, line, column)
        part.changed.connect(self._sync)
        self._sync()
        return page

    def _reroll(self, name: str, _checked: bool = False) -> None:
        self._part.reroll((name,))

    def _sync(self) -> None:
        self.mutes.show()
        self.locks.show()

    @staticmethod
    def first_names(part: PartModel) -> list[str]:
        """The controls that stand on this page."""
        return [*SHOWN, *(f"{group}_amount" for group in GROUPS)]


def _grid() -> tuple[QWidget, QGridLayout]:
    page = QWidget()
    grid = QGridLayout(page)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setSpacing(SPACE.tight)
    return page, grid


def _dice(name: str) -> FlatButton:
    made = FlatButton(name, icon="dice")
    made.setAutoDefault(True)
    return made
