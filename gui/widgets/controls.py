"""From a `ControlSpec` to the widget that edits it: the one place that chooses."""

from typing import Final

from PySide6.QtWidgets import QWidget

from gui.widgets.buttons import Toggle
from gui.widgets.choice_box import ChoiceBox
from gui.widgets.control_slider import ControlSlider
from realtime.bundle.spec import ControlSpec

SWITCH: Final = ("off", "on")
ControlWidget = ControlSlider | ChoiceBox | Toggle
# All three have: `spec`, `value_now`, `show_value(value)`, `take(value)`, `set_part(part)`, `set_mapped(text)`,
# `set_learning(on)`, `set_pick_up(value)`, and the signals `edited(float)` and `menu_requested(QPoint)`.


def control_widget(spec: ControlSpec, parent: QWidget | None = None) -> ControlWidget:
    """A switch for off and on, a choice for labels, else a slider."""
    if spec.labels == SWITCH:
        return Toggle.of(spec, parent)
    return ChoiceBox(spec, parent) if spec.labels else ControlSlider(spec, parent)
