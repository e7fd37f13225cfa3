"""A part that answers in turns: Continue. Main loop only; its model streams notes from a thread of its own."""

import secrets
from dataclasses import dataclass
from typing import Any

import msgspec

from realtime.bundle.spec import BundleSpec
from realtime.engine import commands as ask
from realtime.engine.attempts import Failure
from realtime.engine.beginning import NO_GRID_TICKS, Play
from realtime.engine.parts.base import NOTE_WAY_SECONDS, Stage
from realtime.engine.parts.common import CommonPart
from realtime.engine.reports import PartDescribed, PartLoad, PartState, TurnStarted, Yielded
from realtime.engine.setup import POST, ROUTE, PartSetup, Turns
from realtime.engine.turns import LISTEN_OFF, RULE_CHOICES, Action, Answer, Prepare, TurnKeeper, TurnRules
from realtime.engine.worker import Cancel, Prefill, Worker
from realtime.errors import UsageError
from realtime.generators.base import GenerateRequest
from realtime.generators.continuation import ContinueGenerator
from realtime.messages import Played
from realtime.music.note import Note
from realtime.music.units import PPQ


@dataclass(frozen=True, slots=True)
class Begun:
    """The worker has the first notes of an answer, and knows where it begins."""

    play: Play


@dataclass(frozen=True, slots=True)
class Answered:
    """The worker has handed on a note of an answer."""

    generation: int
    note: Note


@dataclass(frozen=True, slots=True)
class NewGenerator:
    """Another model has been loaded for this part."""

    generator: ContinueGenerator
    model: str  # its name or folder


