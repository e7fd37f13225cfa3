"""Flat buttons: one that does something, with a text or an icon, and a switch that stays on."""

from typing import Final

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from gui.theme import SPACE, Theme, contrast
from gui.widgets.icons import draw_icon
from gui.widgets.mapped import Mapped
from gui.widgets.painted import begin, brush, end, fill_of, line_height, pen
from gui.widgets.value_scale import title_of
from realtime.bundle.spec import ControlSpec

ICON: Final = 16  # logical pixels
ROLES: Final = ("on", "good", "warn", "bad", "focus")  # which colour of the theme says that a switch is on


class FlatButton(Mapped, QPushButton):
    """A button with an icon, a text, or both. `name` is what a screen reader says and the tooltip begins with."""

    menu_requested = Signal(QPoint)

    def __init__(self, name: str, *, text: str = "", icon: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._icon, self._role = icon, "on"
        self._part: int | None = None
        self._help = name
        self.setAccessibleName(name)
        self.told()
        self.setAutoDefault(True)  # Enter presses it; Space is often a shortcut of the window
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_help(self, text: str) -> None:
        """What the tooltip says beside the name."""
        self._help = f"{self.accessibleName()}\n{text}"
        self.told()

    def told(self) -> None:
        """The tooltip."""
        self.setToolTip(self.with_mapping(self._help))
        self.update()

    def set_role(self, role: str) -> None:
        """The colour it has while it is on: one of ROLES."""
        if role not in ROLES:
            raise ValueError(f"role must be one of {', '.join(ROLES)}, got {role!r}")
        self._role = role
        self.update()

    def set_icon(self, icon: str) -> None:
        """Another icon: a key of `icons.ICONS`."""
        self._icon = icon
        self.update()

    def set_part(self, part: int | None) -> None:
        """While on, the colour of the part at a place in the rack."""
        self._part = part
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Square for an icon or a letter, else as wide as the text."""
        height = line_height(self)
        texts = self.fontMetrics().horizontalAdvance(self.text()) + 2 * SPACE.gap if self.text() else 0
        icon = ICON + SPACE.gap if self._icon else 0
        return QSize(max(height, texts + icon), height)

    minimumSizeHint = sizeHint

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Ground, icon, text, ring."""
        painter, theme = begin(self)
        rect = QRectF(self.rect())
        ground, ink = self._colours(theme)
        painter.setPen(pen(ink) if self.isChecked() else Qt.PenStyle.NoPen)
        painter.setBrush(brush(ground))
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), SPACE.radius, SPACE.radius)
        inner, centre = rect, Qt.AlignmentFlag.AlignCenter
        if self._icon:
            left = rect.left() + SPACE.gap if self.text() else rect.center().x() - ICON / 2
            draw_icon(painter, self._icon, QRectF(left, rect.center().y() - ICON / 2, ICON, ICON), ink)
            inner = rect.adjusted(ICON + SPACE.gap, 0, 0, 0)
        if self.text():
            painter.setPen(pen(ink))
            painter.drawText(inner, centre, self.text())
        self.paint_mapping(painter, theme, rect)
        end(self, painter, theme)

    def _colours(self, theme: Theme) -> tuple[str, str]:
        """Ground, and what is drawn on it."""
        if self.isChecked() and self._part is not None:
            return fill_of(theme, self._part)[0], theme.text
        if self.isChecked():
            ground: str = getattr(theme, self._role)
            ink = max((theme.text, theme.on_text), key=lambda text: contrast(text, ground))
            return ground, ink
        if self.isDown():
            return theme.active, theme.text
        return (theme.hover if self.underMouse() else theme.raised), theme.text


class Toggle(FlatButton):
    """A switch: pressed it is on. Built from a `ControlSpec` of two values it is a control like the others."""

    edited = Signal(float)

    def __init__(
        self,
        name: str,
        *,
        text: str = "",
        icon: str = "",
        spec: ControlSpec | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(name, text=text, icon=icon, parent=parent)
        self.spec = spec or ControlSpec(name=name, low=0, high=1, default=0, integer=True, labels=("off", "on"))
        self.setCheckable(True)
        if self.spec.help:
            self.set_help(f"{self.spec.help[:1].upper()}{self.spec.help[1:]}.")
        self.show_value(self.spec.default)
        self.toggled.connect(lambda is_on: self.edited.emit(self.spec.high if is_on else self.spec.low))

    @classmethod
    def of(cls, spec: ControlSpec, parent: QWidget | None = None) -> "Toggle":
        """The switch of a control that is off or on, with its name as text."""
        return cls(title_of(spec.name), text=title_of(spec.name), spec=spec, parent=parent)

    @property
    def value_now(self) -> float:
        """The value shown."""
        return self.spec.high if self.isChecked() else self.spec.low

    def show_value(self, value: float) -> None:
        """Show what the engine has; emits nothing."""
        self.blockSignals(True)
        self.setChecked(value > self.spec.low)
        self.blockSignals(False)
        self.update()

    def take(self, value: float) -> None:
        """A value chosen by the user: show it and tell."""
        self.setChecked(value > self.spec.low)
