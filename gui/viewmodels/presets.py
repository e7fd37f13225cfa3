"""Presets of a part: the values of its controls under a name, a file each, in a folder for each kind of model."""

import re
from pathlib import Path
from typing import Final

import msgspec
from PySide6.QtCore import QCoreApplication, QObject

from gui.viewmodels.part import PartModel
from gui.viewmodels.status import FAILURE, WARNING, StatusModel
from realtime.engine.setup import POST
from realtime.errors import HocketError
from realtime.session import SUFFIX, Session, read_session, write_session

NAME: Final = re.compile(r"[^/\\:*?\"<>|.\x00-\x1f][^/\\:*?\"<>|\x00-\x1f]{0,63}")  # a file name everywhere


class PresetsModel(QObject):
    """A preset is a session file with one part: whoever opens it as a session hears the same."""

    def __init__(self, folder: Path, status: StatusModel) -> None:
        super().__init__()
        self._folder, self._status = folder, status

    def names(self, part: PartModel) -> list[str]:
        """Those there are for a part's kind of model."""
        return sorted(path.stem for path in self._file(part, "any").parent.glob(f"*{SUFFIX}"))

    def save(self, part: PartModel, name: str) -> bool:
        """Keep the values that the part has now; an older preset of that name is replaced."""
        name = name.strip()
        if not NAME.fullmatch(name):
            self._status.say(tr("A preset's name is 1 to 64 characters that a file name can have"), WARNING)
            return False
        path, setup = self._file(part, name), msgspec.structs.replace(part.setup(), name="")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_session(Session(part=(setup,)), path)
        except (OSError, HocketError) as error:
            self._status.say(str(error), FAILURE)
            return False
        self._status.say(tr("Kept as preset {}").format(name))
        return True

    def load(self, part: PartModel, name: str) -> bool:
        """Give a part the values of a preset, as one step of undo; controls that it has not are left out."""
        try:
            values = _values(part, read_session(self._file(part, name)))
        except (HocketError, ValueError) as error:
            self._status.say(str(error), FAILURE)
            return False
        part.set_many(values, tr("preset {}").format(name))
        return True

    def _file(self, part: PartModel, name: str) -> Path:
        return self._folder / part.kind / f"{name}{SUFFIX}"


def _values(part: PartModel, session: Session) -> dict[str, float]:
    """Of the session's first part, those that this part can have. Raises `ValueError`."""
    if not session.part:
        raise ValueError(tr("There is no part in this file, so it is no preset"))
    kept = session.part[0]
    given = {**kept.controls, **{POST + name: value for name, value in kept.post.items()}}
    return {name: part.specs[name].parse(str(value)) for name, value in given.items() if name in part.specs}


def tr(text: str) -> str:
    """In the user's language."""
    return QCoreApplication.translate("presets", text)
