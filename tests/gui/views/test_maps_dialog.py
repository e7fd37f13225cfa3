"""The table of controller maps: what stands in it, and what is changed in it."""

import pytest
from PySide6.QtWidgets import QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from gui.models import Models
from gui.views.maps_dialog import CONTROLLER, HIGH, LOW, NOTE, TAKEOVER, MapsDialog
from realtime.engine import commands as ask
from realtime.engine.maps import ControlMap
from realtime.engine.reports import MapsChanged
from tests.gui.fakes import FakeHost
from tests.gui.rack_rig import open_rack

MAPS = (
    ControlMap(control="density", part="morph", cc=21),
    ControlMap(control="amount", part="sketch", cc=21),
    ControlMap(control="rests", part="morph", cc=7),
)


@pytest.fixture
def dialog(models: Models, host: FakeHost, qtbot: QtBot) -> MapsDialog:
    made = MapsDialog(models)
    qtbot.addWidget(made)
    open_rack(host)
    host.tell(MapsChanged(MAPS))
    return made


def asked(host: FakeHost) -> tuple[ControlMap, ...]:
    last = host.asked[-1]
    assert isinstance(last, ask.SetMaps)
    return last.maps


def test_the_table_names_each_map_and_marks_conflicts(dialog: MapsDialog) -> None:
    assert not dialog.isModal()
    assert [dialog.table.item(line, CONTROLLER).text() for line in range(3)] == ["CC 21", "CC 21", "CC 7"]
    assert [bool(dialog.table.item(line, NOTE).text()) for line in range(3)] == [True, True, False]


def test_takeover_and_range_are_changed_in_the_table(dialog: MapsDialog, host: FakeHost) -> None:
    box = dialog.table.cellWidget(0, TAKEOVER)
    assert isinstance(box, QComboBox)
    box.textActivated.emit("pick-up")
    assert asked(host)[0].takeover == "pick-up"
    edit = dialog.table.cellWidget(2, LOW)
    assert isinstance(edit, QLineEdit)
    edit.setText("-1.5")
    edit.editingFinished.emit()
    assert asked(host)[2].low == -1.5


def test_an_end_that_the_control_does_not_take_is_refused_in_one_line(
    dialog: MapsDialog, host: FakeHost, models: Models
) -> None:
    edit = dialog.table.cellWidget(2, HIGH)
    assert isinstance(edit, QLineEdit)
    edit.setText("9")
    edit.editingFinished.emit()
    assert host.asked == []
    assert models.status.last.text == "rests must be -3..3, got 9"


def test_lines_are_forgotten(dialog: MapsDialog, host: FakeHost) -> None:
    assert not dialog.forget.isEnabled()
    assert dialog.forget.toolTip() == "Choose a line first"
    dialog.table.selectRow(1)
    dialog.forget.click()
    assert asked(host) == (MAPS[0], MAPS[2])
    dialog.forget_all.click()
    assert asked(host) == ()


def test_without_maps_it_says_how_to_make_one(dialog: MapsDialog, host: FakeHost) -> None:
    host.tell(MapsChanged(()))
    assert dialog.empty.isVisibleTo(dialog)
    assert "Ctrl+L" in dialog.empty.text()
