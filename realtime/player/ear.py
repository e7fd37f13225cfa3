"""What comes in at the port: the musician's, or our own that comes back by a wire. While one does, all is left out.

No thread, no clock of its own; the player's main thread only.
"""

from realtime.player.echo import ECHO_WINDOW_NS, EchoGuard
from realtime.player.feedback import Feedback
from realtime.player.midi_bytes import is_note_on
from realtime.player.ports import MidiIO, Outgoing
from realtime.port_news import InputMuted


class Ear:
    """One input."""

    def __init__(self) -> None:
        self._guard, self._feedback = EchoGuard(), Feedback(ECHO_WINDOW_NS)
        self._in_name = self._out_name = ""
        self._wired: str | None = None  # the output for whose sake the input is muted
        self._hears_all = False  # the musician wants to be heard in any case

    @property
    def echoes(self) -> int:
        """How much of our own has come back since the start."""
        return self._guard.echoes

    def attach(self, io: MidiIO) -> None:
        """Listen to other ports from now on, by other wires."""
        window_ns = max(ECHO_WINDOW_NS, io.lead_ns)
        self._guard, self._feedback = EchoGuard(window_ns, echoes=self.echoes), Feedback(window_ns)
        self._in_name, self._out_name = io.in_name, io.out_name
        self._wired, self._hears_all = None, False

    def listen_again(self) -> None:
        """Mute no more: our own that comes back is still left out, message by message."""
        self._hears_all = True

    def sent(self, event: Outgoing, sent_ns: int) -> None:
        """Note what has left."""
        left = self._guard.sent(event.data, sent_ns, event.port)
        if is_note_on(event.data):
            self._feedback.sent(left)

    def hears(self, data: bytes, time_ns: int) -> bool:
        """Whether a message that came in at `time_ns` is the musician's, and is to be heard."""
        left = self._guard.echo_of(data, time_ns)
        if left is not None:
            self._feedback.came_back(left, time_ns)
        elif is_note_on(data):
            self._feedback.heard(data[1], time_ns)
        return left is None and self._wired is None

    def let_go(self) -> list[bytes]:
        """Note-offs for the keys that are held: nobody will hear theirs."""
        return self._guard.let_go()

    @property
    def muted(self) -> bool:
        """Whether all that comes in is left out."""
        return self._wired is not None

    def news(self, now_ns: int) -> list[InputMuted]:
        """What has changed since the last call, which is when it takes effect."""
        before, self._wired = self._wired, None if self._hears_all else self._feedback.wired(now_ns)
        if before == self._wired:
            return []
        port = before if self._wired is None else self._wired
        return [InputMuted(in_port=self._in_name, out_port=port or self._out_name, muted=self.muted)]
