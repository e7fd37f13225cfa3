"""What a frame of the piano roll costs: `python -m tests.benchmarks.roll`

5,000 notes of four parts and a musician. Frame after frame the music moves on and the picture is painted whole, as Qt
asks for it; every eighth frame a part takes all that it has ahead back and gets it anew, as while a knob is turned, so
that every tile in sight is painted again. `p50_ms` and `p99_ms` are over all frames of all scenes; `cpu_p99_ms` is CPU
time of the thread that paints, which other programs' load moves less. `scenes`: `play` (following, at five bars a
screen), `zoom` (a notch each fourth frame), `scroll` (a row each fourth frame), `twice` (as `play`, at two device
pixels each way), `far` (nearly all notes on one screen). `painted` counts the tiles that were painted.
"""

import os
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any, Final

from realtime.music.note import Note
from realtime.music.units import PPQ
from tests.benchmarks.measure import finish, machine, milliseconds, note, parser, percentile

SIZE: Final = 1100, 420
NOTES: Final = 5_000
BEATS_A_FRAME: Final = 2 / 60  # 120 beats a minute at 60 frames a second
CHANGE_FRAMES: Final = 8
Frame = tuple[float, float]  # wall seconds, CPU seconds
Roll = Any  # PySide6 is imported late: it may not be there, and the platform has to be chosen first


def make_roll() -> Roll:
    """The roll, shown, with its notes."""
    from PySide6.QtWidgets import QApplication

    from gui import theme
    from gui.widgets.gallery import SOURCES, example_notes
    from gui.widgets.roll import PianoRoll

    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    theme.apply(app, "dark")
    roll = PianoRoll()
    roll.set_sources(SOURCES)
    for place, source in enumerate(SOURCES):
        roll.set_notes(source.key, example_notes(place, NOTES // len(SOURCES)))
    roll.resize(*SIZE)
    roll.show()
    return roll


def change_notes(roll: Roll, frame: int) -> None:
    """A part takes back what it has ahead, and gets it anew."""
    from gui.widgets.gallery import SOURCES

    source = SOURCES[1 + frame // CHANGE_FRAMES % (len(SOURCES) - 1)]
    tick = roll.now_tick + PPQ
    ahead = [row for row in roll.store.rows(source.key).tolist() if row[0] >= tick]
    roll.drop_from(source.key, tick)
    roll.add_notes(source.key, [Note(start, pitch, end - start, velocity) for start, end, pitch, velocity in ahead])


def run_scene(roll: Roll, frames: int, move: Callable[[int], None], ratio: float = 1.0) -> list[Frame]:
    """What each frame took: the move, what it changes, and the whole picture painted."""
    from PySide6.QtCore import QPoint
    from PySide6.QtGui import QImage

    image = QImage(round(SIZE[0] * ratio), round(SIZE[1] * ratio), QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    taken = []
    for frame in range(frames):
        if frame % CHANGE_FRAMES == 0:
            change_notes(roll, frame)
        begun, busy = time.perf_counter(), time.thread_time()
        move(frame)
        roll.render(image, QPoint())
        taken.append((time.perf_counter() - begun, time.thread_time() - busy))
    return taken


def measure(frames: int) -> dict[str, Any]:
    """All scenes, `frames` each."""
    roll = make_roll()

    def play(frame: int) -> None:
        roll.set_now(round(frame * BEATS_A_FRAME * PPQ), 2 * PPQ)

    def zoom(frame: int) -> None:
        play(frame)
        if frame % 4 == 0:
            roll.zoom(1.2 if frame // 64 % 2 else 1 / 1.2)

    def scroll(frame: int) -> None:
        play(frame)
        if frame % 4 == 0:
            roll.scroll_rows(1 if frame // 64 % 2 else -1)

    scenes = {}
    close = roll.view
    for name, move, ratio in (("play", play, 1.0), ("zoom", zoom, 1.0), ("scroll", scroll, 1.0), ("twice", play, 2.0)):
        roll.set_view(close)
        scenes[name] = run_scene(roll, frames, move, ratio)
    roll.set_view(close.zoomed(SIZE[0] / roll.store.end_tick() * PPQ / close.beat_px, 0))
    scenes["far"] = run_scene(roll, frames, play)
    every = [frame for taken in scenes.values() for frame in taken]
    return {"notes": len(roll.store), "frames": len(every), **_told(every), "painted": roll.tiles.painted,
            "scenes": {name: _told(taken) for name, taken in scenes.items()}}  # fmt: skip


def _told(taken: list[Frame]) -> dict[str, float]:
    wall, cpu = zip(*taken, strict=True)
    return {
        "p50_ms": milliseconds(median(wall)),
        "p99_ms": milliseconds(percentile(wall, 99)),
        "max_ms": milliseconds(max(wall)),
        "cpu_p99_ms": milliseconds(percentile(cpu, 99)),
    }


def main() -> int:
    """Measure and report."""
    options = parser(__doc__)
    options.add_argument("--frames", type=int, default=600, help="a scene; 600 are ten seconds of music")
    arguments = options.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    begun = machine()
    result = measure(arguments.frames)
    if not arguments.json:
        note(f"{result['notes']} notes: p50 {result['p50_ms']} ms, p99 {result['p99_ms']} ms a frame")
    finish({**result, "machine": begun})
    return 0


if __name__ == "__main__":
    sys.exit(main())
