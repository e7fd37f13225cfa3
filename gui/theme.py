"""How Hocket looks: colours, spacings and fonts as data, dark and light, and the Qt palette made of them.

A painted widget asks `theme_of(self)`, which tells the theme by the palette in force: no module-level state, and a
change of theme reaches every widget as Qt's own palette change. Text has a contrast of at least 4.5:1 on every ground
it stands on, edges of coloured marks 3:1 (WCAG 2.2, 1.4.3 and 1.4.11).
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory, QToolTip, QWidget

FRAMES: Final = {"system": Qt.ColorScheme.Unknown, "dark": Qt.ColorScheme.Dark, "light": Qt.ColorScheme.Light}
SCHEMES: Final = tuple(FRAMES)
FAMILIES: Final = ("Inter", "Segoe UI Variable Text", "Segoe UI", ".AppleSystemUIFont", "Noto Sans", "DejaVu Sans")
POINTS: Final = 9.5  # of ordinary text; the sizes below are told from it
SMALL, LARGE = 0.86, 1.5  # of captions inside widgets, and of the transport's counters


@dataclass(frozen=True, slots=True, kw_only=True)
class Spacing:
    """Distances in logical pixels; Qt scales them with the screen."""

    ring: int = 2  # the focus ring
    tight: int = 4
    gap: int = 8
    wide: int = 16
    radius: int = 4
    target: int = 24  # the least height and width of what is clicked (WCAG 2.2, 2.5.8)


SPACE: Final = Spacing()


@dataclass(frozen=True, slots=True, kw_only=True)
class PartLook:
    """How one part is told from the others: a colour and a pattern, so never by colour alone."""

    name: str
    fill: str
    pattern: Qt.BrushStyle


# Okabe and Ito 2008, in an order that keeps neighbours far apart; the pattern is drawn over the fill.
PARTS: Final = (
    PartLook(name="orange", fill="#e69f00", pattern=Qt.BrushStyle.SolidPattern),
    PartLook(name="sky blue", fill="#56b4e9", pattern=Qt.BrushStyle.BDiagPattern),
    PartLook(name="green", fill="#009e73", pattern=Qt.BrushStyle.VerPattern),
    PartLook(name="purple", fill="#cc79a7", pattern=Qt.BrushStyle.FDiagPattern),
    PartLook(name="yellow", fill="#f0e442", pattern=Qt.BrushStyle.HorPattern),
    PartLook(name="vermilion", fill="#d55e00", pattern=Qt.BrushStyle.DiagCrossPattern),
    PartLook(name="blue", fill="#0072b2", pattern=Qt.BrushStyle.CrossPattern),
    PartLook(name="grey", fill="#999999", pattern=Qt.BrushStyle.Dense4Pattern),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """The colours of one scheme, as #rrggbb."""

    name: str
    window: str  # behind everything
    panel: str  # a strip, a dock
    raised: str  # a button, a slider's track
    hover: str  # the same under the pointer
    sunken: str  # the roll, a field, a meter's ground
    black_row: str  # the rows of the black keys in the roll
    line: str  # between things
    line_strong: str  # a bar line, the rim of a button
    text: str
    text_dim: str  # captions and units
    active: str  # what a slider is filled with where no part lends its colour
    active_edge: str
    on: str  # the ground of a switch that is on
    on_text: str
    focus: str
    good: str
    warn: str
    bad: str
    white_key: str
    black_key: str
    key_text: str


DARK: Final = Theme(
    name="dark",
    window="#17181a",
    panel="#202225",
    raised="#2c2f33",
    hover="#373b40",
    sunken="#111214",
    black_row="#0b0c0d",
    line="#2b2e32",
    line_strong="#4b5057",
    text="#e8e9ea",
    text_dim="#a5aab1",
    active="#46515e",
    active_edge="#b9c9db",
    on="#d7dde4",
    on_text="#17181a",
    focus="#7cc4ff",
    good="#3fc28a",
    warn="#f0b429",
    bad="#ff6b5e",
    white_key="#d9dbde",
    black_key="#24262a",
    key_text="#4a4f56",
)
LIGHT: Final = Theme(
    name="light",
    window="#dcdee1",
    panel="#eceef0",
    raised="#d3d6da",
    hover="#c6cad0",
    sunken="#fafbfb",
    black_row="#eef0f2",
    line="#d2d5d9",
    line_strong="#969ca5",
    text="#17191c",
    text_dim="#4b5159",
    active="#aab8c8",
    active_edge="#33475c",
    on="#2b3138",
    on_text="#fafbfb",
    focus="#0a5fb4",
    good="#07633d",
    warn="#754c00",
    bad="#b3261e",
    white_key="#ffffff",
    black_key="#33373c",
    key_text="#5b6169",
)
THEMES: Final = {theme.name: theme for theme in (DARK, LIGHT)}
# What "system" is by what the desktop says; dark where it says nothing.
DESKTOP: Final = {Qt.ColorScheme.Unknown: DARK, Qt.ColorScheme.Dark: DARK, Qt.ColorScheme.Light: LIGHT}
# Which texts stand on which grounds: the pairs whose contrast a test holds.
TEXT_ON: Final = (
    *((text, ground) for text in ("text", "text_dim") for ground in ("window", "panel", "raised", "hover", "sunken")),
    *((text, ground) for text in ("good", "warn", "bad") for ground in ("window", "panel")),
    ("text", "active"),
    ("text_dim", "black_row"),
    ("on_text", "on"),
    ("key_text", "white_key"),
)


