"""Morph: a pad over any two sliders, the sliders themselves, the way between two snapshots."""

from typing import Final

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from gui.models import Models
from gui.theme import SPACE
from gui.viewmodels.part import PartModel
from gui.views.control_menu import fill_menu
from gui.views.panels.binding import bound
from gui.views.panels.pieces import Caption, Column, Grid, SourceRow
from gui.widgets.buttons import FlatButton
from gui.widgets.choice_box import ChoiceBox
from gui.widgets.control_slider import ControlSlider
from gui.widgets.rows import Row
from gui.widgets.snapshots import MorphBar
from gui.widgets.value_scale import title_of
from gui.widgets.xy_pad import XyPad
from realtime.bundle.spec import ControlSpec, choice

AXES: Final = ("density", "register")  # of the pad at first, where the model has them
LATENT_UNIT: Final = "sigma"  # controls that are axes of the model's space
STEP: Final = ControlSpec(
    name="size", low=0.01, high=1, default=0.15, help="how far a random step goes, of each slider's range"
)
FIRST: Final = 6  # sliders beside the pad
REST: Final = ("temperature", "octave")


class MorphPanel(QWidget):
    """The first page of a Morph part."""

    def __init__(self, models: Models, part: PartModel) -> None:
        super().__init__()
        axes = axes_of(part)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE.wide)
        row.addWidget(PadPanel(models, part, axes), 5)
        row.addWidget(Column("", Grid(models, part, axes[:FIRST], 1)), 4)
        row.addWidget(Column("", *self._ways(models, part)), 6)

    def _ways(self, models: Models, part: PartModel) -> tuple[QWidget | None, ...]:
        take = SourceRow(
            models,
            part,
            self.tr("encode what was played"),
            self.tr("Encode"),
            self.tr("Read the last bars and go on from the pattern nearest to them"),
        )
        self.step_size = ControlSlider(STEP)
        self.step_size.setAccessibleName(self.tr("{}: size of a random step").format(part.name))
        self.step_size.set_part(part.place)
        step = FlatButton(self.tr("Random step"), text=self.tr("Random step"), icon="dice")
        step.setAutoDefault(True)
        step.clicked.connect(lambda: part.random_step(self.step_size.value_now))
        way = MorphWay(part)
        rest = Grid(models, part, [name for name in REST if name in part.specs], 1)
        return Caption(self.tr("between two snapshots")), way, take, None, Row(self.step_size, step), rest

    @staticmethod
    def first_names(part: PartModel) -> list[str]:
        """The controls that stand on this page."""
        return [*axes_of(part)[:FIRST], *REST]


class MorphWay(QWidget):
    """The A-to-B bar of a part."""

    def __init__(self, part: PartModel) -> None:
        super().__init__()
        self._part = part
        self.bar = MorphBar()
        self.bar.set_part(part.place)
        self.bar.slider.setAccessibleName(self.tr("{}: from snapshot A to B").format(part.name))
        self.bar.moved.connect(self._moved)
        self.bar.ends_changed.connect(self._sync)
        self.bar.slider.sliderReleased.connect(part.end_gesture)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self.bar)
        part.changed.connect(self._sync)
        self._sync()

    def _moved(self, place: float) -> None:
        self._part.morph(*self.bar.ends, place)

    def _sync(self) -> None:
        """An end that is an empty slot goes to one that is not, while there are two."""
        filled = self._part.state.snapshots
        a, b = self.bar.ends
        if len(filled) > 1:
            a = a if a in filled else next(slot for slot in filled if slot != b)
            b = b if b in filled else next(slot for slot in filled if slot != a)
            self.bar.show_ends(a, b)
        self.bar.set_ready({a, b} <= set(filled))


class PadPanel(QWidget):
    """The pad, and which controls its axes are."""

    def __init__(self, models: Models, part: PartModel, axes: list[str]) -> None:
        super().__init__()
        self._models, self._part, self._axes = models, part, axes
        labels = tuple(map(title_of, axes))
        self.boxes = [
            ChoiceBox(choice("", labels, default=axes.index(axis), text=text))  # the pad shows which is which
            for axis, text in zip(
                _first_axes(axes),
                (self.tr("what the pad moves from left to right"), self.tr("what it moves upwards")),
                strict=True,
            )
        ]
        for box in self.boxes:
            box.edited.connect(self._choose)
        self.boxes[0].setAccessibleName(self.tr("{}: pad, across").format(part.name))
        self.boxes[1].setAccessibleName(self.tr("{}: pad, up").format(part.name))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACE.tight)
        self._column.addWidget(Row(*self.boxes))
        self.pad: XyPad | None = None
        self._choose()
        part.value_changed.connect(self._show)

    @property
    def names(self) -> tuple[str, str]:
        """The controls of both axes."""
        across, up = (self._axes[int(box.value_now)] for box in self.boxes)
        return across, up

    def _choose(self) -> None:
        if self.pad is not None:
            self.pad.deleteLater()
        part = self._part
        across, up = (part.specs[name] for name in self.names)
        self.pad = XyPad(across, up)
        self.pad.set_part(part.place)
        for slider, name in zip((self.pad.x_slider, self.pad.y_slider), self.names, strict=True):
            bound(self._models, part, name, slider)
        self.pad.moved.connect(self._moved)
        self.pad.menu_requested.connect(self._menu)
        self.pad.gesture_began.connect(part.end_gesture)
        self.pad.gesture_ended.connect(part.end_gesture)
        self._column.addWidget(self.pad, 1)
        self._show(self.names[0], 0.0)

    def _menu(self, place: QPoint) -> None:
        """Of the one axis, or the other."""
        assert self.pad is not None
        menu = QMenu(self.pad)
        menu.aboutToHide.connect(menu.deleteLater)
        for slider, name in zip((self.pad.x_slider, self.pad.y_slider), self.names, strict=True):
            fill_menu(menu.addMenu(title_of(name)), self._models, self._part, name, slider)
        menu.popup(place)

    def _moved(self, x: float, y: float) -> None:
        across, up = self.names
        text = self.tr("{}: pad").format(self._part.name)
        self._part.set_many({across: x, up: y}, text, key=(self._part.name, "pad"))

    def _show(self, name: str, _value: float) -> None:
        if self.pad is not None and name in self.names:
            self.pad.show_values(*map(self._part.value, self.names))


def axes_of(part: PartModel) -> list[str]:
    """The controls that move through the model's space, named ones first."""
    found = [name for name in part.model_controls() if part.specs[name].unit == LATENT_UNIT]
    return found or [name for name in part.model_controls() if not part.specs[name].labels]


def _first_axes(axes: list[str]) -> tuple[str, str]:
    wanted = [name for name in AXES if name in axes]
    both = [*wanted, *(name for name in axes if name not in wanted)]
    return both[0], both[min(1, len(both) - 1)]
