"""OSC packets and the messages in them, by python-osc behind a gate.

The library decodes single messages only, and only those whose head is as it should be: its own reading of bundles never
ends on an element of negative size (1.10.2), and it logs a line for every type it does not know.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from realtime.errors import UsageError
from realtime.remote.addresses import Argument

MAX_PACKET_BYTES: Final = 8192
MAX_DEPTH: Final = 4  # of bundles in bundles
BUNDLE: Final = b"#bundle\0"
BUNDLE_HEAD_BYTES: Final = len(BUNDLE) + 8  # and a time tag: all is done at once
HEAD: Final = re.compile(rb"/[!-~]{1,255}\0{1,4}(,[ifhdsTFN]{0,32}\0.*)?", re.DOTALL)


class Packets:
    """Reads and writes packets. Raises `UsageError` without python-osc."""

    def __init__(self) -> None:
        try:
            from pythonosc.osc_message import OscMessage
            from pythonosc.osc_message_builder import OscMessageBuilder
        except ImportError:
            raise UsageError("OSC needs python-osc: pip install 'hocket[osc]'") from None
        self._message, self._builder = OscMessage, OscMessageBuilder

    def read(self, data: bytes) -> Iterator[tuple[str, list[Argument]]]:
        """(address, arguments) of each message. Raises `ValueError` at the first thing that is not OSC."""
        if len(data) > MAX_PACKET_BYTES:
            raise ValueError(f"over {MAX_PACKET_BYTES} bytes")
        for message in _messages(data, MAX_DEPTH):
            if not HEAD.fullmatch(message):
                raise ValueError("no message")
            try:
                decoded = self._message(message)
            except Exception as error:  # whatever a broken packet does to the library
                raise ValueError(f"broken message: {error}") from None
            yield decoded.address, decoded.params

    def write(self, address: str, arguments: Sequence[Argument]) -> bytes:
        """A packet with one message."""
        builder = self._builder(address=address)
        for argument in arguments:
            builder.add_arg(argument)
        return bytes(builder.build().dgram)


def _messages(data: bytes, depth: int) -> Iterator[bytes]:
    """The messages of a packet, bundles opened."""
    if not data.startswith(BUNDLE):
        yield data
        return
    if len(data) < BUNDLE_HEAD_BYTES or depth == 0:
        raise ValueError("broken bundle" if depth else "bundles too deep")
    start = BUNDLE_HEAD_BYTES
    while start < len(data):
        size = int.from_bytes(data[start : start + 4], "big")
        element = data[start + 4 : start + 4 + size]
        if size == 0 or len(element) < size:
            raise ValueError("broken bundle")
        yield from _messages(element, depth - 1)
        start += 4 + size
