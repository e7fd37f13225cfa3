"""`hocket monitor` and `hocket panic`: the player's own ports, without a player."""

import sys
import time

from realtime.errors import DeviceLostError
from realtime.messages import Plugged
from realtime.player.midi_bytes import note_off, panic_messages, parse_channel_message
from realtime.player.opening import list_ports, open_io
from realtime.player.ports import MidiIO, Outgoing, PortConfig, match_port

CLIENT = "Hocket Tool"
POLL_SECONDS = 0.005
SETTLE_SECONDS = 0.2  # for the receiver's end of a new connection
NAMES = {0x80: "note off", 0x90: "note on", 0xA0: "pressure", 0xB0: "control", 0xC0: "program", 0xD0: "pressure", 0xE0: "bend"}  # fmt: skip  # noqa: E501


def watch(name: str, backend: str) -> None:
    """Print channel messages of one input as they come, until interrupted or the port is lost."""
    io, warnings = open_io(PortConfig(backend=backend, in_name=name, client_name=CLIENT), lambda: None)
    for warning in warnings:
        sys.stderr.write(f"hocket: {warning}\n")
    sys.stderr.write(f"listening to {name or io.in_name!r} ({io.backend}); Ctrl-C ends\n")
    start_ns = time.monotonic_ns()
    try:
        while (reason := io.alive()) is None:
            for news in io.plugs():
                if isinstance(news, Plugged):
                    sys.stderr.write(f"{news.name!r} is {'back' if news.there else 'gone; waiting for it'}\n")
            for time_ns, raw in io.poll():
                data = parse_channel_message(raw)
                if data is not None:
                    print(describe((time_ns - start_ns) / 1e9, data), flush=True)
            time.sleep(POLL_SECONDS)
        raise DeviceLostError(reason)
    except KeyboardInterrupt:
        pass
    finally:
        io.close()


def describe(seconds: float, data: bytes) -> str:
    """One line about a channel message, channels counted from 1."""
    values = " ".join(f"{value:3d}" for value in data[1:])
    return f"{seconds:9.3f}  ch {(data[0] & 0x0F) + 1:2d}  {NAMES[data[0] & 0xF0]:9s} {values}"


def silence(name: str, backend: str) -> list[str]:
    """Silence the output that `name` stands for, or all; returns their names."""
    names = [port.name for port in list_ports(backend) if port.direction == "out" and not port.ours]
    wanted = [match_port(name, names, "output")] if name else names
    for port in wanted:
        io, _ = open_io(PortConfig(backend=backend, out_name=port, client_name=CLIENT), lambda: None)
        try:
            _silence(io)
        finally:
            io.close()
    return wanted


def _silence(io: MidiIO) -> None:
    time.sleep(SETTLE_SECONDS)
    for channel in range(16):
        messages = [note_off(channel, pitch) for pitch in range(128)] + panic_messages(channel)
        for data in messages:
            io.send(Outgoing(due_ns=time.monotonic_ns(), data=data))
        time.sleep(POLL_SECONDS)  # one channel at a time: receivers have small buffers
    time.sleep(SETTLE_SECONDS)
