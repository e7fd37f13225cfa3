"""What the preferences page changes, and what each change needs: a setting, other ports, or another engine."""

from typing import Any, Final

import msgspec
from PySide6.QtCore import QCoreApplication, QObject, Signal

from gui.viewmodels.ports import PortsModel
from gui.viewmodels.sessions import SessionsModel
from gui.viewmodels.settings import SCALES, THEMES, Settings
from realtime.messages import THRU_MODES
from realtime.session import BACKENDS, Remote

OF_PORTS: Final = ("backend", "input", "output", "thru", "sound", "soundfont", "audio")
AT_NEXT_START: Final = ("scale",)
# Which values there are, and how they are called.
CHOICES: Final[dict[str, tuple[tuple[Any, str], ...]]] = {
    "theme": tuple(zip(THEMES, ("As the system", "Dark", "Light"), strict=True)),
    "scale": tuple((scale, f"{scale} %") for scale in SCALES),
    "backend": tuple(
        zip(
            BACKENDS,
            ("The best there is", "JACK", "RtMidi (system)", "RtMidi on JACK", "None: screen and files"),
            strict=True,
        )
    ),
    "thru": tuple(zip(THRU_MODES, ("Nothing", "Controllers, not notes", "All that is played"), strict=True)),
}


class PreferencesModel(QObject):
    """`value` and `set` by the names of `Preferences`; whatever changed is told by `changed`."""

    changed = Signal(str)

    def __init__(self, settings: Settings, ports: PortsModel, sessions: SessionsModel) -> None:
        super().__init__()
        self._settings, self._ports, self._sessions = settings, ports, sessions
        settings.changed.connect(self.changed)
        ports.changed.connect(self._follow_ports)
        sessions.opened.connect(lambda _: self.changed.emit("osc"))
        self._shown = ports.now

    def value(self, name: str) -> Any:
        """What is so now: of ports, what the open session has."""
        if name == "thru":
            return self._ports.now.passed_on().mode
        if name == "osc":
            return self._sessions.session.remote.osc
        return getattr(self._ports.now if name in OF_PORTS else self._settings.now, name)

    def set(self, name: str, value: Any) -> None:
        """Change one. Raises `ValueError` for what cannot be."""
        if value == self.value(name):
            return
        if name in OF_PORTS:
            self._ports.change(**{name: value})
        elif name == "osc":
            remote = Remote(osc=value)  # refuses what is no port
            self._settings.set(osc=value)
            self._sessions.open_session(msgspec.structs.replace(self._sessions.newest(), remote=remote))
        else:
            self._settings.set(**{name: value})
            if name == "takes":  # the engine writes them, and is told where when it begins
                self._sessions.open_session(self._sessions.newest())

    def choices(self, name: str) -> list[tuple[Any, str]]:
        """The values there are, with their names in the user's language."""
        return [(value, tr(text)) for value, text in CHOICES[name]]

    def _follow_ports(self) -> None:
        before, self._shown = self._shown, self._ports.now
        for name in OF_PORTS:
            if getattr(before, name) != getattr(self._shown, name):
                self.changed.emit(name)


def tr(text: str) -> str:
    """In the user's language."""
    return QCoreApplication.translate("preferences", text)
