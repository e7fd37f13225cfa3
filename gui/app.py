"""Puts the window together: host -> view-models -> views. Nothing is global, nobody reaches past what he is given."""

import os
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from shiboken6 import delete

from gui import theme
from gui.collector import Collector
from gui.models import Models
from gui.places import Places
from gui.viewmodels.actions import Actions
from gui.viewmodels.audio import AudioModel
from gui.viewmodels.common import CommonModel
from gui.viewmodels.engine_host import EngineHost
from gui.viewmodels.first_phrase import FirstPhrase
from gui.viewmodels.hands import HandsModel
from gui.viewmodels.instance import Instance
from gui.viewmodels.maps import MapsModel
from gui.viewmodels.meters import MetersModel
from gui.viewmodels.monitor import MonitorModel
from gui.viewmodels.notices import NoticesModel
from gui.viewmodels.outside import OutsideModel
from gui.viewmodels.panic import PanicModel
from gui.viewmodels.ports import PortsModel
from gui.viewmodels.preferences import PreferencesModel
from gui.viewmodels.presets import PresetsModel
from gui.viewmodels.rack import RackModel
from gui.viewmodels.roll import RollModel
from gui.viewmodels.sessions import SessionsModel
from gui.viewmodels.settings import Settings
from gui.viewmodels.status import WARNING, StatusModel
from gui.viewmodels.takes import TakesModel
from gui.viewmodels.training import TrainingModel
from gui.viewmodels.transport import TransportModel
from gui.viewmodels.troubles import TroublesModel
from gui.viewmodels.undo import Undo
from gui.views.main_window import MainWindow
from gui.widgets.icons import icon
from realtime import __version__
from realtime.session import read_session

SIGNALS_MS: Final = 500  # Python looks at its signals only while Python code runs
ENDING_SIGNALS: Final = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")  # by name: not all exist everywhere


def build_models(host: EngineHost, places: Places, settings: Settings | None = None) -> Models:
    """All view-models, on one host."""
    frame = _frame(host, places, settings or Settings(places.settings))
    undo: Undo = frame["undo"]
    rack = RackModel(host, undo, models=places.models)
    frame["sessions"].opened.connect(lambda session: rack.expect(session.part))
    return Models(
        **frame,
        rack=rack,
        troubles=TroublesModel(host, notices=frame["notices"], rack=rack),
        roll=RollModel(host, rack),
        hands=HandsModel(host),
        maps=MapsModel(host, undo),
        **_beside(host, places, frame, rack),
    )


def _frame(host: EngineHost, places: Places, settings: Settings) -> dict[str, Any]:
    """What all others stand on: by the names it has in `Models`."""
    actions, undo, notices, instance = Actions(), Undo(), NoticesModel(), Instance(places.state)
    status, transport = StatusModel(host), TransportModel(host)
    sessions = SessionsModel(
        host, places=places, settings=settings, status=status, transport=transport, undo=undo, instance=instance
    )
    return {
        "places": places,
        "settings": settings,
        "instance": instance,
        "actions": actions,
        "undo": undo,
        "host": host,
        "status": status,
        "notices": notices,
        "transport": transport,
        "panic": PanicModel(host, status),
        "meters": MetersModel(host),
        "sessions": sessions,
        "outside": OutsideModel(
            host, notices=notices, status=status, actions=actions, sessions=sessions, transport=transport
        ),
        "common": CommonModel(host, undo),
        "presets": PresetsModel(places.presets, status),
        "first": FirstPhrase(host, settings=settings, status=status, transport=transport),
    }


def _beside(host: EngineHost, places: Places, frame: dict[str, Any], rack: RackModel) -> dict[str, Any]:
    """Takes, ports, training, monitor: by the names they have in `Models`."""
    settings, sessions = frame["settings"], frame["sessions"]
    ports = PortsModel(host, sessions=sessions, settings=settings)
    wanted = ("sessions", "settings", "status", "actions", "undo")
    return {
        "takes": TakesModel(host, rack=rack, **{name: frame[name] for name in wanted}),
        "ports": ports,
        "audio": AudioModel(ports),
        "preferences": PreferencesModel(settings, ports, sessions),
        "training": TrainingModel(rack, places),
        "monitor": MonitorModel(host),
    }


def main(session: str = "", arguments: Sequence[str] = ("hocket",)) -> int:
    """Show the window until it is closed; returns the exit code. `session`: a file to begin with.

    Raises `FileError` if that cannot be read.
    """
    path = Path(session) if session else None
    if path is not None:
        read_session(path)  # said where it was asked for
    places = Places.of_user()
    settings = Settings(places.settings)
    _prepare(settings)
    app = QApplication(list(arguments))
    collector = Collector(app)
    _end_on_signals(app)
    app.setApplicationName("Hocket")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("hocket")
    theme.apply(app, settings.now.theme)
    app.setWindowIcon(icon("keyboard", theme.DARK))
    host = EngineHost()
    models = build_models(host, places, settings)
    models.sessions.begin(path)  # the engine starts while the window is built
    window = MainWindow(models)
    window.show()
    models.outside.offer_restore()
    for problem in filter(None, (settings.problem, models.instance.problem)):
        models.status.say(problem, WARNING)
    code = app.exec()
    window.hide()
    _finish(models)
    delete(window)  # while Python is whole: its filters of events must not be called any later
    collector.stop()
    return code


def _prepare(settings: Settings) -> None:
    """What has to be said before there is an application."""
    if settings.now.scale != 100:
        os.environ.setdefault("QT_SCALE_FACTOR", f"{settings.now.scale / 100:g}")
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)


def _end_on_signals(app: QApplication) -> None:
    for name in ENDING_SIGNALS:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: QTimer.singleShot(0, app.quit))  # also before `exec`
    timer = QTimer(app)
    timer.timeout.connect(lambda: None)
    timer.start(SIGNALS_MS)


def _finish(models: Models) -> None:
    """Keep everything, release everything."""
    models.training.finish()
    models.audio.finish()
    models.sessions.finish()
    models.settings.finish()
    models.host.stop()
    models.instance.finish()
