"""Walks through all widgets of a window, and what each of them owes to who uses it."""

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenuBar,
    QScrollBar,
    QSplitter,
    QWidget,
)

from gui.widgets.status_line import StatusLine

INTERACTIVE = (QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit, QAbstractItemView)
QTS_OWN = ("qt_",)  # parts that Qt makes by itself begin so


def shown(window: QWidget) -> Iterator[QWidget]:
    """All widgets that can be seen."""
    return (widget for widget in window.findChildren(QWidget) if widget.isVisible())


def interactive(window: QWidget) -> Iterator[QWidget]:
    for widget in shown(window):
        is_inner = isinstance(widget.parentWidget(), QComboBox | QAbstractSpinBox | QAbstractItemView)
        is_qts = isinstance(widget, QScrollBar) or widget.objectName().startswith(QTS_OWN)
        if isinstance(widget, INTERACTIVE) and not is_inner and not is_qts:
            yield widget


def named(widget: QWidget) -> str:
    parents = [type(widget).__name__]
    parent = widget.parentWidget()
    while parent is not None and len(parents) < 4:
        parents.append(type(parent).__name__)
        parent = parent.parentWidget()
    return f"{' < '.join(parents)}: {widget.accessibleName()!r}"


def without_name(window: QWidget) -> list[str]:
    return [named(widget) for widget in interactive(window) if not widget.accessibleName().strip()]


def disabled_without_reason(window: QWidget) -> list[str]:
    return [named(widget) for widget in interactive(window) if not widget.isEnabled() and not widget.toolTip()]


def cut_off(window: QWidget) -> list[str]:
    """Labels and buttons with less room than their text needs."""
    found = []
    for widget in shown(window):
        if isinstance(widget, QAbstractButton):
            needs = widget.sizeHint().width() if widget.text() else 0
        elif isinstance(widget, QLabel) and not isinstance(widget, StatusLine):
            text = max(widget.text().splitlines() or [""], key=len)
            needs = 0 if widget.wordWrap() else widget.fontMetrics().horizontalAdvance(text)
        else:
            continue
        if needs > widget.width() + 1:
            found.append(f"{named(widget)} {widget.text()!r} needs {needs}, has {widget.width()}")  # type: ignore[attr-defined]
    return found


def outside(window: QWidget) -> list[str]:
    """Widgets that reach over the window's edge, but for what scrolls."""
    found = []
    for widget in interactive(window):
        if any(isinstance(parent, QAbstractScrollArea) for parent in parents_of(widget)):
            continue
        corner = widget.mapTo(window, widget.rect().bottomRight())
        if not window.rect().adjusted(0, 0, 1, 1).contains(corner):
            found.append(named(widget))
    return found


def parents_of(widget: QWidget) -> Iterator[QWidget]:
    parent = widget.parentWidget()
    while parent is not None:
        yield parent
        parent = parent.parentWidget()


def by_tab(window: QWidget, start: QWidget) -> list[QWidget]:
    """The widgets that Tab visits, in order, from `start` round to it again."""
    start.setFocus(Qt.FocusReason.TabFocusReason)
    visited: list[QWidget] = []
    while len(visited) < 1000:
        now = QApplication.focusWidget()
        if now is None or now in visited:
            break
        visited.append(now)
        window.focusNextPrevChild(True)
    return visited


def takes_tab(widget: QWidget) -> bool:
    return (
        bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        and widget.isEnabled()
        and not isinstance(widget, QMenuBar | QSplitter)
    )
