"""A part that plays on and on: Morph, Quartet, Sketch. Main loop only; its model works in a thread of its own."""

import secrets
from dataclasses import replace
from typing import Any

import msgspec

from realtime.bundle.spec import BundleSpec
from realtime.engine import commands as ask
from realtime.engine.attempts import Failure
from realtime.engine.parts.base import Stage
from realtime.engine.parts.board import known
from realtime.engine.parts.common import CommonPart
from realtime.engine.parts.cycle_runner import CycleRunner
from realtime.engine.parts.maker_worker import MakerWorker, NewMaker
from realtime.engine.parts.material import Made, Maker, Material, Order, Path
from realtime.engine.reports import PartDescribed, PartLoad, PartState
from realtime.engine.setup import ROUTE, PartSetup
from realtime.errors import UsageError
from realtime.messages import Played
from realtime.music.units import PPQ


class CyclePart(CommonPart):
    """See `Part`."""

    def __init__(self, setup: PartSetup, maker: Maker, stage: Stage) -> None:
        super().__init__(setup, maker.spec, stage, voices=len(maker.voice_names), monophonic=True)
        self._runner = CycleRunner(self.name, stage, self._outlet)
        self._wanted = setup.playing
        self._silent = False
        self._material: Material | None = None  # the newest
        self._made_seconds = 0.0  # what that took
        self._path: Path | None = None
        self._ordered = self._applied = 0  # versions
        self._employ(maker)
        self._locks = known(self.name, frozenset(setup.locks), maker.lock_names, "lock")
        self._muted = known(self.name, frozenset(setup.muted), maker.voice_names, "mute")
        self._hush()

    @property
    def spec(self) -> BundleSpec:
        """The model's manifest."""
        return self._maker.spec

    def described(self) -> PartDescribed:
        """The part with all its controls."""
        return self._board.described(self.name, self._maker.voice_names, self._maker.lock_names, failed=self._failed)

    def state(self) -> PartState:
        """The part as it is now."""
        more = {"locks": self._locks, "muted": self._muted, "failed": self._failed}
        return self._board.state(self.name, playing=self._wanted, silent=self._silent, ways=self.ways, **more)

    def load(self) -> PartLoad:
        """Of the newest material; it may take as long as it plays."""
        length = self._material.length_ticks if self._material else 0
        budget_ms = length / PPQ * 60_000 / self._stage.bpm()
        return PartLoad(self.name, round(1000 * self._made_seconds, 2), round(budget_ms, 2), self._runner.missed)

    # --- from the engine ------------------------------------------------------------------------------

    def start(self) -> None:
        """Have the first material made."""
        self.introduce()
        self._worker.start()
        self._order()

    def stop(self) -> None:
        """Release, and let the thread end."""
        self._runner.end()
        self._outlet.close()
        self._worker.stop()

    def played(self, played: Played) -> None:
        """The musician's notes concern it only when it is told to take them."""

    def deadline_tick(self) -> int | None:
        """When the next beat is to go out."""
        return self._runner.deadline_tick(self._lookahead_ticks)

    def passed(self, now_tick: int) -> None:
        """Send the beats that come within the look-ahead."""
        if self._runner.advance(now_tick, self._lookahead_ticks):
            self._order(next_cycle=True)

    def heard(self, said: Any) -> None:
        """New material, a failure, or another model."""
        match said:
            case Made():
                self._take_in(said)
            case Failure():
                self._fail(said)
            case NewMaker(maker, model):
                self._swap(maker, model)

    def set_silent(self, silent: bool) -> None:
        """Release and send nothing; or go on at the next beat, where the cycle stands."""
        if silent != self._silent:
            self._silent = silent
            self._hush()

    def player_restarted(self) -> None:
        """Begin anew: the timeline is another one."""
        self._runner.end()
        if self._wanted:
            self._launch()

    def kept(self) -> PartSetup:
        """The setup as it has become."""
        locks, muted = tuple(sorted(self._locks)), tuple(sorted(self._muted))
        return msgspec.structs.replace(self._board.kept(), playing=self._wanted, locks=locks, muted=muted)

    def command(self, command: ask.Command) -> bool:
        """Carry a command out."""
        match command:
            case ask.SetControl(name, value):
                self._set(name, value)
            case ask.SetPort(port):
                self._move_to(port)
            case ask.Launch():
                self._wanted = True
                self._launch(joins=False)
            case ask.Halt():
                self._wanted = False
                self._runner.end()
            case ask.Take(_, source, bars):
                self._read(source, bars)
            case ask.Reroll(_, names):
                self._board.reroll(names, secrets.randbelow)
                self._changed()
            case ask.SetLocks(names):
                self._locks = known(self.name, names, self._maker.lock_names, "lock")
            case ask.MuteVoices(names):
                self._muted = known(self.name, names, self._maker.voice_names, "mute")
                self._hush()
            case ask.SetSeed(seed):
                self._board.set_seed(seed)
                self._changed()
            case ask.StoreSnapshot(slot):
                self._board.store(slot)
            case ask.RecallSnapshot(slot):
                self._board.recall(slot)
                self._changed()
            case ask.MorphBetween(start, end, place):
                self._path = Path(start=self._board.slot(start), end=self._board.slot(end), place=place)
                self._order()
            case ask.RandomStep(size):
                self._board.random_step(size, secrets.SystemRandom())
                self._changed()
            case _:
                return False
        return True

    # --- inside ---------------------------------------------------------------------------------------

    @property
    def _lookahead_ticks(self) -> int:
        """A beat is handed over as a whole, so that the last of its notes is that far ahead too."""
        return round(self._board["lookahead"] * PPQ)

    def _employ(self, maker: Maker) -> None:
        self._maker, self._failed = maker, ""
        self._worker = MakerWorker(self.name, maker, lambda said: self._stage.post(self.name, said))

    def _swap(self, maker: Maker, model: str) -> None:
        """The new model begins with what the old one stood on; the old material plays until the new is there."""
        if maker.voice_names != self._maker.voice_names:
            raise UsageError(
                f"{self.name} plays {len(self._maker.voice_names)} voices; add {maker.spec.name} as a part"
            )
        self._worker.stop()
        self._board = self._board.for_model(maker.spec, model)
        self._path = None
        self._employ(maker)
        self._worker.start()
        self._order()

    def _set(self, name: str, value: float | str) -> None:
        self._board.set(name, value)
        kind = self._board.kind_of(name)
        if kind == "model":
            self._changed()
        elif kind == "post":
            self._outlet.chain = self._board.chain()
            self._runner.again("step")
        elif name in ROUTE:
            self._reroute()
        elif name in ("evolve", "lock"):
            self._expect_next()

    def _move_to(self, port: str) -> None:
        self._board.set_port(port)
        self._reroute()

    def _reroute(self) -> None:
        if self._outlet.set_route(self._board.route()):
            self._runner.again("step")

    def _expect_next(self) -> None:
        evolves = bool(self._board["evolve"]) and self._maker.connects and not self._board["lock"]
        if self._runner.expect(next_cycles=evolves):
            self._order(next_cycle=True)

    def _changed(self) -> None:
        self._path = None
        if not self._board["lock"]:
            self._order()

    def _hush(self) -> None:
        """Voices that are heard again go on where the cycle stands."""
        names = self._maker.voice_names
        voices = frozenset(v for v, name in enumerate(names) if self._silent or name in self._muted)
        if self._outlet.silence(voices):
            self._runner.again("step")

    def _read(self, source: str, bars: int) -> None:
        phrases = self._stage.buffer.last_bars(source, self._stage.now_tick(), bars)
        if not any(phrase.notes for phrase in phrases):
            raise UsageError(f"{self.name}: {source} has played nothing yet (sources: {self._stage.buffer.sources})")
        self._board.point = replace(self._board.point, source=phrases)
        self._changed()

    def _order(self, *, next_cycle: bool = False) -> None:
        if next_cycle and self._ordered != self._applied:
            return  # a change is being made; it would be lost, and will ask for what follows on it
        if not next_cycle:
            self._ordered += 1
        previous = self._runner.current if self._runner.running else self._material
        self._worker.order(
            Order(
                version=self._ordered,
                cycle=self._runner.number + next_cycle,
                phrase=(previous.phrase if previous else 0) + next_cycle,
                point=self._board.point,
                meter=self._stage.bars.meter,
                path=self._path,
                locks=self._locks,
                previous=previous,
            )
        )

    def _take_in(self, made: Made) -> None:
        """Newer than what plays: heard from the next point of the model's grid on. For the next cycle: kept for it.

        While a slider moves, what comes is always a little behind what was asked for last; it is played all the same.
        """
        order, runner = made.order, self._runner
        if order.version < self._applied:
            return
        self._material, self._made_seconds = made.material, made.seconds
        if not runner.running:
            self._applied = order.version
            if self._wanted:
                self._launch()
        elif order.version > self._applied or order.cycle <= runner.number:
            self._applied = order.version
            runner.change(made.material, self._maker.touch_grid)
            self._expect_next()
        else:
            runner.offer_next(made.material)

    def _launch(self, *, joins: bool = True) -> None:
        if self._material is not None and not self._runner.running:
            self._runner.launch(self._material, *map(self._board.label, ("launch", "on_miss")), joins=joins)
            self.passed(self._stage.now_tick())
            self._expect_next()
