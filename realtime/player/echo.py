"""Echo guard: tells our own output, heard back on the input, from playing. No thread, no clock of its own."""

from typing import Final

from realtime.player.feedback import Left
from realtime.player.midi_bytes import is_note, is_note_on, note_off

ECHO_WINDOW_NS: Final = 30_000_000
_MAX_MESSAGES: Final = 8192  # twice all note-ons and note-offs of 16 channels


class EchoGuard:
    """Remembers when each message last left.

    A message may come back more than once (two cables), so a match does not use the memory up: each echo let
    through would be sent again by MIDI thru and breed more. A note-on must come back whole, velocity and all: a
    musician in unison with us plays another. The release of a key the musician holds is never an echo, for without
    it the key would count as held for good.
    """

    def __init__(self, window_ns: int = ECHO_WINDOW_NS, *, echoes: int = 0) -> None:
        self._window_ns = window_ns
        self._sent: dict[bytes, Left] = {}
        self._held: set[bytes] = set()  # keys (channel and pitch) that the musician holds
        self.echoes = echoes  # counted since the start

    def sent(self, data: bytes, sent_ns: int, port: str = "") -> Left:
        """Note that `data` left at `sent_ns`."""
        key = _key(data)
        self._sent.pop(key, None)  # a dict keeps the order of insertion: the newest goes last
        left = self._sent[key] = Left(port, sent_ns, data[1] if is_note_on(data) else -1)
        if len(self._sent) > _MAX_MESSAGES:
            del self._sent[next(iter(self._sent))]
        return left

    def let_go(self) -> list[bytes]:
        """Note-offs for the keys that are held: their keyboard is gone, and nobody else will send them."""
        held, self._held = sorted(self._held), set()
        return [note_off(channel, pitch) for channel, pitch in held]

    def echo_of(self, data: bytes, time_ns: int) -> Left | None:
        """What of ours has come back at `time_ns`; it is counted. None: the message is another's."""
        if is_note(data):
            played_key = bytes((data[0] & 0x0F, data[1]))
            if not is_note_on(data) and played_key in self._held:
                self._held.discard(played_key)
                return None
        left = self._sent.get(_key(data))
        if left is not None and abs(time_ns - left.sent_ns) <= self._window_ns:
            self.echoes += 1
            return left
        if is_note_on(data):
            self._held.add(played_key)
        return None


def _key(data: bytes) -> bytes:
    # The velocity of a release says nothing: running status turns it into a note-on of velocity 0.
    return data[:2] if is_note(data) and not is_note_on(data) else data
