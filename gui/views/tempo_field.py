"""The tempo: drag, wheel, arrows or type; Shift is a tenth of a beat a minute."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from gui.widgets.control_slider import DOWN_KEYS, UP_KEYS, ControlSlider
from gui.widgets.painted import shift
from gui.widgets.value_scale import ValueScale
from realtime.bundle.spec import ControlSpec
from realtime.music.units import MAX_BPM, MIN_BPM

FINE_BPM: Final = 0.1
PIXELS_A_BPM: Final = 3
NOTCH: Final = 120  # Qt's unit of the wheel
SPEC: Final = ControlSpec(name="tempo", low=MIN_BPM, high=MAX_BPM, default=120.0, unit="BPM", help="beats a minute")


class TempoField(ControlSlider):
    """A slider whose steps are those of a tempo, wherever it stands in its range."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(SPEC, parent)
        self.scale = ValueScale(SPEC, FINE_BPM)
        self.setRange(0, self.scale.top)
        self.setSingleStep(round(1 / FINE_BPM))
        self.setPageStep(round(10 / FINE_BPM))
        self._notches = 0.0
        self.show_value(SPEC.default)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Arrows: one beat a minute, with Shift a tenth."""
        if event.key() in UP_KEYS + DOWN_KEYS:
            step = 1 if shift(event.modifiers()) else self.singleStep()
            self.setValue(self.value() + (step if event.key() in UP_KEYS else -step))
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        """Three pixels a beat a minute, with Shift a tenth."""
        if not self.isSliderDown():
            return
        moved = event.position() - self._drag_from
        self._drag_from = event.position()
        positions = (moved.x() - moved.y()) / PIXELS_A_BPM * (1 if shift(event.modifiers()) else self.singleStep())
        self._drag_position = min(float(self.scale.top), max(0.0, self._drag_position + positions))
        self.setValue(round(self._drag_position))

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802  Qt's name
        """A notch is one beat a minute, with Shift a tenth."""
        delta = event.angleDelta()
        self._notches += (delta.y() or delta.x()) / NOTCH
        whole = int(self._notches)
        self._notches -= whole
        self.setValue(self.value() + whole * (1 if shift(event.modifiers()) else self.singleStep()))
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        """Type it."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.begin_typing()
