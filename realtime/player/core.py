"""The player without threads and without waiting: what each message means, what is sent when.

The shell in `loop` calls `handle` for each message of the engine and `step` whenever `next_deadline_ns` has come.
"""

import contextlib
import sys
from collections.abc import Callable
from typing import Final

from realtime.errors import PortError, UsageError
from realtime.messages import (
    WIRE_VERSION,
    Chunk,
    Counters,
    Cut,
    FromPlayer,
    Inject,
    Panic,
    Played,
    PortLost,
    Quit,
    Ready,
    Sent,
    SetTempo,
    SetThru,
    Silenced,
    ToPlayer,
)
from realtime.player.backends.memory import MemoryIO
from realtime.player.clock import MS_NS, PlayerClock
from realtime.player.echo import ECHO_WINDOW_NS, EchoGuard
from realtime.player.midi_bytes import (
    channel_of,
    is_note,
    note_off,
    panic_messages,
    parse_channel_message,
    release_messages,
)
from realtime.player.ports import MidiIO, Outgoing
from realtime.player.tally import Tally
from realtime.player.timeline import THRU, Event, Timeline

LATE_LIMIT_NS: Final = 100 * MS_NS  # a note-on later than this is dropped
COUNTERS_NS: Final = 500 * MS_NS
SILENT_POLL_NS: Final = 50 * MS_NS  # while no port is open
# A wake-up costs about 40 us: a thousand a second are 4 % of a core. After a while without input half will do.
QUIET_NS: Final = 10_000 * MS_NS


