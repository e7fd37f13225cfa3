"""How to get Hocket's notes into a DAW: steps for this system, the ports there are, and a note to try it."""

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QScrollArea,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from gui.models import Models
from gui.theme import LARGE, SPACE, scaled
from gui.viewmodels.daw_steps import DAWS, SYSTEMS, USUAL_DAW, Guide, this_system
from gui.viewmodels.ports import CHANNELS, IN, OUT
from gui.views.page import Page
from gui.views.port_box import PortBox
from gui.widgets.buttons import FlatButton
from gui.widgets.pick_box import PickBox
from gui.widgets.rows import Column, Row

SIZE = 860, 560


class ConnectPage(Page):
    """Not modal: the DAW is set up beside it. The list of ports is live."""

    def __init__(self, models: Models, parent: QWidget | None = None) -> None:
        super().__init__(QCoreApplication.translate("ConnectPage", "Connect a DAW"), parent)
        self._models, self._ports = models, models.ports
        self.resize(*SIZE)
        columns = QHBoxLayout(self)
        columns.setContentsMargins(SPACE.wide, SPACE.wide, SPACE.wide, SPACE.wide)
        columns.setSpacing(2 * SPACE.wide)
        columns.addWidget(self._guides(), 1)
        columns.addWidget(self._here(), 1)
        self._ports.changed.connect(self._sync)
        self._ports.tested.connect(self._show_tested)
        self._show_steps()
        self._sync()

    # --- building ------------------------------------------------------------------------------------------

    def _guides(self) -> QWidget:
        self.system = self._choice(self.tr("System"), SYSTEMS, this_system())
        self.daw = self._choice(self.tr("DAW"), DAWS, USUAL_DAW.get(this_system(), next(iter(DAWS))))
        self.steps = QLabel()
        self.steps.setWordWrap(True)
        self.steps.setTextFormat(Qt.TextFormat.RichText)
        self.steps.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.steps.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.steps.setAccessibleName(self.tr("Steps"))
        scroll = QScrollArea()
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setWidget(self.steps)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        return Column(_title(self.tr("Steps")), Row(self.system, self.daw), scroll)

    def _choice(self, name: str, guides: Mapping[str, Guide], chosen: str) -> PickBox:
        box = PickBox(name)
        for key, guide in guides.items():
            box.addItem(guide.title, key)
        box.setCurrentIndex(list(guides).index(chosen))
        box.currentIndexChanged.connect(self._show_steps)
        return box

    def _here(self) -> QWidget:
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.input, self.output = PortBox(self._ports, IN), PortBox(self._ports, OUT)
        form.addRow(self.tr("Listens to"), self.input)
        form.addRow(self.tr("Plays to"), self.output)
        self.channel = PickBox(self.tr("Channel of the test note"))
        self.channel.addItems([self.tr("channel {}").format(channel) for channel in range(1, CHANNELS + 1)])
        self.test = FlatButton(self.tr("Send a test note"), text=self.tr("Send a test note"), icon="play")
        self.test.setAutoDefault(True)
        self.test.setToolTip(self.tr("C4 for a beat: the track's meter in the DAW should move"))
        self.test.clicked.connect(lambda: self._ports.test(self.channel.currentIndex() + 1))
        self.told = QLabel()
        self.told.setWordWrap(True)
        self.told.setAccessibleName(self.tr("What became of the test note"))
        self.told.setMinimumHeight(2 * self.told.fontMetrics().lineSpacing())
        self.told.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.list = QTreeWidget()
        self.list.setAccessibleName(self.tr("MIDI ports"))
        self.list.setHeaderLabels([self.tr("Port"), self.tr("To"), self.tr("Used")])
        self.list.setRootIsDecorated(False)
        self.list.setTabKeyNavigation(False)
        self.list.header().setStretchLastSection(False)
        self.list.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.itemActivated.connect(self._choose)
        self.where = QLabel()
        self.where.setWordWrap(True)
        holder = QWidget()
        holder.setLayout(form)
        form.setContentsMargins(0, 0, 0, 0)
        tests = Row(self.channel, self.test)
        return Column(_title(self.tr("Here and now")), self.where, holder, tests, self.told, self.list)

    # --- what is shown -------------------------------------------------------------------------------------

    def _show_steps(self) -> None:
        parts = []
        for guide in (SYSTEMS[self.system.currentData()], DAWS[self.daw.currentData()]):
            steps = "".join(f'<li style="margin-bottom: 8px">{step}</li>' for step in guide.shown)
            parts.append(f"<h4>{guide.title}</h4><ol style='margin-left: -20px'>{steps}</ol>")
        self.steps.setText("".join(parts))

    def _sync(self) -> None:
        """The whole list: it changes when a device comes or goes, not more often."""
        ports = self._ports
        rows = [
            (choice.name, label, self.tr("by Hocket") if choice.used else "")
            for direction, label in ((IN, self.tr("listen to")), (OUT, self.tr("play to")))
            for choice in ports.choices(direction)
            if choice.name and choice.there
        ]
        items = [self.list.topLevelItem(place) for place in range(self.list.topLevelItemCount())]
        shown = [tuple(map(item.text, range(self.list.columnCount()))) for item in items if item is not None]
        if shown != rows:
            self.list.clear()
            self.list.addTopLevelItems([QTreeWidgetItem(list(row)) for row in rows])
        self.where.setText(self._where())
        is_there = bool(ports.backend)
        self.test.setEnabled(is_there)
        if not is_there:
            self.test.setToolTip(self.tr("The engine is not ready yet"))
        else:
            self.test.setToolTip(self.tr("C4 for a beat: the track's meter in the DAW should move"))

    def _where(self) -> str:
        ports = self._ports
        if not ports.backend:
            return self.tr("The engine is starting.")
        if ports.backend == "memory":
            return self.tr("No MIDI system works on this computer: notes stay in the window, in takes and in files.")
        return self.tr("MIDI system: {backend}. Others see Hocket as {inward} and {outward}.").format(
            backend=ports.backend, inward=ports.own(IN), outward=ports.own(OUT)
        )

    def _choose(self, item: QTreeWidgetItem) -> None:
        """Enter or a double click uses a port."""
        direction = IN if item.text(1) == self.tr("listen to") else OUT
        self._ports.choose(direction, item.text(0))

    def _show_tested(self, text: str) -> None:
        self.told.setText(text)
        self._models.status.say(text)  # read out too


def _title(text: str) -> QLabel:
    label = QLabel(text)
    label.setFont(scaled(label.font(), (1 + LARGE) / 2, bold=True))
    return label
