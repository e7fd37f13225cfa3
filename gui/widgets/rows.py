"""Widgets beside one another and under one another."""

from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from gui.theme import SPACE

Margins = tuple[int, int, int, int]  # left, top, right, bottom
NONE: Margins = (0, 0, 0, 0)


class Row(QWidget):
    """Widgets beside one another."""

    def __init__(self, *widgets: QWidget | int, margins: Margins = NONE, spacing: int = SPACE.gap) -> None:
        """A number is stretch."""
        super().__init__()
        fill(QHBoxLayout(self), *widgets, margins=margins, spacing=spacing)


class Column(QWidget):
    """Widgets under one another."""

    def __init__(self, *widgets: QWidget | int, margins: Margins = NONE, spacing: int = SPACE.gap) -> None:
        """A number is stretch."""
        super().__init__()
        fill(QVBoxLayout(self), *widgets, margins=margins, spacing=spacing)


def fill(layout: QBoxLayout, *widgets: QWidget | int, margins: Margins = NONE, spacing: int = SPACE.gap) -> None:
    """Widgets and stretches into a row or a column."""
    layout.setContentsMargins(*margins)
    layout.setSpacing(spacing)
    for widget in widgets:
        if isinstance(widget, int):
            layout.addStretch(widget)
        else:
            layout.addWidget(widget)
