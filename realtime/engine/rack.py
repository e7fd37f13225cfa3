"""The rack: all parts by name, who is heard, and which part a command means. Main loop only, but for loading."""

import logging
from collections.abc import Callable, Iterator

import msgspec

from realtime.engine import commands as ask
from realtime.engine.freed import give_back
from realtime.engine.parts.base import Part, Stage
from realtime.engine.parts.cycle_part import CyclePart
from realtime.engine.parts.maker_worker import NewMaker
from realtime.engine.parts.makers import maker_of
from realtime.engine.parts.turn_part import NewGenerator, TurnPart
from realtime.engine.reports import PartState, RackChanged, RackDescribed, Refused
from realtime.engine.routing import Routing, Thru
from realtime.engine.setup import CHANNELS, MAX_PARTS, PartSetup, free_name
from realtime.engine.turns import TurnRules
from realtime.errors import HocketError, UsageError
from realtime.generators.base import Generator
from realtime.generators.continuation import ContinueGenerator
from realtime.handover import Background
from realtime.music.note import DRUM_CHANNEL

log = logging.getLogger(__name__)
TO_ALL = (ask.Launch, ask.Halt)  # without a name they concern every part that can
Loader = Callable[[str], Generator]


class Loaded:
    """A model that was loaded beside the music, for a part that is to be."""

    def __init__(self, setup: PartSetup, generator: Generator) -> None:
        self.setup, self.generator = setup, generator


class LoadFailed:
    """A model that could not be loaded."""

    def __init__(self, text: str) -> None:
        self.text = text


