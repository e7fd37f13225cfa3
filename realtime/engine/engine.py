"""The engine: one loop that carries messages between the musician's player and the parts of the rack.

Threading: `run` is the main loop and owns the rack. The player link's reader thread, the parts' own threads and
whoever calls `command` only put into the inbox.
"""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec

from realtime.engine.bar_buffer import PLAYED, BarBuffer
from realtime.engine.bar_lines import BarLines
from realtime.engine.commands import (
    AddPart,
    ChangePorts,
    Command,
    DescribeRack,
    Forward,
    Halt,
    QuitEngine,
    SaveSession,
    SetSource,
)
from realtime.engine.desk import Desk
from realtime.engine.items import FromPart, Item, Placed
from realtime.engine.listener import Listener
from realtime.engine.options import EngineOptions, PartStart, load_model
from realtime.engine.parts.base import Stage
from realtime.engine.player_host import PlayerGone, PlayerHost
from realtime.engine.player_link import PlayerOptions, PlayerProcess
from realtime.engine.rack import Loader, Rack
from realtime.engine.reports import BarsCounted, PartState, PassedOn, Refused, Report, SessionSaved, TakeKept
from realtime.engine.saving import Saver, session_of, with_ports
from realtime.engine.song_place import SongPlace
from realtime.errors import HocketError
from realtime.handover import Inbox
from realtime.messages import (
    Chunk,
    Clock,
    Cut,
    Failed,
    Message,
    Panic,
    Played,
    SetSync,
    Transport,
    WatchPorts,
)
from realtime.music.units import TempoAnchor

INBOX_CAPACITY = 8192
IDLE_SECONDS = 0.5


