"""Clock, source and transport together: what the timeline does now, and what others have to be told.

The core calls `step` once a turn of its loop and carries out what comes back. No thread, no I/O.
"""

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from realtime.errors import HocketError
from realtime.messages import (
    Chunk,
    ChunkNote,
    Clock,
    Locate,
    SetSync,
    SetTempo,
    StartTransport,
    StopTransport,
    TapTempo,
    Transport,
)
from realtime.music.units import PPQ, TempoAnchor
from realtime.player.clock import MS_NS, PlayerClock
from realtime.player.midi_bytes import CLOCK
from realtime.player.ports import Outgoing, SystemTransport
from realtime.player.sync.clock_out import Addressed, ClocksOut
from realtime.player.sync.internal import Taps
from realtime.player.sync.link import join_link
from realtime.player.sync.midi_clock import PULSE_TICKS
from realtime.player.sync.options import SyncOptions
from realtime.player.sync.source import Heading, SyncSource
from realtime.player.sync.sources import make_source

Direction = SetTempo | TapTempo | StartTransport | StopTransport | Locate | SetSync
FAR_TICKS: Final = PPQ // 2  # a beat this far off is not approached but jumped to
TELL_TICKS: Final = 2.0  # an anchor is told anew when the last one will be off by more ...
TELL_NS: Final = 500 * MS_NS  # ... within this time
COUNT_IN: Final = "count-in"  # the part that clicks
CLICK_TICKS: Final = PPQ // 8
CLICKS: Final = ((76, 110), (77, 80))  # pitch and velocity of a bar's first beat, and of the others: wood blocks


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What has come of one step."""

    clear: bool = False  # drop all that waits, release all that parts have sounding
    clicks: Chunk | None = None  # to be placed after that
    clock: Clock | None = None
    transport: Transport | None = None
    clock_out: tuple[Outgoing, ...] = ()


NOTHING: Final = Step()


class Conductor:
    """Follows one source and keeps the player's clock on its beat."""

    def __init__(self, clock: PlayerClock, options: SyncOptions, join: Callable[[float], Any] = join_link) -> None:
        self.clock = clock
        self._join = join
        self._taps = Taps()
        self._clocks = ClocksOut({}, 1)
        self._outputs: frozenset[str] = frozenset()  # that are there
        self._system: SystemTransport | None = None
        self._lead_ns = self._ahead_ns = 0
        self._line = clock.anchor  # the beat that the clock is kept on
        self._told = clock.anchor  # what the engine knows of it
        self._told_transport: Transport | None = None
        self._jumps = 0
        self._transport: Transport
        self.pulses_in = self._pulses_out = 0
        self._follow(make_source(options, clock, join), options, epoch=1)

    # --- what the core asks -----------------------------------------------------------------------------

    @property
    def playing(self) -> bool:
        """Whether the timeline plays."""
        return self._transport.playing

    @property
    def pulses_out(self) -> int:
        """Pulses of our own clock since the start."""
        return self._pulses_out + self._clocks.pulses

    def admits(self, chunk: Chunk) -> bool:
        """Whether a chunk is meant for what plays now or is to play next."""
        return chunk.epoch == self._transport.epoch if chunk.epoch else self.playing

    def due_ns(self, tick: int) -> int:
        """When what belongs to a tick is to leave."""
        return self.clock.time_of(tick) + self._offset_ns

    def tick_due_at(self, time_ns: int) -> int:
        """The tick whose events leave at a time."""
        return self.clock.tick_at(time_ns - self._offset_ns)

    def next_pulse_tick(self) -> int | None:
        """When our clock has something to send."""
        return self._clocks.next_tick

    def pop_pulses(self, up_to_tick: int, drop_before_tick: int) -> list[Outgoing]:
        """What our clock has to send."""
        return self._timed(self._clocks.pop_due(up_to_tick, drop_before_tick))

    def opened(self, port: str) -> list[Outgoing]:
        """An output is there (again): its follower is put to its place."""
        self._outputs |= {port}
        return self._timed(self._clocks.open(port, self.clock.tick(), self._start_tick))

    def closing(self, port: str) -> list[Outgoing]:
        """An output of its own is about to go: the last word to its follower."""
        self._outputs -= {port}
        return self._timed(self._clocks.close(port, self.clock.tick()))

    # --- what comes in ----------------------------------------------------------------------------------

    def attach(self, transport: SystemTransport | None, lead_ns: int = 0) -> Step:
        """Other ports are open, which want what is due `lead_ns` before. Raises `PortError` where the source needs what
        their MIDI system has not."""
        self._system, self._lead_ns = transport, lead_ns
        self._join_ports(self._source, self._options)
        self._told_transport = None  # whoever hears of the ports hears of it too
        for gone in self._outputs:
            self.closing(gone)
        self._outputs = frozenset(("",))
        return self._tell(clock_out=self._begin_clocks())

    def hear(self, time_ns: int, data: bytes, *, muted: bool = False) -> bool:
        """A system message of the input; False if nobody follows it. `muted`: our own comes back there, and the clock
        may be ours, where we send one."""
        if self._source.name != "clock" or (muted and self._clocks.next_tick is not None):
            return False
        self.pulses_in += data[0] == CLOCK
        self._source.hear(time_ns, data)
        return True

    def direct(self, message: Direction) -> Step:
        """Do what the engine asks for; what cannot be is told on stderr and changes nothing."""
        try:
            match message:
                case SetTempo(bpm):
                    self._source.set_bpm(bpm)
                case TapTempo(time_ns):
                    self._tap(time_ns or self.clock.now_ns())
                case StartTransport():
                    self._source.start()
                case StopTransport():
                    self._source.stop()
                case Locate(tick):
                    self._source.locate(tick)
                case SetSync():
                    return self._change_source(message)
        except HocketError as error:
            print(f"player: {error}", file=sys.stderr)
        step = self.step()
        return step if step.clock else self._tell()

    def _tap(self, time_ns: int) -> None:
        bpm = self._taps.tap(time_ns)
        if bpm is not None:
            self._source.set_bpm(bpm)

    def _change_source(self, wanted: SetSync) -> Step:
        count_in = self._options.count_in if wanted.source == "internal" else 0
        names = ("source", "clock_out", "offset_ms", "start_stop")
        options = replace(self._options, count_in=count_in, **{name: getattr(wanted, name) for name in names})
        source = make_source(options, self.clock, self._join)
        self._join_ports(source, options)
        last = self.close()
        self._follow(source, options, epoch=self._transport.epoch + 1)
        return self._tell(clear=True, clock_out=(*last, *self._begin_clocks()))

    def close(self) -> list[Outgoing]:
        """Leave a session; what our clock says last."""
        self._source.close()
        return self._timed(self._clocks.move(self.clock.tick(), None))

    # --- one turn ---------------------------------------------------------------------------------------

    def step(self) -> Step:
        """Look where the source is and follow it."""
        now_ns, old = self.clock.now_ns(), self._transport
        heading = self._source.heading(now_ns)
        is_jump = self._approach(heading, now_ns)
        if heading.playing != old.playing:
            is_moved = old.playing or heading.song_tick != old.tick
        else:
            is_moved = is_jump or (not heading.playing and heading.song_tick != old.tick)
        self._transport = self._read(heading, old.epoch + is_moved)
        if is_moved or heading.playing != old.playing:
            is_start = heading.playing and not old.playing
            return self._tell(
                clear=is_moved, clicks=self._clicks() if is_start else None, clock_out=self._move_clocks()
            )
        return self._tell() if self._transport != old or self._has_drifted(now_ns) else NOTHING

    def _approach(self, heading: Heading, now_ns: int) -> bool:
        """Bring the clock to the source's line; whether that took a jump."""
        line, here = heading.line, self.clock.anchor
        is_jump = heading.playing and heading.jumps != self._jumps
        self._jumps = heading.jumps
        if line is None:
            line = TempoAnchor(heading.song_tick, now_ns, here.bpm) if is_jump else here
        missing = line.position_at(now_ns) - here.position_at(now_ns)
        if not heading.playing:  # which pulse it is means nothing while the music stands
            line = replace(line, tick=line.tick - round(missing / PULSE_TICKS) * PULSE_TICKS)
        is_jump = is_jump or (heading.playing and abs(missing) > FAR_TICKS)
        if is_jump:
            self.clock.jump(line)
        else:
            self.clock.steer(line)
        self._line = line if heading.line else self.clock.anchor
        return is_jump

    def _follow(self, source: SyncSource, options: SyncOptions, epoch: int) -> None:
        self._source, self._options = source, options
        self._offset_ns = round(options.offset_ms * MS_NS)
        self._pulses_out = self.pulses_out
        self._clocks = ClocksOut(options.clocks, options.meter.bar_ticks)
        heading = source.heading(self.clock.now_ns())
        self._jumps = heading.jumps
        self._transport = self._read(heading, epoch)

    def _join_ports(self, source: SyncSource, options: SyncOptions) -> None:
        """What is sent ahead of the beat has to be known as much sooner."""
        self._ahead_ns = self._lead_ns + round(max(0.0, -options.offset_ms) * MS_NS)
        source.attach(self._system, self._ahead_ns)

    def _read(self, heading: Heading, epoch: int) -> Transport:
        now_ns = self.clock.now_ns()
        return Transport(
            playing=heading.playing,
            tick=heading.song_tick,
            source=self._options.source,
            locked=heading.locked,
            counting_in=heading.playing and heading.song_tick > self.clock.tick_at(now_ns + self._ahead_ns),
            peers=heading.peers,
            epoch=epoch,
        )

    def _has_drifted(self, now_ns: int) -> bool:
        then_ns = now_ns + TELL_NS
        return abs(self._told.position_at(then_ns) - self._line.position_at(then_ns)) > TELL_TICKS

    def _tell(self, *, clear: bool = False, clicks: Chunk | None = None, clock_out: Iterable[Outgoing] = ()) -> Step:
        told = self._told = self._line
        is_news, self._told_transport = self._transport != self._told_transport, self._transport
        return Step(
            clear=clear,
            clicks=clicks,
            clock=Clock(tick=told.tick, time_ns=told.time_ns, bpm=told.bpm),
            transport=self._transport if is_news else None,
            clock_out=tuple(clock_out),
        )

    @property
    def _start_tick(self) -> int | None:
        """Where followers of our clock are to begin; None: they stand."""
        return self._transport.tick if self.playing else None

    def _begin_clocks(self) -> list[Outgoing]:
        tick = self.clock.tick()
        return [told for port in self._outputs for told in self._timed(self._clocks.open(port, tick, self._start_tick))]

    def _move_clocks(self) -> list[Outgoing]:
        return self._timed(self._clocks.move(self.clock.tick(), self._start_tick))

    def _timed(self, messages: Iterable[Addressed]) -> list[Outgoing]:
        """In the order given, at their ticks; but a beginning may be asked for half a pulse too late."""
        latest_ns: dict[str, int] = {}
        outgoing = []
        for port, tick, data in messages:
            latest_ns[port] = due_ns = max(self.due_ns(tick), latest_ns.get(port, 0))
            outgoing.append(Outgoing(due_ns=due_ns, data=data, port=port, timed=data[0] == CLOCK))
        return outgoing

    def _clicks(self) -> Chunk | None:
        """A click a beat from where the clock is to where the music begins."""
        end, meter = self._transport.tick, self._options.meter
        start, beat = self.clock.anchor.tick, meter.bar_ticks // meter.numerator
        if not self._options.count_in or not self._options.count_in_channel or start >= end:
            return None
        notes = tuple(
            ChunkNote(tick, pitch, CLICK_TICKS, velocity)
            for tick in range(start, end, beat)
            for pitch, velocity in (CLICKS[(tick - end) % meter.bar_ticks != 0],)
        )
        channel = self._options.count_in_channel - 1
        return Chunk(COUNT_IN, self._transport.epoch, channel, start, notes, epoch=self._transport.epoch)
