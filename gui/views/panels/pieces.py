"""Pieces that several panels share: captions, columns, the seed, where bars are taken from."""

from collections.abc import Callable, Collection, Iterable
from typing import Final

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from gui.models import Models
from gui.theme import SPACE
from gui.viewmodels.part import PartModel
from gui.viewmodels.roll_notes import PLAYED
from gui.views.panels.binding import bound
from gui.widgets.buttons import FlatButton, Toggle
from gui.widgets.choice_box import ChoiceBox
from gui.widgets.control_slider import ControlSlider
from gui.widgets.painted import small
from gui.widgets.rows import Row
from gui.widgets.value_field import ValueField
from realtime.bundle.spec import ControlSpec, choice
from realtime.engine.setup import SEEDS

BARS: Final = ControlSpec(name="bars", low=1, high=16, default=2, integer=True, help="how many of the last bars")
NARROW: Final = 88  # logical pixels: of a slider for a small whole number


class Column(QWidget):
    """Widgets below one another, with a caption; the rest is empty. `None` is a gap."""

    def __init__(self, caption: str, *widgets: QWidget | None) -> None:
        super().__init__()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(SPACE.tight)
        if caption:
            rows.addWidget(Caption(caption))
        for widget in widgets:
            if widget is None:
                rows.addSpacing(SPACE.gap)
            else:
                rows.addWidget(widget)
        rows.addStretch(1)


class Caption(QLabel):
    """A small heading."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setFont(small(self.font()))


class Grid(QWidget):
    """Controls of a part in columns, filled downwards."""

    def __init__(self, models: Models, part: PartModel, names: Iterable[str], columns: int) -> None:
        super().__init__()
        names = list(names)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(SPACE.tight)
        rows = -(-len(names) // columns) or 1
        for i, name in enumerate(names):
            grid.addWidget(bound(models, part, name), i % rows, i // rows)
        for column in range(columns):
            grid.setColumnStretch(column, 1)
        grid.setRowStretch(rows, 1)


class SeedRow(QWidget):
    """What the part draws from: the number (Enter or a click types another), dice, and for answers a lock."""

    def __init__(self, part: PartModel) -> None:
        super().__init__()
        self._part = part
        self.number = FlatButton(self.tr("{} seed: type another").format(part.name), text="0")
        self.number.setAutoDefault(True)
        self.dice = FlatButton(self.tr("{}: draw another seed").format(part.name), icon="dice")
        self.dice.setAutoDefault(True)
        self.lock = Toggle(self.tr("{}: keep the seed").format(part.name), icon="lock")
        self.lock.setToolTip(
            self.tr("Keep the seed\nThe same phrase gets the same answer. Off: another one each time.")
        )
        self.lock.setVisible(part.takes_turns)
        self.number.clicked.connect(self._type)
        self.dice.clicked.connect(self._draw)
        self.lock.edited.connect(self._lock)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(Row(Caption(self.tr("seed")), self.number, self.dice, self.lock))
        self.number.setMinimumWidth(self.fontMetrics().horizontalAdvance("0" * 11) + SPACE.gap)
        part.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        seed = self._part.state.seed
        self.number.setText(self.tr("any") if seed is None else str(seed))
        self.lock.show_value(float(seed is not None))

    def _draw(self) -> None:
        self._part.reroll()

    def _lock(self, value: float) -> None:
        """What is kept is the seed of the last answer."""
        if not value:
            self._part.set_seed(None)
        elif self._part.last_seed is not None:
            self._part.set_seed(self._part.last_seed)
        else:
            self._part.reroll()

    def _type(self) -> None:
        field = ValueField(self.number, str(self._part.state.seed or 0), _seed)
        field.entered.connect(self._entered)

    def _entered(self, seed: float) -> None:
        self._part.set_seed(int(seed))


class SourceRow(QWidget):
    """Where bars are taken from, how many, and the button that takes them. `taking` comes just before they are."""

    taking = Signal()

    def __init__(self, models: Models, part: PartModel, caption: str, verb: str, help_text: str) -> None:
        super().__init__()
        self._models, self._part = models, part
        self._box: ChoiceBox | None = None
        self._sources: tuple[str, ...] = ()
        self.bars = ControlSlider(BARS)
        self.bars.setAccessibleName(self.tr("{}: bars to take").format(part.name))
        self.bars.setMaximumWidth(NARROW)
        self.go = FlatButton(verb, text=verb)
        self.go.setAutoDefault(True)
        self.go.setToolTip(help_text)
        self.go.clicked.connect(self._take)
        self._row = Row(self.bars, self.go)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(SPACE.tight)
        rows.addWidget(Caption(caption))
        rows.addWidget(self._row)
        models.rack.parts_changed.connect(self._offer)
        self._offer()

    @property
    def source(self) -> str:
        """The source that is chosen: "played", or a part's name."""
        return self._sources[int(self._box.value_now)] if self._box is not None else PLAYED

    def choose(self, source: str) -> None:
        """Another source."""
        if source in self._sources and self._box is not None:
            self._box.show_value(self._sources.index(source))

    def _offer(self) -> None:
        names = (PLAYED, *(part.name for part in self._models.rack.parts))
        if names == self._sources:
            return
        chosen = self.source if self._box is not None else PLAYED
        labels = tuple({PLAYED: tr("you"), self._part.name: tr("itself")}.get(name, name) for name in names)
        box = ChoiceBox(choice("", labels, text=self.tr("whose bars are taken")))
        box.setAccessibleName(self.tr("{}: take bars from").format(self._part.name))
        layout = self._row.layout()
        assert layout is not None
        if self._box is not None:
            layout.replaceWidget(self._box, box)
            self._box.deleteLater()
        else:
            layout.insertWidget(0, box)  # type: ignore[attr-defined]
        self._box, self._sources = box, names
        self.choose(chosen)

    def _take(self) -> None:
        self.taking.emit()
        self._part.take(self.source, int(self.bars.value_now))


class NameToggles:
    """A switch for each of some names of a part. `told`: the field of its state with those that are on."""

    def __init__(
        self, part: PartModel, names: Iterable[str], told: str, ask: Callable[[Collection[str]], object]
    ) -> None:
        self._part, self._told, self._ask = part, told, ask
        self._toggles: dict[str, Toggle] = {}
        self._names = tuple(names)

    def toggle(self, name: str, says: str, *, text: str = "", icon: str = "", role: str = "on") -> Toggle:
        """The switch of a name; `says` is what it does."""
        made = self._toggles[name] = Toggle(f"{self._part.name}: {says}", text=text, icon=icon)
        made.set_role(role)
        made.edited.connect(lambda value: self.put(name, bool(value)))
        return made

    def put(self, name: str, is_on: bool) -> None:
        """One more, or one less."""
        names = set(self.on())
        self._ask(names | {name} if is_on else names - {name})

    def on(self) -> tuple[str, ...]:
        """Those that are on."""
        return tuple(name for name in getattr(self._part.state, self._told) if name in self._names)

    def show(self) -> None:
        """As the engine has told."""
        for name, toggle in self._toggles.items():
            toggle.show_value(float(name in self.on()))


def _seed(text: str) -> float:
    """A typed seed. Raises `ValueError`."""
    if not text.strip().isdecimal() or int(text) >= SEEDS:
        raise ValueError(f"a seed is a whole number, 0 to {SEEDS - 1}, got {text!r}")
    return int(text)


def tr(text: str) -> str:
    """In the user's language."""
    return QCoreApplication.translate("panel", text)
