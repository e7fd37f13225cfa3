"""Pictures of the window for the README, with a real engine: `python -m tests.gui.screenshots FOLDER` under a display.

Each scene is a step on from the last one; the one at 200 % is a process of its own: Qt takes its scale at the start.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from PySide6.QtCore import QBuffer, QByteArray, QEventLoop, QIODevice, Qt, QTimer
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import delete

from gui import theme
from gui.app import build_models
from gui.collector import Collector
from gui.models import Models
from gui.places import Places
from gui.viewmodels.engine_host import EngineHost
from gui.viewmodels.outside import WHERE
from gui.viewmodels.settings import Settings
from gui.views.main_window import MainWindow
from gui.views.roll_view import RollView
from realtime.engine.commands import Capture, Launch
from tests.jack_server import JackServer

MOST_BYTES: Final = 200_000
SCALE: Final = "2"


@dataclass(frozen=True)
class Scene:
    """What is done, how long the music goes on, and the picture's name."""

    name: str
    do: Callable[[Models, MainWindow], QWidget | None]  # a window of its own to take instead
    seconds: float


def wait(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def first_start(_models: Models, _window: MainWindow) -> None:
    """As it opens."""


def play(models: Models, _window: MainWindow) -> None:
    """The first phrase and its answer, then all four."""
    models.transport.play()
    wait(5.5)
    for part in ("morph", "quartet", "sketch"):
        models.host.ask(Launch(part))
    models.notices.close(WHERE)
    models.rack.select(models.rack["quartet"])


def morph(models: Models, _window: MainWindow) -> None:
    """Its panel, with two snapshots."""
    part = models.rack["morph"]
    models.rack.select(part)
    part.store(1)
    part.set("density", 1.2)
    part.set("syncopation", 1.5)
    wait(1.0)
    part.store(2)


def takes(models: Models, _window: MainWindow) -> None:
    """Some bars caught."""
    models.rack.select(models.rack["continue"])
    for source in ("", "morph", "quartet"):
        models.host.ask(Capture(4, source))


def connect(models: Models, window: MainWindow) -> QWidget | None:
    """The page for a DAW."""
    before = set(QApplication.topLevelWidgets())
    models.actions.do("connect")
    wait(1.5)
    opened = [w for w in QApplication.topLevelWidgets() if w.isVisible() and w not in before and w is not window]
    return opened[0] if opened else None


def light(models: Models, window: MainWindow) -> None:
    """The other theme."""
    for other in QApplication.topLevelWidgets():
        if other is not window and other.isVisible():
            other.close()
    models.rack.select(models.rack["sketch"])
    models.settings.set(theme="light")


SCENES: Final = (
    Scene("first-start", first_start, 3.0),
    Scene("playing", play, 9.0),
    Scene("morph", morph, 3.0),
    Scene("takes", takes, 3.0),
    Scene("connect", connect, 0.5),
    Scene("light", light, 2.0),
)
LARGE: Final = (Scene("scale-200", play, 6.0),)
STRIP: Final = (2.6, 4.2, 7.0)  # seconds between the strip's pictures of the roll: you play, it answers, all play
STRIP_GAP: Final = 6  # pixels


def strip(models: Models, window: MainWindow) -> QImage:
    """The roll at three moments, one under the other."""
    roll = window.view(RollView)
    moments = []
    models.transport.play()
    for number, seconds in enumerate(STRIP):
        wait(seconds)
        moments.append(roll.grab().toImage())
        if number == 1:
            for part in ("morph", "quartet", "sketch"):
                models.host.ask(Launch(part))
    whole = QImage(moments[0].width(), sum(image.height() + STRIP_GAP for image in moments), moments[0].format())
    whole.fill(theme.DARK.window)
    painter = QPainter(whole)
    top = 0
    for image in moments:
        painter.drawImage(0, top, image)
        top += image.height() + STRIP_GAP
    painter.end()
    return whole


def save(image: QImage, path: Path) -> None:
    """Write the picture, with fewer colours if it would be too large."""
    for made in _smaller(image):
        data = QByteArray()
        buffer = QBuffer(data)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        made.save(buffer, "PNG", 0)  # type: ignore[call-overload]  # 0: the smallest file
        if data.size() <= MOST_BYTES:
            break
    path.write_bytes(bytes(data.data()))
    print(f"{path}: {data.size() / 1000:.0f} kB", flush=True)


def _smaller(image: QImage) -> Iterator[QImage]:
    """The picture with all its colours, with its 256 commonest ones, and that at a lower scale."""
    whole = image.convertToFormat(QImage.Format.Format_RGB32)
    yield whole
    yield _indexed(whole)
    yield _indexed(whole.scaledToWidth(image.width() * 3 // 4, Qt.TransformationMode.SmoothTransformation))


def _indexed(image: QImage) -> QImage:
    pixels = np.frombuffer(image.constBits(), np.uint32)
    colours, counts = np.unique(pixels, return_counts=True)
    commonest = [int(colour) for colour in colours[np.argsort(-counts)[:256]]]
    return image.convertToFormat(QImage.Format.Format_Indexed8, commonest, Qt.ImageConversionFlag.ThresholdDither)


@contextmanager
def opened(places: Places) -> Iterator[tuple[Models, MainWindow]]:
    """The window with its engine, as it begins."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    settings = Settings(places.settings)
    settings.set(theme="dark")
    theme.apply(app, "dark")
    host = EngineHost()
    models = build_models(host, places, settings)
    models.sessions.begin()
    window = MainWindow(models)
    window.show()
    collector = Collector(app)
    wait(1.5)
    yield models, window
    window.close()
    host.stop()
    delete(window)
    models.instance.finish()
    collector.stop()


def take(scenes: tuple[Scene, ...], folder: Path, places: Places) -> None:
    with opened(places) as (models, window):
        for scene in scenes:
            other = scene.do(models, window)
            wait(scene.seconds)
            save((other or window).grab().toImage(), folder / f"{scene.name}.png")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--large", action="store_true", help="the picture at 200 %% alone")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack, tempfile.TemporaryDirectory() as made:
        temporary = Path(made)
        if options.large:
            take(LARGE, options.folder, Places.under(temporary))
            return
        if JackServer.is_installed():  # MIDI ports and an audio output, as a musician has them
            stack.enter_context(JackServer(temporary / "jack.log", name=f"hocket-pictures-{os.getpid()}"))
        with opened(Places.under(temporary / "strip")) as (models, window):
            save(strip(models, window), options.folder / "strip.png")
        take(SCENES, options.folder, Places.under(temporary / "scenes"))
        command = [sys.executable, "-m", "tests.gui.screenshots", str(options.folder), "--large"]
        subprocess.run(command, check=True, env=os.environ | {"QT_SCALE_FACTOR": SCALE})


if __name__ == "__main__":
    main()
