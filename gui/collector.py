"""Python's search for cycles of garbage, in the window's thread alone.

It runs in whichever thread happens to allocate. A cycle with a Qt object in it that the reader of the engine's pipe
sweeps away takes its timers down in the wrong thread, and the program with it.
"""

import gc
from typing import Final

from PySide6.QtCore import QObject, QTimer

LOOK_MS: Final = 1_000


class Collector(QObject):
    """Takes the search over as long as it lives; to be made and stopped in the window's thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._is_settled = False
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)
        self._timer.start(LOOK_MS)

    def look(self) -> None:
        """Collect the oldest generation that is due; at first all, and what is left then stays."""
        if not self._is_settled:
            gc.collect()
            gc.freeze()
            self._is_settled = True
        counts = zip(gc.get_count(), gc.get_threshold(), strict=True)
        due = [age for age, (count, most) in enumerate(counts) if count > most]
        if due:
            gc.collect(due[-1])

    def stop(self) -> None:
        """Give it back to Python."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()
