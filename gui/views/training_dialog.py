"""Training a model: what to learn from, how far it is, how well it goes, and then into the rack."""

from typing import Final

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from gui.models import Models
from gui.theme import SPACE
from gui.viewmodels.run_log import LOSS
from gui.viewmodels.training import CANCELLED, DONE, EXPORTING, FAILED, LOOKING, MISSING, TRAINING, RecipeChoice
from gui.views.page import Page
from gui.widgets.buttons import FlatButton
from gui.widgets.curve import Curve, Series
from gui.widgets.pick_box import PickBox
from gui.widgets.rows import Row

SIZE = 680, 560
PARTS: Final = ("continue", "morph", "quartet", "sketch")  # kinds that the rack plays
PER_MILLE: Final = 1000


class TrainingDialog(Page):
    """Not modal; closed, the run goes on."""

    def __init__(self, models: Models, parent: QWidget | None = None) -> None:
        super().__init__(QCoreApplication.translate("TrainingDialog", "Train a model"), parent)
        self._models, self._training = models, models.training
        self._recipes: list[RecipeChoice] = []
        self.resize(*SIZE)
        self._build_form()
        self._build_run()
        self._lay_out()
        self._training.changed.connect(self._sync)
        self._training.progressed.connect(self._show_progress)
        self._sync()
        self._show_progress()

    # --- building ------------------------------------------------------------------------------------------

    def _build_form(self) -> None:
        self.recipe = PickBox(self.tr("Recipe"))
        self.recipe.currentIndexChanged.connect(self._suggest)
        self.folder = QLineEdit()
        self.folder.setAccessibleName(self.tr("Folder of MIDI files"))
        self.folder.setPlaceholderText(self.tr("A folder with .mid files, and folders in it"))
        self.browse = FlatButton(self.tr("Choose a folder"), text=self.tr("Choose..."))
        self.browse.clicked.connect(self._browse)
        self.name = QLineEdit()
        self.name.setAccessibleName(self.tr("Name of the new model"))
        self.minutes = QDoubleSpinBox()
        self.minutes.setAccessibleName(self.tr("Minutes"))
        self.minutes.setRange(0, 10_000)
        self.minutes.setDecimals(1)
        self.minutes.setSuffix(self.tr(" min"))
        self.minutes.setSpecialValueText(self.tr("as the recipe says"))
        self.minutes.setToolTip(self.tr("Processor time to train for; 0: as the recipe says"))
        for field in (self.folder, self.name):
            field.textChanged.connect(self._sync)

    def _build_run(self) -> None:
        self.status = QLabel()
        self.status.setWordWrap(True)
        self.status.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.status.setAccessibleName(self.tr("State of the training"))
        self.bar = QProgressBar()
        self.bar.setRange(0, PER_MILLE)
        self.bar.setAccessibleName(self.tr("Progress"))
        self.loss, self.score = Curve(self.tr("Loss")), Curve(self.tr("On music it has not seen"))
        self.scores = PickBox(self.tr("Which score is drawn"))
        self.scores.currentIndexChanged.connect(self._show_progress)
        self._enable_scores()
        self.start = self._button(self.tr("Train"), self._begin)
        self.cancel = self._button(self.tr("Cancel"), self._training.cancel)
        self.load = self._button(self.tr("Load into the rack"), self._training.load)

    def _button(self, text: str, do: object) -> FlatButton:
        button = FlatButton(text, text=text)
        button.setAutoDefault(True)
        button.clicked.connect(do)
        return button

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(self.tr("Recipe"), self.recipe)
        form.addRow(self.tr("Learn from"), Row(self.folder, self.browse))
        form.addRow(self.tr("Call it"), self.name)
        form.addRow(self.tr("For"), self.minutes)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(SPACE.wide, SPACE.wide, SPACE.wide, SPACE.wide)
        rows.setSpacing(SPACE.gap)
        rows.addLayout(form)
        rows.addWidget(self.status)
        rows.addWidget(self.bar)
        rows.addWidget(self.loss, 1)
        rows.addWidget(self.score, 1)
        rows.addWidget(Row(self.scores, self.load, self.cancel, self.start))

    # --- what is done --------------------------------------------------------------------------------------

    def _begin(self) -> None:
        recipe = self._chosen
        if recipe is not None:
            minutes = self.minutes.value() or None
            self._training.begin(recipe.name, self.folder.text().strip(), self.name.text().strip(), minutes=minutes)

    def _browse(self) -> None:
        dialog = QFileDialog(self, self.tr("Choose a folder of MIDI files"), self.folder.text())
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self.folder.setText)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  Qt's name
        """What can be trained is asked for when somebody looks; again, if the training side was missing."""
        super().showEvent(event)
        self.recipe.setFocus()
        self._training.look()

    # --- what is shown -------------------------------------------------------------------------------------

    @property
    def _chosen(self) -> RecipeChoice | None:
        place = self.recipe.currentIndex()
        return self._recipes[place] if 0 <= place < len(self._recipes) else None

    def _sync(self, *_: object) -> None:
        self._fill_recipes()
        training, recipe = self._training, self._chosen
        name, folder = self.name.text().strip(), self.folder.text().strip()
        why_not = training.why_not(recipe.name if recipe else "", folder, name)
        goes_on = training.can_resume(name)
        self.start.setText(self.tr("Go on") if goes_on else self.tr("Train"))
        self._enable(self.start, why_not, self.tr("Train, and make a model of it"))
        self._enable(
            self.cancel, "" if training.can_cancel else self.tr("Nothing runs"), self.tr("End the run; it can go on")
        )
        not_done = "" if training.state == DONE else self.tr("There is no new model yet")
        self._enable(self.load, not_done, self.tr("Add a part that plays the new model"))
        for field in (self.recipe, self.folder, self.browse, self.name, self.minutes):
            field.setEnabled(not training.can_cancel)
        self.status.setText(self._says(why_not))
        self._show_progress()

    def _enable(self, button: FlatButton, why_not: str, hint: str) -> None:
        button.setEnabled(not why_not)
        button.setToolTip(why_not or hint)

    def _enable_scores(self) -> None:
        self.scores.setEnabled(self.scores.count() > 0)
        hints = self.tr("There are no scores yet"), self.tr("Which score is drawn")
        self.scores.setToolTip(hints[self.scores.isEnabled()])

    def _fill_recipes(self) -> None:
        """Those that make parts of the rack; the kinds' own recipes come first."""
        usable = [each for each in self._training.recipes if each.kind in PARTS]
        ordered = sorted(usable, key=lambda each: each.name != each.kind)
        if ordered == self._recipes:
            return
        self._recipes = ordered
        self.recipe.clear()
        self.recipe.addItems([f"{each.name}: {each.title.partition(': ')[2]} ({self._cost(each)})" for each in ordered])

    def _cost(self, recipe: RecipeChoice) -> str:
        if recipe.minutes is not None:
            return self.tr("{:g} min").format(recipe.minutes)
        return self.tr("{} steps").format(recipe.steps)

    def _suggest(self) -> None:
        if self._chosen is not None and not self.name.isModified():
            self.name.setText(f"my-{self._chosen.kind}")
        self._sync()

    def _says(self, why_not: str) -> str:
        training = self._training
        texts = {
            LOOKING: self.tr("Looking for recipes..."),
            MISSING: self.tr("The training side is not installed. {}").format(training.text),
            TRAINING: self.tr("Reading the music, then training. The music that plays goes first."),
            EXPORTING: self.tr("Making a model of it, and checking it..."),
            DONE: training.text,
            FAILED: self.tr("It did not work: {}").format(training.text),
            CANCELLED: training.text,
        }
        return texts.get(training.state, why_not)

    def _show_progress(self, *_: object) -> None:
        log = self._training.log
        is_open_ended = self._training.state in (LOOKING, EXPORTING)
        self.bar.setRange(0, 0 if is_open_ended else PER_MILLE)
        done = self._training.state in (DONE, EXPORTING)
        self.bar.setValue(PER_MILLE if done else round(self._training.fraction * PER_MILLE))
        if log is None:
            return
        names = log.names
        if [self.scores.itemText(place) for place in range(self.scores.count())] != names:
            chosen = self.scores.currentText()
            self.scores.clear()
            self.scores.addItems(names)
            self.scores.setCurrentIndex(max(0, self.scores.findText(chosen)))
            self._enable_scores()
        self.loss.show_series([Series(name=LOSS, points=log.points(LOSS))] if log.points(LOSS) else [])
        score = self.scores.currentText()
        self.score.show_series([Series(name=score, points=log.points(score))] if score else [])
