"""All four models at play in this process, as `hocket run` has them, and hands that touch them by a seeded script."""

import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Final

from realtime.bundle.spec import ControlSpec
from realtime.engine.commands import Command, Forward, HandOver, QuitEngine, Reroll, SetControl
from realtime.engine.engine import Engine
from realtime.engine.favour import SWITCH_INTERVAL_SECONDS
from realtime.engine.options import EngineOptions, PartStart, load_model
from realtime.engine.player_link import PlayerOptions
from realtime.engine.reports import ModelFailed, PartLaunched, Refused, Report
from realtime.engine.setup import PartSetup
from realtime.engine.turns import TurnRules
from realtime.messages import Accepted, Counters, Panic, Ready, Sent, Silenced
from realtime.player.midi_bytes import channel_of, is_note_on
from tests.benchmarks.window import WindowProcess

MODELS: Final = ("continue", "morph", "quartet", "sketch")
CYCLES: Final = frozenset(MODELS[1:])  # play on and on
WAIT_SECONDS: Final = 10.0
COUNTERS_SECONDS: Final = 1.0  # the player tells them twice a second
LOST_NS: Final = 1_000_000_000  # a touch that nothing has come of by then
GAP_SECONDS: Final = (0.03, 0.12)  # between two touches
TOUCHED: Final = ("morph", "morph", "morph", "morph", "quartet", "sketch", "continue")  # drawn from


@dataclass(slots=True)
class Touch:
    """A command that asks for other notes, and when the player had placed the first chunk of them."""

    part: str
    asked_ns: int
    accepted_ns: int | None = None

    @property
    def wait_ms(self) -> float | None:
        """From the command to the chunk; None if none came."""
        return None if self.accepted_ns is None else (self.accepted_ns - self.asked_ns) / 1e6


@dataclass(slots=True)
class Notebook:
    """What the engine has told."""

    ready: Ready | None = None
    sent: list[Sent] = field(default_factory=list)
    sounding: set[tuple[str, int, int]] = field(default_factory=set)  # port, channel, pitch
    counters: Counters = field(default_factory=Counters)
    generations: dict[str, int] = field(default_factory=dict)  # the newest of each part
    waiting: dict[str, Touch] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def take(self, report: Report) -> None:
        """Engine's main loop."""
        match report:
            case Sent():
                self._follow(report)
            case Accepted(part, generation, time_ns):
                self._accepted(part.partition("/")[0], generation, time_ns)
            case Counters():
                self.counters = report
            case Ready():
                self.ready = report
            case ModelFailed(text) | Refused(text):
                self.failures.append(text)

    def _follow(self, sent: Sent) -> None:
        key = (sent.port, channel_of(sent.data), sent.data[1])
        if is_note_on(sent.data):
            self.sounding.add(key)
            self.sent.append(sent)
        else:
            self.sounding.discard(key)

    def _accepted(self, part: str, generation: int, time_ns: int) -> None:
        if generation <= self.generations.get(part, -1):
            return
        self.generations[part] = generation
        touch = self.waiting.pop(part, None)
        if touch is not None:
            touch.accepted_ns = time_ns


class FourParts:
    """Engine and player with all four models. Continue answers without end; the others loop."""

    def __init__(self, bpm: float, seed: int, backend: str = "memory", window: WindowProcess | None = None) -> None:
        """`window` is shown all there is to show, and may ask."""
        self.notes, self.touches = Notebook(), list[Touch]()
        self._random = Random(seed)
        self._missing, self._launched, self._silent = set(CYCLES), threading.Event(), threading.Event()
        starts = [PartStart(PartSetup(model=model, name=model, seed=seed), load_model(model)) for model in MODELS]
        self._controls = {start.setup.name: start.generator.spec.controls for start in starts}
        options = EngineOptions(
            player=PlayerOptions(backend=backend, bpm=bpm, trace=True),
            rules=TurnRules(grid="beat", length="endless"),
            show_all=window is not None,
        )
        self._window = window
        self._engine = Engine(starts, options, observe=self._observe)
        if window is not None:
            window.carry(self._engine.command)

    def play(self, script: Callable[[], None]) -> None:
        """Until `script`, which has a thread of its own, has come to its end. Raises what it raised."""
        sys.setswitchinterval(SWITCH_INTERVAL_SECONDS)  # as `hocket run` does
        failed: list[BaseException] = []

        def run() -> None:
            try:
                self._begin()
                script()
            except BaseException as error:
                failed.append(error)
            self._engine.command(QuitEngine())

        threading.Thread(target=run, name="script", daemon=True).start()
        self._engine.run()
        if failed:
            raise failed[0]

    def touch(self) -> None:
        """Draw what to do next, and do it, unless what was asked of that part before is still being made."""
        now_ns, part = time.monotonic_ns(), self._random.choice(TOUCHED)
        command, before = self._command(part), self.notes.waiting.get(part)
        if before is None or now_ns - before.asked_ns > LOST_NS:
            touch = Touch(part, now_ns)
            self.notes.waiting[part] = touch
            self.touches.append(touch)
            self._engine.command(command)

    def touch_for(self, seconds: float) -> None:
        """Touch after touch, at uneven intervals; returns when the last ones are answered or lost."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.touch()
            time.sleep(self._random.uniform(*GAP_SECONDS))
        time.sleep(LOST_NS / 1e9)  # for what is still being made

    def silence(self) -> None:
        """Panic; returns when all is released and counted."""
        self._engine.command(Forward(Panic()))
        self._await(self._silent, "the panic")
        time.sleep(COUNTERS_SECONDS)

    def _begin(self) -> None:
        self._engine.command(HandOver("continue"))
        self._await(self._launched, "the first notes")

    def _await(self, event: threading.Event, what: str) -> None:
        if not event.wait(WAIT_SECONDS):
            raise RuntimeError(f"no sign of {what} after {WAIT_SECONDS:g} s ({'; '.join(self.notes.failures)})")

    def _command(self, part: str) -> Command:
        if part == "continue":
            return HandOver(part)
        if part == "morph":
            control = self._random.choice([c for c in self._controls[part] if not c.integer])
            return SetControl(control.name, self._random.uniform(control.low, control.high), part)
        return Reroll(part, (self._random.choice(seeds),) if (seeds := self._seeds(part)) else ())

    def _seeds(self, part: str) -> list[str]:
        return [control.name for control in self._controls[part] if _is_seed(control)]

    def _observe(self, report: Report) -> None:
        self.notes.take(report)
        if self._window is not None:
            self._window.tell(report)
        match report:
            case PartLaunched(part=part):
                self._missing.discard(part)
                if not self._missing:
                    self._launched.set()
            case Silenced():
                self._silent.set()


def _is_seed(control: ControlSpec) -> bool:
    return control.name.endswith("_seed")