class Core:
    """Timeline, clock, echo guard and one open `MidiIO`, or none after a loss."""

    def __init__(
        self, io: MidiIO, clock: PlayerClock, emit: Callable[[FromPlayer], object], *, thru: bool, trace: bool
    ) -> None:
        self._io: MidiIO | None = io
        self._clock, self._emit = clock, emit
        self._thru, self._trace = thru, trace
        self._timeline = Timeline()
        self._echo = EchoGuard()
        self._tally = Tally()
        self._counters = Counters()
        self._next_counters_ns = 0
        self._last_input_ns = 0
        self._key_due_ns: dict[tuple[int, int], int] = {}  # latest time handed over, by channel and pitch
        self._last_due_ns = 0
        self._used_channels: set[int] = set()
        self._lost_io: MidiIO | None = None
        self.overflow: Callable[[], int] = lambda: 0  # drops of the queues around this object
        self.sound: Callable[[bytes, int], None] = lambda data, due_ns: None  # hears all that goes to the port

    # --- what the shell calls -------------------------------------------------------------------------

    def attach(self, io: MidiIO, priority: str, warnings: tuple[str, ...]) -> None:
        """Use `io` from now on and tell the engine."""
        self._io = io
        self._key_due_ns.clear()
        self._last_due_ns = 0
        self._echo = EchoGuard(max(ECHO_WINDOW_NS, io.lead_ns), echoes=self._echo.echoes)
        ready = Ready(
            wire_version=WIRE_VERSION,
            backend=io.backend,
            in_port=io.in_name,
            out_port=io.out_name,
            realtime_priority=priority,
            warnings=warnings,
        )
        self._emit(ready)
        self._emit(self._clock.message())

    def take_lost(self) -> MidiIO | None:
        """The ports that were lost since the last call, to be closed by the caller."""
        lost, self._lost_io = self._lost_io, None
        return lost

    def handle(self, message: ToPlayer) -> bool:
        """Act on one message; False when the engine says to end."""
        match message:
            case Chunk():
                self._timeline.accept(message)
            case Cut():
                self._send_now(self._timeline.cut(message.part, message.generation, self._clock.tick()))
            case SetTempo():
                self._set_tempo(message.bpm)
            case SetThru():
                self._thru = message.enabled
                if not message.enabled:
                    self._send_now(self._timeline.release(self._clock.tick(), THRU))
            case Panic():
                self._panic(everything=message.everything)
            case Inject():
                if isinstance(self._io, MemoryIO):
                    self._io.inject(message.data, message.time_ns)
            case Quit():
                return False
        return True

    def step(self) -> None:
        """Send what is due, then look at input, port and counters."""
        self._send_due()
        self._note_written()
        self._take_input()
        if self._io is not None and (reason := self._io.alive()) is not None:
            self._lose(reason)
        if self._clock.now_ns() >= self._next_counters_ns:
            self._report()

    def next_deadline_ns(self) -> int:
        """Monotonic time of the next `step` that has something to do."""
        now_ns = self._clock.now_ns()
        poll_ns = self._io.poll_ns if self._io else SILENT_POLL_NS
        is_quiet = now_ns - self._last_input_ns > QUIET_NS
        deadline_ns = now_ns + (2 * poll_ns if is_quiet else poll_ns)
        tick = self._timeline.next_tick()
        if tick is None:
            return deadline_ns
        return min(deadline_ns, self._clock.time_of(tick) - self._lead_ns())

    def shutdown(self) -> None:
        """Release everything, let it leave, close the port, report."""
        self._send_now(self._timeline.panic(self._clock.tick()))
        for channel in sorted(self._used_channels):
            self._send_bare(release_messages(channel))
        if self._io is not None:
            self._io.close()
            self._note_written()
            self._io = None
        self._report()

    # --- sending --------------------------------------------------------------------------------------

    def _lead_ns(self) -> int:
        return self._io.lead_ns if self._io else 0

    def _send_due(self) -> None:
        now_ns = self._clock.now_ns()
        up_to_tick = self._clock.tick_at(now_ns + self._lead_ns())
        events = self._timeline.pop_due(up_to_tick, self._clock.tick_at(now_ns - LATE_LIMIT_NS))
        if self._io is None:
            self._timeline.release(up_to_tick)  # nothing sounds without a port
            return
        for event in events:
            self._send(event, self._clock.time_of(event.tick), timed=True)

    def _send_now(self, events: list[Event]) -> None:
        now_ns = self._clock.now_ns()
        for event in events:
            self._send(event, now_ns, timed=False)

    def _send(self, event: Event, due_ns: int, *, timed: bool) -> None:
        channel = channel_of(event.data)
        if is_note(event.data):
            # What was handed over ahead of time cannot be called back: a release must follow its note-on.
            key = (channel, event.data[1])
            due_ns = max(due_ns, self._key_due_ns.get(key, 0))
            self._key_due_ns[key] = due_ns
            self._tally.count_note(event.data)
        self._used_channels.add(channel)
        self._hand_over(
            Outgoing(due_ns=due_ns, data=event.data, part=event.part, generation=event.generation, timed=timed)
        )

    def _send_bare(self, messages: list[bytes]) -> None:
        """Messages of no part, after all that was handed over before."""
        due_ns = max(self._clock.now_ns(), self._last_due_ns)
        for data in messages:
            self._hand_over(Outgoing(due_ns=due_ns, data=data))

    def _hand_over(self, outgoing: Outgoing) -> None:
        if self._io is None:
            return
        try:
            self._io.send(outgoing)
            self.sound(outgoing.data, outgoing.due_ns)
            self._last_due_ns = max(self._last_due_ns, outgoing.due_ns)
        except PortError as error:
            self._lose(str(error))

    def _note_written(self) -> None:
        for written in self._io.written() if self._io else ():
            event, sent_ns = written.event, written.sent_ns
            self._echo.sent(event.data, sent_ns)
            if event.timed:
                self._tally.count_lateness(sent_ns - event.due_ns)
            if self._trace and event.part and is_note(event.data):
                self._emit(
                    Sent(
                        part=event.part,
                        generation=event.generation,
                        data=event.data,
                        due_ns=event.due_ns,
                        sent_ns=sent_ns,
                    )
                )

    # --- the rest -------------------------------------------------------------------------------------

    def _take_input(self) -> None:
        for time_ns, raw in self._io.poll() if self._io else ():
            self._tally.received += 1
            self._last_input_ns = time_ns
            data = parse_channel_message(raw)
            if data is None:
                self._tally.ignored_input += 1
            elif not self._echo.is_echo(data, time_ns):
                tick = self._clock.tick_at(time_ns)
                if self._thru:
                    self._send_now(self._timeline.thru(data, tick))
                self._emit(Played(time_ns=time_ns, tick=tick, data=data))

    def _set_tempo(self, bpm: float) -> None:
        try:
            self._clock.set_bpm(bpm)
        except UsageError as error:
            print(f"player: {error}", file=sys.stderr)
        self._emit(self._clock.message())

    def _panic(self, *, everything: bool) -> None:
        released = self._timeline.panic(self._clock.tick())
        self._send_now(released)
        if everything:
            self._used_channels.update(range(16))
            self._send_bare([note_off(channel, pitch) for channel in range(16) for pitch in range(128)])
        for channel in sorted(self._used_channels):
            self._send_bare(panic_messages(channel))
        self._emit(Silenced(released=len(released)))

    def _lose(self, reason: str) -> None:
        """Give the ports up. An unplugged keyboard takes no output with it, so the release is tried."""
        self._note_written()
        io = self._io
        self._lost_io, self._io = io, None
        released = self._timeline.release(self._clock.tick())
        self._tally.offs += len(released)
        if io is not None:
            self._tally.lost_input += io.lost_input
            due_ns = max(self._clock.now_ns(), self._last_due_ns)
            with contextlib.suppress(PortError):
                for event in released:
                    io.send(Outgoing(due_ns=due_ns, data=event.data, part=event.part))
        self._used_channels.clear()
        self._emit(PortLost(text=reason))

    def _report(self) -> None:
        self._next_counters_ns = self._clock.now_ns() + COUNTERS_NS
        lost_input = self._io.lost_input if self._io else 0
        counters = self._tally.counters(self._timeline, self._echo.echoes, lost_input + self.overflow())
        if counters != self._counters:
            self._counters = counters
            self._emit(counters)
