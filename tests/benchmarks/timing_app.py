"""One load of `timing`, in a process of its own: an app with all four models generating, and who plays beside them.

`python -m tests.benchmarks.timing_app LOAD NOTES SPACING_MS SEED`. Hocket first, then each other in turn, while
the hands go on touching. Last line: one JSON object (see `measure`).
"""

import json
import os
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, Final

from realtime.engine.options import load_model
from realtime.generators.base import GenerateRequest
from realtime.messages import Sent
from realtime.music.examples import EXAMPLES
from realtime.music.units import Meter
from tests.benchmarks.peers import LIBRARIES, cyclictest_times, library_times
from tests.benchmarks.rack import MODELS, FourParts
from tests.benchmarks.window import WindowProcess

BPM: Final = 240.0  # many notes in little time
LOADS: Final = ("idle", "window_inference", "busy_thread")
INFERENCE: Final = ("sketch", "morph")  # a thread each
LIMIT_SECONDS: Final = 240.0
TOUCH_SECONDS: Final = 0.1


def infer(model: str, ended: threading.Event) -> None:
    """Answer after answer, with no rest."""
    generator, phrase = load_model(model), EXAMPLES["bach"].phrase()
    request = GenerateRequest(
        context=phrase, start_tick=phrase.length_ticks, length_ticks=2 * Meter().bar_ticks, controls={}
    )
    seed = 0
    while not ended.is_set():
        seed += 1
        generator.generate(request, generator.initial_state(seed))


def be_busy(ended: threading.Event) -> None:
    """Pure Python that lets go of the interpreter only when it must."""
    number = 0
    while not ended.is_set():
        for step in range(2000):
            number = (number * 31 + step) & 0xFFFF


def open_window(load: str) -> WindowProcess | None:
    """Hocket's own window, where the load has one and PySide6 is installed."""
    return WindowProcess(MODELS) if load == "window_inference" and WindowProcess.is_installed() else None


def start_load(load: str, ended: threading.Event) -> None:
    """The load's threads."""
    work: dict[str, list[Callable[[], None]]] = {
        "window_inference": [lambda model=model: infer(model, ended) for model in INFERENCE],  # type: ignore[misc]
        "busy_thread": [lambda: be_busy(ended)],
    }
    for each in work.get(load, ()):
        threading.Thread(target=each, daemon=True).start()


def note_ons(played: FourParts, count: int) -> list[Sent]:
    """Touch until so many notes were sent; returns them."""
    sent, before, end = played.notes.sent, len(played.notes.sent), time.monotonic() + LIMIT_SECONDS
    while len(sent) - before < count and time.monotonic() < end:
        played.touch()
        time.sleep(TOUCH_SECONDS)
    return sent[before : before + count]


def beside(played: FourParts, work: Callable[[], Any]) -> Any:
    """What `work` gives, with the hands still touching."""
    done = threading.Event()

    def hands() -> None:
        while not done.wait(TOUCH_SECONDS):
            played.touch()

    thread = threading.Thread(target=hands)
    thread.start()
    try:
        return work()
    finally:
        done.set()
        thread.join()


def measure(load: str, notes: int, spacing_ms: int, seed: int) -> dict[str, Any]:
    """Lateness of Hocket (`due_s` since its first note, `late_us`) and of the others, in microseconds."""
    ended, told = threading.Event(), dict[str, Any]()
    window = open_window(load)
    played = FourParts(BPM, seed, window=window)
    start_load(load, ended)

    def script() -> None:
        sent = note_ons(played, notes)
        priority = played.notes.ready.realtime_priority if played.notes.ready else ""
        told["realtime_priority"] = priority
        told["due_s"] = [(each.due_ns - sent[0].due_ns) / 1e9 for each in sent]
        late = {"hocket": [(each.sent_ns - each.due_ns) / 1e3 for each in sent]}
        realtime = priority.startswith("fifo")
        late["cyclictest"] = beside(played, lambda: cyclictest_times(notes, spacing_ms, realtime=realtime))
        for name in LIBRARIES:
            late[name] = beside(played, lambda name=name: library_times(name, notes, spacing_ms))
        told["late_us"] = late
        told["hung"] = -1
        played.silence()
        told["hung"] = len(played.notes.sounding)

    played.play(script)
    ended.set()
    told["late_events"] = played.notes.counters.late_events
    told["window_fps"] = window.end() if window else None
    return told


def main() -> int:
    """Measure, print."""
    load, notes, spacing_ms, seed = sys.argv[1], *map(int, sys.argv[2:5])
    print(json.dumps(measure(load, notes, spacing_ms, seed)), flush=True)
    os._exit(0)  # libraries leave threads behind that would never let it end


if __name__ == "__main__":
    sys.exit(main())
