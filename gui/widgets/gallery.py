"""All widgets on one page, for who works on their looks: `python -m gui.widgets.gallery [--png FILE]`."""

import argparse
import random
import sys
from math import exp, sin
from typing import Final

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QGridLayout, QWidget

from gui import theme
from gui.theme import SPACE
from gui.widgets.buttons import FlatButton, Toggle
from gui.widgets.controls import control_widget
from gui.widgets.curve import Curve, Series
from gui.widgets.icons import ICONS
from gui.widgets.keyboard import PLAYED, Keyboard
from gui.widgets.lights import STATES, ActivityLight, BeatDots, Meter
from gui.widgets.roll import LockedCell, PianoRoll, Source
from gui.widgets.rows import Column, Row
from gui.widgets.snapshots import MorphBar, SnapshotButtons
from gui.widgets.status_line import LEVELS, StatusLine
from gui.widgets.xy_pad import PadField, XyPad
from realtime.bundle.spec import ControlSpec, choice
from realtime.music.note import Note
from realtime.music.units import PPQ

SIZE: Final = 1180, 720
PLAYED_KEY: Final = "played"
SOURCES: Final = (
    Source(key=PLAYED_KEY, label="You", outline=True),
    *(Source(key=name, label=name, part=i) for i, name in enumerate(("continue", "morph", "quartet", "sketch"))),
)
SPECS: Final = (
    ControlSpec(name="temperature", low=0, high=2, default=0.9, help="how bold the answer is"),
    ControlSpec(name="density", low=-3, high=3, default=0, unit="sigma", help="fewer or more notes"),
    ControlSpec(name="octave", low=-3, high=3, default=0, unit="octaves", integer=True),
    ControlSpec(name="range_low", low=0, high=127, default=0, unit="MIDI pitch", integer=True),
    choice("scale_mode", ("off", "snap", "filter"), text="snap moves notes into the scale"),
    choice("evolve", ("off", "on"), text="another phrase each cycle"),
)


