"""A control of a part, as a widget: shows what the part has, asks for what the user chooses, can be learned."""

from typing import Final

from PySide6.QtCore import QObject, QPoint, QTimer
from PySide6.QtWidgets import QAbstractSlider

from gui.models import Models
from gui.viewmodels.part import PartModel
from gui.views.control_menu import control_menu
from gui.widgets.controls import ControlWidget, control_widget
from gui.widgets.value_scale import title_of

PULSE_MS: Final = 400
CONTROL: Final = "hocket_control"  # property of a widget: (part, control) that it moves


class Binding(QObject):
    """Lives as long as its widget."""

    def __init__(self, models: Models, part: PartModel, name: str, widget: ControlWidget) -> None:
        super().__init__(widget)
        self._models, self._part, self._name, self._widget = models, part, name, widget
        self._pulse = QTimer(self, interval=PULSE_MS)
        self._pulse.timeout.connect(self._blink)
        widget.setProperty(CONTROL, (part.name, name))
        widget.setAccessibleName(f"{part.name} {title_of(widget.spec.name)}")
        widget.set_part(part.place)
        widget.show_value(part.value(name))
        widget.edited.connect(self._edited)
        widget.menu_requested.connect(self._menu)
        if isinstance(widget, QAbstractSlider):
            widget.sliderReleased.connect(part.end_gesture)
            widget.sliderPressed.connect(part.end_gesture)
        part.value_changed.connect(self._show)
        models.maps.changed.connect(self._show_map)
        self._show_map()

    def _edited(self, value: float) -> None:
        self._part.set(self._name, value)

    def _show(self, name: str, value: float) -> None:
        if name == self._name and value != self._widget.value_now:
            self._widget.show_value(value)

    def _menu(self, place: QPoint) -> None:
        control_menu(self._models, self._part, self._name, self._widget).popup(place)

    def _show_map(self) -> None:
        maps, widget = self._models.maps, self._widget
        text = maps.text_of(self._part.name, self._name)
        if text != widget.mapped:
            widget.set_mapped(text)
        is_learning = maps.is_learning(self._part.name, self._name)
        if is_learning is not self._pulse.isActive():
            widget.set_learning(is_learning)
            if is_learning:
                self._pulse.start()
            else:
                self._pulse.stop()

    def _blink(self) -> None:
        """The frame comes and goes; what is said in words stays."""
        self._widget.is_learning = not self._widget.is_learning
        self._widget.update()


def bound(models: Models, part: PartModel, name: str, widget: ControlWidget | None = None) -> ControlWidget:
    """The widget of a control, in the look that its kind has; or another one that is given."""
    made = widget if widget is not None else control_widget(part.specs[name])
    Binding(models, part, name, made)
    return made
