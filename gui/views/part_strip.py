"""One part in the rack: who it is, what it does, on/off, mute, solo, lock, level, channel, what it costs."""

from typing import Final

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QVBoxLayout, QWidget

from gui.models import Models
from gui.theme import SPACE, colour, part_look, theme_of
from gui.viewmodels.part import PartModel
from gui.views.lamp import Lamp
from gui.views.panels.binding import bound
from gui.widgets.buttons import FlatButton, Toggle
from gui.widgets.lights import Meter
from gui.widgets.painted import draw_ring, hatch
from gui.widgets.rows import Row

STRIPE: Final = 6  # logical pixels, of its colour and pattern
SWITCHES: Final = (("mute", "M", "bad"), ("solo", "S", "warn"), ("lock", "", "focus"))
FULL: Final = 100.0  # percent of the time there was


class PartStrip(QWidget):
    """`chosen`: the user wants its panel."""

    chosen = Signal(object)  # PartModel

    def __init__(self, models: Models, part: PartModel) -> None:
        super().__init__()
        self._models, self.part = models, part
        self._is_selected = False
        self.setAccessibleName(part.name)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.name = Toggle(self.tr("Show the panel of {}").format(part.name), text=part.name)
        self.name.set_part(part.place)
        self.name.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.name.clicked.connect(self._choose)
        self.lamp = Lamp(part.name)
        self.power = Toggle(self.tr("{} on or off").format(part.name), icon="play")
        self.power.set_role("good")
        self.power.edited.connect(self._switch)
        self.load = Meter(self.tr("load"), unit="%", budget=FULL, top=1.5 * FULL)
        self.again = FlatButton(self.tr("Try the model of {} again").format(part.name), text=self.tr("Try again"))
        self.again.clicked.connect(part.try_again)
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(STRIPE + SPACE.gap, SPACE.tight, SPACE.gap, SPACE.tight)
        self._rows.setSpacing(SPACE.tight)
        self._rows.addWidget(Row(self.name, self.lamp, self.power))
        self._controls: QWidget | None = None
        self._build()
        part.described.connect(self._build)
        part.changed.connect(self._show)
        part.load_changed.connect(self._show_load)
        self._show()
        self._show_load()

    def set_selected(self, is_selected: bool) -> None:
        """Whether its panel is shown."""
        self._is_selected = is_selected
        self.name.show_value(float(is_selected))
        self.update()

    # --- inside --------------------------------------------------------------------------------------------

    def _build(self) -> None:
        """Its controls, once they are known; again when it has another bundle."""
        if self._controls is not None:
            self._controls.deleteLater()
        self._controls = QWidget()
        rows = QVBoxLayout(self._controls)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(SPACE.tight)
        if self.part.is_described:
            rows.addWidget(self._mixer())
            rows.addWidget(self._route())
        self._rows.addWidget(self._controls)
        self._show()

    def _mixer(self) -> QWidget:
        part, row = self.part, QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(SPACE.tight)
        for name, letter, role in SWITCHES:
            toggle = Toggle(name, text=letter, icon="" if letter else "lock", spec=part.specs[name])
            toggle.set_role(role)
            bound(self._models, part, name, toggle)
            toggle.set_part(None)
            line.addWidget(toggle)
        line.addWidget(bound(self._models, part, "post.level"), 1)
        return row

    def _route(self) -> QWidget:
        more = FlatButton(self.tr("More of {}").format(self.part.name), icon="more")
        more.setAutoDefault(True)
        more.clicked.connect(lambda: self._menu(more.mapToGlobal(more.rect().bottomLeft())))
        channel = bound(self._models, self.part, "channel")
        channel.setMinimumWidth(SPACE.target * 4)
        return Row(channel, self.load, self.again, more)

    def _menu(self, place: QPoint) -> None:
        part, rack = self.part, self._models.rack
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        swap = menu.addMenu(self.tr("Another model"))
        for bundle in rack.bundles():
            if bundle.kind == part.kind:
                action = swap.addAction(f"{bundle.name}: {bundle.title}")
                action.setCheckable(True)
                action.setChecked(bundle.model == part.told.model)
                action.triggered.connect(lambda _=False, model=bundle.model: part.swap(model))
        menu.addAction(self.tr("Double it")).triggered.connect(lambda: rack.double(part))
        menu.addSeparator()
        menu.addAction(self.tr("Take it out")).triggered.connect(lambda: rack.remove(part))
        menu.popup(place)

    def _choose(self) -> None:
        self.name.show_value(float(self._is_selected))
        self.chosen.emit(self.part)

    def _switch(self, value: float) -> None:
        self.part.switch(bool(value))

    def _show(self) -> None:
        part = self.part
        self.lamp.show_lamp(part.lamp, part.failure)
        if part.is_described:  # else neither has a place, and would be a window of its own
            self.again.setVisible(part.is_given_up)
            self.load.setVisible(not part.is_given_up)
        self.power.show_value(float(part.is_on and part.is_described))
        self.power.setEnabled(part.is_described)
        does = self.tr("it listens and answers") if part.takes_turns else self.tr("it plays on and on")
        says = self.tr("{} on or off: {}").format(part.name, does)
        self.power.setToolTip(says if part.is_described else part.failure or self.tr("Its model is being loaded"))
        title = part.told.title or part.told.model
        self.name.setToolTip(self.tr("{}\n{}").format(title, self.tr("Click: show its panel")))

    def _show_load(self) -> None:
        load = self.part.load
        self.load.show_amount(round(FULL * load.made_ms / load.budget_ms) if load.budget_ms else 0)
        missed = self.tr(", {} bars missed").format(load.missed) if load.missed else ""
        says = self.tr("{}: {:.0f} ms of {:.0f} ms{}").format(self.part.name, load.made_ms, load.budget_ms, missed)
        self.load.setToolTip(says)
        self.load.setAccessibleName(self.tr("{} load").format(self.part.name))

    # --- looks ---------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        """A click anywhere on the strip shows its panel."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(self.part)

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """The same before and after its controls are known, so that nothing jumps."""
        hint = super().sizeHint()
        line = self.name.sizeHint().height()
        return QSize(hint.width(), max(hint.height(), 3 * line + 4 * SPACE.tight))

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Ground, stripe, and a rim where it is selected."""
        painter, theme = QPainter(self), theme_of(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect())
        painter.fillRect(rect, colour(theme.raised if self._is_selected else theme.panel, 0.6))
        stripe = QRectF(rect.left(), rect.top(), STRIPE, rect.height())
        painter.fillRect(stripe, colour(part_look(self.part.place).fill))
        lines = hatch(self.part.place)
        if lines is not None:
            painter.fillRect(stripe, lines)
        if self._is_selected and self.name.hasFocus():
            draw_ring(painter, rect, theme)
        painter.end()
