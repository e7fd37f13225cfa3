"""`hocket run`: an engine with a terminal in front of it."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import msgspec

from realtime.cli.output import say
from realtime.cli.telling import Teller
from realtime.cli.terminal import Terminal
from realtime.engine.commands import QuitEngine
from realtime.engine.engine import Engine
from realtime.engine.favour import SWITCH_INTERVAL_SECONDS
from realtime.engine.options import EngineOptions, PartStart, load_model
from realtime.engine.parts.board import Board
from realtime.engine.reports import Report
from realtime.engine.setup import MAX_PARTS, POST, PartSetup, controls_of, free_name, with_control
from realtime.errors import FileError, UsageError
from realtime.remote.server import is_loopback, open_remote
from realtime.session import LOOPBACK, Remote


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """Who else may ask for things, and from where."""

    remote: Remote = field(default_factory=Remote)
    listen: str = LOOPBACK  # IP address; any but a loopback one lets the network in


def setups_of(models: Sequence[str], *, channel: int, seed: int | None) -> list[PartSetup]:
    """A part for each model, on channels that follow one another as the models' voices need them."""
    if len(models) > MAX_PARTS:
        raise UsageError(f"a rack has at most {MAX_PARTS} parts, got {len(models)} times --model")
    return [PartSetup(model=model, channel=0 if number else channel, seed=seed) for number, model in enumerate(models)]


def load_parts(setups: Sequence[PartSetup], settings: Sequence[str] = ()) -> list[PartStart]:
    """Load the models, and check the controls against them. `settings`: "[part.]name=value", over the setups' own."""
    starts: list[PartStart] = []
    for setup in setups:
        generator = load_model(setup.model)
        name = free_name(setup.name or generator.spec.name, [start.setup.name for start in starts])
        starts.append(PartStart(msgspec.structs.replace(setup, name=name), generator))
    for setting in settings:
        starts = _with_setting(starts, setting)
    for start in starts:
        Board(start.setup, start.generator.spec)  # refuses what the part does not have
    return starts


def perform(
    starts: Sequence[PartStart], options: EngineOptions, *, trace: Path | None, outside: Outside = Outside()
) -> None:
    """Play until Ctrl-C, `quit` or a signal."""
    sys.setswitchinterval(SWITCH_INTERVAL_SECONDS)
    with open_trace(trace) as write, open_remote(outside.remote.osc, outside.listen) as server:
        observers: list[Callable[[Report], None]] = [write, Teller(), *([server.observe] if server else [])]

        def observe(report: Report) -> None:
            for each in observers:
                each(report)

        engine = Engine(starts, options, observe)
        if server:
            announce(server.address, server.port)
            server.start(engine.command)
        _run(engine, outside.remote)
        if server and server.received:
            say(f"OSC: {server.received} packets, {server.ignored} ignored, {server.dropped} without room")
    say("ended; all notes released")


def announce(address: str, port: int) -> None:
    """Say where OSC is listened to, with a warning where that is not this machine alone."""
    say(f"OSC: listening on {address}, port {port}")
    if not is_loopback(address):
        say(f"warning: whoever reaches {address} can play this Hocket; there is no password")


def _with_setting(starts: Sequence[PartStart], setting: str) -> list[PartStart]:
    """The parts with this control. Without a part's name it is the first part's that has it."""
    name, equals, text = setting.partition("=")
    if not equals:
        raise UsageError(f"a control is given as name=value, got {setting!r}")
    names = [start.setup.name for start in starts]
    part, dot, rest = name.partition(".")
    if part in names and dot:
        place, control = names.index(part), rest
    elif dot and not name.startswith(POST):
        raise UsageError(f"no part {part!r} (there are {', '.join(names)})")
    else:
        place, control = _owner(starts, name), name
    changed = PartStart(with_control(starts[place].setup, control, text), starts[place].generator)
    return [*starts[:place], changed, *starts[place + 1 :]]


def _owner(starts: Sequence[PartStart], control: str) -> int:
    has = (control in controls_of(start.generator.spec) for start in starts)
    return next((place for place, found in enumerate(has) if found), 0)


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


def _run(engine: Engine, remote: Remote) -> None:
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: engine.command(QuitEngine()))
    terminal = Terminal(engine.command, remote)
    threading.Thread(target=terminal.read, name="terminal", daemon=True).start()
    engine.run()
