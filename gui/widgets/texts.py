"""The widgets' own texts, in the language of the screen."""

from PySide6.QtCore import QCoreApplication

CONTEXT = "widgets"


def tr(text: str, **values: object) -> str:
    """A text in the language of the screen; {names} in it are filled in after it was translated."""
    return QCoreApplication.translate(CONTEXT, text).format(**values)
