"""Strips and panels by real clicks, drags and keys, with an engine that only listens."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMenu, QWidget
from pytestqt.qtbot import QtBot

from gui import theme
from gui.models import Models
from gui.views.learn_actions import LearnActions
from gui.views.panels.answer import AnswerPanel
from gui.views.panels.binding import CONTROL
from gui.views.panels.morph import MorphPanel, MorphWay, PadPanel
from gui.views.panels.pieces import SeedRow, SourceRow
from gui.views.panels.quartet import QuartetPanel
from gui.views.panels.sketch import SketchPanel
from gui.views.part_panel import PartPanel
from gui.views.rack_view import RackView
from gui.widgets.buttons import FlatButton, Toggle
from gui.widgets.choice_box import ChoiceBox
from gui.widgets.control_slider import ControlSlider
from realtime.engine import commands as ask
from realtime.engine.maps import ControlMap
from realtime.engine.reports import MapsChanged, PartLaunched, PartLoad, Status
from realtime.engine.setup import PartSetup
from tests.gui.fakes import FakeHost
from tests.gui.rack_rig import NAMES, Echo, open_rack

LEFT = Qt.MouseButton.LeftButton


class Stage(QWidget):
    """Rack and panel beside one another, as in the window."""

    def __init__(self, models: Models, host: FakeHost) -> None:
        super().__init__()
        self.models, self.host, self.echo = models, host, Echo(host, models)
        self.rack, self.panel = RackView(models), PartPanel(models)
        row = QHBoxLayout(self)
        row.addWidget(self.rack)
        row.addWidget(self.panel, 1)
        LearnActions(models, self)
        self.resize(960, 480)

    def control(self, part: str, name: str) -> ControlSlider | ChoiceBox | Toggle:
        """The widget of a control that can be seen."""
        return next(
            widget
            for widget in self.findChildren(QWidget)
            if widget.property(CONTROL) == (part, name) and widget.isVisible()
        )

    def button(self, name: str) -> FlatButton:
        return next(b for b in self.findChildren(FlatButton) if b.accessibleName() == name and b.isVisible())

    def page(self, part: str) -> QWidget:
        self.models.rack.select(self.models.rack[part])
        assert self.panel.current is not None
        return self.panel.current


@pytest.fixture
def stage(models: Models, host: FakeHost, qtbot: QtBot) -> Iterator[Stage]:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.apply(app, "dark")
    made = Stage(models, host)
    qtbot.addWidget(made)
    open_rack(host)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    yield made
    QApplication.closeAllWindows()


def drag(qtbot: QtBot, widget: QWidget, start: QPoint, end: QPoint) -> None:
    qtbot.mousePress(widget, LEFT, pos=start)
    for share in (0.25, 0.5, 0.75, 1.0):
        at = QPointF(start) + (QPointF(end) - QPointF(start)) * share
        qtbot.mouseMove(widget, at.toPoint())
    qtbot.mouseRelease(widget, LEFT, pos=end)


# --- strips ------------------------------------------------------------------------------------------------------


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


def menu_of(widget: QWidget) -> dict[str, QAction]:
    (menu,) = widget.findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return {action.text().partition(":")[0]: action for action in menu.actions()}


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


# --- controls ----------------------------------------------------------------------------------------------------


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


# --- learn -------------------------------------------------------------------------------------------------------


def test_the_focused_control_is_learned_and_pulses_until_a_controller_moved(stage: Stage, qtbot: QtBot) -> None:
    stage.page("morph")
    slider = stage.control("morph", "density")
    slider.setFocus()
    stage.models.actions.do("learn")
    assert stage.host.asked == [ask.Learn("density", "morph")]
    stage.host.tell(MapsChanged((), "morph.density"))
    assert slider.is_learning
    qtbot.waitUntil(lambda: not slider.is_learning, timeout=1_000)
    qtbot.waitUntil(lambda: slider.is_learning, timeout=1_000)
    stage.host.tell(MapsChanged((ControlMap(control="density", part="morph", cc=21),)))
    assert not slider.is_learning
    assert "CC 21" in slider.toolTip()


def test_learning_with_nothing_focused_says_what_to_do(stage: Stage) -> None:
    stage.setFocus()
    focused = QApplication.focusWidget()
    if focused is not None:
        focused.clearFocus()
    stage.models.actions.do("learn")
    assert stage.host.asked == []
    assert "Ctrl+L" in stage.models.status.last.text


def test_a_right_click_offers_to_learn_and_to_forget(stage: Stage, qtbot: QtBot) -> None:
    stage.page("morph")
    slider = stage.control("morph", "density")
    stage.host.tell(MapsChanged((ControlMap(control="density", part="morph", cc=40),)))
    place = slider.rect().center()
    QApplication.sendEvent(slider, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, slider.mapToGlobal(place)))
    (menu,) = slider.findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly)
    actions = {action.text(): action for action in menu.actions()}
    assert {"Learn a controller", "Forget CC 40", "Back to the default"} <= set(actions)
    actions["Forget CC 40"].trigger()
    assert stage.host.asked == [ask.SetMaps(())]
    menu.close()


def test_a_right_click_on_the_pad_offers_both_axes(stage: Stage) -> None:
    (panel,) = stage.page("morph").findChildren(PadPanel)
    assert panel.pad is not None
    field = panel.pad.field
    place = field.rect().center()
    QApplication.sendEvent(field, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, field.mapToGlobal(place)))
    (menu,) = panel.pad.findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly)
    axes = {action.text(): action.menu() for action in menu.actions()}
    assert set(axes) == {"density", "register"}
    axes["register"].actions()[0].trigger()
    assert stage.host.asked == [ask.Learn("register", "morph")]
    menu.close()


# --- by keyboard alone -------------------------------------------------------------------------------------------


def tab_through(qtbot: QtBot, root: QWidget) -> list[QWidget]:
    """What Tab reaches within `root`, once around."""
    found: list[QWidget] = []
    for _ in range(400):
        qtbot.keyClick(QApplication.focusWidget() or root, Qt.Key.Key_Tab)
        widget = QApplication.focusWidget()
        if widget is None or widget in found:
            break
        found.append(widget)
    return found


@pytest.mark.parametrize("part", NAMES)
def test_every_control_of_every_page_is_reached_by_tab_and_changed_by_keys(
    stage: Stage, qtbot: QtBot, part: str
) -> None:
    stage.page(part)
    assert stage.panel.current is not None
    body = stage.panel.current.body
    assert body is not None
    reached: set[str] = set()
    for tab in body.tabs.values():
        tab.setChecked(True)
        for widget in tab_through(qtbot, stage):
            owner = widget.property(CONTROL)
            if owner is None or owner[0] != part:
                continue
            reached.add(owner[1])
            stage.host.asked.clear()
            key = Qt.Key.Key_Return if isinstance(widget, Toggle) else Qt.Key.Key_Up
            back = Qt.Key.Key_Return if isinstance(widget, Toggle) else Qt.Key.Key_Down
            qtbot.keyClick(widget, key)
            qtbot.keyClick(widget, back)
            assert any(isinstance(command, ask.SetControl) and command.name == owner[1] for command in stage.host.asked)
    assert reached == set(stage.models.rack[part].specs)


@pytest.mark.parametrize("part", NAMES)
def test_everything_that_is_operated_has_a_name(stage: Stage, part: str) -> None:
    stage.page(part)
    for widget in stage.findChildren(QWidget):
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible():
            assert widget.accessibleName(), f"{type(widget).__name__} {widget.toolTip()!r}"
            assert widget.isEnabled() or widget.toolTip(), "why it is disabled"
