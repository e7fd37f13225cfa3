import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gui import theme
from gui.theme import DARK, LIGHT, PARTS, TEXT_ON, Theme, contrast, part_edge, theme_of
from gui.widgets.painted import fill_of

BOTH = pytest.mark.parametrize("look", [DARK, LIGHT], ids=lambda look: look.name)


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)  # the grey that just fails
    assert contrast("#ffffff", "#777777") == contrast("#777777", "#ffffff")


@BOTH
def test_text_can_be_read_wherever_it_stands(look: Theme) -> None:
    poor = {
        (text, ground): round(ratio, 2)
        for text, ground in TEXT_ON
        if (ratio := contrast(getattr(look, text), getattr(look, ground))) < 4.5
    }
    assert poor == {}


@BOTH
@pytest.mark.parametrize("part", [None, *range(len(PARTS))])
def test_a_sliders_text_can_be_read_on_its_fill(look: Theme, part: int | None) -> None:
    ground, _ = fill_of(look, part)
    assert contrast(look.text, ground) >= 4.5


@BOTH
@pytest.mark.parametrize("part", range(len(PARTS)))
def test_the_rim_of_a_parts_marks_stands_out(look: Theme, part: int) -> None:
    assert contrast(part_edge(look, part), look.sunken) >= 3


@BOTH
def test_ring_and_state_marks_stand_out(look: Theme) -> None:
    for ground in (look.window, look.panel, look.raised, look.sunken):
        assert contrast(look.focus, ground) >= 3
    for mark in (look.good, look.warn, look.bad):
        assert contrast(mark, look.window) >= 3


def test_parts_differ_in_colour_and_in_pattern() -> None:
    assert len({part.fill for part in PARTS}) == len({part.pattern for part in PARTS}) == len(PARTS) == 8


def test_a_widget_learns_the_theme_from_its_palette(qapp: QApplication, qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    assert theme.apply(qapp, "light") is LIGHT
    qapp.processEvents()  # Qt tells its widgets by events
    assert theme_of(widget) is LIGHT
    assert theme.apply(qapp, "dark") is DARK
    qapp.processEvents()
    assert theme_of(widget) is DARK
    assert qapp.style().objectName() == "fusion"


def test_the_desktop_decides_about_system(qapp: QApplication) -> None:
    says = qapp.styleHints().colorScheme()
    assert theme.resolve("system") is (LIGHT if says == Qt.ColorScheme.Light else DARK)


@BOTH
def test_qts_own_widgets_get_readable_colours(look: Theme) -> None:
    palette, role = theme.palette_of(look), QPalette.ColorRole
    for text, ground in (
        (role.WindowText, role.Window),
        (role.Text, role.Base),
        (role.ButtonText, role.Button),
        (role.HighlightedText, role.Highlight),
        (role.ToolTipText, role.ToolTipBase),
    ):
        assert contrast(palette.color(text).name(), palette.color(ground).name()) >= 4.5


def test_fonts_are_in_points_so_that_they_scale(qapp: QApplication) -> None:
    font = qapp.font()
    assert font.pixelSize() == -1
    assert font.pointSizeF() == theme.POINTS
    assert theme.scaled(font, 2).pointSizeF() == pytest.approx(2 * theme.POINTS)


def test_colours_are_made_once() -> None:
    assert theme.colour("#123456") is theme.colour("#123456")
    assert theme.colour("#123456", 0.5).alphaF() == pytest.approx(0.5, abs=0.01)
    assert theme.mixed("#000000", "#ffffff", 0.5) == QColor(128, 128, 128).name()
