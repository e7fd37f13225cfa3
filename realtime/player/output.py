"""All that leaves the player: in order, counted, and known, so that it can be released and recognised as our own.

No thread; the player's main thread only.
"""

import contextlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from realtime.errors import PortError
from realtime.messages import Sent
from realtime.player.midi_bytes import (
    SYSTEM,
    channel_of,
    is_note,
    note_off,
    panic_messages,
    release_messages,
)
from realtime.player.ports import MidiIO, Outgoing, Written
from realtime.player.tally import Tally
from realtime.player.timeline import Event, Key


@dataclass(slots=True)
class Output:
    """The open ports' way out; nothing leaves while there are none. `lose` is called when sending fails."""

    now_ns: Callable[[], int]
    tally: Tally
    lose: Callable[[str], None]
    io: MidiIO | None = None
    sound: Callable[[bytes, int], None] = lambda data, due_ns: None  # hears all that leaves
    _key_due_ns: dict[Key, int] = field(default_factory=dict)  # latest time handed over
    _last_due_ns: int = 0
    _used: set[tuple[str, int]] = field(default_factory=set)  # ports and channels

    def attach(self, io: MidiIO) -> None:
        """Use other ports from now on: fresh ones, on which nothing sounds."""
        self.io = io
        self._key_due_ns.clear()
        self._used.clear()
        self._last_due_ns = 0

    @property
    def lead_ns(self) -> int:
        """How long before it is due a message is to be handed over."""
        return self.io.lead_ns if self.io else 0

    def send_now(self, events: Iterable[Event]) -> None:
        """Messages without a time of their own."""
        now_ns = self.now_ns()
        for event in events:
            self.send(event, now_ns, timed=False)

    def send(self, event: Event, due_ns: int, *, timed: bool) -> None:
        """A message of a part, or of MIDI thru."""
        channel = channel_of(event.data)
        if is_note(event.data):
            # What was handed over ahead of time cannot be called back: a release must follow its note-on.
            key = (event.port, channel, event.data[1])
            due_ns = max(due_ns, self._key_due_ns.get(key, 0))
            self._key_due_ns[key] = due_ns
            self.tally.count_note(event.data)
        self._used.add((event.port, channel))
        self.hand_over(
            Outgoing(
                due_ns=due_ns,
                data=event.data,
                port=event.port,
                part=event.part,
                generation=event.generation,
                timed=timed,
            )
        )

    def send_after(self, port: str, messages: Iterable[bytes]) -> None:
        """Messages of no part, after all that was handed over before."""
        due_ns = max(self.now_ns(), self._last_due_ns)
        for data in messages:
            self._used.add((port, channel_of(data)))
            self.hand_over(Outgoing(due_ns=due_ns, data=data, port=port))

    def hand_over(self, outgoing: Outgoing) -> None:
        """Whatever it is, as it is."""
        if self.io is None:
            return
        try:
            self.io.send(outgoing)
            if outgoing.data[0] < SYSTEM:  # a clock is nothing to hear
                self.sound(outgoing.data, outgoing.due_ns)
            self._last_due_ns = max(self._last_due_ns, outgoing.due_ns)
        except PortError as error:
            self.lose(str(error))

    def release_channels(self) -> None:
        """Sustain up and all notes off, where anything was sent."""
        for port, channel in sorted(self._used):
            self.send_after(port, release_messages(channel))

    def reset_channels(self, everywhere: Iterable[str] = ()) -> None:
        """Panic, where anything was sent; on the ports named, for all notes of all channels."""
        for port in everywhere:
            self.send_after(port, (note_off(channel, pitch) for channel in range(16) for pitch in range(128)))
        for port, channel in sorted(self._used):
            self.send_after(port, panic_messages(channel))

    def close(self, port: str) -> None:
        """The last that a port gets; what sounds has been released."""
        for _, channel in sorted(used for used in self._used if used[0] == port):
            self.send_after(port, release_messages(channel))
        self._used = {used for used in self._used if used[0] != port}

    def detach(self, released: Iterable[Event]) -> MidiIO | None:
        """Give the ports up. The release is tried: whoever still hears it falls silent."""
        io, self.io = self.io, None
        due_ns = max(self.now_ns(), self._last_due_ns)
        if io is None:
            return None
        with contextlib.suppress(PortError):
            for event in released:
                io.send(Outgoing(due_ns=due_ns, data=event.data, port=event.port, part=event.part))
        return io

    def written(self) -> list[Written]:
        """What has left since the last call; its lateness is counted."""
        written = self.io.written() if self.io else []
        for each in written:
            if each.event.timed:
                self.tally.count_lateness(each.sent_ns - each.event.due_ns)
        return written


def report_of(written: Written) -> Sent | None:
    """What the engine is told of a message; None unless it is a part's note."""
    event = written.event
    if not event.part or not is_note(event.data):
        return None
    return Sent(
        part=event.part,
        generation=event.generation,
        data=event.data,
        due_ns=event.due_ns,
        sent_ns=written.sent_ns,
        port=event.port,
    )
