"""The window: one screen with named places, and what stands in each."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QMainWindow, QSplitter, QVBoxLayout, QWidget

from gui import theme
from gui.models import Models
from gui.viewmodels.status import WARNING, Message
from gui.views.banner import Banner
from gui.views.first_look import FirstLook
from gui.views.keyboard_view import KeyboardView
from gui.views.learn_actions import LearnActions
from gui.views.menus import Menus
from gui.views.part_panel import PartPanel
from gui.views.rack_view import RackView
from gui.views.roll_view import RollView
from gui.views.side_windows import SideWindows
from gui.views.status_bar import StatusBar
from gui.views.takes_panel import TakesPanel
from gui.views.transport_bar import TransportBar
from gui.views.window_actions import WindowActions
from gui.widgets.status_line import ToastLabel

SIZE: Final = (1180, 720)
SPLITS: Final = {"middle": (250, 680, 250), "centre": (258, 252)}  # logical pixels, at the first start

# What stands where: a line a view. Places, from top to bottom: top, banner, rack (left), roll (centre), panel (under
# the roll), side (right), bottom.
VIEWS: Final[tuple[tuple[str, Callable[[Models], QWidget]], ...]] = (
    ("top", TransportBar),
    ("banner", Banner),
    ("rack", RackView),
    ("roll", RollView),
    ("panel", PartPanel),
    ("bottom", KeyboardView),
    ("side", TakesPanel),
    ("bottom", StatusBar),
)


class MainWindow(QMainWindow):
    """Lays the places out and fills them."""

    def __init__(self, models: Models) -> None:
        super().__init__()
        self.models = models
        self._places: dict[str, QVBoxLayout] = {}
        self._splitters: dict[str, QSplitter] = {}
        self._lay_out()
        self.views = [self._add(place, make) for place, make in VIEWS]
        FirstLook(models.first, self.view(RollView).roll)  # type: ignore[attr-defined]
        models.status.said.connect(self._say)
        self.menus = Menus(self, models)
        self._actions = WindowActions(self, models)
        LearnActions(models, self)
        self.beside = SideWindows(self, models)
        models.sessions.changed.connect(self._show_title)
        models.settings.changed.connect(self._follow_setting)
        models.settings.failed.connect(lambda why: models.status.say(why, WARNING))
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow_desktop)
        self._show_title()
        self._place_itself()
        self.focus_first()

    def view(self, kind: type[QWidget]) -> QWidget:
        """The view of a kind. Raises `StopIteration` if there is none."""
        return next(view for view in self.views if isinstance(view, kind))

    def focus_first(self) -> None:
        """On Play."""
        self.view(TransportBar).play.setFocus(Qt.FocusReason.OtherFocusReason)  # type: ignore[attr-defined]

    # --- building ----------------------------------------------------------------------------------------

    def _add(self, place: str, make: Callable[[Models], QWidget]) -> QWidget:
        view = make(self.models)
        self._places[place].addWidget(view)
        return view

    def _lay_out(self) -> None:
        centre = self._splitter("centre", Qt.Orientation.Vertical, self._place("roll"), self._place("panel"))
        sides = self._place("rack"), centre, self._place("side")
        middle = self._splitter("middle", Qt.Orientation.Horizontal, *sides)
        middle.setStretchFactor(1, 1)
        whole = QWidget()
        rows = QVBoxLayout(whole)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        for name in ("top", "banner"):
            rows.addWidget(self._place(name))
        rows.addWidget(middle, 1)
        rows.addWidget(self._place("bottom"))
        self.setCentralWidget(whole)
        self.toast = ToastLabel(whole)

    def _place(self, name: str) -> QWidget:
        place = QWidget()
        place.setObjectName(name)
        rows = self._places[name] = QVBoxLayout(place)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        return place

    def _splitter(self, name: str, orientation: Qt.Orientation, *widgets: QWidget) -> QSplitter:
        splitter = self._splitters[name] = QSplitter(orientation)
        splitter.setChildrenCollapsible(False)
        for widget in widgets:
            splitter.addWidget(widget)
        splitter.setSizes(list(self.models.settings.now.splits.get(name, SPLITS[name])))
        return splitter

    # --- the window itself -------------------------------------------------------------------------------

    def _place_itself(self) -> None:
        """Where it was the last time, if that is still on a screen."""
        self.resize(*SIZE)
        kept = self.models.settings.now.window
        if kept is not None:
            x, y, width, height = kept
            if any(screen.availableGeometry().contains(x + width // 2, y + 8) for screen in QGuiApplication.screens()):
                self.setGeometry(x, y, width, height)

    def _show_title(self) -> None:
        sessions = self.models.sessions
        self.setWindowTitle(f"{sessions.title}[*] - Hocket")
        self.setWindowModified(sessions.is_changed)

    def _say(self, message: Message) -> None:
        if message.is_toast:
            self.toast.say(message.text, message.level)

    def _follow_setting(self, name: str) -> None:
        app = QApplication.instance()
        if name == "theme" and isinstance(app, QApplication):
            theme.apply(app, self.models.settings.now.theme)

    def _follow_desktop(self) -> None:
        """The desktop has changed between dark and light."""
        if self.models.settings.now.theme == "system":
            self._follow_setting("theme")

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802  Qt's name
        """Nothing is asked: the session is kept, and comes back at the next start."""
        if not (self.isMaximized() or self.isFullScreen()):
            box = self.geometry()
            self.models.settings.set(window=(box.x(), box.y(), box.width(), box.height()))
        splits = {name: tuple(splitter.sizes()) for name, splitter in self._splitters.items()}
        self.models.settings.set(splits=splits)
        super().closeEvent(event)
        QApplication.quit()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  Qt's name
        """Full screen by the desktop's own means shows in the menu too."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange:
            self.models.actions.set_on("full_screen", self.isFullScreen())
