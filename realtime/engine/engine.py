"""The engine: one loop that carries messages between the musician's player, the turn keeper and the worker.

Threading: `run` is the main loop and owns the turn keeper. The player link's reader thread, the worker and whoever
calls `command` only put into the inbox.
"""

import logging
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from realtime.engine.player_link import PlayerLink, PlayerOptions
from realtime.engine.reports import (
    Command,
    Forward,
    HandOver,
    ModelFailed,
    QuitEngine,
    Report,
    SetControl,
    SetRules,
    TurnStarted,
    Yielded,
)
from realtime.engine.turns import Action, Answer, Prepare, TurnKeeper, TurnRules
from realtime.engine.worker import LOOKAHEAD_BEATS, Cancel, Play, Prefill, Worker
from realtime.errors import DeviceLostError
from realtime.generators.base import GenerateRequest, resolve_controls
from realtime.generators.continuation import ContinueGenerator
from realtime.handover import Inbox
from realtime.messages import (
    Chunk,
    ChunkNote,
    Clock,
    Counters,
    Cut,
    FromPlayer,
    Panic,
    Played,
    PortLost,
    Ready,
    Sent,
    Silenced,
)
from realtime.music.note import Note
from realtime.music.units import PPQ, TempoAnchor

log = logging.getLogger(__name__)
PART = "continue"
INBOX_CAPACITY = 8192
IDLE_SECONDS = 0.5
MAX_RESTARTS = 3  # of the player


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineOptions:
    """What an engine is started with."""

    player: PlayerOptions = field(default_factory=PlayerOptions)
    rules: TurnRules = field(default_factory=TurnRules)
    controls: Mapping[str, float] = field(default_factory=dict)
    channel: int = 0  # 0..15
    seed: int | None = None  # None: a new one for each answer


@dataclass(frozen=True, slots=True)
class _Answered:
    """The worker has handed on a note of an answer."""

    generation: int
    note: Note


@dataclass(frozen=True, slots=True)
class _PlayerGone:
    """The player's pipe has ended."""


Item = FromPlayer | Command | ModelFailed | _Answered | _PlayerGone


class Engine:
    """Headless Hocket: engine and player. `observe` is called in the main loop with each `Report`."""

    def __init__(
        self, generator: ContinueGenerator, options: EngineOptions, observe: Callable[[Report], None] = lambda _: None
    ) -> None:
        self._options = options
        self._observe = observe
        self._controls = resolve_controls(generator.spec, options.controls)
        self._inbox: Inbox[Item] = Inbox(capacity=INBOX_CAPACITY)
        self._anchor = TempoAnchor(0, time.monotonic_ns(), options.player.bpm)
        self._turns = TurnKeeper(options.rules, lambda: self._anchor.bpm)
        self._generation = 0
        self._restarts = 0
        self._generator_spec = generator.spec
        self._worker = Worker(
            generator,
            emit=self._emit,
            ahead_tick=lambda: self._now_tick() + LOOKAHEAD_BEATS * PPQ,
            on_failure=lambda text: self._put(ModelFailed(text)),
        )
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
            self._worker.start()
            while self._run_once():
                pass
        finally:
            self._player.close()
            self._worker.stop()

    def _put(self, item: Item) -> None:
        self._inbox.put(item)

    def _from_player(self, message: FromPlayer | None) -> None:
        self._put(_PlayerGone() if message is None else message)

    def _now_tick(self) -> int:
        return self._anchor.tick_at(time.monotonic_ns())

    def _run_once(self) -> bool:
        """Wait for the next message or deadline and deal with it; False at the end."""
        deadline = self._turns.deadline_tick()
        wait = IDLE_SECONDS
        if deadline is not None:
            wait = min(wait, (self._anchor.time_of(deadline) - time.monotonic_ns()) / 1e9)
        if wait > 0:
            self._inbox.wait(wait)
        for item in self._inbox.drain():
            if isinstance(item, QuitEngine):
                return False
            self._deal_with(item)
        self._carry_out(self._turns.passed(self._now_tick()))
        return True

    def _deal_with(self, item: Item) -> None:
        match item:
            case Played():
                self._carry_out(self._turns.played(item))
            case Clock():
                self._anchor = item.anchor()
                self._observe(item)
            case HandOver():
                self._carry_out(self._turns.hand_over(self._now_tick()))
            case SetControl(name, value):
                self._controls = resolve_controls(self._generator_spec, {**self._controls, name: value})
            case SetRules(rules):
                self._turns.rules = rules
            case Forward(message):
                self._player.send(message)
            case _Answered(generation, note):
                if generation == self._generation:
                    self._turns.answered(note)
            case _PlayerGone():
                self._restart_player()
            case ModelFailed() | Ready() | Sent() | Counters() | Silenced() | PortLost():
                self._observe(item)

    def _restart_player(self) -> None:
        self._restarts += 1
        if self._restarts > MAX_RESTARTS:
            raise DeviceLostError(f"the player process ended {self._restarts} times; `hocket doctor` may tell why")
        log.warning("the player process ended; starting it again")
        self._player.close()
        self._player = PlayerLink(replace(self._options.player, bpm=self._anchor.bpm), self._from_player)
        self._observe(self._player.wait_ready())
        self._player.send(Panic())

    def _carry_out(self, actions: list[Action]) -> None:
        for action in actions:
            match action:
                case Prepare():
                    self._worker.submit(Prefill(request=self._request(action)))
                case Answer():
                    self._start_answer(action)
                case _:
                    self._end_answer()

    def _request(self, action: Prepare | Answer) -> GenerateRequest:
        length = action.length_ticks if isinstance(action, Answer) else 0
        return GenerateRequest(
            context=action.context, start_tick=action.start_tick, length_ticks=length, controls=self._controls
        )

    def _start_answer(self, answer: Answer) -> None:
        judged_ns = time.monotonic_ns()
        self._generation += 1
        seed = self._options.seed if self._options.seed is not None else secrets.randbelow(1 << 31)
        play = Play(
            request=self._request(answer), origin_tick=answer.origin_tick, seed=seed, generation=self._generation
        )
        self._worker.submit(play)
        self._observe(
            TurnStarted(
                generation=self._generation,
                seed=seed,
                origin_tick=answer.origin_tick,
                start_tick=answer.origin_tick + answer.start_tick,
                length_ticks=answer.length_ticks,
                prompt_notes=len(answer.context.notes),
                judged_ns=judged_ns,
            )
        )

    def _end_answer(self) -> None:
        self._generation += 1
        self._player.send(Cut(PART, self._generation))
        self._worker.submit(Cancel())
        self._observe(Yielded(self._generation - 1))

    def _emit(self, generation: int, note: Note) -> None:
        """Worker's thread: hand one note to the player."""
        placed = ChunkNote(note.start_tick, note.pitch, note.duration_ticks, note.velocity)
        self._player.send(Chunk(PART, generation, self._options.channel, note.start_tick, (placed,)))
        self._put(_Answered(generation, note))
