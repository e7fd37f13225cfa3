from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.theme import PARTS
from gui.widgets.roll import LockedCell, PianoRoll, RollRow, Source
from gui.widgets.roll.hands import KEYS_PX
from gui.widgets.roll.tiles import TILE_PX
from realtime.music.note import Note
from realtime.music.units import PPQ, Meter
from tests.benchmarks.roll import measure

YOU, PART = Source(key="you", label="You", outline=True), Source(key="part", label="Morph", part=0)
LEFT, SHIFT, CTRL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
LOUD = 127
RING = 4  # the focus ring lies over the edge


@pytest.fixture
def roll(qtbot: QtBot) -> PianoRoll:
    """646 by 324 pixels: a field of 600 pixels, 12.5 beats wide, and 300 high, from tick 0 on."""
    made = PianoRoll()
    qtbot.addWidget(made)
    made.set_sources([YOU, PART])
    made.set_legend(False)
    made.set_follow(False)
    made.resize(KEYS_PX + 600, 324)
    made.show()
    made.set_view(replace(made.view, left_px=0.0))
    assert made.field().height() == 300
    return made


def place(roll: PianoRoll, tick: float, pitch: int) -> QPoint:
    """The middle of a row, at a tick, in the widget."""
    corner = roll.field().topLeft()
    return QPointF(
        corner.x() + roll.view.x_of(tick), corner.y() + roll.view.y_of(pitch) + roll.view.row_px / 2
    ).toPoint()


def ink(roll: PianoRoll, tick: float, pitch: int) -> QColor:
    return QColor(roll.grab().toImage().pixel(place(roll, tick, pitch)))


def bar_in_ruler(roll: PianoRoll, bar: int) -> QPoint:
    return QPoint(round(KEYS_PX + roll.view.x_of(roll.view.bar_tick(bar) + PPQ)), 10)


