"""What arrives at another program through JACK: python -m tests.benchmarks.loopback --json

A JACK server of our own (jackd, dummy driver), engine and player as shipped with all four models at play and being
touched, and a second process that keeps each message with the time of its sample. Each note that the player says it has
sent must arrive, in that order. `jitter_us`: how far a note is from its due time, beside the median of all; a sample
lasts 21 us. The loads are those of `timing`. A busy machine makes JACK itself skip cycles: `xruns` says so.
"""

import json
import os
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any, Final

from realtime.player.midi_bytes import is_note_on
from realtime.player.opening import list_ports
from tests.benchmarks.measure import finish, machine, note, parser, percentile
from tests.benchmarks.rack import FourParts
from tests.benchmarks.timing_app import BPM, LOADS, note_ons, open_window, start_load
from tests.benchmarks.window import WindowProcess
from tests.jack_server import JackServer
from tests.live.rig import Peer
from tests.player.jack_peer import wait_until

PERIOD: Final = 512  # with 256 a machine with three times its work skipped cycles, and lost one note of a thousand
Timed = tuple[int, bytes]  # monotonic ns, message


class Tape:
    """Another program: it records what Hocket's common output sends."""

    def __init__(self, file: Path) -> None:
        self._file, self._peer = file, Peer("record", str(file))

    def end(self) -> list[Timed]:
        """The note-ons that it has heard."""
        self._peer.end()
        lines = map(json.loads, self._file.read_text().splitlines())
        return [(time_ns, bytes(data)) for time_ns, data in lines if is_note_on(bytes(data))]


def report_of(sent: Sequence[Timed], heard: Sequence[Timed]) -> dict[str, Any]:
    """Of notes with their due times, and of what another program heard."""
    in_order = [data for _, data in sent] == [data for _, data in heard]
    late_us = [(at - due) / 1e3 for (due, _), (at, _) in zip(sent, heard, strict=False)] if in_order else []
    middle = median(late_us) if late_us else 0.0
    jitter_us = [abs(late - middle) for late in late_us]
    return {
        "sent": len(sent),
        "arrived": len(heard),
        "in_order": in_order,
        "late_p50_us": round(middle, 1),
        "jitter_p50_us": round(median(jitter_us), 1) if jitter_us else None,
        "jitter_p99_us": round(percentile(jitter_us, 99), 1) if jitter_us else None,
        "jitter_max_us": round(max(jitter_us), 1) if jitter_us else None,
    }


def run_load(load: str, notes: int, seed: int, folder: Path) -> dict[str, Any]:
    """Play at least so many notes under a load. A JACK server must be running."""
    window, ended = open_window(load), threading.Event()
    played = FourParts(BPM, seed, backend="jack", window=window)
    heard: list[Timed] = []

    def script() -> None:
        note_ons(played, notes)
        played.silence()
        heard.extend(tape.end())

    wait_until(lambda: any(port.ours for port in list_ports("jack")), "the player's ports")
    tape = Tape(folder / f"{load}.jsonl")
    start_load(load, ended)
    try:
        played.play(script)
    finally:
        ended.set()
    fps = window.end() if window else None
    told = report_of([(sent.due_ns, sent.data) for sent in played.notes.sent], heard)
    return {**told, "late_events": played.notes.counters.late_events, "window_fps": fps}


def main() -> int:
    """Measure and report."""
    options = parser(__doc__)
    options.add_argument("--notes", type=int, default=1000)
    options.add_argument("--loads", nargs="+", default=LOADS, choices=LOADS)
    options.add_argument("--period", type=int, default=PERIOD, help="of the JACK server, in frames at 48 kHz")
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    if not JackServer.is_installed():
        note("jackd is not installed (Debian: jackd2)")
        return 1
    begun, told = machine(), dict[str, Any]()
    if not WindowProcess.is_installed():
        note("PySide6 is not installed: measured without a window (pip install -e '.[gui]')")
    with tempfile.TemporaryDirectory() as folder:
        for load in given.loads:
            log = Path(folder) / f"{load}.log"
            with JackServer(log, name=f"hocket-bench-{os.getpid()}", period=given.period) as server:
                told[load] = run_load(load, given.notes, given.seed, Path(folder))
                told[load]["xruns"] = server.xruns
    finish({**told, "period": given.period, "seed": given.seed, "machine": begun})
    return 0


if __name__ == "__main__":
    sys.exit(main())
