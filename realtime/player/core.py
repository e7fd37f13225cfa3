"""The player without threads and without waiting: what each message means, what is sent when.

The shell in `loop` calls `handle` for each message of the engine and `step` whenever `next_deadline_ns` has come.
"""

from collections.abc import Callable
from typing import Final

from realtime.messages import (
    ASIDE,
    Accepted,
    Chunk,
    Counters,
    Cut,
    FromPlayer,
    Inject,
    InputMuted,
    ListenAgain,
    Panic,
    Played,
    Plugged,
    PortLost,
    PortsSeen,
    Program,
    Quit,
    SetPorts,
    SetSound,
    SetThru,
    Silenced,
    ToPlayer,
    WatchPorts,
)
from realtime.player.clock import MS_NS
from realtime.player.ear import Ear
from realtime.player.flood import newest
from realtime.player.injected import Injected
from realtime.player.midi_bytes import SYNC_STATUSES, parse_channel_message
from realtime.player.output import Output, ready_of, report_of
from realtime.player.pace import next_poll_ns
from realtime.player.ports import INPUT_BATCH, MidiIO
from realtime.player.programs import Programs
from realtime.player.sound import SoundOut
from realtime.player.sync.conductor import Conductor, Step
from realtime.player.tally import Tally
from realtime.player.thru import Thru
from realtime.player.timeline import THRU
from realtime.player.timelines import Timelines

LATE_LIMIT_NS: Final = 100 * MS_NS  # a note-on later than this is dropped
COUNTERS_NS: Final = 500 * MS_NS
Emit = Callable[[FromPlayer], object]


