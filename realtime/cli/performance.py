"""`hocket run`: an engine with a terminal in front of it."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import msgspec

from realtime.bundle.spec import BundleSpec
from realtime.cli.output import say
from realtime.cli.values import controls_of, one_of
from realtime.engine.engine import Engine, EngineOptions
from realtime.engine.phrase_end import GRIDS, LENGTHS, TURN_ENDS
from realtime.engine.player_link import PlayerOptions
from realtime.engine.reports import (
    Forward,
    HandOver,
    ModelFailed,
    QuitEngine,
    Report,
    SetControl,
    SetRules,
    TurnStarted,
    Yielded,
)
from realtime.engine.turns import TurnRules
from realtime.errors import FileError, HocketError, UsageError
from realtime.generators.registry import find_bundle, open_live_generator
from realtime.messages import Panic, PortLost, Ready, SetTempo, SetThru, Silenced
from realtime.music.units import PPQ, check_bpm

SWITCH_INTERVAL_SECONDS = 5e-5  # how soon the inference thread gets the interpreter back after a network step
RULE_CHOICES = {"end": TURN_ENDS, "grid": GRIDS, "length": LENGTHS}


def perform(
    model: str,
    player: PlayerOptions,
    rules: TurnRules,
    *,
    settings: list[str],
    channel: int,
    seed: int | None,
    trace: Path | None,
) -> None:
    """Play until Ctrl-C, `quit` or a signal."""
    sys.setswitchinterval(SWITCH_INTERVAL_SECONDS)
    generator = open_live_generator(find_bundle(model))
    controls = controls_of(generator.spec, settings)
    options = EngineOptions(player=player, rules=rules, controls=controls, channel=channel, seed=seed)
    with open_trace(trace) as write:

        def observe(report: Report) -> None:
            write(report)
            _tell(report)

        engine = Engine(generator, options, observe)
        _run(engine, generator.spec, rules)
    say("ended; all notes released")


@contextmanager
def open_trace(path: Path | None) -> Iterator[Callable[[Report], None]]:
    """A function that writes reports to `path`, one JSON object a line; one that does nothing without a path."""
    if path is None:
        yield lambda _: None
        return
    try:
        file = path.open("wb", buffering=0)
    except OSError as error:
        raise FileError(f"{path}: cannot be written ({os.strerror(error.errno or 0)})") from None
    with file:
        yield lambda report: _write_line(file, report)


def _write_line(file: BinaryIO, report: Report) -> None:
    values = msgspec.to_builtins(report)
    file.write(msgspec.json.encode({**values, "type": type(report).__name__}) + b"\n")


def _run(engine: Engine, spec: BundleSpec, rules: TurnRules) -> None:
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: engine.command(QuitEngine()))
    terminal = Terminal(engine, spec, rules)
    threading.Thread(target=terminal.read, name="terminal", daemon=True).start()
    engine.run()


def _tell(report: Report) -> None:
    match report:
        case Ready():
            say(f"ready: play into {report.in_port!r}, record {report.out_port!r} ({report.backend})")
            for warning in report.warnings:
                say(f"  {warning}")
        case TurnStarted():
            beats = report.length_ticks / PPQ
            length = f"{beats:g} beats" if beats < 1024 else "until you play"
            say(f"answer {report.generation}: {report.prompt_notes} notes heard, {length}, seed {report.seed}")
        case Yielded(generation):
            say(f"answer {generation} gave way")
        case Silenced(released=released):
            say(f"panic: {released} sounding notes released")
        case PortLost(text=text):
            say(f"MIDI lost: {text}")
        case ModelFailed(text):
            say(f"the model failed and rests: {text}")


class Terminal:
    """Commands on standard input, one a line. Unknown ones are explained, never fatal."""

    def __init__(self, engine: Engine, spec: BundleSpec, rules: TurnRules) -> None:
        self._engine = engine
        self._spec = spec
        self._rules = rules
        self._verbs: dict[str, Callable[[list[str]], None]] = {
            "go": lambda _: engine.command(HandOver()),
            "set": self._set,
            "bpm": lambda words: engine.command(Forward(SetTempo(check_bpm(float(words[0]))))),
            "thru": lambda words: engine.command(Forward(SetThru(words[0] == "on"))),
            "panic": lambda words: engine.command(Forward(Panic(everything="all" in words))),
            "quit": lambda _: engine.command(QuitEngine()),
        }

    def read(self) -> None:
        """Terminal thread: until the input ends; then the music goes on without it.

        Unbuffered: a daemon thread that holds a buffer's lock at the end of the program would break the ending.
        """
        if sys.stdin is None:  # started without one: descriptor 0 may be anything
            return
        with open(0, "rb", buffering=0, closefd=False) as lines:
            for line in lines:
                words = line.decode(errors="replace").split()
                if words:
                    self._do(words)

    def _do(self, words: list[str]) -> None:
        try:
            self._verbs[words[0]](words[1:])
        except KeyError:
            say(f"no such command: {words[0]!r} (go, set NAME VALUE, bpm N, thru on|off, panic [all], quit)")
        except (IndexError, ValueError):
            say(f"{words[0]}: a value is missing or no number")
        except HocketError as error:
            say(str(error))

    def _set(self, words: list[str]) -> None:
        name, value = words[0], words[1]
        if name in RULE_CHOICES:
            chosen = {name: one_of(name, value, RULE_CHOICES[name])}
            self._rules = replace(self._rules, **chosen)  # type: ignore[arg-type]  # the names are those of str fields
            self._engine.command(SetRules(self._rules))
        elif name == "bars":
            if not 1 <= int(value) <= 64:
                raise UsageError(f"bars must be 1..64, got {value}")
            self._rules = replace(self._rules, bars=int(value))
            self._engine.command(SetRules(self._rules))
        else:
            for control, number in controls_of(self._spec, [f"{name}={value}"]).items():
                self._engine.command(SetControl(control, number))
