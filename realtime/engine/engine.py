"""The engine: one loop that carries messages between the musician's player and the parts of the rack.

Threading: `run` is the main loop and owns the rack. The player link's reader thread, the parts' own threads and
whoever calls `command` only put into the inbox.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from realtime.engine.bar_buffer import PLAYED, BarBuffer
from realtime.engine.bar_lines import BarLines
from realtime.engine.commands import Command, DescribeRack, Forward, Halt, QuitEngine, SaveSession
from realtime.engine.listener import Listener
from realtime.engine.parts.base import Stage
from realtime.engine.player_link import PlayerLink, PlayerOptions
from realtime.engine.rack import Loader, Rack
from realtime.engine.reports import Refused, Report, SessionSaved
from realtime.engine.saving import Saver, session_of
from realtime.engine.setup import PartSetup
from realtime.engine.song_place import SongPlace
from realtime.engine.turns import TurnRules
from realtime.errors import DeviceLostError
from realtime.generators.base import Generator
from realtime.generators.registry import find_bundle, open_generator
from realtime.handover import Inbox
from realtime.messages import (
    Accepted,
    Chunk,
    Clock,
    Counters,
    Failed,
    FromPlayer,
    Message,
    Panic,
    Played,
    Plugged,
    PortLost,
    Ready,
    Sent,
    Silenced,
    Transport,
)
from realtime.music.units import TempoAnchor

log = logging.getLogger(__name__)
INBOX_CAPACITY = 8192
IDLE_SECONDS = 0.5
MAX_RESTARTS = 3  # of the player


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineOptions:
    """What an engine is started with."""

    player: PlayerOptions = field(default_factory=PlayerOptions)
    rules: TurnRules = field(default_factory=TurnRules)


@dataclass(frozen=True, slots=True)
class PartStart:
    """A part to start with, its model loaded."""

    setup: PartSetup
    generator: Generator


@dataclass(frozen=True, slots=True)
class _FromPart:
    """What a part's own thread says to it."""

    name: str
    said: Any


@dataclass(frozen=True, slots=True)
class _PlayerGone:
    """The player's pipe has ended."""


Item = FromPlayer | Command | _FromPart | _PlayerGone | SessionSaved | Refused


def load_model(model: str) -> Generator:
    """The generator of a model given by name or folder."""
    return open_generator(find_bundle(model))


class Engine:
    """Headless Hocket: engine and player. `observe` is called in the main loop with each `Report`."""

    def __init__(
        self,
        parts: Sequence[PartStart],
        options: EngineOptions,
        observe: Callable[[Report], None] = lambda _: None,
        load: Loader = load_model,
    ) -> None:
        self._options = options
        self._observe = observe
        self._inbox: Inbox[Item] = Inbox(capacity=INBOX_CAPACITY)
        self._anchor = TempoAnchor(0, time.monotonic_ns(), options.player.bpm)
        self._bars = BarLines(options.rules.meter)
        self._song = SongPlace(self._bars)
        self._buffer = BarBuffer(self._bars)
        self._heard = Listener(options.rules.meter)
        self._restarts = 0
        stage = Stage(
            bars=self._bars,
            buffer=self._buffer,
            send=self._send,
            post=lambda name, said: self._put(_FromPart(name, said)),
            observe=observe,
            now_tick=self._now_tick,
            now_ns=time.monotonic_ns,
            bpm=lambda: self._anchor.bpm,
        )
        self._rack = Rack(stage, options.rules, load)
        self._saver = Saver(self._put)
        for part in parts:
            self._rack.add(part.setup, part.generator)
        self._rack.pass_on(options.player.thru)
        self._player = PlayerLink(options.player, self._from_player)

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
            while self._run_once():
                pass
        finally:
            self._rack.stop()
            self._player.close()
            self._finish_saving()

    def _put(self, item: Item) -> None:
        self._inbox.put(item)

    def _send(self, message: Message) -> bool:
        if isinstance(message, Chunk):
            message = msgspec.structs.replace(message, epoch=self._song.epoch)
        return self._player.send(message)

    def _from_player(self, message: FromPlayer | None) -> None:
        self._put(_PlayerGone() if message is None else message)

    def _now_tick(self) -> int:
        return self._song.tick(self._anchor.tick_at(time.monotonic_ns()))

    def _run_once(self) -> bool:
        """Wait for the next message or deadline and deal with it; False at the end."""
        deadline = min((tick for part in self._rack if (tick := part.deadline_tick()) is not None), default=None)
        wait = IDLE_SECONDS
        if deadline is not None and self._song.playing:
            wait = min(wait, (self._anchor.time_of(deadline) - time.monotonic_ns()) / 1e9)
        if wait > 0:
            self._inbox.wait(wait)
        for item in self._inbox.drain():
            if isinstance(item, QuitEngine):
                return False
            self._deal_with(item)
        for part in self._rack:
            part.passed(self._now_tick())
        return True

    def _deal_with(self, item: Item) -> None:
        match item:
            case Played():
                self._hear(item)
            case Clock():
                self._anchor = item.anchor()
                self._observe(item)
            case _FromPart(name, said):
                self._rack.heard(name, said)
            case Forward(Panic() as panic):
                self._rack.command(Halt())  # silence means silence: nothing goes on by itself
                self._send(panic)
            case Forward(message):
                self._send(message)
            case _PlayerGone():
                self._restart_player()
            case Transport():
                self._follow(item)
            case Ready() | Sent() | Accepted() | Counters() | Silenced() | Plugged() | PortLost():
                self._observe(item)
            case SessionSaved() | Refused():
                self._observe(item)
            case DescribeRack():
                self._observe(self._rack.describe())
            case SaveSession():
                self._save(item)
            case Failed() | QuitEngine():
                pass  # a player that fails says so before it is ready; the end is dealt with outside
            case _:
                self._rack.command(item)

    def _follow(self, told: Transport) -> None:
        """The first word tells, after the first `Clock`, what ticks are: only then can parts be placed."""
        is_another = self._song.take(told)
        if not self._rack.playing:
            self._rack.start()
        elif is_another:
            for part in self._rack:
                part.player_restarted()
        self._observe(told)

    def _hear(self, played: Played) -> None:
        for part in self._rack if self._song.playing else ():  # nothing could be answered
            part.played(played)
        self._heard.add(played)
        self._buffer.add(PLAYED, self._heard.take_done())

    def _save(self, wanted: SaveSession) -> None:
        player = replace(self._options.player, thru=self._rack.thru)
        rules, bpm = self._rack.rules, self._anchor.bpm
        session = session_of(player, rules, self._rack.kept(), bpm=bpm, remote=wanted.remote)
        self._saver.save(session, wanted.path)

    def _finish_saving(self) -> None:
        """At the end: what was asked for before it is still written, and told."""
        self._saver.finish()
        for item in self._inbox.drain():
            if isinstance(item, SessionSaved | Refused):
                self._observe(item)

    def _restart_player(self) -> None:
        self._restarts += 1
        if self._restarts > MAX_RESTARTS:
            raise DeviceLostError(f"the player process ended {self._restarts} times; `hocket doctor` may tell why")
        log.warning("the player process ended; starting it again")
        self._player.close()
        self._player = PlayerLink(replace(self._options.player, bpm=self._anchor.bpm), self._from_player)
        self._observe(self._player.wait_ready())
        self._send(Panic())
        self._song.player_restarted()
        self._anchor = TempoAnchor(0, time.monotonic_ns(), self._anchor.bpm)  # until the new player's own comes
        self._rack.player_restarted()