def example_notes(source: int, count: int, *, seed: int = 0) -> list[Note]:
    """Notes such as a part plays, a register for each source, `count` of them one after the other."""
    chance = random.Random(f"{source} {seed}")
    made, tick, pitch = [], 0, 78 - 9 * source
    for _ in range(count):
        length = chance.choice((PPQ // 4, PPQ // 2, PPQ // 2, PPQ))
        pitch = min(90 - 9 * source, max(64 - 9 * source, pitch + chance.choice((-4, -2, -1, 1, 2, 3))))
        made.append(Note(tick, pitch, length - 20, chance.randint(30, 120)))
        tick += length + chance.choice((0, 0, PPQ // 2))
    return made


def example_roll() -> PianoRoll:
    """Four parts and who plays, in the fifth bar."""
    roll = PianoRoll()
    roll.set_sources(SOURCES)
    for place, source in enumerate(SOURCES):
        roll.set_notes(source.key, example_notes(place, 48))
    roll.set_now(17 * PPQ + 100, 4 * PPQ)
    roll.set_selection((5, 6))
    roll.set_lock_cells([LockedCell(source="sketch", first_bar=2, last_bar=3)])
    return roll


def _column(*widgets: QWidget) -> QWidget:
    return Column(*widgets, 1, spacing=SPACE.tight)


def _row(*widgets: QWidget) -> QWidget:
    return Row(*widgets, 1, spacing=SPACE.tight)


def _controls() -> QWidget:
    made = []
    for part, (spec, value) in enumerate(zip(SPECS, (1.3, -1.2, 1, 48, 1, 1), strict=True)):
        widget = control_widget(spec)
        widget.set_part(part)
        widget.show_value(value)
        made.append(widget)
    made[1].set_mapped("CC 21")
    made[1].set_pick_up(1.5)
    made[2].set_learning(True)
    disabled = control_widget(SPECS[0])
    disabled.setEnabled(False)
    return _column(*made, disabled)


def _switches() -> QWidget:
    letters = [Toggle(name, text=letter) for name, letter in (("Mute", "M"), ("Solo", "S"), ("Lock", "L"))]
    for toggle, role in zip(letters, ("bad", "warn", "focus"), strict=True):
        toggle.set_role(role)
        toggle.take(1)
    slots, bar = SnapshotButtons(), MorphBar()
    slots.show_slots({1, 2, 5}, 2)
    bar.show_value(0.35)
    bar.set_part(1)
    icons = [FlatButton(name, icon=name) for name in ICONS]
    play = Toggle("Play", icon="play", text="Play")
    play.set_role("good")
    play.take(1)
    panic = FlatButton("Panic", icon="panic", text="Panic")
    lights = [ActivityLight(state) for state in STATES]
    for light, state in zip(lights, STATES, strict=True):
        light.show_state(state)
    dots = BeatDots(4)
    dots.show_beat(2)
    load, late = Meter("load", unit="ms", budget=31), Meter("late", unit="ms", budget=2)
    load.show_amount(12.4)
    late.show_amount(3.1)
    lines = [StatusLine() for _ in LEVELS]
    for line, level in zip(lines, LEVELS, strict=True):
        line.say(f"A {level}, in one line", level)
    half = len(icons) // 2
    rows = (_row(play, panic, *letters, *lights, dots), _row(load, late), slots, bar)
    return _column(*rows, _row(*icons[:half]), _row(*icons[half:]), *lines)


def _pad() -> XyPad:
    pad = XyPad(SPECS[1], ControlSpec(name="register", low=-3, high=3, default=0, unit="sigma"))
    pad.set_part(1)
    return pad


def draw_gesture(field: QWidget) -> None:
    """A loop drawn on a pad by the mouse."""
    places = [
        QPoint(round(field.width() * (0.5 + 0.35 * sin(i / 9))), round(field.height() * (0.5 - 0.3 * sin(i / 6 + 1))))
        for i in range(60)
    ]
    QTest.mousePress(field, Qt.MouseButton.LeftButton, pos=places[0])
    for place in places:
        QTest.mouseMove(field, place)
    QTest.mouseRelease(field, Qt.MouseButton.LeftButton, pos=places[-1])


def _curve() -> Curve:
    curve = Curve("Loss")
    noise = random.Random(1)
    train = tuple((x, 1 + 3 * exp(-x / 250) + noise.gauss(0, 0.04)) for x in range(0, 2000, 10))
    valid = tuple((x, 1.2 + 3 * exp(-x / 300)) for x in range(0, 2000, 100))
    curve.show_series([Series(name="train", points=train), Series(name="valid", points=valid)])
    return curve


def page() -> QWidget:
    """The page."""
    made = QWidget()
    made.setWindowTitle("Hocket: widgets")
    grid = QGridLayout(made)
    grid.setSpacing(SPACE.gap)
    keyboard = Keyboard(36, 84)
    keyboard.show_sounding({48: 0, 55: 1, 58: 2, 64: 3, 72: PLAYED})
    keyboard.set_letters(dict(zip(range(60, 78), "AWSEDFTGYHUJKOLP;'", strict=True)))
    grid.addWidget(example_roll(), 0, 0, 1, 4)
    for column, widget in enumerate((_controls(), _switches(), _pad(), _curve())):
        grid.addWidget(widget, 1, column)
    grid.addWidget(keyboard, 2, 0, 1, 4)
    grid.setRowStretch(0, 1)
    return made


def main() -> int:
    """Show the page, or write a picture of it. QT_SCALE_FACTOR=2 doubles everything."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--png", help="write a picture instead of showing the page")
    options.add_argument("--scheme", choices=theme.SCHEMES, default="dark")
    given = options.parse_args()
    app = QApplication(sys.argv[:1])
    theme.apply(app, given.scheme)
    window = page()
    window.resize(*SIZE)
    window.show()
    if not given.png:
        return app.exec()
    app.processEvents()
    for field in window.findChildren(PadField):
        draw_gesture(field)
    return 0 if window.grab().save(given.png) else 1


if __name__ == "__main__":
    sys.exit(main())
