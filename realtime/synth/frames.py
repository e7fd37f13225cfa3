"""What goes down the pipe to the live synth: one MIDI channel message and when it is due.

Every frame has 12 bytes: due time (8), length of the message (1), message padded with zeros (3). A pipe takes such
a short write whole or not at all, so a full pipe can never leave half a frame behind.
"""

import struct
from typing import NamedTuple

_FRAME = struct.Struct(">qB3s")
FRAME_BYTES = _FRAME.size

NOTE_OFF, NOTE_ON, KEY_PRESSURE, CONTROL, PROGRAM, PRESSURE, BEND = range(0x80, 0xF0, 0x10)
MESSAGE_BYTES = {NOTE_OFF: 3, NOTE_ON: 3, KEY_PRESSURE: 3, CONTROL: 3, PROGRAM: 2, PRESSURE: 2, BEND: 3}


class Frame(NamedTuple):
    """A MIDI channel message that is due at `due_ns` (`time.monotonic_ns()`)."""

    due_ns: int
    data: bytes


def is_channel_message(data: bytes) -> bool:
    """Whether `data` is exactly one well-formed MIDI channel message."""
    return len(data) > 0 and MESSAGE_BYTES.get(data[0] & 0xF0) == len(data) and all(byte < 0x80 for byte in data[1:])


def is_note_on(data: bytes) -> bool:
    """Whether the message starts a note (velocity 0 ends one)."""
    return data[0] & 0xF0 == NOTE_ON and data[2] > 0


def is_note_off(data: bytes) -> bool:
    """Whether the message ends a note."""
    return data[0] & 0xF0 == NOTE_OFF or (data[0] & 0xF0 == NOTE_ON and data[2] == 0)


def pack(frame: Frame) -> bytes:
    """The frame's 12 bytes. Raises `ValueError` on anything but one channel message."""
    if not is_channel_message(frame.data):
        raise ValueError(f"expected one MIDI channel message of 2 or 3 bytes, got {frame.data.hex(' ')!r}")
    return _FRAME.pack(frame.due_ns, len(frame.data), frame.data)


def unpack(raw: bytes) -> Frame | None:
    """The frame in 12 bytes; None if they hold no channel message."""
    due_ns, length, padded = _FRAME.unpack(raw)
    data = padded[:length]
    return Frame(due_ns, data) if is_channel_message(data) else None