class Core:
    """Timeline, clock, echo guard, thru and the open ports, or none after a loss."""

    def __init__(
        self, io: MidiIO, conductor: Conductor, emit: Emit, *, thru: str, trace: bool, clear: bool = False
    ) -> None:
        self._conductor, self._clock, self._emit = conductor, conductor.clock, emit
        self._thru, self._trace = Thru(thru), trace
        self._timeline = Timelines()
        self._ear = Ear()
        self._injected = Injected()
        self._tally = Tally()
        self._counters = Counters()
        self._next_counters_ns = self._last_input_ns = 0
        self._output = Output(self._clock.now_ns, self._tally, self._lose, io, clear)
        self._ports: frozenset[str] = frozenset()  # the outputs that there are to be, beside the common one
        self._open: set[str] = set()  # and those there are
        self._programs = Programs()
        self._lost_io: MidiIO | None = None
        self.overflow: Callable[[], int] = lambda: 0  # drops of the queues around this object

    @property
    def _io(self) -> MidiIO | None:
        return self._output.io

    def hear(self, sound: SoundOut) -> None:
        """Let `sound` have all that leaves, with its due time."""
        self._output.sound = sound

    # --- what the shell calls -------------------------------------------------------------------------

    def attach(self, io: MidiIO, priority: str, warnings: tuple[str, ...]) -> None:
        """Use `io` from now on and tell the engine."""
        step = self._conductor.attach(io.transport, io.lead_ns)  # refuses ports that cannot lead, before they are told
        self._output.attach(io)
        io.set_outputs(self._ports)
        self._ear.attach(io)
        self._emit(ready_of(io, priority, warnings))
        self._open = {""}
        self._output.open("", self._programs.of_port(""))
        self._carry_out(step)
        self._output.flush()

    def take_lost(self) -> MidiIO | None:
        """The ports that were lost since the last call, to be closed by the caller."""
        lost, self._lost_io = self._lost_io, None
        return lost

    def handle(self, message: ToPlayer) -> bool:
        """Act on one message; False when the engine says to end."""
        goes_on = self._act(message)
        self._output.flush()
        return goes_on

    def _act(self, message: ToPlayer) -> bool:
        match message:
            case Chunk():
                self._place(message)
            case Cut():
                self._output.send_now(self._timeline.cut(message.part, message.generation, self._clock.tick()))
            case SetPorts(names):
                self._set_ports(frozenset(names) - {""})
            case Program(port=port):
                to_send = self._programs.set(message)
                if port in self._open:
                    self._output.send_after(port, to_send)
            case SetThru(mode, to, but):
                if self._thru.set(mode, to, but):
                    self._let_go_of_thru()
            case Panic():
                self._panic(everything=message.everything)
            case Inject():
                self._injected.add(message.data, message.time_ns or self._clock.now_ns())
            case ListenAgain():
                self._ear.listen_again()
            case WatchPorts() | SetSound():
                self._output.direct(message)
            case Quit():
                return False
            case _:
                self._carry_out(self._conductor.direct(message))
        return True

    def step(self) -> None:
        """Send what is due, then look at input, port and counters. An output that is back hears its sounds first."""
        for plug in self._io.plugs() if self._io else ():
            self._follow(plug)
        self._send_due()
        self._output.flush()
        self._note_written()
        for news in self._ear.news(self._clock.now_ns()):
            self._follow(news)
        self._take_input()
        self._carry_out(self._conductor.step())
        self._output.flush()
        if self._io is not None and (reason := self._io.alive()) is not None:
            self._lose(reason)
        if self._clock.now_ns() >= self._next_counters_ns:
            self._report()

    def next_deadline_ns(self) -> int:
        """Monotonic time of the next `step` that has something to do."""
        now_ns = self._clock.now_ns()
        ticks = (self._timeline.next_tick(playing=self._conductor.playing), self._conductor.next_pulse_tick())
        due_ns = [self._conductor.due_ns(tick) for tick in ticks if tick is not None]
        leaves_ns = min((*due_ns, self._output.next_due_ns())) - self._output.lead_ns
        return min(next_poll_ns(self._io, now_ns, self._last_input_ns), leaves_ns, self._injected.next_ns())

    def shutdown(self) -> None:
        """Release everything, let it leave, close the port, report."""
        self._output.send_now(self._timeline.panic(self._clock.tick()))
        self._output.hand_over(*self._conductor.close())
        self._output.release_channels()
        self._output.close_ports()
        self._note_written()
        self._output.io = None
        self._report()

    # --- sending --------------------------------------------------------------------------------------

    def _send_due(self) -> None:
        now_ns = self._clock.now_ns()
        up_to_tick = self._conductor.tick_due_at(now_ns + self._output.lead_ns)
        drop_before_tick = self._conductor.tick_due_at(now_ns - LATE_LIMIT_NS)
        self._output.hand_over(*self._conductor.pop_pulses(up_to_tick, drop_before_tick))
        events = self._timeline.pop_due(up_to_tick, drop_before_tick, playing=self._conductor.playing)
        if self._io is None:
            self._timeline.release(up_to_tick)  # nothing sounds without a port
            return
        for event in events:
            self._output.send(event, self._conductor.due_ns(event.tick), timed=True)

    def _note_written(self) -> None:
        for written in self._output.written():
            self._ear.sent(written.event, written.sent_ns)
            if self._trace and (report := report_of(written)) is not None:
                self._emit(report)

    # --- the rest -------------------------------------------------------------------------------------

    def _take_input(self) -> None:
        for time_ns, raw in self._injected.arrived(self._clock.now_ns(), INPUT_BATCH):
            self._hear(time_ns, raw, may_be_echo=False)  # no cable leads there
        arrived = self._io.poll() if self._io else []
        heard = newest(arrived) if len(arrived) >= INPUT_BATCH else arrived
        self._tally.coalesce(len(arrived) - len(heard))
        for time_ns, raw in heard:
            self._hear(time_ns, raw, may_be_echo=True)

    def _hear(self, time_ns: int, raw: bytes, *, may_be_echo: bool) -> None:
        self._tally.received += 1
        data = parse_channel_message(raw)
        is_sync = raw[:1] and raw[0] in SYNC_STATUSES and self._conductor.hear(time_ns, raw, muted=self._ear.muted)
        if data is not None or is_sync:
            self._last_input_ns = time_ns
        if data is None:
            self._tally.ignored_input += not is_sync
        elif not may_be_echo or self._ear.hears(data, time_ns):
            tick = self._clock.tick_at(time_ns)
            for port, copy in self._thru.copies(data) if self._io else ():
                self._output.send_now(self._timeline.thru(copy, tick, port))
            self._emit(Played(time_ns=time_ns, tick=tick, data=data))

    def _carry_out(self, step: Step) -> None:
        """What has come of a step: release first, then say so."""
        if step.clear:
            self._output.send_now(self._timeline.clear_parts(self._clock.tick()))
        if step.clicks is not None:
            self._timeline.accept(step.clicks)
        self._output.hand_over(*step.clock_out)
        if step.clock is not None:
            self._emit(step.clock)
        if step.transport is not None:
            self._emit(step.transport)

    def _place(self, chunk: Chunk) -> None:
        if not (chunk.part.startswith(ASIDE) or self._conductor.admits(chunk)):
            self._timeline.refuse(chunk)
        elif self._timeline.accept(chunk) and self._trace:
            self._emit(Accepted(part=chunk.part, generation=chunk.generation, time_ns=self._clock.now_ns()))

    def _set_ports(self, names: frozenset[str]) -> None:
        for gone in self._ports - names:
            self._output.send_now(self._timeline.release(self._clock.tick(), port=gone))
            self._output.hand_over(*self._conductor.closing(gone))
            self._output.close(gone)
        self._output.flush()
        self._open -= self._ports - names
        self._ports = names
        if self._io is not None:
            self._io.set_outputs(names)

    def _follow(self, news: Plugged | PortsSeen | InputMuted) -> None:
        """Something came or went: an output has to be told its sounds, or falls silent; keys let go by themselves."""
        match news:
            case Plugged(direction="in", there=False) | InputMuted(muted=True):
                self._let_go_of_thru()
                self._take_keys_as_released()
            case Plugged(direction="out", port=port, there=True):
                self._open.add(port)
                self._output.open(port, self._programs.of_port(port))
                self._output.hand_over(*self._conductor.opened(port))
            case Plugged(direction="out", port=port):
                self._open.discard(port)
                self._output.miss(port, self._timeline.release(self._clock.tick(), port=port))
        self._emit(news)

    def _let_go_of_thru(self) -> None:
        self._output.send_now(self._timeline.release(self._clock.tick(), THRU))
        for port, data in self._thru.let_go():
            self._output.send_after(port, (data,))

    def _take_keys_as_released(self) -> None:
        """The engine hears of note-offs that no keyboard is there to send."""
        now_ns = self._clock.now_ns()
        for data in self._ear.let_go():
            self._emit(Played(time_ns=now_ns, tick=self._clock.tick(), data=data))

    def _panic(self, *, everything: bool) -> None:
        released = self._timeline.panic(self._clock.tick())
        self._output.send_now(released)
        self._thru.let_go()  # what follows puts pedals and bends to rest
        self._output.reset_channels(self._open if everything else None)
        self._emit(Silenced(released=len(released)))

    def _lose(self, reason: str) -> None:
        """Give the ports up."""
        self._note_written()
        released = self._timeline.release(self._clock.tick())
        self._tally.offs += len(released)
        self._lost_io = io = self._output.detach(released)
        self._open.clear()
        if io is not None:
            self._tally.keep_losses(io)
        self._take_keys_as_released()
        self._emit(PortLost(text=reason))

    def _report(self) -> None:
        self._next_counters_ns = self._clock.now_ns() + COUNTERS_NS
        self._tally.pulses_in, self._tally.pulses_out = self._conductor.pulses_in, self._conductor.pulses_out
        overflow = self._injected.lost + self.overflow()
        counters = self._tally.counters(self._timeline, self._ear.echoes, overflow, self._io)
        if counters != self._counters:
            self._counters = counters
            self._emit(counters)
