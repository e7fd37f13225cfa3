"""MIDI channel messages as bytes: one table, and the checks and constructors that read from it.

Back ends hand over complete messages without running status; everything else is refused here.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Spec:
    """A kind of channel message: its high status nibble, name and length in bytes."""

    status: int
    name: str
    length: int


SPECS: Final = (
    Spec(0x80, "note_off", 3),
    Spec(0x90, "note_on", 3),
    Spec(0xA0, "poly_pressure", 3),
    Spec(0xB0, "control_change", 3),
    Spec(0xC0, "program_change", 2),
    Spec(0xD0, "channel_pressure", 2),
    Spec(0xE0, "pitch_bend", 3),
)
_LENGTHS: Final = {spec.status: spec.length for spec in SPECS}
NOTE_OFF, NOTE_ON, CONTROL_CHANGE, PITCH_BEND = 0x80, 0x90, 0xB0, 0xE0

SUSTAIN: Final = 64
ALL_SOUND_OFF: Final = 120
ALL_NOTES_OFF: Final = 123


def parse_channel_message(data: bytes) -> bytes | None:
    """A valid channel message, a note-on with velocity 0 turned into a note-off; None for anything else."""
    if not data or _LENGTHS.get(data[0] & 0xF0) != len(data) or max(data[1:]) > 127:
        return None
    if data[0] & 0xF0 == NOTE_ON and data[2] == 0:
        return note_off(data[0] & 0x0F, data[1])
    return data


def channel_of(data: bytes) -> int:
    """Channel 0..15 of a channel message."""
    return data[0] & 0x0F


def is_note_on(data: bytes) -> bool:
    """Whether a parsed message starts a note."""
    return data[0] & 0xF0 == NOTE_ON


def is_note_off(data: bytes) -> bool:
    """Whether a parsed message ends a note."""
    return data[0] & 0xF0 == NOTE_OFF


def is_note(data: bytes) -> bool:
    """Whether a parsed message starts or ends a note."""
    return data[0] & 0xE0 == NOTE_OFF


def note_on(channel: int, pitch: int, velocity: int) -> bytes:
    """A note-on; velocity 1..127."""
    return bytes((NOTE_ON | channel, pitch, velocity))


def note_off(channel: int, pitch: int) -> bytes:
    """A note-off with the customary release velocity 64."""
    return bytes((NOTE_OFF | channel, pitch, 64))


def control_change(channel: int, controller: int, value: int) -> bytes:
    """A control change."""
    return bytes((CONTROL_CHANGE | channel, controller, value))


def release_messages(channel: int) -> list[bytes]:
    """Sustain up and all notes off: what a channel gets before its port closes."""
    return [control_change(channel, SUSTAIN, 0), control_change(channel, ALL_NOTES_OFF, 0)]


def panic_messages(channel: int) -> list[bytes]:
    """Sustain up, all notes off, all sound off, bend to the centre."""
    centre = bytes((PITCH_BEND | channel, 0, 64))
    return [*release_messages(channel), control_change(channel, ALL_SOUND_OFF, 0), centre]
