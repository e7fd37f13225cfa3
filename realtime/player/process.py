"""The player's process: command line, file descriptors, signals, and the order of starting and ending."""

import argparse
import os
import signal
import threading
import time
from dataclasses import replace
from typing import Final

from realtime.errors import HocketError
from realtime.messages import THRU_MODES, THRU_OFF, Failed, SetSound, StartTransport, ToPlayer
from realtime.player.clock import PlayerClock
from realtime.player.core import Core
from realtime.player.loop import INBOX_CAPACITY, PlayerInbox, StopFlag, Wake, run, start_reader
from realtime.player.opening import BACKENDS, open_io
from realtime.player.outbox import Outbox
from realtime.player.ports import MidiIO, PortConfig
from realtime.player.priority import raise_priority
from realtime.player.sound import Sound
from realtime.player.sync.conductor import Conductor
from realtime.player.sync.options import SyncOptions
from realtime.wire import Receiver, Sender

ENDING_SIGNALS: Final = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")  # by name: not all exist everywhere
OUTBOX_SECONDS: Final = 0.3  # the engine's time to read the last messages
STACK_BYTES: Final = 512 * 1024
MESSAGE_LIMIT_BYTES: Final = 32 * 1024  # a chunk of `MAX_CHUNK_NOTES` has less, whatever its numbers


def main(argv: list[str] | None = None) -> int:
    """Run the player; returns the exit code."""
    stop = StopFlag()
    for name in ENDING_SIGNALS:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), stop.set)
    arguments = _parse(argv)
    threading.stack_size(STACK_BYTES)
    sound = Sound(SetSound(on=arguments.synth, soundfont=arguments.soundfont, audio=arguments.audio))
    priority = raise_priority() if arguments.realtime else "none: switched off"
    frames_in, frames_out = _take_pipes()
    outbox = Outbox(Sender(os.fdopen(frames_out, "wb")), stop.set)
    try:
        _play(arguments, stop, priority, frames_in, outbox, sound)
        return 0
    except HocketError as error:
        outbox.put(Failed(exit_code=error.exit_code, text=str(error)))
        return error.exit_code
    except Exception as error:
        outbox.put(Failed(exit_code=HocketError.exit_code, text=f"player: {type(error).__name__}: {error}"))
        raise
    finally:
        outbox.close(OUTBOX_SECONDS)
        sound.close()


def _play(
    arguments: argparse.Namespace,
    stop: StopFlag,
    priority: str,
    frames_in: int,
    outbox: Outbox,
    sound: Sound,
) -> None:
    inbox: PlayerInbox = PlayerInbox(capacity=INBOX_CAPACITY)
    config = PortConfig(
        backend=arguments.backend,
        in_name=arguments.in_name,
        out_name=arguments.out_name,
        client_name=arguments.name,
    )

    def open_ports(backend: str, *, patient: bool = True) -> tuple[MidiIO, tuple[str, ...]]:
        return open_io(replace(config, backend=backend, patient=patient), lambda: inbox.put(Wake.INPUT))

    clock, options = PlayerClock(arguments.bpm, time.monotonic_ns), SyncOptions.of(arguments)
    io, warnings = open_ports(config.backend, patient=arguments.wait)
    core = Core(
        io, Conductor(clock, options), outbox.put, thru=arguments.thru, trace=arguments.trace, clear=arguments.clear
    )
    core.hear(sound)
    # Unbuffered: a buffered reader that a daemon thread blocks in cannot be let go at the end.
    stream = os.fdopen(frames_in, "rb", buffering=0)
    receiver = Receiver[ToPlayer](stream, ToPlayer, limit_bytes=MESSAGE_LIMIT_BYTES)
    core.overflow = lambda: inbox.dropped + outbox.dropped + receiver.skipped
    try:
        core.attach(io, priority, warnings)
        sound.watch(outbox.put)  # not before the first word, which is `Ready`
        if options.count_in:
            core.handle(StartTransport())
        start_reader(receiver, inbox)
        run(core, inbox, stop, priority, open_ports)
    finally:
        core.shutdown()


def _take_pipes() -> tuple[int, int]:
    """Private copies of stdin and stdout; fd 1 becomes stderr, for libjack prints to it."""
    frames_in, frames_out = os.dup(0), os.dup(1)
    os.dup2(2, 1)
    return frames_in, frames_out


def _parse(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m realtime.player", description=__doc__)
    parser.add_argument("--backend", default="auto", choices=("auto", *BACKENDS))
    parser.add_argument("--in", dest="in_name", default="", metavar="NAME", help="port to listen to")
    parser.add_argument("--out", dest="out_name", default="", metavar="NAME", help="port to play to")
    parser.add_argument("--name", default="Hocket", help="name of our client and virtual ports")
    parser.add_argument("--bpm", type=float, default=120.0)
    parser.add_argument("--wait", action="store_true", help="wait for ports that are not there yet")
    parser.add_argument("--thru", default=THRU_OFF, choices=THRU_MODES, help="what of the input goes on to the output")
    parser.add_argument("--clear", action="store_true", help="put all channels to rest first")
    parser.add_argument("--trace", action="store_true", help="report each note that is sent")
    parser.add_argument("--synth", action="store_true", help="also play through the built-in synth")
    parser.add_argument("--soundfont", default="", metavar="FILE", help="sound font of the built-in synth")
    parser.add_argument("--audio", default="", metavar="NAME", help="its audio device (part of a name is enough)")
    SyncOptions.add_to(parser)
    parser.add_argument("--realtime", action=argparse.BooleanOptionalAction, default=True)
    return parser.parse_args(argv)
