"""An engine in a process of its own: a window's. Commands come in by stdin, reports go out by stdout.

The parts come one after another, so that the window has its transport and the first of them at once.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from realtime.engine.commands import Command, OpenSession, QuitEngine
from realtime.engine.favour import SWITCH_INTERVAL_SECONDS
from realtime.engine.player_link import PlayerOptions, start_player
from realtime.engine.reports import EngineFailed, Refused, Report
from realtime.errors import HocketError
from realtime.player.outbox import Outbox
from realtime.remote.server import OscServer
from realtime.session import Remote
from realtime.wire import Receiver, Sender

if TYPE_CHECKING:
    from realtime.engine.engine import Engine

OUTBOX_SECONDS: Final = 0.5  # the window's time to read the last reports
ENDING_SIGNALS: Final = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")  # by name: not all exist everywhere


def main() -> int:
    """Play until the window says so or is gone; returns the exit code."""
    sys.setswitchinterval(SWITCH_INTERVAL_SECONDS)
    frames_in, frames_out = os.dup(0), os.dup(1)
    os.dup2(2, 1)  # what a library prints is no report
    receiver = Receiver[OpenSession | Command](os.fdopen(frames_in, "rb", buffering=0), OpenSession | Command)
    opened = receiver.receive()
    if not isinstance(opened, OpenSession):
        return 2
    ended = threading.Event()
    outbox = Outbox(Sender(os.fdopen(frames_out, "wb")), ended.set)
    try:
        _play(opened, receiver, outbox)
        return 0
    except HocketError as error:
        outbox.put(EngineFailed(error.exit_code, str(error)))
        return error.exit_code
    except Exception as error:
        outbox.put(EngineFailed(HocketError.exit_code, f"engine: {type(error).__name__}: {error}"))
        raise
    finally:
        outbox.close(OUTBOX_SECONDS)


def _play(opened: OpenSession, receiver: Receiver[OpenSession | Command], outbox: Outbox) -> None:
    session = opened.session
    wanted = PlayerOptions.of(session)
    player = start_player(wanted)
    # Imported beside the player's start: numpy, onnxruntime and the models take as long again.
    from realtime.engine.engine import Engine
    from realtime.engine.options import EngineOptions

    options = EngineOptions.of(session, wanted, show_all=True, takes=opened.takes, adding=session.part)
    server = _osc_server(session.remote, outbox.put)

    def observe(report: Report) -> None:
        outbox.put(report)
        if server:
            server.observe(report)

    engine = Engine((), options, observe, player=player)
    for name in ENDING_SIGNALS:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: engine.command(QuitEngine()))
    threading.Thread(target=_read, args=(receiver, engine), name="window-reader", daemon=True).start()
    if server:
        server.start(engine.command)
    try:
        engine.run()
    finally:
        if server:
            server.close()


def _osc_server(remote: Remote, tell: Callable[[Report], object]) -> OscServer | None:
    """Control from this machine, if it is wanted. A port that is taken is said, and is no reason not to play."""
    if remote.osc is None:
        return None
    try:
        return OscServer(remote.osc)
    except HocketError as error:
        tell(Refused(str(error)))
        return None


def _read(receiver: Receiver[OpenSession | Command], engine: "Engine") -> None:
    """Reader's thread: until the window is gone, which ends the music too."""
    while (message := receiver.receive()) is not None:
        if not isinstance(message, OpenSession):
            engine.command(message)
    engine.command(QuitEngine())