class Engine:
    """Headless Hocket: engine and player. `observe` is called in the main loop with each `Report`."""

    def __init__(
        self,
        parts: Sequence[PartStart],
        options: EngineOptions,
        observe: Callable[[Report], None] = lambda _: None,
        load: Loader = load_model,
        player: PlayerProcess | None = None,
    ) -> None:
        self._options, self._observe = options, observe
        self._inbox: Inbox[Item] = Inbox(capacity=INBOX_CAPACITY)
        self._anchor = TempoAnchor(0, time.monotonic_ns(), options.player.bpm)
        self._bars = BarLines(options.rules.meter)
        self._song = SongPlace(self._bars)
        self._buffer = BarBuffer(self._bars)
        self._heard = Listener(options.rules.meter)
        self._told: dict[str, PartState] = {}
        self._counted: BarsCounted | None = None
        self._watching = False  # whether the player tells which ports there are
        stage = self._stage()
        self._rack = Rack(stage, options.rules, load)
        self._desk = Desk(
            stage,
            self._rack,
            self._put,
            self._clock_tick,
            folder=options.takes,
            maps=options.maps,
            show_all=options.show_all,
        )
        self._saver = Saver(self._put)
        for part in parts:
            self._rack.add(part.setup, part.generator)
        self._rack.pass_on(options.player.thru)
        self._player = PlayerHost(options.player, self._put, player)
        for setup in options.adding:
            self._rack.command(AddPart(setup))

    @property
    def player_pid(self) -> int:
        """Process id of the player."""
        return self._player.pid

    def command(self, command: Command) -> None:
        """Any thread. Ask for something; it happens in the main loop."""
        self._put(command)

    def run(self) -> None:
        """Play until `QuitEngine`. Raises `PortError` or `DeviceLostError` when there is no way on."""
        try:
            self._observe(self._player.wait_ready())
            self._desk.start()
            while self._run_once():
                pass
        finally:
            self._rack.stop()
            self._player.close()
            self._desk.finish()
            self._finish_saving()

    def _stage(self) -> Stage:
        return Stage(
            bars=self._bars,
            buffer=self._buffer,
            send=self._send,
            post=lambda name, said: self._put(FromPart(name, said)),
            observe=self._tell,
            now_tick=self._now_tick,
            now_ns=time.monotonic_ns,
            bpm=lambda: self._anchor.bpm,
            playing=lambda: self._song.playing,
            lead_seconds=lambda: self._player.lead_seconds,
        )

    def _put(self, item: Item) -> None:
        self._inbox.put(item)

    def _send(self, message: Message) -> bool:
        if isinstance(message, Chunk):
            message = msgspec.structs.replace(message, epoch=self._song.epoch)
        if isinstance(message, Chunk | Cut):
            self._put(Placed(message))
        return self._player.send(message)

    def _tell(self, report: Report) -> None:
        """What a part, or the desk, has to say."""
        self._desk.told(report)
        self._observe(report)

    def _clock_tick(self) -> int:
        return self._anchor.tick_at(time.monotonic_ns())

    def _now_tick(self) -> int:
        return self._song.tick(self._clock_tick())

    def _run_once(self) -> bool:
        """Wait for the next message or deadline and deal with it; False at the end."""
        due_ns = self._due_ns()
        wait = (self._due_ns(self._desk.deadline_tick()) - time.monotonic_ns()) / 1e9
        self._inbox.wait(min(IDLE_SECONDS, max(0.0, wait)))
        for item in self._inbox.drain():
            if isinstance(item, QuitEngine):
                return False
            self._deal_with(item)
            if time.monotonic_ns() >= due_ns:  # what is due does not wait for a row of messages
                self._rack.passed(self._now_tick())
                due_ns = self._due_ns()
        self._rack.passed(self._now_tick())
        self._desk.passed(self._player.pid, self._inbox.dropped)
        if self._options.show_all:
            self._tell_changes()
        return True

    def _due_ns(self, *others: int | None) -> float:
        """When a part has something to do, or one of the other ticks has come."""
        ticks = (*others, self._rack.deadline_tick() if self._song.playing else None)
        return min((self._anchor.time_of(tick) for tick in ticks if tick is not None), default=math.inf)

    def _deal_with(self, item: Item) -> None:
        if isinstance(item, PassedOn):
            self._observe(item)
            return
        match item:
            case Played():
                self._hear(item)
            case Clock():
                self._desk.see_tick()
                self._anchor = item.anchor()
                self._observe(item)
            case Transport():
                self._follow(item)
            case FromPart(name, said):
                self._rack.heard(name, said)
            case Placed(message):
                self._desk.placed(message)
                if self._options.show_all:
                    self._observe(message)
            case SessionSaved() | TakeKept() | Refused():
                self._observe(item)
            case PlayerGone():
                if self._player.is_current(item):
                    self._observe(self._player.restart(self._anchor.bpm))
                    self._send(Panic(everything=True))  # nobody knows what the other one left sounding
                    self._begin_again()
            case Failed() | QuitEngine():
                pass  # a player that fails says so before it is ready; the end is dealt with outside
            case _:
                self._carry_out(item)

    def _carry_out(self, command: Command) -> None:
        match command:
            case Forward(Panic() as panic):
                self._rack.command(Halt())  # silence means silence: nothing goes on by itself
                self._desk.silence()
                self._send(panic)
            case Forward(SetSync() as sync):
                self._change_sync(sync)
            case SetSource(source):
                now = self._player.options.sync
                self._change_sync(SetSync(source, now.clock_out, now.offset_ms, now.start_stop))
            case Forward(message):
                self._watching = message.on if isinstance(message, WatchPorts) else self._watching
                self._send(message)
            case ChangePorts(ports):
                self._change_player(with_ports(self._player.options, ports))
            case DescribeRack():
                self._observe(self._rack.describe())
            case SaveSession():
                self._save(command)
            case _:
                if not self._desk.command(command):
                    self._rack.command(command)

    def _follow(self, told: Transport) -> None:
        """The first word tells, after the first `Clock`, what ticks are: only then can parts be placed."""
        is_another = self._song.take(told)
        self._desk.follow(told)
        if not self._rack.playing:
            self._rack.start()
        elif is_another:
            for part in self._rack:
                part.player_restarted()
        self._observe(told)

    def _hear(self, played: Played) -> None:
        if self._options.show_all:
            self._observe(played)
        if self._desk.hear(played):
            return
        for part in self._rack if self._song.playing else ():  # nothing could be answered
            part.played(played)
        self._heard.add(played)
        self._buffer.add(PLAYED, self._heard.take_done())

    def _save(self, wanted: SaveSession) -> None:
        player = replace(self._player.options, thru=self._rack.thru)
        rules, bpm = self._rack.rules, self._anchor.bpm
        session = session_of(player, rules, self._rack.kept(), bpm=bpm, remote=wanted.remote, maps=self._desk.maps)
        self._saver.save(session, Path(wanted.path))

    def _finish_saving(self) -> None:
        """At the end: what was asked for before it is still written, and told."""
        self._saver.finish()
        for item in self._inbox.drain():
            if isinstance(item, SessionSaved | TakeKept | Refused):
                self._observe(item)

    def _change_player(self, options: PlayerOptions) -> None:
        try:
            self._observe(self._player.change(replace(options, bpm=self._anchor.bpm)))
        except HocketError as error:
            self._observe(Refused(str(error)))
        self._begin_again()

    def _change_sync(self, sync: SetSync) -> None:
        try:
            self._player.options = self._player.options.following(sync)
        except HocketError as error:  # its texts name options of the command line
            self._observe(Refused(str(error).replace("--", "")))
        else:
            self._send(sync)

    def _begin_again(self) -> None:
        """The player is another process now."""
        self._desk.begin_again()
        self._song.player_restarted()
        self._anchor = TempoAnchor(0, time.monotonic_ns(), self._anchor.bpm)  # until the new player's own comes
        self._rack.player_restarted()
        if self._watching:
            self._send(WatchPorts())

    def _tell_changes(self) -> None:
        counted = BarsCounted(self._bars.origin_tick, str(self._bars.meter))
        if counted != self._counted:
            self._counted = counted
            self._observe(counted)
        for state in self._rack.states():
            if self._told.get(state.part) != state:
                self._told[state.part] = state
                self._observe(state)
