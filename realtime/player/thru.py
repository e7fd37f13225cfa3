"""MIDI thru: which of the musician's messages go on, to where, and what has to go back to rest afterwards."""

from typing import Final

from realtime.messages import THRU_ALL, THRU_MODES, THRU_OFF, Way
from realtime.player.midi_bytes import (
    PITCH_BEND,
    SOFT_PEDAL,
    SOSTENUTO,
    SUSTAIN,
    channel_of,
    control_change,
    is_control_change,
    is_note,
    pitch_bend,
)

PEDALS: Final = (SUSTAIN, SOSTENUTO, SOFT_PEDAL)

Copy = tuple[str, bytes]  # port, message


class Thru:
    """Copies messages to where they are to go."""

    def __init__(self, mode: str = THRU_OFF) -> None:
        self._mode = mode
        self._to: tuple[Way, ...] = ()
        self._but: frozenset[tuple[int, int]] = frozenset()
        self._moved: dict[Copy, None] = {}  # what is not at rest, by the message that puts it there; in order

    def set(self, mode: str, to: tuple[Way, ...], but: tuple[tuple[int, int], ...] = ()) -> bool:
        """Another mode or other ways; False if neither changes, or for a mode that there is not. What is left out
        from now on (`but`: channel, controller) stays where it is."""
        self._but = frozenset(but)
        if mode not in THRU_MODES or (mode, to) == (self._mode, self._to):
            return False
        self._mode, self._to = mode, to
        return True

    def copies(self, data: bytes) -> list[Copy]:
        """What goes out for a message of the musician. A note sounds once, a control moves all channels."""
        if self._mode == THRU_OFF or (is_note(data) and self._mode != THRU_ALL):
            return []
        if is_control_change(data) and (channel_of(data), data[1]) in self._but:
            return []
        ways = self._to or (Way("", channel_of(data)),)
        copies = [(way.port, bytes((data[0] & 0xF0 | way.channel, *data[1:]))) for way in ways]
        if is_note(data):
            return copies[:1]
        for copy in copies:
            self._remember(copy)
        return copies

    def let_go(self) -> list[Copy]:
        """Messages that put pedals up and bends to the centre, where thru has moved them."""
        resting, self._moved = list(self._moved), {}
        return resting

    def _remember(self, copy: Copy) -> None:
        port, data = copy
        at_rest = _at_rest(data)
        if at_rest is None:
            return
        self._moved.pop((port, at_rest), None)
        if data != at_rest:
            self._moved[port, at_rest] = None


def _at_rest(data: bytes) -> bytes | None:
    """The message that undoes a pedal or a bend; None for what may stay."""
    channel = channel_of(data)
    if data[0] & 0xF0 == PITCH_BEND:
        return pitch_bend(channel)
    return control_change(channel, data[1], 0) if is_control_change(data) and data[1] in PEDALS else None
