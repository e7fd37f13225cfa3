"""The strips by real clicks and keys, with an engine that only listens."""

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gui.models import Models
from gui.views.panels.answer import AnswerPanel
from gui.views.panels.morph import MorphPanel
from gui.views.panels.quartet import QuartetPanel
from gui.views.panels.sketch import SketchPanel
from gui.views.rack_view import RackView
from realtime.engine import commands as ask
from realtime.engine.reports import PartLoad, Status
from realtime.engine.setup import PartSetup
from tests.gui.rack_rig import NAMES
from tests.gui.views.rack_stage import LEFT, Stage, menu_of


def test_each_part_has_a_strip_and_a_click_shows_its_panel(stage: Stage, qtbot: QtBot) -> None:
    assert [strip.part.name for strip in stage.rack.strips] == list(NAMES)
    for name, panel in zip(NAMES, (AnswerPanel, MorphPanel, QuartetPanel, SketchPanel), strict=True):
        qtbot.mouseClick(stage.rack.strip_of(name).name, LEFT)
        assert stage.panel.current is not None
        assert stage.panel.current.part.name == name
        assert stage.panel.current.findChildren(panel)
        assert [strip.part.name for strip in stage.rack.strips if strip.name.isChecked()] == [name]


def test_on_mute_solo_and_lock_ask_the_engine(stage: Stage, qtbot: QtBot) -> None:
    qtbot.mouseClick(stage.rack.strip_of("morph").power, LEFT)
    for name in ("mute", "solo", "lock"):
        qtbot.mouseClick(stage.control("morph", name), LEFT)
    assert stage.host.asked == [
        ask.Launch("morph"),
        *(ask.SetControl(name, 1, "morph") for name in ("mute", "solo", "lock")),
    ]


def test_a_strip_follows_what_others_change(stage: Stage) -> None:
    strip = stage.rack.strip_of("quartet")
    stage.echo.tell("quartet", {"mute": 1.0, "post.level": 0.5}, playing=True, silent=True)
    assert stage.control("quartet", "mute").value_now == 1.0
    assert stage.control("quartet", "post.level").value_now == 0.5
    assert strip.power.isChecked()
    assert strip.lamp.lamp == "silent"
    stage.host.tell(Status(1.0, 1.0, 0, (PartLoad("quartet", 50.0, 200.0, 2),)))
    assert strip.load.accessibleDescription().startswith("25 %")
    assert "50 ms of 200 ms, 2 bars missed" in strip.load.toolTip()
    assert stage.host.asked == []


def test_keys_switch_parts_and_keep_snapshots(stage: Stage) -> None:
    actions = stage.models.actions
    actions.do("part_2")
    actions.do("store_5")
    stage.models.rack.select(stage.models.rack["morph"])
    actions.do("recall_5")
    assert "is empty" in stage.models.status.last.text
    stage.echo.tell("morph", snapshots=(5,))
    actions.do("recall_5")
    assert stage.host.asked == [
        ask.Launch("morph"),
        ask.StoreSnapshot(5, "continue"),
        ask.RecallSnapshot(5, "morph"),
    ]
    actions.do("hand_over")
    assert stage.host.asked[-1] == ask.HandOver("continue")


def test_a_strip_of_a_part_that_loads_says_so_and_cannot_be_switched(models: Models, qtbot: QtBot) -> None:
    view = RackView(models)
    qtbot.addWidget(view)
    models.rack.expect([PartSetup(model="morph")])
    (strip,) = view.strips
    assert strip.lamp.lamp == "loading"
    assert not strip.power.isEnabled()
    assert "being loaded" in strip.power.toolTip()


def test_parts_are_added_from_the_list_of_bundles(stage: Stage, qtbot: QtBot) -> None:
    stage.rack.add.setFocus()
    qtbot.keyClick(stage.rack.add, Qt.Key.Key_Return)
    offered = menu_of(stage.rack)
    assert {*NAMES, "From a folder..."} <= set(offered)
    offered["quartet"].trigger()
    assert stage.host.asked == [ask.AddPart(PartSetup(model="quartet", name="quartet-2", playing=False))]


def test_a_part_is_swapped_doubled_and_taken_out_by_its_menu(stage: Stage, qtbot: QtBot) -> None:
    qtbot.mouseClick(stage.button("More of morph"), LEFT)
    offered = menu_of(stage.rack.strip_of("morph"))
    (model,) = offered["Another model"].menu().actions()
    assert model.isChecked()
    model.trigger()
    offered["Take it out"].trigger()
    assert stage.host.asked == [ask.SwapModel("morph", "morph"), ask.RemovePart("morph")]