class Rack:
    """Parts in order."""

    def __init__(self, stage: Stage, rules: TurnRules, load: Loader) -> None:
        self._routing = Routing(stage.send)
        self._stage, self._rules, self._load = stage, rules, load
        self._parts: dict[str, Part] = {}
        self._playing = False
        self._loading = Background("loader")

    def __iter__(self) -> Iterator[Part]:
        return iter(self._parts.values())

    def __contains__(self, name: object) -> bool:
        return name in self._parts

    def __getitem__(self, name: str) -> Part:
        return self._parts[name]

    @property
    def playing(self) -> bool:
        """Whether the parts have begun."""
        return self._playing

    def start(self) -> None:
        """The player is there: let the parts begin."""
        self._playing = True
        self._routing.tell(self)
        for part in self:
            part.start()
        self._balance()
        self._tell()

    def player_restarted(self) -> None:
        """The player is another process now: it knows neither ports nor sounds, and its timeline is another one."""
        self._routing.forget()
        self._routing.tell(self)
        for part in self:
            part.introduce()
            part.player_restarted()

    def deadline_tick(self) -> int | None:
        """When `passed` is to be called at the latest; None: nothing to wait for."""
        return min((tick for part in self if (tick := part.deadline_tick()) is not None), default=None)

    def passed(self, now_tick: int) -> None:
        """It is `now_tick`."""
        for part in self:
            part.passed(now_tick)

    def stop(self) -> None:
        """End all parts."""
        for part in self:
            part.stop()

    def add(self, setup: PartSetup, generator: Generator) -> None:
        """Put a part in. Raises `UsageError` where there is no room for it or the setup does not fit the model."""
        if len(self._parts) >= MAX_PARTS:
            raise UsageError(f"the rack is full: {MAX_PARTS} parts")
        named = msgspec.structs.replace(
            setup,
            name=free_name(setup.name or generator.spec.name, self._parts),
            channel=setup.channel or self._free_channel(),
        )
        part: Part
        if isinstance(generator, ContinueGenerator):
            part = TurnPart(named, generator, self._stage, self._rules)
        else:
            part = CyclePart(named, maker_of(generator), self._stage)
        self._parts[named.name] = part
        if self._playing:
            self._routing.tell(self)
            part.start()
            self._balance()
            self._tell()

    def pass_on(self, thru: Thru) -> None:
        """MIDI thru. Raises `UsageError` if its part is not there; a rack without any waits for it."""
        if thru.part and self._parts:
            self._named(thru.part)
        self._routing.thru = thru
        if self._playing:
            self._routing.tell(self)

    def kept(self) -> tuple[PartSetup, ...]:
        """All parts as a session file keeps them."""
        return tuple(part.kept() for part in self)

    def describe(self) -> RackDescribed:
        """All parts with their controls."""
        return RackDescribed(tuple(part.described() for part in self))

    def states(self) -> Iterator[PartState]:
        """All parts as they are now."""
        return (part.state() for part in self)

    @property
    def thru(self) -> Thru:
        """What of the musician's messages goes on, and to where."""
        return self._routing.thru

    @property
    def rules(self) -> TurnRules:
        """How turns are taken: as the first part has it that takes them."""
        return next((part.rules for part in self if isinstance(part, TurnPart)), self._rules)

    def heard(self, name: str, said: object) -> None:
        """What a part's thread has said; or a loader's."""
        try:
            match said:
                case Loaded():
                    self.add(said.setup, said.generator)
                    self._loading.do(give_back)
                case LoadFailed():
                    self._stage.observe(Refused(said.text))
                case _ if name in self._parts:
                    self._parts[name].heard(said)
                    if isinstance(said, NewMaker | NewGenerator):
                        self._stage.observe(self._parts[name].described())
                        self._loading.do(give_back)
        except HocketError as error:
            self._stage.observe(Refused(str(error)))

    def command(self, command: ask.Command) -> None:
        """Carry a command out, or say why not."""
        try:
            self._carry_out(command)
        except HocketError as error:
            self._stage.observe(Refused(str(error)))

    def _carry_out(self, command: ask.Command) -> None:
        match command:
            case ask.AddPart(setup):
                self._load_beside("", setup.model, lambda generator: Loaded(setup, generator))
            case ask.RemovePart(name):
                self._remove(name)
            case ask.SwapModel(wanted, name):
                part = self._named(name) if name else next(iter(self))
                model = wanted or part.kept().model
                wrap = _for_turns if isinstance(part, TurnPart) else _for_cycles
                self._load_beside(part.name, model, lambda generator: wrap(generator, model))
            case ask.SetThruTo(mode, name):
                self.pass_on(Thru(mode=mode, part=name))
            case ask.SetPort(port):
                self._routing.tell(self, soon=port)  # it is there before the first note that goes to it
                self._address(command)
                self._routing.tell(self)
            case _:
                self._address(command)
                self._balance()
                self._routing.tell(self)

    def _address(self, command: ask.Command) -> None:
        name = getattr(command, "part", "")
        if name:
            if not self._named(name).command(command):
                raise UsageError(f"{name} has nothing to do with {type(command).__name__}")
            return
        if isinstance(command, ask.SetControl):
            self._first_with(command.name).command(command)
            return
        done = [part.name for part in self if part.command(command)] if isinstance(command, TO_ALL) else None
        if done is None and not any(part.command(command) for part in self):
            raise UsageError(f"no part of the rack can do {type(command).__name__}")

    def owner(self, control: str, part: str = "") -> str:
        """Name of the part that has a control; of the first one, without `part`. Raises `UsageError`."""
        if not part:
            return self._first_with(control).name
        if control not in self._named(part).settings():
            raise UsageError(f"{part} has no control {control!r} (it has {', '.join(self._parts[part].settings())})")
        return part

    def keep_from_thru(self, controllers: tuple[tuple[int, int], ...]) -> None:
        """MIDI thru passes these on no more: they move controls."""
        self._routing.mapped = controllers
        if self._playing:
            self._routing.tell(self)

    def _first_with(self, control: str) -> Part:
        for part in self:
            if control in part.settings():
                return part
        raise UsageError(f"no part has a control {control!r}")

    def _named(self, name: str) -> Part:
        if name not in self._parts:
            raise UsageError(f"no part {name!r} (there are {', '.join(self._parts) or 'none'})")
        return self._parts[name]

    def _remove(self, name: str) -> None:
        self._named(name).stop()
        del self._parts[name]
        self._stage.buffer.forget(name)
        self._loading.do(give_back)
        self._routing.tell(self)
        self._balance()
        self._tell()

    def _tell(self) -> None:
        self._stage.observe(RackChanged(tuple(self._parts)))

    def _balance(self) -> None:
        """Who is heard: all without mute; with a solo somewhere, only those with solo."""
        any_solo = any(part.settings()["solo"] for part in self)
        for part in self:
            settings = part.settings()
            part.set_silent(bool(settings["mute"]) or (any_solo and not settings["solo"]))

    def _load_beside(self, name: str, model: str, wrap: Callable[[Generator], object]) -> None:
        """The music does not wait for it."""

        def load() -> None:
            try:
                said = wrap(self._load(model))
            except HocketError as error:
                said = LoadFailed(str(error))
            except Exception as error:  # a broken file must not take the instrument down
                log.exception("loading %s", model)
                said = LoadFailed(f"{model}: {type(error).__name__}: {error}")
            self._stage.post(name, said)

        self._loading.do(load)

    def _free_channel(self) -> int:
        """1..16: after the last voice of the parts so far, but never the drums' channel by itself."""
        last = max((part.last_channel for part in self), default=0)
        return (last + (2 if last == DRUM_CHANNEL else 1) - 1) % CHANNELS + 1


def _for_turns(generator: Generator, model: str) -> NewGenerator:
    if not isinstance(generator, ContinueGenerator):
        raise UsageError(f"a {generator.spec.kind} model does not take turns; add it as a part of its own")
    return NewGenerator(generator, model)


def _for_cycles(generator: Generator, model: str) -> NewMaker:
    return NewMaker(maker_of(generator), model)