def wheel(roll: PianoRoll, notches: int, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    at, phase = QPointF(KEYS_PX + 300, 150), Qt.ScrollPhase.NoScrollPhase
    turned = QPoint(0, 120 * notches)
    QApplication.sendEvent(
        roll, QWheelEvent(at, roll.mapToGlobal(at), QPoint(), turned, Qt.MouseButton.NoButton, held, phase, False)
    )


# --- notes ----------------------------------------------------------------------------------------------------


def test_notes_are_painted_where_they_sound_in_the_colour_of_their_part(roll: PianoRoll) -> None:
    roll.set_notes("part", [Note(2 * PPQ, 72, PPQ, LOUD)])
    roll.set_now(-PPQ)
    assert ink(roll, 2.5 * PPQ, 72) == QColor(PARTS[0].fill)
    assert ink(roll, 2.5 * PPQ, 73) != QColor(PARTS[0].fill)
    assert ink(roll, 3.5 * PPQ, 72) != QColor(PARTS[0].fill)


def test_velocity_is_opacity_and_what_was_played_is_an_outline(roll: PianoRoll) -> None:
    roll.set_now(-PPQ)
    roll.set_notes("part", [Note(0, 72, PPQ, 20), Note(2 * PPQ, 72, PPQ, 70), Note(4 * PPQ, 72, PPQ, 127)])
    roll.set_notes("you", [Note(6 * PPQ, 72, PPQ, 127)])
    inks = [ink(roll, (2 * i + 0.5) * PPQ, 72) for i in range(4)]
    assert inks[0].lightness() < inks[1].lightness() < inks[2].lightness()
    assert abs(inks[3].red() - inks[3].blue()) < 12, "no colour"


def test_notes_come_and_go_piece_by_piece(roll: PianoRoll) -> None:
    roll.set_now(-PPQ)
    roll.add_notes("part", [Note(0, 72, PPQ, LOUD)])
    roll.add_notes("part", [Note(4 * PPQ, 72, PPQ, LOUD)])
    assert ink(roll, 0.5 * PPQ, 72) == ink(roll, 4.5 * PPQ, 72) == QColor(PARTS[0].fill)
    roll.drop_from("part", 2 * PPQ)
    assert ink(roll, 0.5 * PPQ, 72) == QColor(PARTS[0].fill)
    assert ink(roll, 4.5 * PPQ, 72) != QColor(PARTS[0].fill)
    roll.drop_before(8 * PPQ)
    assert len(roll.store) == 0
    assert ink(roll, 0.5 * PPQ, 72) != QColor(PARTS[0].fill)


@pytest.mark.parametrize("beat_px", [3.0, 48.0, 300.0])
@pytest.mark.parametrize("tick", [0, 1_000, 2_559, 2_560, 5_000])
def test_a_note_is_whole_across_tiles_and_at_any_zoom(roll: PianoRoll, beat_px: float, tick: int) -> None:
    roll.set_now(-100 * PPQ)
    roll.set_view(replace(roll.view, beat_px=beat_px, left_px=(tick - PPQ) * beat_px / PPQ))
    roll.set_notes("part", [Note(tick, 72, 6 * PPQ, LOUD)])
    picture = roll.grab().toImage()
    left, right = place(roll, tick, 72).x() + 2, place(roll, tick + 6 * PPQ, 72).x() - 4
    y = place(roll, tick, 72).y()
    inks = {QColor(picture.pixel(x, y)).name() for x in range(left, min(right, roll.width() - RING))}
    assert inks == {PARTS[0].fill}


def test_thousands_of_narrow_notes_are_all_there(roll: PianoRoll) -> None:
    roll.set_now(-100 * PPQ)
    roll.set_view(replace(roll.view, beat_px=2.0))
    roll.set_notes("part", [Note(beat * PPQ, 60 + beat % 20, PPQ // 2, LOUD) for beat in range(290)])
    picture = roll.grab().toImage()
    missing = [
        beat
        for beat in range(290)
        if QColor(picture.pixel(place(roll, beat * PPQ, 60 + beat % 20))).name() != PARTS[0].fill
    ]
    assert missing == []


def test_a_frame_paints_only_tiles_that_changed(roll: PianoRoll) -> None:
    roll.set_notes("part", [Note(beat * PPQ, 70, PPQ) for beat in range(200)])
    roll.grab()
    painted = roll.tiles.painted
    for frame in range(20):
        roll.set_now(frame * 10)
        roll.grab()
    assert roll.tiles.painted == painted, "time alone paints none"
    roll.add_notes("part", [Note(190 * PPQ, 71, PPQ)])
    roll.grab()
    assert roll.tiles.painted == painted, "nor do notes out of sight"
    roll.add_notes("part", [Note(2 * PPQ, 71, PPQ)])
    roll.grab()
    assert painted < roll.tiles.painted <= painted + 2
    roll.set_view(roll.view.scrolled(TILE_PX))
    roll.grab()
    assert roll.tiles.painted <= painted + 4, "scrolling paints what comes into sight"


def test_pitches_out_of_sight_come_into_it_until_the_user_has_chosen(roll: PianoRoll) -> None:
    roll.set_notes("part", [Note(0, 20, PPQ), Note(0, 100, PPQ)])
    assert roll.view.shows(20, 100, 300)
    QTest.keyClick(roll, Qt.Key.Key_Up)
    chosen = roll.view
    roll.add_notes("part", [Note(0, 5, PPQ)])
    assert roll.view == chosen


# --- time -----------------------------------------------------------------------------------------------------


def test_now_is_a_line_and_what_sounds_lights_up(roll: PianoRoll) -> None:
    roll.set_notes("part", [Note(0, 72, 4 * PPQ, 60)])
    roll.set_now(2 * PPQ, PPQ)
    sounding = ink(roll, 3.5 * PPQ, 72)
    roll.set_now(6 * PPQ)
    assert sounding.lightness() > ink(roll, 3.5 * PPQ, 72).lightness()
    line = roll.grab().toImage().pixel(place(roll, 6 * PPQ, 80))
    assert QColor(line).lightness() > 200


def test_the_roll_follows_until_it_is_scrolled(roll: PianoRoll, qtbot: QtBot) -> None:
    roll.set_follow(True)
    roll.set_now(100 * PPQ)
    x = roll.view.x_of(100 * PPQ)
    roll.set_now(200 * PPQ)
    assert roll.view.x_of(200 * PPQ) == pytest.approx(x)
    assert 0 < x < 600
    with qtbot.waitSignal(roll.follow_changed) as changed:
        QTest.keyClick(roll, Qt.Key.Key_Right)
    assert changed.args == [False]
    left = roll.view.left_px
    roll.set_now(300 * PPQ)
    assert roll.view.left_px == left
    QTest.keyClick(roll, Qt.Key.Key_F)
    assert roll.follows


def test_wheel_and_keys_scroll_and_zoom(roll: PianoRoll) -> None:
    top, tick = roll.view.top_pitch, roll.view.tick_at(300)
    wheel(roll, -1)
    assert roll.view.top_pitch == top - 3
    wheel(roll, 1, CTRL)
    assert roll.view.beat_px == pytest.approx(48 * 1.2)
    assert roll.view.tick_at(300) == pytest.approx(tick)
    QTest.keyClick(roll, Qt.Key.Key_Minus)
    assert roll.view.beat_px == pytest.approx(48)
    wheel(roll, -1, SHIFT)
    assert roll.view.tick_at(300) == pytest.approx(tick + PPQ)
    wheel(roll, 1, CTRL | SHIFT)
    assert roll.view.row_px == 12


def test_the_paper_is_moved_by_the_mouse(roll: PianoRoll) -> None:
    top = roll.view.top_pitch
    QTest.mousePress(roll, LEFT, pos=QPoint(300, 150))
    QTest.mouseMove(roll, QPoint(252, 170))
    QTest.mouseRelease(roll, LEFT, pos=QPoint(252, 170))
    assert (roll.view.left_px, roll.view.top_pitch) == (48, top + 2)


# --- bars -----------------------------------------------------------------------------------------------------


def test_bars_are_picked_in_the_ruler(roll: PianoRoll) -> None:
    roll.set_origin_tick(PPQ)
    picked: list[tuple[int, int] | None] = []
    roll.bars_selected.connect(lambda first, last: picked.append((first, last)))
    roll.selection_cleared.connect(lambda: picked.append(None))
    QTest.mousePress(roll, LEFT, pos=bar_in_ruler(roll, 2))
    QTest.mouseMove(roll, bar_in_ruler(roll, 1))
    QTest.mouseRelease(roll, LEFT, pos=bar_in_ruler(roll, 1))
    assert picked == [(2, 2), (1, 2)]
    QTest.mouseClick(roll, LEFT, pos=bar_in_ruler(roll, 0))
    QTest.mouseClick(roll, LEFT, pos=bar_in_ruler(roll, 0))
    assert picked[2:] == [(0, 0), None], "a second click on the one bar takes it back"


def test_bars_are_picked_by_keys(roll: PianoRoll, qtbot: QtBot) -> None:
    roll.set_meter(Meter(3, 4))
    roll.set_now(7 * PPQ)
    QTest.keyClick(roll, Qt.Key.Key_Right, SHIFT)
    QTest.keyClick(roll, Qt.Key.Key_Right, SHIFT)
    assert roll.selection == (2, 3)
    QTest.keyClick(roll, Qt.Key.Key_Left, SHIFT)
    QTest.keyClick(roll, Qt.Key.Key_Left, SHIFT)
    assert roll.selection == (2, 2)
    with qtbot.waitSignal(roll.selection_cleared):
        QTest.keyClick(roll, Qt.Key.Key_Delete)


def test_locks_and_legend_are_drawn(roll: PianoRoll) -> None:
    roll.set_notes("part", [Note(0, 72, PPQ)])
    plain = roll.grab().toImage()
    roll.set_lock_cells([LockedCell(source="part", first_bar=0, last_bar=0), LockedCell(first_bar=1, last_bar=1)])
    locked = roll.grab().toImage()
    roll.set_legend(True)
    assert plain != locked != roll.grab().toImage()


# --- in words -------------------------------------------------------------------------------------------------


def test_the_picture_in_words(roll: PianoRoll) -> None:
    assert roll.summary() == "No notes yet."
    roll.set_notes("you", [Note(0, 60, PPQ, 90)])
    roll.set_notes("part", [Note(5 * PPQ, 64, PPQ // 2, 70), Note(9 * PPQ, 64, PPQ, 70)])
    roll.set_now(6 * PPQ)
    assert roll.summary() == "3 notes in 3 bars: You 1, Morph 2. Now in bar 2."
    assert roll.as_rows()[:2] == [
        RollRow(source="You", bar=1, beat=1.0, pitch="C4", beats=1.0, velocity=90),
        RollRow(source="Morph", bar=2, beat=2.0, pitch="E4", beats=0.5, velocity=70),
    ]
    roll._words.timeout.emit()  # instead of waiting
    assert roll.accessibleDescription() == roll.summary()


def test_the_benchmark_runs() -> None:
    result = measure(4)
    assert (result["notes"], result["frames"]) == (5_000, 20)
    assert 0 < result["p50_ms"] <= result["p99_ms"]
