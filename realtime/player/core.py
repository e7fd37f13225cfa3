"""The player without threads and without waiting: what each message means, what is sent when.

The shell in `loop` calls `handle` for each message of the engine and `step` whenever `next_deadline_ns` has come.
"""

from collections.abc import Callable
from typing import Final

from realtime.messages import (
    WIRE_VERSION,
    Accepted,
    Chunk,
    Counters,
    Cut,
    FromPlayer,
    Inject,
    Panic,
    Played,
    Plugged,
    PortLost,
    Program,
    Quit,
    Ready,
    SetPorts,
    SetThru,
    Silenced,
    ToPlayer,
)
from realtime.player.backends.memory import MemoryIO
from realtime.player.clock import MS_NS
from realtime.player.echo import ECHO_WINDOW_NS, EchoGuard
from realtime.player.midi_bytes import SYNC_STATUSES, parse_channel_message
from realtime.player.output import Output, report_of
from realtime.player.ports import MidiIO
from realtime.player.programs import Programs
from realtime.player.sync.conductor import Conductor, Step
from realtime.player.tally import Tally
from realtime.player.thru import Thru
from realtime.player.timeline import THRU, Event, Timeline

LATE_LIMIT_NS: Final = 100 * MS_NS  # a note-on later than this is dropped
COUNTERS_NS: Final = 500 * MS_NS
SILENT_POLL_NS: Final = 50 * MS_NS  # while no port is open
# A wake-up costs about 40 us: a thousand a second are 4 % of a core. After a while without input half will do.
QUIET_NS: Final = 10_000 * MS_NS


