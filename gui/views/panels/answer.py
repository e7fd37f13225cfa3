"""Continue: how turns are taken, how it answers, and the button that hands over."""

from typing import Final

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui.models import Models
from gui.shortcuts import BY_ID
from gui.theme import SPACE
from gui.viewmodels.part import PartModel
from gui.views.bound import ActionButton
from gui.views.panels.pieces import Column, Grid
from gui.widgets.choice_box import ChoiceBox
from gui.widgets.control_slider import ControlSlider
from realtime.bundle.spec import ControlSpec, choice
from realtime.engine.phrase_end import GRIDS, LENGTHS, TURN_ENDS

RULES: Final = (
    choice("end", TURN_ENDS, text="what ends your phrase: silence, so many bars, the pedal, or only the button"),
    choice("grid", GRIDS, default=2, text="where the answer begins"),
    choice("length", LENGTHS, text="how long it is: as your phrase, so many bars, or until you play again"),
    ControlSpec(name="bars", low=1, high=16, default=2, integer=True, help="of a trade, and of an answer in bars"),
)
SHOWN: Final = ("temperature", "top_p", "density", "memory", "accent", "octave")
TONES: Final = ("style", "key", "scale", "scale_mode")


class AnswerPanel(QWidget):
    """The first page of a part that answers."""

    def __init__(self, models: Models, part: PartModel) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE.wide)
        turn_text = f"{self.tr('Your turn')}  ({BY_ID['hand_over'].keys_shown})"
        turn = ActionButton(models.actions, "hand_over", text=turn_text, icon="play")
        turn.setAutoDefault(True)
        row.addWidget(Column(self.tr("taking turns"), *(RuleBox(part, spec) for spec in RULES), None, turn), 3)
        row.addWidget(Column(self.tr("the answer"), Grid(models, part, _there(part, SHOWN), 1)), 4)
        row.addWidget(Column(self.tr("in the manner of"), Grid(models, part, _there(part, TONES), 1)), 3)

    @staticmethod
    def first_names(part: PartModel) -> list[str]:
        """The controls that stand on this page."""
        return [*SHOWN, *TONES]


class RuleBox(QWidget):
    """One rule of taking turns."""

    def __init__(self, part: PartModel, spec: ControlSpec) -> None:
        super().__init__()
        self._part, self._spec = part, spec
        self.box = ChoiceBox(spec) if spec.labels else ControlSlider(spec)
        self.box.setAccessibleName(f"{part.name} {spec.name}")
        self.box.set_part(part.place)
        self.box.edited.connect(self._edited)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self.box)
        part.changed.connect(self._show)
        self._show()

    def _edited(self, value: float) -> None:
        self._part.set_rule(self._spec.name, str(self._spec.show(value) if self._spec.labels else int(value)))

    def _show(self) -> None:
        told = self._part.state.rules.get(self._spec.name)
        if told is not None:
            self.box.show_value(self._spec.parse(told))


def _there(part: PartModel, names: tuple[str, ...]) -> list[str]:
    return [name for name in names if name in part.specs]
