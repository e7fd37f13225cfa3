"""What the soak does harm to: two Hockets at once, what they play to and hear, and how they are started again."""

import os
import random
import shutil
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import msgspec

from realtime.engine.commands import Command
from realtime.engine.reports import EngineFailed, ModelFailed, Refused, Report
from realtime.messages import Clock, Counters, PortLost, Ready
from realtime.session import Session
from tests.faults.rig import Played, Tape, children, command_line, is_running, session_of
from tests.faults.soak_reasons import Counted
from tests.faults.window_rig import HAS_WINDOW, Window, led_by_jack
from tests.jack_server import JackServer

MODELS = Path(__file__).parents[2] / "exported_models"
KEPT = (Ready, Refused, ModelFailed, PortLost, EngineFailed)
FAULTS = (
    "late_ons_dropped",
    "refused_notes",
    "doubled_notes",
    "coalesced",
    "overflow",
    "late_events",
    "lost_output",
)


class Watched(Played):
    """Keeps few reports, and what the counters of all its players have grown by, and when."""

    def __init__(self, session: Session) -> None:
        self._now, self._is_clocked = Counters(), False
        self.counted: list[Counted] = []
        super().__init__(session)

    def _hear(self, report: Report | None) -> None:
        if isinstance(report, Counters):
            self._count(report)
        if report is None or isinstance(report, KEPT) or not self._is_clocked:
            super()._hear(report)
            self._is_clocked |= isinstance(report, Clock)

    def _count(self, told: Counters) -> None:
        is_another = told.ons < self._now.ons or told.received < self._now.received
        before, self._now = Counters() if is_another else self._now, told
        told_ns = time.monotonic_ns()
        for key in FAULTS:
            if grown := getattr(told, key) - getattr(before, key):
                worst_ms, missed = told.late_max_us / 1000, told.missed_cycles
                self.counted.append(
                    Counted(key=key, count=grown, told_ns=told_ns, worst_ms=worst_ms, missed_cycles=missed)
                )


class Second:
    """`hocket run` beside the window's engine: another instance, with OSC."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self.port = _free_port()
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "realtime", "run", "--backend", "jack", "--model", "morph", "--bpm", "200"]
        command += ["--out", "second:ear", "--osc", str(self.port)]
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log)

    def restart_if_gone(self) -> None:
        if self.process.poll() is not None:
            self.process.communicate()
            self.start()

    def close(self) -> None:
        self.process.terminate()
        try:
            self.process.communicate(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()


class Stage:
    """All of it. `played` is another engine after each of its deaths."""

    def __init__(self, folder: Path, server: JackServer, seed: int) -> None:
        self.rng = random.Random(seed)
        self.folder = folder
        self.bundles = [str(_copied(folder / "morph-a")), str(_copied(folder / "morph-b")), "morph"]
        self.broken = [str(_broken(folder / "broken", 1000)), str(_broken(folder / "empty", 0)), str(folder / "none")]
        self.server = server
        self.tape, self.keys = Tape("tape"), Tape("keys", plays=True)
        self.others = [Tape("second"), *([Tape("third")] if HAS_WINDOW else [])]  # what the other Hockets play to
        self.session = session_of(("continue", "morph", "quartet", "sketch"), bpm=140.0, input="keys:mouth", thru=True)
        self.session = msgspec.structs.replace(
            self.session, ports=msgspec.structs.replace(self.session.ports, sound=has_sound())
        )
        self.played = Watched(self.session)
        self.second = Second(folder / "second.log")
        self.window = self._new_window()
        self.engines = 1
        self._past: list[Counted] = []
        self.telling: Counter[str] = Counter()

    def ask(self, *commands: Command) -> None:
        for command in commands:
            self.played.client.send(command)

    def revive(self) -> None:
        """What the window does: start the engine again where it is gone."""
        self.second.restart_if_gone()
        if self.window is not None and self.window.process.poll() is not None:
            self.window.close()
            self.window = self._new_window()
        if self.played.gone.is_set():
            self._bury()
            self.played = Watched(self.session)
            self.engines += 1

    @property
    def tapes(self) -> list[Tape]:
        """All that hear."""
        return [self.tape, *self.others]

    def counted(self) -> list[Counted]:
        """All that was dropped or late, in order."""
        return self._past + self.played.counted

    def pids(self) -> dict[str, int]:
        """The processes there are, by role."""
        own = {"engine": self.played.client.pid, "second": self.second.process.pid, "tape": self.tape.pid}
        if self.window is not None:
            own["window"] = self.window.process.pid
        for role, parent in tuple(own.items()):
            for pid in children(parent) if role != "tape" else ():
                for name in ("player", "synth", "engine"):
                    if command_line(pid).startswith(f"{sys.executable} -m realtime.{name} "):
                        own[name if role == "engine" else f"{role}'s {name}"] = pid
        return {role: pid for role, pid in own.items() if is_running(pid)}

    def close(self) -> None:
        """Let all end well; what the tapes heard of it is in the ledgers then."""
        self.second.close()
        if self.window is not None:
            self.window.process.terminate()
            self.window.process.wait(10)
            self.window.close()
        self._bury()

    def tear_down(self) -> None:
        for tape in (self.tape, self.keys, *self.others):
            tape.close()

    def _new_window(self) -> Window | None:
        return Window(self.folder, led_by_jack(("morph",), output="third:ear")) if HAS_WINDOW else None

    def _bury(self) -> None:
        self.played.client.close()
        self._past += self.played.counted
        self.played.counted = []
        for kind in (Refused, ModelFailed, PortLost, EngineFailed):
            self.telling[kind.__name__] += len(self.played.of(kind))


def has_sound() -> bool:
    from realtime.synth.errors import SynthError
    from realtime.synth.library import extra
    from realtime.synth.soundfont import find_soundfont

    try:
        extra()
        find_soundfont()
    except SynthError:
        return False
    return True


def _copied(folder: Path, change: Callable[[Path], object] = lambda _: None) -> Path:
    shutil.copytree(MODELS / "morph", folder)
    change(folder)
    return folder


def _broken(folder: Path, size: int) -> Path:
    return _copied(folder, lambda copy: os.truncate(copy / "decoder.onnx", size))


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
