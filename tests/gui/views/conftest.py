"""The whole window, or its rack alone, on a host without an engine."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from gui import theme
from gui.models import Models
from gui.views.main_window import SIZE, MainWindow
from realtime.messages import Ready, SoundChanged, Transport
from tests.gui.described import rack_reports
from tests.gui.fakes import FakeHost
from tests.gui.rack_rig import open_rack
from tests.gui.views.rack_stage import Stage

READY = Ready(wire_version=3, backend="jack", in_port="In", out_port="Out", realtime_priority="none: test")


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication, models: Models, host: FakeHost) -> Iterator[MainWindow]:
    theme.apply(qapp, "dark")
    models.sessions.begin()
    window = MainWindow(models)
    window.resize(*SIZE)
    window.show()
    host.tell(READY, Transport(playing=False, tick=0, source="internal"), SoundChanged(there=True), *rack_reports())
    host.asked.clear()
    with qtbot.waitActive(window):
        window.activateWindow()
    window.focus_first()
    qapp.processEvents()
    yield window
    window.close()
    delete(window)  # while all that it stands on is there
    models.instance.finish()


@pytest.fixture
def stage(qtbot: QtBot, qapp: QApplication, models: Models, host: FakeHost) -> Iterator[Stage]:
    theme.apply(qapp, "dark")
    made = Stage(models, host)
    qtbot.addWidget(made)
    open_rack(host)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    yield made
    qapp.closeAllWindows()
