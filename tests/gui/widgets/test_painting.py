"""What holds for all painted widgets: both themes, both scales, and no reference to None lost."""

import sys
from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QRect, QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gui import theme
from gui.widgets import gallery
from gui.widgets.roll import PianoRoll
from tests.faults.long import seconds

CALLS = round(seconds(1_000, 200_000))
SPARE = 5 * CALLS  # references to None, so that the test survives the fault
INK = QColor(1, 2, 3)
# PySide6 6.12.0 takes one reference off None at each of these; before Python 3.12 that ends the process after ~5,000.
PAINTING: dict[str, Callable[[QPainter], None]] = {
    "fillRect of numbers": lambda painter: painter.fillRect(0, 0, 4, 4, INK),
    "fillRect of a QRect": lambda painter: painter.fillRect(QRect(0, 0, 4, 4), INK),
    "fillRect of a QRectF": lambda painter: painter.fillRect(QRectF(0, 0, 4, 4), INK),
    "drawRect": lambda painter: painter.drawRect(0, 0, 4, 4),
    "drawRects": lambda painter: painter.drawRects([QRectF(0, 0, 4, 4)]),
    "drawLine": lambda painter: painter.drawLine(0, 0, 4, 4),
    "drawText": lambda painter: painter.drawText(0, 4, "x"),
    "setPen": lambda painter: painter.setPen(INK),
    "translate": lambda painter: painter.translate(1, 1),
}


def blank(widget: QWidget, ratio: float) -> QImage:
    image = QImage(widget.size() * ratio, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    return image


def picture_of(widget: QWidget, ratio: float) -> QImage:
    image = blank(widget, ratio)
    widget.render(image, QPoint())
    return image


@pytest.mark.parametrize("call", PAINTING)
def test_painting_keeps_its_references_to_none(qapp: QApplication, call: str) -> None:
    image, spare = QImage(64, 64, QImage.Format.Format_ARGB32), [None] * SPARE
    painter = QPainter(image)
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        PAINTING[call](painter)
    lost = before - sys.getrefcount(None)
    painter.end()
    assert abs(lost) < CALLS / 10
    assert len(spare) == SPARE


def test_a_hundred_frames_of_the_roll_keep_them_too(qtbot: QtBot) -> None:
    roll = gallery.example_roll()
    qtbot.addWidget(roll)
    roll.resize(600, 300)
    spare, image = [None] * 50_000, blank(roll, 1)
    roll.render(image, QPoint())
    before = sys.getrefcount(None)
    for frame in range(100):
        roll.set_now(frame * 16)
        roll.render(image, QPoint())
    assert abs(before - sys.getrefcount(None)) < 100
    assert len(spare) == 50_000


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_the_gallery_paints_in_each_theme_and_scale(
    qapp: QApplication, qtbot: QtBot, scheme: str, ratio: float
) -> None:
    theme.apply(qapp, scheme)
    page = gallery.page()
    qtbot.addWidget(page)
    page.resize(*gallery.SIZE)
    page.show()
    qapp.processEvents()
    image = picture_of(page, ratio)
    assert image.size() == QSize(*gallery.SIZE) * ratio
    colours = {image.pixel(x, y) for x in range(0, image.width(), 7) for y in range(0, image.height(), 7)}
    assert len(colours) > 100
    window = QColor(theme.THEMES[scheme].window).rgb()
    assert image.pixel(2, 2) == window


def test_all_widgets_of_the_gallery_that_take_the_focus_have_a_name_and_help(qtbot: QtBot) -> None:
    page = gallery.page()
    qtbot.addWidget(page)
    with_focus = [w for w in page.findChildren(QWidget) if w.focusPolicy() and w.isVisibleTo(page)]
    assert len(with_focus) > 40
    assert [w for w in with_focus if not w.accessibleName()] == []
    ours = [w for w in with_focus if type(w).__module__.startswith("gui.")]
    silent = {type(w).__name__ for w in ours if not (w.toolTip() or w.accessibleDescription())}
    assert silent == set()


def test_a_change_of_theme_drops_what_was_cached(qapp: QApplication, qtbot: QtBot) -> None:
    roll = PianoRoll()
    qtbot.addWidget(roll)
    roll.resize(300, 200)
    roll.show()
    dark = picture_of(roll, 1)
    theme.apply(qapp, "light")
    qapp.processEvents()
    light = picture_of(roll, 1)
    assert dark.pixel(200, 100) != light.pixel(200, 100)
    assert dark.pixel(10, 100) != light.pixel(10, 100), "the keys too"
