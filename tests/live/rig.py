"""A real performance: `hocket run`, a musician's process and a tape's process around one JACK server."""

import json
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from realtime.music.note import Note
from realtime.music.units import TempoAnchor
from tests.player.jack_peer import wait_until

LEAD_SECONDS = 0.5  # from the word to the musician, who is there by then, to its first note


@dataclass
class Heard:
    """What the tape heard, notes in ticks of Hocket's timeline."""

    notes: list[Note]
    ons: int
    offs: int
    unmatched: int


class HocketRun:
    """`hocket run` as a user starts it, followed through its trace."""

    def __init__(self, folder: Path, *options: str) -> None:
        self._trace = folder / "trace.jsonl"
        self._trace.unlink(missing_ok=True)
        command = [sys.executable, "-m", "realtime", "run", "--trace", str(self._trace), *options]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        wait_until(lambda: bool(self.reports("Clock")) or self.process.poll() is not None, "hocket run to be ready")

    def reports(self, kind: str) -> list[dict[str, Any]]:
        if not self._trace.exists():
            return []
        lines = [json.loads(line) for line in self._trace.read_text().splitlines() if line.endswith("}")]
        return [line for line in lines if line["type"] == kind]

    @property
    def anchor(self) -> TempoAnchor:
        clock = self.reports("Clock")[-1]
        return TempoAnchor(clock["tick"], clock["time_ns"], clock["bpm"])

    def tick_ahead(self, *, seconds: float = LEAD_SECONDS) -> int:
        """A tick of the timeline that is so far ahead, on no grid."""
        return self.anchor.tick_at(time.monotonic_ns() + int(seconds * 1e9))

    def say(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def end(self, how: int = signal.SIGINT) -> tuple[int, str]:
        """Ask it to end; returns its exit code and what it said."""
        self.process.send_signal(how)
        _, said = self.process.communicate(timeout=10)
        return self.process.returncode, said


class Peer:
    """A `peer_process`."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.live.peer_process", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline().strip() == "ready"

    def say(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def end(self) -> None:
        self.process.communicate(timeout=60)
        assert self.process.returncode == 0


def heard(tape: Path, anchor: TempoAnchor, *, channel: int = 0) -> Heard:
    events = [json.loads(line) for line in tape.read_text().splitlines()]
    sounding: dict[int, tuple[int, int]] = {}
    result = Heard([], 0, 0, 0)
    for time_ns, (status, *values) in events:
        if status == 0x90 | channel:
            result.ons += 1
            result.unmatched += values[0] in sounding
            sounding[values[0]] = (anchor.tick_at(time_ns), values[1])
        elif status == 0x80 | channel:
            result.offs += 1
            on = sounding.pop(values[0], None)
            result.unmatched += on is None
            if on is not None:
                tick = anchor.tick_at(time_ns)
                result.notes.append(Note(on[0], values[0], max(1, tick - on[0]), on[1]))
    result.unmatched += len(sounding)
    result.notes.sort()
    return result


def wait_for(run: HocketRun, kind: str, count: int, seconds: float = 20.0) -> list[dict[str, Any]]:
    wait_until(lambda: len(run.reports(kind)) >= count, f"{count} {kind}", seconds)
    return run.reports(kind)


class Performance:
    """`hocket run` with a tape on its output, and a musician who has played a file and hears the first answer begin."""

    def __init__(self, folder: Path, file: Path, bpm: float, *options: str) -> None:
        self.run = HocketRun(folder, "--bpm", str(bpm), *options)
        self._tape_file = folder / "tape.jsonl"
        self._tape = Peer("record", str(self._tape_file))
        musician = self.musician(file)
        self.start = self.run.tick_ahead()  # of the musician's first note
        self.play(musician, self.start)
        (self.turn,) = wait_for(self.run, "TurnStarted", 1)
        musician.end()

    def musician(self, file: Path) -> Peer:
        """One who is ready to `play` the file."""
        return Peer("play", str(file), str(self.run.anchor.bpm))

    def play(self, musician: Peer, tick: int) -> None:
        """Tell a musician to play from a tick on."""
        musician.say(str(self.run.anchor.time_of(tick)))

    def wait_for_answer(self) -> None:
        """Until the first answer has sounded to its end."""
        end_ns = self.run.anchor.time_of(self.turn["start_tick"] + self.turn["length_ticks"])
        wait_until(lambda: time.monotonic_ns() > end_ns + 300_000_000, "the answer's end")

    def end(self, how: int = signal.SIGINT) -> Heard:
        """Ask `hocket run` to end, which it must do well; what the tape heard."""
        anchor = self.run.anchor
        code, said = self.run.end(how)
        self._tape.end()
        assert code == 0, said
        return heard(self._tape_file, anchor)
