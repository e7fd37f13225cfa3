"""What a receiver makes of the bytes: which notes sound, what ended each, and what could not end."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from realtime.player.midi_bytes import is_note_off, is_note_on

ALL_SOUND_OFF, ALL_NOTES_OFF = 120, 123
Event = tuple[int, bytes | None]  # monotonic ns, message; None: the receiver's own server died
STRUCK_TWICE, BY_PANIC, BY_SERVER = "struck_twice", "ended_by_panic", "ended_by_server"
TOO_LATE = "ended_too_late"  # by a note-off, but not by its own: that was lost, and a panic has said all of them
LONGEST_NS = 10_000_000_000  # that a note may sound: two bars at the slowest tempo take 8 s


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A note whose note-off was not heard, and what ended it instead."""

    kind: str  # one of those above
    channel: int
    pitch: int
    since_ns: int
    until_ns: int


@dataclass
class Ledger:
    """Counts by channel; a note is a (channel, pitch) that was struck and has not ended."""

    ons: Counter[int] = field(default_factory=Counter)
    offs: Counter[int] = field(default_factory=Counter)  # that ended a note
    idle_offs: Counter[int] = field(default_factory=Counter)  # that ended none: a panic names every note
    struck_twice: Counter[int] = field(default_factory=Counter)  # without a note-off between
    ended_by_panic: Counter[int] = field(default_factory=Counter)  # by CC 120 or 123
    ended_by_server: Counter[int] = field(default_factory=Counter)  # the receiver's own server died
    sounding: dict[tuple[int, int], int] = field(default_factory=dict)  # since when, monotonic ns
    invalid: int = 0  # bytes that are no channel message of MIDI
    messages: int = 0
    last_ns: int = 0
    last_off_ns: int = 0
    longest_ns: int = 0  # that a note has sounded which its note-off ended
    lost: list[Lost] = field(default_factory=list)

    def add(self, events: Iterable[Event]) -> None:
        """What has arrived, in order."""
        for time_ns, data in events:
            if data is None:
                self._end_all(time_ns, BY_SERVER)
            else:
                self._hear(time_ns, data)

    @property
    def hung(self) -> int:
        """Notes that sound still."""
        return len(self.sounding)

    @property
    def balanced(self) -> bool:
        """Whether every note-on on every channel has had its note-off, and none other was needed to end it."""
        return self.ons == self.offs and not self.hung

    def _hear(self, time_ns: int, data: bytes) -> None:
        self.messages, self.last_ns = self.messages + 1, time_ns
        channel = data[0] & 0x0F
        if not 0x80 <= data[0] < 0xF8 or any(byte > 127 for byte in data[1:]):
            self.invalid += data[0] < 0xF8
        elif is_note_on(data):
            self.ons[channel] += 1
            self._lose(STRUCK_TWICE, (channel, data[1]), time_ns)
            self.sounding[channel, data[1]] = time_ns
        elif is_note_off(data):
            self._end((channel, data[1]), time_ns)
        elif data[0] & 0xF0 == 0xB0 and data[1] in (ALL_SOUND_OFF, ALL_NOTES_OFF):
            self._end_all(time_ns, BY_PANIC, channel)

    def _end(self, key: tuple[int, int], time_ns: int) -> None:
        since_ns = self.sounding.pop(key, None)
        if since_ns is None:
            self.idle_offs[key[0]] += 1
            return
        self.offs[key[0]] += 1
        self.last_off_ns = time_ns
        self.longest_ns = max(self.longest_ns, time_ns - since_ns)
        if time_ns - since_ns > LONGEST_NS:
            self.lost.append(Lost(kind=TOO_LATE, channel=key[0], pitch=key[1], since_ns=since_ns, until_ns=time_ns))

    def _end_all(self, time_ns: int, kind: str, channel: int | None = None) -> None:
        for key in [key for key in self.sounding if channel in (None, key[0])]:
            self._lose(kind, key, time_ns)

    def _lose(self, kind: str, key: tuple[int, int], time_ns: int) -> None:
        """The note, if it sounds, ends by something else than its note-off."""
        since_ns = self.sounding.pop(key, None)
        if since_ns is not None:
            count: Counter[int] = getattr(self, kind)
            count[key[0]] += 1
            self.lost.append(Lost(kind=kind, channel=key[0], pitch=key[1], since_ns=since_ns, until_ns=time_ns))
