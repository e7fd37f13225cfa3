"""All painted widgets are tested in the dark theme, unless a test says otherwise."""

import pytest
from PySide6.QtWidgets import QApplication

from gui import theme


@pytest.fixture(autouse=True)
def dark(qapp: QApplication) -> theme.Theme:
    return theme.apply(qapp, "dark")
