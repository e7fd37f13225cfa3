"""Training a model of one's own: `hocket train`, then `hocket export`, each in a process of its own."""

import re
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec
from PySide6.QtCore import QCoreApplication, QObject, QProcess, QTimer, Signal

from gui.places import Places
from gui.viewmodels.rack import RackModel
from gui.viewmodels.run_log import RunLog

IDLE, LOOKING, MISSING, READY, TRAINING, EXPORTING, DONE, FAILED, CANCELLED = STATES = (
    "idle",
    "looking",
    "missing",
    "ready",
    "training",
    "exporting",
    "done",
    "failed",
    "cancelled",
)
BUSY: Final = (LOOKING, TRAINING, EXPORTING)
HOCKET: Final = (sys.executable, "-m", "realtime")
LOOK_MS: Final = 500  # from one look at the log to the next
PATIENCE_MS: Final = 5_000  # to end, before it is made to
NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
STATE: Final = "state.safetensors"  # a run that has it can go on
CHECKPOINT: Final = "checkpoint.safetensors"
RUNS: Final = "Runs"
BUNDLE: Final = "bundle.json"
TAIL: Final = 4_000  # characters kept of what a process says


class RecipeChoice(msgspec.Struct, frozen=True, kw_only=True):
    """A recipe as `hocket train --list --json` tells it."""

    name: str
    kind: str
    title: str
    minutes: float | None = None  # CPU minutes
    steps: int | None = None