@lru_cache(maxsize=256)
def colour(text: str, alpha: float = 1.0) -> QColor:
    """The QColor of #rrggbb, one for all who paint; `alpha` 0..1. Not to be changed."""
    made = QColor(text)
    made.setAlphaF(alpha)
    return made


@lru_cache(maxsize=256)
def mixed(first: str, second: str, share: float) -> str:
    """#rrggbb between two colours; `share` 0..1 of the second."""
    a, b = colour(first), colour(second)
    parts = zip((a.red(), a.green(), a.blue()), (b.red(), b.green(), b.blue()), strict=True)
    return "#" + "".join(f"{round(x + (y - x) * share):02x}" for x, y in parts)


def luminance(text: str) -> float:
    """Relative luminance 0..1 of #rrggbb (WCAG 2.2)."""
    made = QColor(text)
    channels = (made.redF(), made.greenF(), made.blueF())
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    """Contrast ratio 1..21 of two colours (WCAG 2.2)."""
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


def part_look(index: int) -> PartLook:
    """The look of the part at a place in the rack; after the eighth they come again."""
    return PARTS[index % len(PARTS)]


@lru_cache(maxsize=64)
def part_edge(theme: Theme, index: int) -> str:
    """The rim of a part's marks: its colour, moved away from the ground until it has 3:1 on it."""
    fill, away = part_look(index).fill, "#ffffff" if theme is DARK else "#000000"
    shares = (mixed(fill, away, step / 20) for step in range(4 if theme is DARK else 0, 21))
    return next((edge for edge in shares if contrast(edge, theme.sunken) >= 3), away)


def theme_of(widget: QWidget) -> Theme:
    """The theme whose palette is in force for `widget`."""
    return DARK if widget.palette().color(QPalette.ColorRole.Window).lightness() < 128 else LIGHT


def resolve(scheme: str) -> Theme:
    """The theme of a scheme (one of SCHEMES); "system" takes what the desktop says."""
    return DESKTOP[QGuiApplication.styleHints().colorScheme()] if scheme == "system" else THEMES[scheme]


def apply(app: QApplication, scheme: str = "system") -> Theme:
    """Give the application its style, palette and font; returns the theme. May be called again at any time."""
    app.styleHints().setColorScheme(FRAMES[scheme])  # the window's frame, where the desktop draws it
    theme = resolve(scheme)
    if app.style().objectName() != "fusion":
        app.setStyle(QStyleFactory.create("Fusion"))
    app.setPalette(palette_of(theme))
    QToolTip.setPalette(palette_of(theme))  # keeps one of its own
    app.setFont(_font())
    return theme


def palette_of(theme: Theme) -> QPalette:
    """Qt's palette in the theme's colours, for the widgets that Hocket does not paint itself."""
    role, group = QPalette.ColorRole, QPalette.ColorGroup
    palette = QPalette()
    for name, token in {
        role.Window: theme.window,
        role.WindowText: theme.text,
        role.Base: theme.sunken,
        role.AlternateBase: theme.panel,
        role.Text: theme.text,
        role.PlaceholderText: theme.text_dim,
        role.Button: theme.raised,
        role.ButtonText: theme.text,
        role.BrightText: theme.bad,
        role.ToolTipBase: theme.raised,
        role.ToolTipText: theme.text,
        role.Highlight: theme.active,
        role.HighlightedText: theme.text,
        role.Accent: theme.focus,
        role.Link: theme.focus,
        role.Light: theme.hover,
        role.Midlight: theme.raised,
        role.Mid: theme.line_strong,
        role.Dark: theme.line,
        role.Shadow: theme.sunken,
    }.items():
        palette.setColor(name, colour(token))
    for name in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(group.Disabled, name, colour(mixed(theme.text_dim, theme.window, 0.35)))
    return palette


def scaled(font: QFont, factor: float, *, bold: bool = False) -> QFont:
    """The font at another size, in points, so that it follows the screen's scale."""
    made = QFont(font)
    made.setPointSizeF(font.pointSizeF() * factor)
    if bold:
        made.setWeight(QFont.Weight.DemiBold)
    return made


def _font() -> QFont:
    there = set(QFontDatabase.families())
    family = next((name for name in FAMILIES if name in there), "")
    made = QFont(family) if family else QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    made.setPointSizeF(POINTS)
    if hasattr(QFont, "setFeature"):  # Qt 6.7: figures of one width, so that counters do not jump
        made.setFeature(QFont.Tag("tnum"), 1)
    return made
