from math import inf, nan

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon
from pytestqt.qtbot import QtBot

from gui.theme import DARK, LIGHT
from gui.widgets.curve import Curve, Series
from gui.widgets.icons import ICONS, icon


@pytest.fixture
def curve(qtbot: QtBot) -> Curve:
    made = Curve("Loss")
    qtbot.addWidget(made)
    made.resize(320, 160)
    return made


def test_a_curve_is_told_in_words(curve: Curve) -> None:
    assert curve.accessibleDescription() == "nothing yet"
    curve.show_series([Series(name="train", points=((0, 4.0), (100, 1.5), (200, 1.75)))])
    assert curve.accessibleDescription() == "train 1.75 after 200 steps, lowest 1.5"


def test_what_is_no_number_is_left_out(curve: Curve) -> None:
    curve.show_series(
        [Series(name="train", points=((0, nan), (1, 2.0), (2, inf), (3, 1.0))), Series(name="e", points=())]
    )
    assert curve.bounds() == pytest.approx((1, 3, 0.95, 2.05))
    curve.grab()


@pytest.mark.parametrize("points", [((0, 1.0),), ((0, 0.0), (1, 0.0)), tuple((x, x * x) for x in range(10_000))])
def test_any_number_of_points_is_drawn(curve: Curve, points: tuple[tuple[float, float], ...]) -> None:
    empty = curve.grab().toImage()
    curve.show_series([Series(name="train", points=points)])
    assert curve.grab().toImage() != empty


def test_all_icons_differ_and_follow_the_theme(qtbot: QtBot) -> None:
    size = QSize(24, 24)
    pictures = [icon(name, DARK).pixmap(size).toImage() for name in ICONS]
    assert all(a != b for i, a in enumerate(pictures) for b in pictures[i + 1 :])
    assert icon("play", LIGHT).pixmap(size).toImage() != pictures[0]
    assert icon("play", DARK).pixmap(size, QIcon.Mode.Disabled).toImage() != pictures[0]


def test_an_unknown_icon_is_named() -> None:
    with pytest.raises(KeyError, match="no icon 'trumpet'"):
        icon("trumpet", DARK)
