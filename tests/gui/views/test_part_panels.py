"""The panels of the four models by real clicks, drags and keys, with an engine that only listens."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.views.panels.morph import MorphWay, PadPanel
from gui.views.panels.pieces import SeedRow, SourceRow
from gui.views.panels.quartet import QuartetPanel
from gui.views.panels.sketch import SketchPanel
from gui.widgets.choice_box import ChoiceBox
from realtime.engine import commands as ask
from realtime.engine.reports import PartLaunched
from tests.gui.views.rack_stage import LEFT, Stage, drag


def test_a_drag_asks_step_by_step_and_is_taken_back_as_one(stage: Stage, qtbot: QtBot) -> None:
    stage.page("morph")
    slider = stage.control("morph", "register")
    middle = slider.rect().center()
    drag(qtbot, slider, middle, QPoint(slider.width() - 8, middle.y()))
    asked = [command for command in stage.host.asked if isinstance(command, ask.SetControl)]
    assert len(asked) >= 3
    assert {command.name for command in asked} == {"register"}
    assert asked[-1].value > 2
    assert stage.models.undo.steps == 1
    stage.models.undo.undo()
    assert stage.host.asked[-1] == ask.SetControl("register", 0.0, "morph")
    assert slider.value_now == 0.0


def test_double_click_and_typed_values(stage: Stage, qtbot: QtBot) -> None:
    stage.page("continue")
    slider = stage.control("continue", "temperature")
    slider.setFocus()
    qtbot.keyClick(slider, Qt.Key.Key_Return)
    field = QApplication.focusWidget()
    qtbot.keyClicks(field, "1.25")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert stage.host.asked[-1] == ask.SetControl("temperature", 1.25, "continue")
    qtbot.mouseDClick(slider, LEFT)
    assert stage.host.asked[-1] == ask.SetControl("temperature", 0.9, "continue")


def test_the_pad_moves_two_controls_and_another_axis_another(stage: Stage, qtbot: QtBot) -> None:
    page = stage.page("morph")
    (panel,) = page.findChildren(PadPanel)
    assert panel.pad is not None
    field = panel.pad.field
    drag(qtbot, field, field.rect().center(), field.rect().topRight() + QPoint(-8, 8))
    last = {command.name: command.value for command in stage.host.asked if isinstance(command, ask.SetControl)}
    assert set(last) == {"density", "register"}
    assert min(last.values()) > 2.5
    assert stage.models.undo.steps == 1
    stage.models.undo.undo()
    assert panel.pad.values == (0.0, 0.0)
    panel.boxes[1].take(panel.boxes[1].spec.labels.index("rests"))
    stage.host.asked.clear()
    panel.pad.field.setFocus()
    qtbot.keyClick(panel.pad.field, Qt.Key.Key_Up)
    assert {command.name for command in stage.host.asked} == {"rests"}


def test_snapshots_are_kept_and_recalled_by_clicks(stage: Stage, qtbot: QtBot) -> None:
    stage.page("morph")
    assert stage.panel.current is not None
    assert stage.panel.current.body is not None
    slots = stage.panel.current.body.snapshots
    qtbot.mouseClick(slots.buttons[1], LEFT, Qt.KeyboardModifier.ShiftModifier)
    qtbot.mouseClick(slots.buttons[2], LEFT)
    stage.echo.tell("morph", snapshots=(2,))
    qtbot.mouseClick(slots.buttons[1], LEFT)
    assert stage.host.asked == [ask.StoreSnapshot(2, "morph"), ask.RecallSnapshot(2, "morph")]
    assert slots.buttons[1].look.current


def test_the_way_from_a_to_b_waits_for_two_snapshots(stage: Stage, qtbot: QtBot) -> None:
    (way,) = stage.page("morph").findChildren(MorphWay)
    assert not way.bar.slider.isEnabled()
    assert "two snapshots" in way.bar.slider.toolTip()
    stage.echo.tell("morph", snapshots=(1, 2))
    assert way.bar.slider.isEnabled()
    way.bar.slider.setFocus()
    qtbot.keyClick(way.bar.slider, Qt.Key.Key_End)
    assert stage.host.asked == [ask.MorphBetween(1, 2, 1.0, "morph")]


def test_the_way_goes_between_slots_that_keep_something(stage: Stage) -> None:
    (way,) = stage.page("morph").findChildren(MorphWay)
    stage.echo.tell("morph", snapshots=(1, 4))
    assert way.bar.ends == (1, 4)
    assert way.bar.slider.isEnabled()
    stage.echo.tell("morph", snapshots=(4, 7))
    assert way.bar.ends == (7, 4)


@pytest.mark.parametrize(("part", "bars"), [("morph", 2), ("quartet", 4), ("sketch", 1)])
def test_bars_are_taken_from_a_source(stage: Stage, qtbot: QtBot, part: str, bars: int) -> None:
    (row,) = stage.page(part).findChildren(SourceRow)
    row.choose("continue")
    row.bars.take(bars)
    qtbot.mouseClick(row.go, LEFT)
    harmonises = [ask.SetControl("harmonise", 1.0, part)] if part == "quartet" else []
    assert stage.host.asked == [*harmonises, ask.Take(part, "continue", bars)]


def test_groups_are_drawn_anew_but_for_those_that_are_kept(stage: Stage, qtbot: QtBot) -> None:
    (panel,) = stage.page("quartet").findChildren(QuartetPanel)
    qtbot.mouseClick(panel.dice["chords"], LEFT)
    assert stage.host.asked == [ask.Reroll("quartet", ("chords_seed",))]
    stage.host.asked.clear()
    for group in ("chords", "style", "groove"):
        qtbot.mouseClick(panel.keeps[group], LEFT)
    qtbot.mouseClick(stage.button("Draw all anew"), LEFT)
    assert stage.host.asked == [ask.Reroll("quartet", tuple(f"melody_{voice}_seed" for voice in range(1, 5)))]


def test_voices_are_muted_and_kept_one_by_one(stage: Stage, qtbot: QtBot) -> None:
    stage.page("quartet")
    qtbot.mouseClick(stage.button("quartet: mute bass"), LEFT)
    stage.echo.tell("quartet", muted=("bass",))
    qtbot.mouseClick(stage.button("quartet: mute alto"), LEFT)
    qtbot.mouseClick(stage.button("quartet: keep alto"), LEFT)
    qtbot.mouseClick(stage.button("quartet: another melody for tenor"), LEFT)
    assert stage.host.asked == [
        ask.MuteVoices(frozenset({"bass"}), "quartet"),
        ask.MuteVoices(frozenset({"bass", "alto"}), "quartet"),
        ask.SetLocks(frozenset({"alto"}), "quartet"),
        ask.Reroll("quartet", ("melody_3_seed",)),
    ]


def test_bars_picked_in_the_roll_are_those_of_the_phrase(stage: Stage, qtbot: QtBot) -> None:
    (panel,) = stage.page("sketch").findChildren(SketchPanel)
    assert not panel.picked.isEnabled()
    assert "Pick bars first" in panel.picked.toolTip()
    stage.host.tell(PartLaunched(part="sketch", start_tick=3 * 1920))
    stage.models.roll.select_bars((6, 6))
    assert panel.picked.isEnabled()
    qtbot.mouseClick(panel.picked, LEFT)
    assert stage.host.asked == [ask.SetLocks(frozenset({"bar2"}), "sketch")]


def test_rules_of_turns_are_asked_for_by_their_labels(stage: Stage, qtbot: QtBot) -> None:
    stage.page("continue")
    boxes = {box.accessibleName(): box for box in stage.findChildren(ChoiceBox) if box.isVisible()}
    boxes["continue end"].setFocus()
    qtbot.keyClick(boxes["continue end"], Qt.Key.Key_Down)
    assert stage.host.asked == [ask.SetRule("end", "trade", "continue")]
    stage.echo.tell("continue", rules={"end": "pedal", "bars": "4"})
    assert boxes["continue end"].currentText() == "pedal"


def test_a_seed_is_typed_drawn_and_held(stage: Stage, qtbot: QtBot) -> None:
    (row,) = stage.page("continue").findChildren(SeedRow)
    stage.echo.tell("continue", seed=None)
    assert row.number.text() == "any"
    stage.models.rack["continue"].last_seed = 4242
    qtbot.mouseClick(row.lock, LEFT)
    stage.echo.tell("continue", seed=4242)
    assert row.number.text() == "4242"
    qtbot.mouseClick(row.number, LEFT)
    field = QApplication.focusWidget()
    qtbot.keyClicks(field, "99")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.mouseClick(row.dice, LEFT)
    assert stage.host.asked == [
        ask.SetSeed(4242, "continue"),
        ask.SetSeed(99, "continue"),
        ask.Reroll("continue"),
    ]
