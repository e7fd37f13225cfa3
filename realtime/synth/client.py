"""The player's side of the live synth: starts the process and sends it messages without ever blocking.

Standard library only, because it runs inside the player. Threads: `send` belongs to one thread; a daemon thread reads
the synth's reports. Start the synth before asking for real-time priority, which a child would inherit.
"""

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from realtime.synth import frames
from realtime.synth.errors import SynthError
from realtime.synth.pipes import Pipe, open_pipe

START_SECONDS = 30.0  # a 150 MB soundfont from a cold disk
CLOSE_SECONDS = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SynthOptions:
    """What to play with; None: the first that is found."""

    soundfont: Path | None = None
    device: str | None = None
    driver: str | None = None
    output: str | None = None  # by (part of) the name that `realtime.synth.outputs` tells; stands for both

    def command(self) -> list[str]:
        """The synth process's command line."""
        pairs = {
            "--soundfont": self.soundfont,
            "--device": self.device,
            "--driver": self.driver,
            "--output": self.output,
        }
        given = [str(word) for pair in pairs.items() if pair[1] is not None for word in pair]
        return [sys.executable, "-m", "realtime.synth", *given]


class SynthClient:
    """A running synth process. Note-ons it has no room for are dropped; note-offs and controllers wait."""

    def __init__(self, process: "subprocess.Popen[str]", pipe: Pipe, report: dict[str, Any]) -> None:
        self._process = process
        self._pipe = pipe
        self._open = True
        # (status, note or controller): frame. One entry a key bounds it, and no note-on can lie between two.
        self._backlog: dict[tuple[int, int], bytes] = {}
        self.report = report
        self.error: str | None = None
        self.dropped_ons = 0

    @classmethod
    def start(
        cls,
        options: SynthOptions | None = None,
        *,
        command: Sequence[str] | None = None,
        timeout_seconds: float = START_SECONDS,
    ) -> "SynthClient":
        """Start the process and wait until it can play. Raises `SynthError` with its reason if it cannot."""
        process = subprocess.Popen(
            list(command or (options or SynthOptions()).command()),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # audio libraries complain there about every device they do not find
            text=True,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        pipe = open_pipe(_own_descriptor(process.stdin))
        process.stdin = None
        reports: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        _start_reader(process.stdout, reports.put)
        try:
            report = reports.get(timeout=timeout_seconds)
        except queue.Empty:
            report = {"error": f"the built-in sound was not ready within {timeout_seconds:g} s"}
        client = cls(process, pipe, report)
        if not report.get("ready"):
            client.close(timeout_seconds=0.5)
            raise SynthError(str(report.get("error", "the built-in sound ended without a reason")))
        threading.Thread(target=client._follow, args=(reports,), name="synth-follow", daemon=True).start()
        return client

    def send(self, data: bytes, due_ns: int) -> bool:
        """Send one MIDI channel message due at `due_ns` (monotonic). Never blocks. False: not handed over now."""
        frame = frames.pack(frames.Frame(due_ns, data))
        if not self._open:
            return False
        if self.flush() and self._write(frame):
            return True
        if frames.is_note_on(data):
            self.dropped_ons += 1
        elif self._open:
            self._keep(data, frame)
        return False

    def flush(self) -> bool:
        """Send what waits; True once nothing does."""
        for key in list(self._backlog):
            if not self._write(self._backlog[key]):
                return False
            del self._backlog[key]
        return self._open

    @property
    def waiting(self) -> int:
        """How many messages wait for room in the pipe."""
        return len(self._backlog)

    def alive(self) -> bool:
        """Whether the process runs and listens."""
        return self._open and self.error is None and self._process.poll() is None

    def close(self, *, timeout_seconds: float = CLOSE_SECONDS) -> int:
        """End the process: it releases all notes when the pipe closes. Returns its exit code. May wait."""
        if self._open:
            self.flush()
        self._shut()
        for end in (None, self._process.terminate, self._process.kill):
            if end is not None:
                end()
            try:
                return self._process.wait(timeout_seconds)
            except subprocess.TimeoutExpired:
                continue
        return self._process.wait()

    def _keep(self, data: bytes, frame: bytes) -> None:
        if frames.is_note_off(data):
            # The first one ends the note that sounds; later ones belong to note-ons that were dropped.
            self._backlog.setdefault((frames.NOTE_OFF | data[0] & 0x0F, data[1]), frame)
        else:
            numbered = data[0] & 0xF0 in (frames.CONTROL, frames.KEY_PRESSURE)
            key = (data[0], data[1] if numbered else 0)
            self._backlog.pop(key, None)  # newest last
            self._backlog[key] = frame

    def _write(self, frame: bytes) -> bool:
        if not self._open:
            return False
        try:
            return self._pipe.write(frame)
        except OSError:
            self._shut()
            return False

    def _shut(self) -> None:
        if self._open:
            self._open = False
            self._backlog.clear()
            self._pipe.close()

    def _follow(self, reports: "queue.SimpleQueue[dict[str, Any]]") -> None:
        while not (report := reports.get()).get("ended"):
            if "error" in report:
                self.error = str(report["error"])
                return


def _own_descriptor(stream: IO[str]) -> int:
    """A descriptor of our own, and the stream closed: no buffer between `send` and the pipe."""
    descriptor = os.dup(stream.fileno())
    stream.close()
    return descriptor


def _start_reader(stream: IO[str], put: Callable[[dict[str, Any]], None]) -> None:
    """Read JSON lines in a daemon thread; the end of the stream counts as an error report."""

    def read() -> None:
        with stream:
            for line in stream:
                try:
                    report = json.loads(line)
                except ValueError:
                    continue  # a library printed to stdout
                if isinstance(report, dict):
                    put(report)
        put({"error": "the built-in sound's process ended"})

    threading.Thread(target=read, name="synth-reports", daemon=True).start()