class Core:
    """Timeline, clock, echo guard, thru and the open ports, or none after a loss."""

    def __init__(
        self, io: MidiIO, conductor: Conductor, emit: Callable[[FromPlayer], object], *, thru: str, trace: bool
    ) -> None:
        self._conductor, self._clock, self._emit = conductor, conductor.clock, emit
        self._thru, self._trace = Thru(thru), trace
        self._timeline = Timeline()
        self._echo = EchoGuard()
        self._tally = Tally()
        self._counters = Counters()
        self._next_counters_ns = 0
        self._last_input_ns = 0
        self._output = Output(self._clock.now_ns, self._tally, self._lose, io)
        self._ports: frozenset[str] = frozenset()  # the outputs that there are to be, beside the common one
        self._open: set[str] = set()  # and those there are
        self._programs = Programs()
        self._lost_io: MidiIO | None = None
        self.overflow: Callable[[], int] = lambda: 0  # drops of the queues around this object

    @property
    def _io(self) -> MidiIO | None:
        return self._output.io

    def hear(self, sound: Callable[[bytes, int], None]) -> None:
        """Let `sound` have all that leaves, with its due time."""
        self._output.sound = sound

    # --- what the shell calls -------------------------------------------------------------------------

    def attach(self, io: MidiIO, priority: str, warnings: tuple[str, ...]) -> None:
        """Use `io` from now on and tell the engine."""
        step = self._conductor.attach(io.transport)  # refuses ports that cannot lead, before anyone is told of them
        self._output.attach(io)
        io.set_outputs(self._ports)
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
        self._open = {""}
        self._output.send_after("", self._programs.of_port(""))
        self._carry_out(step)

    def take_lost(self) -> MidiIO | None:
        """The ports that were lost since the last call, to be closed by the caller."""
        lost, self._lost_io = self._lost_io, None
        return lost

    def handle(self, message: ToPlayer) -> bool:
        """Act on one message; False when the engine says to end."""
        match message:
            case Chunk():
                self._place(message)
            case Cut():
                self._send_now(self._timeline.cut(message.part, message.generation, self._clock.tick()))
            case SetPorts(names):
                self._set_ports(frozenset(names) - {""})
            case Program(port=port):
                to_send = self._programs.set(message)
                if port in self._open:
                    self._output.send_after(port, to_send)
            case SetThru(mode, to):
                if self._thru.set(mode, to):
                    self._let_go_of_thru()
            case Panic():
                self._panic(everything=message.everything)
            case Inject():
                if isinstance(self._io, MemoryIO):
                    self._io.inject(message.data, message.time_ns)
            case Quit():
                return False
            case _:
                self._carry_out(self._conductor.direct(message))
        return True

    def step(self) -> None:
        """Send what is due, then look at input, port and counters."""
        self._send_due()
        self._note_written()
        for plugged in self._io.plugs() if self._io else ():
            self._follow_plug(plugged)
        self._take_input()
        self._carry_out(self._conductor.step())
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
        ticks = (self._timeline.next_tick() if self._conductor.playing else None, self._conductor.next_pulse_tick())
        due_ns = (self._conductor.due_ns(tick) - self._output.lead_ns for tick in ticks if tick is not None)
        return min((deadline_ns, *due_ns))

    def shutdown(self) -> None:
        """Release everything, let it leave, close the port, report."""
        self._send_now(self._timeline.panic(self._clock.tick()))
        for outgoing in self._conductor.close():
            self._output.hand_over(outgoing)
        self._output.release_channels()
        if self._io is not None:
            self._io.close()
            self._note_written()
            self._output.io = None
        self._report()

    # --- sending --------------------------------------------------------------------------------------

    def _send_due(self) -> None:
        now_ns = self._clock.now_ns()
        up_to_tick = self._conductor.tick_due_at(now_ns + self._output.lead_ns)
        drop_before_tick = self._conductor.tick_due_at(now_ns - LATE_LIMIT_NS)
        for pulse in self._conductor.pop_pulses(up_to_tick, drop_before_tick):
            self._output.hand_over(pulse)
        if not self._conductor.playing:
            return
        events = self._timeline.pop_due(up_to_tick, drop_before_tick)
        if self._io is None:
            self._timeline.release(up_to_tick)  # nothing sounds without a port
            return
        for event in events:
            self._output.send(event, self._conductor.due_ns(event.tick), timed=True)

    def _send_now(self, events: list[Event]) -> None:
        self._output.send_now(events)

    def _note_written(self) -> None:
        for written in self._output.written():
            self._echo.sent(written.event.data, written.sent_ns)
            if self._trace and (report := report_of(written)) is not None:
                self._emit(report)

    # --- the rest -------------------------------------------------------------------------------------

    def _take_input(self) -> None:
        for time_ns, raw in self._io.poll() if self._io else ():
            self._tally.received += 1
            data = parse_channel_message(raw)
            is_sync = raw[:1] and raw[0] in SYNC_STATUSES and self._conductor.hear(time_ns, raw)
            if data is not None or is_sync:
                self._last_input_ns = time_ns
            if data is None:
                self._tally.ignored_input += not is_sync
            elif not self._echo.is_echo(data, time_ns):
                tick = self._clock.tick_at(time_ns)
                for port, copy in self._thru.copies(data):
                    self._send_now(self._timeline.thru(copy, tick, port))
                self._emit(Played(time_ns=time_ns, tick=tick, data=data))

    def _carry_out(self, step: Step) -> None:
        """What has come of a step: release first, then say so."""
        if step.clear:
            self._send_now(self._timeline.clear_parts(self._clock.tick()))
        if step.clicks is not None:
            self._timeline.accept(step.clicks)
        for outgoing in step.clock_out:
            self._output.hand_over(outgoing)
        if step.clock is not None:
            self._emit(step.clock)
        if step.transport is not None:
            self._emit(step.transport)

    def _place(self, chunk: Chunk) -> None:
        if not self._conductor.admits(chunk):
            self._timeline.refuse(chunk)
        elif self._timeline.accept(chunk) and self._trace:
            self._emit(Accepted(part=chunk.part, generation=chunk.generation, time_ns=self._clock.now_ns()))

    def _set_ports(self, names: frozenset[str]) -> None:
        for gone in self._ports - names:
            self._send_now(self._timeline.release(self._clock.tick(), port=gone))
            self._output.close(gone)
        self._open -= self._ports - names
        self._ports = names
        if self._io is not None:
            self._io.set_outputs(names)

    def _follow_plug(self, plugged: Plugged) -> None:
        """Something came or went: an output has to be told its sounds, or falls silent; keys let go by themselves."""
        port = plugged.port
        if plugged.direction == "in":
            if not plugged.there:
                self._let_go_of_thru()
                self._take_keys_as_released()
        elif plugged.there:
            self._open.add(port)
            self._output.send_after(port, self._programs.of_port(port))
        else:
            self._send_now(self._timeline.release(self._clock.tick(), port=port))
        self._emit(plugged)

    def _let_go_of_thru(self) -> None:
        self._send_now(self._timeline.release(self._clock.tick(), THRU))
        for port, data in self._thru.let_go():
            self._output.send_after(port, (data,))

    def _take_keys_as_released(self) -> None:
        """The engine hears of note-offs that no keyboard is there to send."""
        now_ns = self._clock.now_ns()
        for data in self._echo.let_go():
            self._emit(Played(time_ns=now_ns, tick=self._clock.tick(), data=data))

    def _panic(self, *, everything: bool) -> None:
        released = self._timeline.panic(self._clock.tick())
        self._send_now(released)
        self._thru.let_go()  # what follows puts pedals and bends to rest
        self._output.reset_channels(sorted(self._open) if everything else ())
        self._emit(Silenced(released=len(released)))

    def _lose(self, reason: str) -> None:
        """Give the ports up."""
        self._note_written()
        released = self._timeline.release(self._clock.tick())
        self._tally.offs += len(released)
        self._lost_io = io = self._output.detach(released)
        self._open.clear()
        if io is not None:
            self._tally.lost_input += io.lost_input
            self._tally.lost_output += io.lost_output
        self._take_keys_as_released()
        self._emit(PortLost(text=reason))

    def _report(self) -> None:
        self._next_counters_ns = self._clock.now_ns() + COUNTERS_NS
        self._tally.pulses_in, self._tally.pulses_out = self._conductor.pulses_in, self._conductor.pulses_out
        lost_input = self._io.lost_input if self._io else 0
        lost_output = self._io.lost_output if self._io else 0
        counters = self._tally.counters(self._timeline, self._echo.echoes, lost_input + self.overflow(), lost_output)
        if counters != self._counters:
            self._counters = counters
            self._emit(counters)
