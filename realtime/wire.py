"""Messages over a byte pipe: a 4-byte big-endian length, then MessagePack.

`Sender` may be used from several threads. `Receiver.receive()` blocks in its own thread and returns None when the
other side is gone, so the loss of a process is an ordinary value, never an exception in the middle of music.
"""

import contextlib
import struct
import threading
from typing import BinaryIO, Generic, TypeVar

import msgspec

from realtime.errors import HocketError
from realtime.messages import Message

T = TypeVar("T")
MAX_MESSAGE_BYTES = 1 << 22  # a longer one is none: the pipe is out of step
_LENGTH = struct.Struct(">I")


class Sender:
    """Writes messages to a pipe. After the reader is gone, `send` returns False and does nothing."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._encoder = msgspec.msgpack.Encoder()
        self._lock = threading.Lock()
        self._open = True

    def send(self, message: Message) -> bool:
        """Write one message and flush; False once the pipe is closed."""
        body = self._encoder.encode(message)
        with self._lock:
            if not self._open:
                return False
            try:
                self._stream.write(_LENGTH.pack(len(body)) + body)
                self._stream.flush()
            except (OSError, ValueError):  # ValueError: the stream object was closed
                self._open = False
        return self._open

    def close(self) -> None:
        """Close the pipe; the other side reads its end."""
        with self._lock:
            self._open = False
            with contextlib.suppress(OSError):
                self._stream.close()


class Receiver(Generic[T]):
    """Reads messages of one union type from a pipe.

    Those of more than `limit_bytes` are read away and counted: for a reader beside whom a thread plays, since decoding
    holds the interpreter's lock throughout.
    """

    def __init__(self, stream: BinaryIO, union: object, *, limit_bytes: int = MAX_MESSAGE_BYTES) -> None:
        self._stream, self._limit_bytes = stream, limit_bytes
        self.skipped = 0
        self._decoder: msgspec.msgpack.Decoder[T] = msgspec.msgpack.Decoder(union)

    def receive(self) -> T | None:
        """The next message; None at the end of the pipe or on bytes that are no message."""
        body = self._next_body()
        if body is None:
            return None
        try:
            return self._decoder.decode(body)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return None
        except HocketError:  # a value that a message's own checks refuse
            return None

    def _next_body(self) -> bytes | None:
        while (head := self._read(_LENGTH.size)) is not None:
            (length,) = _LENGTH.unpack(head)
            if length > MAX_MESSAGE_BYTES:
                return None
            if length <= self._limit_bytes:
                return self._read(length)
            for begin in range(0, length, self._limit_bytes):
                self._read(min(length - begin, self._limit_bytes))
            self.skipped += 1
        return None

    def _read(self, count: int) -> bytes | None:
        data = b""
        while len(data) < count:
            try:
                part = self._stream.read(count - len(data))
            except (OSError, ValueError):
                return None
            if not part:
                return None
            data += part
        return data