class TrainingModel(QObject):
    """One run at a time. It goes on while its page is closed; the window's end cancels it."""

    changed = Signal()  # the state, or the recipes
    progressed = Signal()  # fraction, curves

    def __init__(
        self, rack: RackModel, places: Places, *, command: Sequence[str] = HOCKET, is_patient: bool = True
    ) -> None:
        """`is_patient`: what runs takes the processor time that the music leaves."""
        super().__init__()
        self._rack, self._places = rack, places
        self._command = ("nice", *command) if is_patient and shutil.which("nice") else tuple(command)
        self.state, self.text = IDLE, ""
        self.recipes: tuple[RecipeChoice, ...] = ()
        self.recipe: RecipeChoice | None = None  # of the run there is
        self.log: RunLog | None = None
        self.fraction = 0.0
        self._minutes: float | None = None
        self._run = self._bundle = Path()
        self._said = ""
        self._process: QProcess | None = None
        self._watch = QTimer(self, interval=LOOK_MS)
        self._watch.timeout.connect(self._look_at_log)

    @property
    def is_busy(self) -> bool:
        """Whether something runs."""
        return self.state in BUSY

    @property
    def can_cancel(self) -> bool:
        """Whether a run is under way."""
        return self.state in (TRAINING, EXPORTING)

    @property
    def bundle(self) -> Path:
        """The folder of the new model, once there is one."""
        return self._bundle

    def run_folder(self, name: str) -> Path:
        """Where the run of that name is kept."""
        return self._places.models / RUNS / name

    def can_resume(self, name: str) -> bool:
        """Whether a run of that name was cancelled and can go on."""
        return bool(NAME.fullmatch(name)) and (self.run_folder(name) / STATE).is_file()

    def why_not(self, recipe: str, folder: str, name: str) -> str:
        """Why a run cannot begin; empty: it can."""
        if self.is_busy:
            return tr("Another one is under way")
        if not any(choice.name == recipe for choice in self.recipes):
            return tr("Choose a recipe first")
        if not NAME.fullmatch(name):
            return tr("A name is 1 to 32 letters, digits, - and _")
        if (self._places.models / name / BUNDLE).is_file():
            return tr("There is a model called {} already: choose another name").format(name)
        if folder and not Path(folder).is_dir():
            return tr("{} is no folder").format(folder)
        return "" if folder else tr("Choose a folder of MIDI files first")

    # --- what the user asks ------------------------------------------------------------------------------

    def look(self) -> None:
        """Ask which recipes there are, once; without the training side, what adds it."""
        if not self.recipes and not self.is_busy:
            self._start(LOOKING, "train", "--list", "--json")

    def begin(self, recipe: str, folder: str, name: str, *, minutes: float | None = None) -> None:
        """Train and make a bundle. A run of that name that was cancelled goes on. Raises `ValueError`."""
        why_not = self.why_not(recipe, folder, name)
        if why_not:
            raise ValueError(why_not)
        self.recipe = next(choice for choice in self.recipes if choice.name == recipe)
        self._minutes = minutes
        self._run, self._bundle = self.run_folder(name), self._places.models / name
        goes_on = self.can_resume(name)
        self.log, self.fraction = RunLog(self._run), 0.0
        options = ["--minutes", f"{minutes:g}"] if minutes else []
        options += ["--resume"] if goes_on else []
        self._watch.start()
        self._start(TRAINING, "train", recipe, "--data", folder, "--out", str(self._run), *options)

    def cancel(self) -> None:
        """End what runs; the run's last state stays, and can go on."""
        process = self._process
        if process is not None and self.can_cancel:
            self._enter(CANCELLED, tr("Cancelled. Start it again under the same name and it goes on."))
            process.terminate()
            QTimer.singleShot(PATIENCE_MS, process, process.kill)

    def load(self) -> None:
        """Put the new model into the rack."""
        if self.state == DONE:
            self._rack.add(str(self._bundle))

    def finish(self) -> None:
        """At the end of the window: end what runs, and wait for it."""
        process, self._process = self._process, None
        self._watch.stop()
        if process is not None:
            process.terminate()
            if not process.waitForFinished(PATIENCE_MS):
                process.kill()
                process.waitForFinished(PATIENCE_MS)

    # --- inside ------------------------------------------------------------------------------------------

    def _start(self, state: str, *arguments: str) -> None:
        self._said = ""
        process = self._process = QProcess(self)
        process.readyReadStandardError.connect(self._listen)
        process.finished.connect(self._finish)
        process.errorOccurred.connect(self._fail_to_start)
        process.start(self._command[0], [*self._command[1:], *arguments])
        self._enter(state, "")

    def _listen(self) -> None:
        if self._process is not None:
            said = bytes(self._process.readAllStandardError().data()).decode("utf-8", "replace")
            self._said = (self._said + said)[-TAIL:]

    def _fail_to_start(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart and self._process is not None:
            self._process.deleteLater()
            self._process = None
            self._watch.stop()
            self._enter(FAILED, tr("{} cannot be started").format(self._command[0]))

    def _finish(self, code: int, _status: object) -> None:
        process, state = self._process, self.state
        if process is None:
            return
        self._listen()
        told = bytes(process.readAllStandardOutput().data())
        self._process = None
        process.deleteLater()
        if state == LOOKING:
            self._take_recipes(code, told)
        elif state == CANCELLED:
            self._watch.stop()
            self.changed.emit()
        elif code != 0:
            self._watch.stop()
            self._enter(FAILED, self._last_line())
        elif state == TRAINING:
            self._look_at_log()
            self._watch.stop()
            self._start(EXPORTING, "export", str(self._run), "--out", str(self._bundle))
        else:
            self._enter(DONE, tr("{} is ready").format(self._bundle.name))

    def _take_recipes(self, code: int, told: bytes) -> None:
        if code != 0:
            line = self._last_line()
            self._enter(MISSING if "pip install" in line else FAILED, line)
            return
        try:
            self.recipes = tuple(msgspec.json.decode(told, type=list[RecipeChoice]))
        except msgspec.MsgspecError as error:
            self._enter(FAILED, tr("The list of recipes cannot be read ({})").format(error))
            return
        self._enter(READY, "")

    def _look_at_log(self) -> None:
        if self.log is None or self.recipe is None or not self.log.read():
            return
        minutes = self._minutes or self.recipe.minutes
        self.fraction = self.log.fraction(steps=self.recipe.steps, minutes=minutes)
        self.progressed.emit()

    def _last_line(self) -> str:
        lines = [line for line in self._said.splitlines() if line.strip()]
        return lines[-1].strip() if lines else tr("It ended without a word")

    def _enter(self, state: str, text: str) -> None:
        self.state, self.text = state, text
        self.changed.emit()


def tr(text: str) -> str:
    """In the user's language."""
    return QCoreApplication.translate("training", text)
