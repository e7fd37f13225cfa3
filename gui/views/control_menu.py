"""The menu of a control: learn, forget, how the controller moves it, back to the default."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from gui.models import Models
from gui.viewmodels.maps import controller_of
from gui.viewmodels.part import PartModel
from realtime.engine.maps import FOURTEEN_BIT, MODES, TAKEOVERS

MODE_TEXTS = {
    "7-bit": "7 bits, 0 to 127",
    "14-bit": "14 bits, two controllers",
    "relative-2s": "relative, 1 up and 127 down",
    "relative-64": "relative, 65 up and 63 down",
}
TAKEOVER_TEXTS = {
    "jump": "jump: the value is the knob's",
    "pick-up": "pick up: nothing moves until the knob meets the value",
    "scale": "scale: the value runs towards the knob",
}


def control_menu(models: Models, part: PartModel, name: str, widget: QWidget) -> QMenu:
    """To be popped up where it was asked for; it goes when it closes."""
    menu = QMenu(widget)
    menu.aboutToHide.connect(menu.deleteLater)
    fill_menu(menu, models, part, name, widget)
    return menu


def fill_menu(menu: QMenu, models: Models, part: PartModel, name: str, widget: QWidget) -> None:
    """What can be done with a control."""
    menu.setToolTipsVisible(True)
    maps = models.maps
    learning = maps.is_learning(part.name, name)
    mapped = maps.map_of(part.name, name)
    _add(menu, tr("Stop learning") if learning else tr("Learn a controller"), lambda: maps.learn(part.name, name))
    if mapped is not None:
        _add(menu, tr("Forget {}").format(controller_of(mapped)), lambda: maps.forget(part.name, name))
        _choices(menu, models, part, name)
        _add(menu, tr("Range and all maps..."), lambda: models.actions.do("maps"))
    menu.addSeparator()
    default = part.specs[name].default
    _add(menu, tr("Back to the default"), lambda: part.set(name, default))
    if hasattr(widget, "begin_typing"):
        _add(menu, tr("Type a value..."), widget.begin_typing)


def _choices(menu: QMenu, models: Models, part: PartModel, name: str) -> None:
    maps = models.maps
    mapped = maps.map_of(part.name, name)
    assert mapped is not None
    modes = menu.addMenu(tr("The controller sends"))
    modes.setToolTipsVisible(True)
    for mode in MODES:
        action = _add(modes, tr(MODE_TEXTS[mode]), partial(maps.change, part.name, name, mode=mode))
        action.setCheckable(True)
        action.setChecked(mode == mapped.mode)
        if mode == FOURTEEN_BIT and mapped.cc > 31:
            action.setEnabled(False)
            action.setToolTip(tr("14 bits need a controller of 0 to 31; this is {}").format(mapped.cc))
    takeovers = menu.addMenu(tr("When knob and value differ"))
    for takeover in TAKEOVERS:
        action = _add(
            takeovers,
            tr(TAKEOVER_TEXTS[takeover]),
            partial(maps.change, part.name, name, takeover=takeover),
        )
        action.setCheckable(True)
        action.setChecked(takeover == mapped.takeover)


def _add(menu: QMenu, text: str, do: Callable[[], object]) -> QAction:
    action = menu.addAction(text)
    action.triggered.connect(lambda _=False: do())
    return action


def tr(text: str) -> str:
    """In the user's language."""
    return QCoreApplication.translate("control", text)
