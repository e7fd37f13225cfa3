"""The panel of the selected part: what its kind needs first, then all its other controls, page by page."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gui.models import Models
from gui.theme import SPACE
from gui.viewmodels.part import PartModel
from gui.views.panels.answer import AnswerPanel
from gui.views.panels.morph import MorphPanel
from gui.views.panels.output import SetUp
from gui.views.panels.pieces import Grid, SeedRow
from gui.views.panels.quartet import QuartetPanel
from gui.views.panels.sketch import SketchPanel
from gui.widgets.buttons import Toggle
from gui.widgets.snapshots import SnapshotButtons
from realtime.engine.setup import POST, STRIP

PANELS: Final[dict[str, type[AnswerPanel | MorphPanel | QuartetPanel | SketchPanel]]] = {
    "continue": AnswerPanel,
    "morph": MorphPanel,
    "quartet": QuartetPanel,
    "sketch": SketchPanel,
}
ON_STRIP: Final = ("mute", "solo", "lock")  # controls that the strip in the rack has
COLUMNS: Final = 3


class PartPanel(QWidget):
    """One page set a part, kept while the part is there."""

    def __init__(self, models: Models) -> None:
        super().__init__()
        self._models, self._rack = models, models.rack
        self._pages: dict[PartModel, PartPages] = {}
        self._stack = QStackedWidget()
        self._none = QLabel(self.tr("No part yet. Add one at the left."))
        self._none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack.addWidget(self._none)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(SPACE.gap, SPACE.tight, SPACE.gap, SPACE.tight)
        rows.addWidget(self._stack)
        self._rack.parts_changed.connect(self._forget)
        self._rack.selected_changed.connect(self._show)
        self._show()

    @property
    def current(self) -> "PartPages | None":
        """The pages that are shown."""
        shown = self._stack.currentWidget()
        return shown if isinstance(shown, PartPages) else None

    def _show(self) -> None:
        part = self._rack.selected
        if part is None:
            self._stack.setCurrentWidget(self._none)
            return
        if part not in self._pages:
            self._pages[part] = PartPages(self._models, part)
            self._stack.addWidget(self._pages[part])
        self._stack.setCurrentWidget(self._pages[part])

    def _forget(self) -> None:
        for part in [part for part in self._pages if part not in self._rack.parts]:
            pages = self._pages.pop(part)
            self._stack.removeWidget(pages)
            pages.deleteLater()


class PartPages(QWidget):
    """A row of tabs, snapshots and the seed; below it one page."""

    def __init__(self, models: Models, part: PartModel) -> None:
        super().__init__()
        self._models, self.part = models, part
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(SPACE.gap)
        self._body: QWidget | None = None
        self._build()
        part.described.connect(self._build)
        part.changed.connect(self._say)

    def _build(self) -> None:
        """All of it, once the controls are known; again for another bundle."""
        if self._body is not None:
            self._body.deleteLater()
        self._body = _Body(self._models, self.part) if self.part.is_described else self._loading()
        self._rows.addWidget(self._body)
        self._say()

    def _loading(self) -> QWidget:
        label = QLabel()
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        label.setWordWrap(True)
        return label

    def _say(self) -> None:
        """Why there are no controls yet, or not at all."""
        if isinstance(self._body, QLabel):
            says = self.part.failure or self.tr("{} is being loaded...").format(self.part.name)
            self._body.setText(says)

    @property
    def body(self) -> "_Body | None":
        """The pages themselves, once the controls are known."""
        return self._body if isinstance(self._body, _Body) else None


class _Body(QWidget):
    def __init__(self, models: Models, part: PartModel) -> None:
        super().__init__()
        self._models, self._part = models, part
        self.stack = QStackedWidget()
        self.tabs: dict[str, Toggle] = {}
        self.snapshots = SnapshotButtons()
        self.snapshots.recalled.connect(part.recall)
        self.snapshots.stored.connect(self._store)
        self.snapshots.refused.connect(self._say)
        self._group = QButtonGroup(self)
        head = QHBoxLayout()
        head.setSpacing(SPACE.tight)
        for title, make in self._titles().items():
            head.addWidget(self._tab(title, make))
        head.addStretch(1)
        head.addWidget(self.snapshots)
        head.addSpacing(SPACE.wide)
        head.addWidget(SeedRow(part))
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(SPACE.gap)
        rows.addLayout(head)
        rows.addWidget(self.stack, 1)
        part.changed.connect(self._show_slots)
        self._show_slots()
        next(iter(self.tabs.values())).setChecked(True)

    def _titles(self) -> dict[str, Callable[[], QWidget]]:
        """The pages there are, each made when it is first looked at. Every control of the part stands on one."""
        models, part = self._models, self._part
        panel = PANELS.get(part.kind)
        first = panel.first_names(part) if panel else []
        own = [name for name in part.model_controls() if name not in first]
        strip = [spec.name for spec in STRIP if spec.name not in ON_STRIP]
        post = [name for name in part.specs if name.startswith(POST)]
        pages: dict[str, Callable[[], QWidget]] = {}
        if panel is not None:
            pages[self.tr("Play")] = lambda: panel(models, part)
        if own:
            pages[self.tr("More")] = lambda: Grid(models, part, own, COLUMNS)
        pages[self.tr("Shape")] = lambda: Grid(models, part, post, COLUMNS)
        pages[self.tr("Set-up")] = lambda: SetUp(models, part, strip, COLUMNS)
        return pages

    def _tab(self, title: str, make: Callable[[], QWidget]) -> Toggle:
        tab = self.tabs[title] = Toggle(f"{self._part.name}: {title}", text=title)
        self._group.addButton(tab)
        page = _Lazy(make)
        self.stack.addWidget(page)
        tab.toggled.connect(lambda is_on: self.stack.setCurrentWidget(page.made()) if is_on else None)
        return tab

    def _store(self, slot: int) -> None:
        self._part.store(slot)
        self._say(self.tr("Snapshot {} of {} is kept").format(slot, self._part.name))

    def _say(self, text: str) -> None:
        self._models.status.say(text)

    def _show_slots(self) -> None:
        self.snapshots.show_slots(self._part.state.snapshots, self._part.current_slot)


class _Lazy(QScrollArea):
    """A page that is made when it is first looked at, and scrolls where there is no room for it."""

    def __init__(self, make: Callable[[], QWidget]) -> None:
        super().__init__()
        self._make: Callable[[], QWidget] | None = make
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def made(self) -> "_Lazy":
        """Itself, with the page in it."""
        if self._make is not None:
            self.setWidget(self._make())
            self._make = None
        return self
