"""Eight slots for the settings of a part, and the bar that goes from one slot's to another's."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from gui.theme import SPACE
from gui.widgets.choice_box import ChoiceBox
from gui.widgets.control_slider import ControlSlider
from gui.widgets.painted import Painted, begin, brush, control, end, line_height, pen, shift
from gui.widgets.texts import tr
from realtime.bundle.spec import ControlSpec, choice

SLOTS: Final = 8  # counted from 1, in code and on screen: they are names
NOT_READY: Final = "Store two snapshots first, then morph between them."
MORPH: Final = ControlSpec(name="A to B", low=0, high=1, default=0, help="from snapshot A to snapshot B")


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotLook:
    """What a slot shows."""

    filled: bool = False
    current: bool = False  # what is playing is what it holds


class SlotButton(Painted, QPushButton):
    """One slot: a click or Enter recalls it, with Shift it stores."""

    recalled = Signal(int)
    stored = Signal(int)

    def __init__(self, slot: int) -> None:
        super().__init__(str(slot))
        self.slot, self.look = slot, SlotLook()
        self._held = Qt.KeyboardModifier.NoModifier  # with what was pressed last
        self.setAutoDefault(True)  # Enter presses it too
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.clicked.connect(self._clicked)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_look(SlotLook())

    def _clicked(self) -> None:
        (self.stored if shift(self._held) else self.recalled).emit(self.slot)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        """A click; with Shift it stores."""
        self._held = event.modifiers()
        super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Enter; with Shift it stores."""
        self._held = event.modifiers()
        super().keyPressEvent(event)

    def show_look(self, look: SlotLook) -> None:
        """Empty, filled or current."""
        self.look = look
        state = "empty" if not look.filled else "current" if look.current else "filled"
        self.setAccessibleName(tr(f"Snapshot {{slot}}, {state}", slot=self.slot))
        recall = tr("A click or Alt+{slot} recalls it.", slot=self.slot) if look.filled else ""
        store = tr("Shift+click or Ctrl+{slot} stores the settings as they are.", slot=self.slot)
        self.setToolTip("\n".join(filter(None, (self.accessibleName(), recall, store))))
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """A square."""
        return QSize(line_height(self), line_height(self))

    minimumSizeHint = sizeHint

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """An empty slot is a dashed rim, a filled one a ground, the current one a bright ground with a bar below."""
        painter, theme = begin(self)
        rect = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        look = self.look
        rim = pen(theme.line_strong, 1, Qt.PenStyle.SolidLine if look.filled else Qt.PenStyle.DashLine)
        ground = theme.on if look.current else theme.raised if look.filled else theme.panel
        painter.setPen(rim)
        painter.setBrush(brush(theme.hover if self.underMouse() and not look.current else ground))
        painter.drawRoundedRect(rect, SPACE.radius, SPACE.radius)
        painter.setPen(pen(theme.on_text if look.current else theme.text if look.filled else theme.text_dim))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self.text())
        if look.current:
            y = rect.bottom() - 3.5
            painter.setPen(pen(theme.on_text, 2))
            painter.drawLine(QPointF(rect.center().x() - 4, y), QPointF(rect.center().x() + 4, y))
        end(self, painter, theme)


class SnapshotButtons(QWidget):
    """Slots 1 to 8. With the focus inside, Alt+digit recalls and Ctrl+digit stores."""

    recalled = Signal(int)
    stored = Signal(int)
    refused = Signal(str)  # an empty slot cannot be recalled: one line that says how to fill it

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons = tuple(SlotButton(slot) for slot in range(1, SLOTS + 1))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE.tight)
        for button in self.buttons:
            row.addWidget(button)
            button.recalled.connect(self.recall)
            button.stored.connect(self.stored)
        self.setAccessibleName(tr("Snapshots"))

    def show_slots(self, filled: Collection[int], current: int | None = None) -> None:
        """Which slots hold something, and which one is what plays."""
        for button in self.buttons:
            button.show_look(SlotLook(filled=button.slot in filled, current=button.slot == current))

    def recall(self, slot: int) -> None:
        """What a click on a slot does."""
        if self.buttons[slot - 1].look.filled:
            self.recalled.emit(slot)
        else:
            self.refused.emit(tr("snapshot {slot} is empty: Shift+click or Ctrl+{slot} stores into it", slot=slot))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Digits, where no shortcut of the window takes them."""
        slot, held = event.key() - Qt.Key.Key_0, event.modifiers()
        if 1 <= slot <= SLOTS and control(held):
            self.stored.emit(slot)
        elif 1 <= slot <= SLOTS and held & Qt.KeyboardModifier.AltModifier:
            self.recall(slot)
        else:
            super().keyPressEvent(event)


class MorphBar(QWidget):
    """From snapshot A to snapshot B: two slots to choose, a slider between them."""

    moved = Signal(float)  # 0 is A, 1 is B
    ends_changed = Signal(int, int)  # the slots of A and B

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        labels = tuple(str(slot) for slot in range(1, SLOTS + 1))
        self.a = ChoiceBox(choice("A", labels, default=0, text="the snapshot at the left end"))
        self.b = ChoiceBox(choice("B", labels, default=1, text="the snapshot at the right end"))
        self.slider = ControlSlider(MORPH)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE.tight)
        for widget, stretch in ((self.a, 0), (self.slider, 1), (self.b, 0)):
            row.addWidget(widget, stretch)
        self.slider.edited.connect(self.moved)
        for box in (self.a, self.b):
            box.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            box.edited.connect(lambda _value: self.ends_changed.emit(*self.ends))
        self.setFocusProxy(self.slider)

    @property
    def ends(self) -> tuple[int, int]:
        """The slots of A and B, from 1."""
        return int(self.a.value_now) + 1, int(self.b.value_now) + 1

    def show_ends(self, a: int, b: int) -> None:
        """Show which slots are meant."""
        self.a.show_value(a - 1)
        self.b.show_value(b - 1)

    def show_value(self, value: float) -> None:
        """Show where between them the part is; emits nothing."""
        self.slider.show_value(value)

    def set_ready(self, is_ready: bool) -> None:
        """Whether both slots hold something: without them there is nothing to go between."""
        self.slider.setEnabled(is_ready)
        self.slider.setToolTip(self.slider.scale.help() if is_ready else tr(NOT_READY))

    def set_part(self, part: int | None) -> None:
        """Lend it a part's colour."""
        self.slider.set_part(part)
