"""What has to hold for any bytes at all, one function an entrance. Each raises `AssertionError`, or whatever broke."""

import contextlib
import io
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np

from realtime.bundle.arrays import unpack_arrays
from realtime.bundle.graph_file import check_graph
from realtime.bundle.manifest import decode_manifest
from realtime.engine.commands import Command, OpenSession
from realtime.engine.reports import Report
from realtime.errors import BundleError, FileError, HocketError, UsageError
from realtime.messages import FromPlayer, Inject, Played, ToPlayer
from realtime.player.midi_bytes import is_note_off, is_note_on, parse_channel_message
from realtime.remote.addresses import command_of
from realtime.remote.packets import Packets
from realtime.session import read_session, write_session
from realtime.wire import Receiver, Sender
from tests.player.fakes import Rig


def one_line(error: HocketError) -> None:
    """What a user is told."""
    assert str(error)
    assert "\n" not in str(error)


def is_channel_message(data: bytes) -> bool:
    lengths = {0x8: 3, 0x9: 3, 0xA: 3, 0xB: 3, 0xC: 2, 0xD: 2, 0xE: 3}
    return len(data) == lengths.get(data[0] >> 4, 0) and max(data[1:]) < 128


def pieces(data: bytes) -> list[bytes]:
    """As a driver might cut a stream: the first bytes say where."""
    cuts, rest, out = data[:8], data[8:], []
    for size in cuts:
        out.append(rest[: size % 5])
        rest = rest[size % 5 :]
    return [*out, rest]


def midi_input(data: bytes) -> None:
    """Bytes at the input, with MIDI thru on: only whole messages come through, and no note is left on."""
    rig, fed = Rig(thru=True), pieces(data)
    for piece in fed:
        parsed = parse_channel_message(piece)
        assert parsed is None or is_channel_message(parsed)
        rig.core.handle(Inject(piece))
        rig.run_ms(1)
    played = [message for message in rig.messages if isinstance(message, Played)]
    assert all(is_channel_message(message.data) for message in played)
    rig.core.shutdown()
    sounding: set[tuple[int, int]] = set()
    for sent in rig.io.data:
        assert sent[0] >= 0xF8 or is_channel_message(sent)
        key = (sent[0] & 15, sent[1] if len(sent) > 1 else 0)
        if is_note_on(sent):
            assert key not in sounding
            assert sent[2] > 0
            sounding.add(key)
        elif is_note_off(sent):
            sounding.discard(key)
    assert not sounding


def osc(data: bytes) -> None:
    """A packet: messages and what they ask for, or `ValueError`, or `UsageError`."""
    with contextlib.suppress(ValueError):
        for address, arguments in Packets().read(data):
            assert address.startswith("/")
            with contextlib.suppress(UsageError):
                command_of(address, arguments)


def wire(data: bytes) -> None:
    """A pipe from a process that has lost its mind: messages that can be sent again, then None."""
    for union in (ToPlayer, FromPlayer, OpenSession | Command, Report):
        receiver: Receiver[Any] = Receiver(io.BytesIO(data), union)
        while (message := receiver.receive()) is not None:
            assert Sender(io.BytesIO()).send(message)


def session(data: bytes) -> None:
    """A session file: one that survives being written, or `FileError`."""
    with tempfile.TemporaryDirectory() as folder:
        path, lines = Path(folder) / "set.toml", list[str]()
        path.write_bytes(data)
        try:
            found = read_session(path, tell=lines.append)
        except FileError as error:
            one_line(error)
            return
        write_session(found, path)
        assert read_session(path, tell=lines.append) == found
        assert not lines


def manifest(data: bytes) -> None:
    """A bundle's manifest, or `BundleError`."""
    try:
        decode_manifest(Path("bundle.json"), data)
    except BundleError as error:
        one_line(error)


def graph(data: bytes) -> None:
    """A bundle's graph file, or `BundleError`."""
    try:
        check_graph(Path("step.onnx"), data)
    except BundleError as error:
        one_line(error)


def tables(data: bytes) -> None:
    """A bundle's tables: finite numbers, or `BundleError`."""
    try:
        arrays = unpack_arrays(Path("prior.npz"), data)
    except BundleError as error:
        one_line(error)
    else:
        assert all(np.isfinite(array).all() for array in arrays.values())


TARGETS: Final[dict[str, Callable[[bytes], None]]] = {
    target.__name__: target for target in (midi_input, osc, wire, session, manifest, graph, tables)
}
