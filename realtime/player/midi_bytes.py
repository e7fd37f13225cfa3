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
NOTE_OFF, NOTE_ON, CONTROL_CHANGE, PROGRAM_CHANGE, PITCH_BEND = 0x80, 0x90, 0xB0, 0xC0, 0xE0
POLY_PRESSURE, CHANNEL_PRESSURE = 0xA0, 0xD0

BANK, BANK_FINE = 0, 32
SUSTAIN, SOSTENUTO, SOFT_PEDAL = 64, 66, 67
ALL_SOUND_OFF: Final = 120
ALL_NOTES_OFF: Final = 123

SYSTEM: Final = 0xF0  # from here on messages of no channel
SONG_POSITION, CLOCK, START, CONTINUE, STOP = 0xF2, 0xF8, 0xFA, 0xFB, 0xFC
SYNC_STATUSES: Final = frozenset((SONG_POSITION, CLOCK, START, CONTINUE, STOP))
MAX_SONG_POSITION: Final = (1 << 14) - 1  # sixteenths


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


def is_control_change(data: bytes) -> bool:
    """Whether a parsed message moves a controller."""
    return data[0] & 0xF0 == CONTROL_CHANGE


def note_on(channel: int, pitch: int, velocity: int) -> bytes:
    """A note-on; velocity 1..127."""
    return bytes((NOTE_ON | channel, pitch, velocity))


def note_off(channel: int, pitch: int) -> bytes:
    """A note-off with the customary release velocity 64."""
    return bytes((NOTE_OFF | channel, pitch, 64))


def control_change(channel: int, controller: int, value: int) -> bytes:
    """A control change."""
    return bytes((CONTROL_CHANGE | channel, controller, value))


def program_change(channel: int, bank: int, program: int) -> list[bytes]:
    """Bank (0..16383) and program (1..128, as musicians count): synths take up the bank with the program."""
    coarse, fine = control_change(channel, BANK, bank >> 7), control_change(channel, BANK_FINE, bank & 0x7F)
    return [coarse, fine, bytes((PROGRAM_CHANGE | channel, program - 1))]


def pitch_bend(channel: int) -> bytes:
    """The bend's centre."""
    return bytes((PITCH_BEND | channel, 0, 64))


def song_position(sixteenths: int) -> bytes:
    """A Song Position Pointer; 0..16383."""
    return bytes((SONG_POSITION, sixteenths & 0x7F, sixteenths >> 7))


def release_messages(channel: int) -> list[bytes]:
    """Sustain up and all notes off: what a channel gets before its port closes."""
    return [control_change(channel, SUSTAIN, 0), control_change(channel, ALL_NOTES_OFF, 0)]


def panic_messages(channel: int) -> list[bytes]:
    """Sustain up, all notes off, all sound off, bend to the centre."""
    return [*release_messages(channel), control_change(channel, ALL_SOUND_OFF, 0), pitch_bend(channel)]
