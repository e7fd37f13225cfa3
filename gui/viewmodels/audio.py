"""The audio devices that the built-in sound can be heard on, by name: asked for in a process of its own."""

import json
import sys
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QObject, QProcess, Signal

from gui.viewmodels.ports import PortsModel

COMMAND: Final = (sys.executable, "-m", "realtime.synth.outputs")
END_MS: Final = 1_000


class AudioModel(QObject):
    """One look at a time. A device that is chosen and not there stays chosen: the usual one is heard meanwhile."""

    changed = Signal()

    def __init__(self, ports: PortsModel, *, command: Sequence[str] = COMMAND) -> None:
        super().__init__()
        self._ports, self._command = ports, tuple(command)
        self._names: tuple[str, ...] | None = None  # None: nobody has looked yet
        self._process = QProcess(self)
        self._process.finished.connect(self._finish)
        ports.changed.connect(self.changed)

    @property
    def chosen(self) -> str:
        """The name that is asked for; empty: the usual one."""
        return self._ports.now.audio

    @property
    def choices(self) -> list[str]:
        """The usual one (empty), all there are, and the chosen one though it is not there."""
        names = ["", *(self._names or ())]
        return names if self.chosen in names else [*names, self.chosen]

    def is_missing(self, name: str) -> bool:
        """Whether it is known not to be there."""
        return self._names is not None and name not in ("", *self._names)

    def look(self) -> None:
        """Ask which there are; takes a moment."""
        if self._process.state() == QProcess.ProcessState.NotRunning:
            self._process.start(self._command[0], self._command[1:])

    def choose(self, name: str) -> None:
        """Hear the built-in sound there from now on; the notes to the ports go on."""
        self._ports.change(audio=name)

    def finish(self) -> None:
        """At the end of the window."""
        if self._process.state() != QProcess.ProcessState.NotRunning:
            self._process.kill()
            self._process.waitForFinished(END_MS)

    def _finish(self, code: int, status: QProcess.ExitStatus) -> None:
        told = bytes(self._process.readAllStandardOutput().data()).decode("utf-8", "replace").splitlines()
        if code or status != QProcess.ExitStatus.NormalExit or not told:
            return  # as before: what cannot be heard is said by the sound itself
        names = tuple(map(str, json.loads(told[-1])))  # above it stands what the libraries print
        if names != self._names:
            self._names = names
            self.changed.emit()
