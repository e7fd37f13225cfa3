"""All that leaves the player: in order, counted, and known, so that it can be released and recognised as our own.

What is handed over waits for `flush`: a chord is made ready as a whole before the first of its notes is due.
No thread; the player's main thread only.
"""

import contextlib
import heapq
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from realtime.errors import PortError
from realtime.messages import WIRE_VERSION, Ready, Sent, SetSound, WatchPorts
from realtime.player.clock import MS_NS, NEVER_NS
from realtime.player.midi_bytes import (
    SYSTEM,
    channel_of,
    is_note,
    panic_messages,
    release_messages,
)
from realtime.player.owed import NOTICED_NS, Owed
from realtime.player.ports import MidiIO, Outgoing, Written
from realtime.player.sound import NoSound, SoundOut
from realtime.player.tally import Tally
from realtime.player.timeline import Event, Key


@dataclass(slots=True)
class Output:
    """The open ports' way out; nothing leaves while there are none. `lose` is called when sending fails."""

    now_ns: Callable[[], int]
    tally: Tally
    lose: Callable[[str], None]
    io: MidiIO | None = None
    clear: bool = False  # put each output to rest first: nobody knows what a player before has left sounding there
    sound: SoundOut = field(default_factory=NoSound)  # hears all that leaves
    _ready: list[tuple[int, int, Outgoing]] = field(default_factory=list)  # due time, order of handing over
    _count: int = 0
    _key_due_ns: dict[Key, int] = field(default_factory=dict)  # latest time handed over
    _last_due_ns: int = 0
    _reset_ns: int = 0  # a note that is handed over later leaves later, however late it is: the reset would end it
    _watching: bool = False
    _used: set[tuple[str, int]] = field(default_factory=set)  # ports and channels
    _owed: Owed = field(init=False)

    def __post_init__(self) -> None:
        self._owed = Owed(clear=self.clear)

    def attach(self, io: MidiIO) -> None:
        """Use other ports from now on: fresh ones, on which nothing sounds."""
        self.io = io
        self._ready.clear()
        self._key_due_ns.clear()
        self._used.clear()
        self._last_due_ns = self._reset_ns = 0
        io.watch(self._watching)

    def direct(self, wanted: WatchPorts | SetSound) -> None:
        """Have the ports tell which others there are (those that come after them too); or have another sound."""
        if isinstance(wanted, SetSound):
            self.sound.change(wanted)
            return
        self._watching = wanted.on
        if self.io is not None:
            self.io.watch(wanted.on)

    @property
    def lead_ns(self) -> int:
        """How long before it is due a message is to be handed over."""
        return self.io.lead_ns if self.io else 0

    def next_due_ns(self) -> int:
        """When the next of what waits is due."""
        return self._ready[0][0] if self._ready else NEVER_NS

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
            due_ns = max(due_ns, self._key_due_ns.get(key, 0), self._reset_ns)
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

    def hand_over(self, *messages: Outgoing) -> None:
        """Whatever they are, as they are."""
        for outgoing in messages if self.io else ():
            self._count += 1
            heapq.heappush(self._ready, (outgoing.due_ns, self._count, outgoing))
            if outgoing.data[0] < SYSTEM:  # a clock is nothing to hear
                self.sound.send(outgoing.data, outgoing.due_ns)
            self._last_due_ns = max(self._last_due_ns, outgoing.due_ns)

    def flush(self) -> None:
        """Let leave what has been handed over, unless it is still too early for the ports."""
        ready, until_ns = self._ready, self.now_ns() + self.lead_ns
        try:
            while ready and self.io is not None and ready[0][0] <= until_ns:
                self.io.send(heapq.heappop(ready)[2])
        except PortError as error:
            self.lose(str(error))

    def close_ports(self) -> None:
        """The end: all that has been handed over leaves, be it too early, then the ports are closed."""
        latest_ns = self.now_ns() + self.lead_ns
        self._ready = [
            (min(due_ns, latest_ns), number, replace(outgoing, due_ns=min(due_ns, latest_ns)))
            for due_ns, number, outgoing in sorted(self._ready)
        ]
        self.flush()
        if self.io is not None:
            self.io.close()

    def release_channels(self) -> None:
        """Sustain up and all notes off, where anything was sent."""
        for port, channel in sorted(self._used):
            self.send_after(port, release_messages(channel))

    def reset_channels(self, everywhere: Iterable[str] | None = None) -> None:
        """Panic, where anything was sent; with the ports there are, for all notes of all channels, and on any port that
        is to come."""
        if everywhere is not None:
            self._owed.silence()
        ports = sorted(everywhere or ())
        for port, channel in sorted(used for used in self._used if used[0] not in ports):
            self.send_after(port, panic_messages(channel))
        self._reset_ns = max(self.now_ns(), self._last_due_ns)
        for port in ports:  # thousands of messages: what was handed over ahead of time, and its release, leave before
            self._tell(port, self._owed.pay(port, self.now_ns()), self._reset_ns)

    def open(self, port: str, messages: Iterable[bytes]) -> None:
        """A port is there (again): an end to what it has missed the end of, and then these; all of it before the notes
        that have been handed over ahead of time."""
        now_ns = self.now_ns()
        sounds = list(messages)
        self._used |= {(port, channel_of(data)) for data in sounds}
        self._tell(port, [*self._owed.pay(port, now_ns), *sounds], now_ns)

    def _tell(self, port: str, messages: Iterable[bytes], due_ns: int) -> None:
        """Messages that no note may overtake."""
        for data in messages:
            self._reset_ns = max(self._reset_ns, due_ns)
            self.hand_over(Outgoing(due_ns=due_ns, data=data, port=port))

    def miss(self, port: str, released: Iterable[Event]) -> None:
        """A port is not there any more, so that this, and what was sent of late, may have reached nobody."""
        self.send_now(released)
        self._owe(port)

    def close(self, port: str) -> None:
        """The last that a port gets; what sounds has been released."""
        for _, channel in sorted(used for used in self._used if used[0] == port):
            self.send_after(port, release_messages(channel))
        self._used = {used for used in self._used if used[0] != port}

    def detach(self, released: Iterable[Event]) -> MidiIO | None:
        """Give the ports up. The release is tried: whoever still hears it falls silent."""
        io, self.io = self.io, None
        if io is None:
            return None
        due_ns = self.now_ns() + io.lead_ns  # after all that the ports have been given
        released = list(released)
        self._key_due_ns |= {(event.port, channel_of(event.data), event.data[1]): due_ns for event in released}
        for port in {key[0] for key in self._key_due_ns}:
            self._owe(port)
        with contextlib.suppress(PortError):
            for event in released:
                io.send(Outgoing(due_ns=due_ns, data=event.data, port=event.port, part=event.part))
        return io

    def _owe(self, port: str) -> None:
        now_ns = self.now_ns()
        self._owed.miss(
            port, [key for key, due_ns in self._key_due_ns.items() if due_ns >= now_ns - NOTICED_NS], now_ns
        )

    def written(self) -> list[Written]:
        """What has left since the last call; its lateness is counted."""
        written = self.io.written() if self.io else []
        for each in written:
            if each.event.timed:
                self.tally.count_lateness(each.sent_ns - each.event.due_ns)
        return written


def ready_of(io: MidiIO, priority: str, warnings: tuple[str, ...]) -> Ready:
    """What the engine is told of ports that are open."""
    return Ready(
        wire_version=WIRE_VERSION,
        backend=io.backend,
        in_port=io.in_name,
        out_port=io.out_name,
        realtime_priority=priority,
        lead_ms=io.lead_ns / MS_NS,
        warnings=warnings,
    )


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