class TurnPart(CommonPart):
    """See `Part`."""

    def __init__(self, setup: PartSetup, generator: ContinueGenerator, stage: Stage, rules: TurnRules) -> None:
        super().__init__(setup, generator.spec, stage, voices=1, monophonic=False)
        rules = setup.turns.rules(rules.meter) if setup.turns else rules
        self._turns = TurnKeeper(rules, stage.bpm, stage.bars, stage.lead_seconds)
        self._seed = setup.seed
        if setup.locks:
            raise UsageError(f"{self.name} answers in turns; it has nothing to lock, so leave out {setup.locks[0]!r}")
        self._employ(generator)

    @property
    def spec(self) -> BundleSpec:
        """The model's manifest."""
        return self._generator.spec

    def described(self) -> PartDescribed:
        """The part with all its controls."""
        return self._board.described(self.name, ("answer",), failed=self._failed)

    def state(self) -> PartState:
        """The part as it is now."""
        rules = {name: str(getattr(self.rules, name)) for name in (*RULE_CHOICES, "bars")}
        silent = bool(self._outlet.silent_voices)
        more = {"rules": rules, "seed": self._seed, "failed": self._failed}
        return self._board.state(self.name, playing=self._turns.answering, silent=silent, ways=self.ways, **more)

    def load(self) -> PartLoad:
        """Of the newest note; it may take as long as notes are handed over ahead."""
        budget_ms = self._board["lookahead"] * 60_000 / self._stage.bpm()
        return PartLoad(self.name, round(1000 * self._worker.note_seconds, 2), round(budget_ms, 2))

    def start(self) -> None:
        """Start the worker."""
        self.introduce()
        self._worker.start()

    def stop(self) -> None:
        """Release what sounds, end the worker."""
        self._outlet.close()
        self._worker.stop()

    def played(self, played: Played) -> None:
        """Listen; give way."""
        self._carry_out(self._turns.played(played))

    def deadline_tick(self) -> int | None:
        """When the phrase or the answer may have ended."""
        return self._turns.deadline_tick()

    def passed(self, now_tick: int) -> None:
        """Time may have ended a phrase or an answer."""
        self._carry_out(self._turns.passed(now_tick))

    def heard(self, said: Any) -> None:
        """A note of the answer, a failure, or another model."""
        match said:
            case Begun(play) if play.generation == self._outlet.generation:
                self._begin(play)
            case Answered(generation, note) if generation == self._outlet.generation:
                self._turns.answered(note)
                self._stage.buffer.add(self.name, [note])
            case Failure():
                self._fail(said)
            case NewGenerator(generator, model):
                self._swap(generator, model)

    def set_silent(self, silent: bool) -> None:
        """Release and send nothing, or play again from the next note on."""
        self._outlet.silent_voices = frozenset({0} if silent else ())
        if silent:
            self._outlet.release()

    def player_restarted(self) -> None:
        """What was being played is gone, and what was heard is of another time."""
        self._carry_out(self._turns.stop())
        self._worker.submit(Cancel())

    @property
    def rules(self) -> TurnRules:
        """How it takes turns."""
        return self._turns.rules

    def kept(self) -> PartSetup:
        """The setup as it has become."""
        return msgspec.structs.replace(self._board.kept(), seed=self._seed, turns=Turns.of(self.rules))

    def command(self, command: ask.Command) -> bool:
        """Carry a command out."""
        match command:
            case ask.HandOver(part) if self._failed:
                if part:
                    raise UsageError(f"{part}: its model failed too often and rests (swap {part}: try again)")
                return False
            case ask.HandOver():
                self._carry_out(self._turns.hand_over(self._stage.now_tick()))
            case ask.SetControl(name, value):
                self._set(name, value)
            case ask.Halt():
                self._carry_out(self._turns.stop())
            case ask.SetRule(name, value):
                self._set_rule(name, value)
            case ask.SetPort(port):
                self._board.set_port(port)
                self._outlet.set_route(self._board.route())
            case ask.Reroll(_, ()):
                self._seed = secrets.randbelow(1 << 31)
            case ask.SetSeed(seed):
                self._seed = seed
            case ask.StoreSnapshot(slot):
                self._board.store(slot)
            case ask.RecallSnapshot(slot):
                self._board.recall(slot)
            case _:
                return False
        return True

    # --- inside ---------------------------------------------------------------------------------------

    def _employ(self, generator: ContinueGenerator) -> None:
        self._generator, self._failed = generator, ""
        self._worker = Worker(
            generator,
            batches=lambda notes: self._outlet.in_batches(notes),
            emit=self._emit,
            begins=lambda play: self._stage.post(self.name, Begun(play)),
            soonest_tick=self._soonest_tick,
            ahead_tick=lambda: self._stage.now_tick() + round(self._board["lookahead"] * PPQ),
            on_failure=lambda failure: self._stage.post(self.name, failure),
        )

    def _swap(self, generator: ContinueGenerator, model: str) -> None:
        """The answer under way ends as the old model has made it so far."""
        self._worker.stop()
        self._board = self._board.for_model(generator.spec, model)
        self._employ(generator)
        self._worker.start()

    def _set(self, name: str, value: float | str) -> None:
        self._board.set(name, value)
        if name.startswith(POST):
            self._outlet.chain = self._board.chain()
        elif name in ROUTE:
            self._outlet.set_route(self._board.route())

    def _set_rule(self, name: str, value: float | str) -> None:
        self._turns.rules = self.rules.changed(name, value)
        if self.rules.listen == LISTEN_OFF:
            self._carry_out(self._turns.stop())

    def _carry_out(self, actions: list[Action]) -> None:
        for action in actions:
            match action:
                case Prepare() | Answer() if self._failed:
                    self._turns.stop()  # it rests
                case Prepare():
                    self._worker.submit(Prefill(request=self._request(action)))
                case Answer():
                    self._start_answer(action)
                case _:
                    self._end_answer()

    def _request(self, action: Prepare | Answer) -> GenerateRequest:
        length = action.length_ticks if isinstance(action, Answer) else 0
        return GenerateRequest(
            context=action.context,
            start_tick=action.start_tick,
            length_ticks=length,
            controls=self._board.point.controls,
        )

    def _start_answer(self, answer: Answer) -> None:
        self._worker.submit(
            Play(
                request=self._request(answer),
                origin_tick=answer.origin_tick,
                seed=self._seed if self._seed is not None else secrets.randbelow(1 << 31),
                generation=self._outlet.next_generation(),
                grid_ticks=answer.grid_ticks,
                keeps_end=answer.keeps_end,
                judged_ns=self._stage.now_ns(),
            )
        )

    def _begin(self, play: Play) -> None:
        length = play.request.length_ticks
        self._turns.begins(play.start_tick, length)
        self._stage.observe(
            TurnStarted(
                generation=play.generation,
                seed=play.seed,
                origin_tick=play.origin_tick,
                start_tick=play.start_tick,
                length_ticks=length,
                prompt_notes=len(play.request.context.notes),
                judged_ns=play.judged_ns,
                part=self.name,
            )
        )

    def _end_answer(self) -> None:
        ended = self._outlet.generation
        self._outlet.cut()
        self._worker.submit(Cancel())
        self._stage.observe(Yielded(ended, self.name))

    def _soonest_tick(self, play: Play, seconds: float) -> int:
        """Worker's thread. Without a grid the answer is wanted now, so nothing is kept in hand for its way."""
        way_seconds = 0.0 if play.grid_ticks == NO_GRID_TICKS else NOTE_WAY_SECONDS
        return self._stage.soonest_note_tick(way_seconds + seconds)

    def _emit(self, generation: int, notes: list[Note]) -> None:
        """Worker's thread: hand notes to the player."""
        for sent in self._outlet.stream(generation, notes):
            self._stage.post(self.name, Answered(generation, sent))
