"""One part as the engine has told it, with the values that the user has just asked for on top."""

import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, Signal

from realtime.bundle.spec import ControlSpec
from realtime.engine.reports import PartDescribed, PartLoad, PartState
from realtime.engine.setup import POST, STRIP, PartSetup

LOADING, WAITS, ANSWERS, PLAYS, OFF, SILENT, FAILED = LAMPS = (
    "loading",
    "waits",
    "answers",
    "plays",
    "off",
    "silent",
    "failed",
)
PENDING_SECONDS: Final = 1.0  # how long a value that was asked for is shown before the engine has said it
STRIP_NAMES: Final = frozenset(control.name for control in STRIP)
LISTEN: Final = "listen"  # the rule that says whether a part that takes turns answers
NO_STATE: Final = PartState(part="", values={}, playing=False, silent=False)


class ToldPart(QObject):
    """A part. Values are the engine's; one that the user has just set is shown until the engine has said it too."""

    described = Signal()  # other controls, voices or bundle
    changed = Signal()  # anything but a value: playing, silent, locks, snapshots, seed, rules, lamp
    value_changed = Signal(str, float)
    load_changed = Signal()

    def __init__(
        self,
        setup: PartSetup,
        place: int,
        *,
        now: Callable[[], float] = time.monotonic,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.name, self.place = setup.name, place  # the place gives it its colour and pattern
        self._now = now
        self.told = PartDescribed(setup.name, "", (), model=setup.model)
        self.state = NO_STATE
        self.load = PartLoad(setup.name, 0.0, 0.0)
        self.specs: dict[str, ControlSpec] = {}
        self.start_tick: int | None = None  # where its cycle began
        self.last_seed: int | None = None  # of the answer that began last
        self._failure = ""  # what its model said last; empty: it has worked since
        self._is_loading = True
        self._pending: dict[str, tuple[float, float]] = {}  # name -> value, when it was asked for

    # --- what it is ----------------------------------------------------------------------------------------

    @property
    def kind(self) -> str:
        """Of its model: "continue", "morph", "quartet", "sketch"; empty before it is described."""
        return self.told.kind

    @property
    def is_described(self) -> bool:
        """Whether its controls are known."""
        return bool(self.told.controls)

    @property
    def takes_turns(self) -> bool:
        """It answers; else it plays on and on."""
        return self.told.takes_turns

    @property
    def is_on(self) -> bool:
        """It plays on and on; or it listens, to answer."""
        if self.takes_turns:
            return self.state.rules.get(LISTEN, "on") == "on"
        return self.state.playing

    @property
    def failure(self) -> str:
        """What is wrong with its model; empty: it works."""
        return self.state.failed or self._failure

    @property
    def is_given_up(self) -> bool:
        """Whether its model failed so often that it is asked no more."""
        return bool(self.state.failed)

    @property
    def lamp(self) -> str:
        """One of LAMPS."""
        if self._is_loading:
            return LOADING
        if self.failure:
            return FAILED
        if not self.is_on and not self.state.playing:
            return OFF
        if self.state.silent:
            return SILENT
        if self.takes_turns:
            return ANSWERS if self.state.playing else WAITS
        return PLAYS

    @property
    def channels(self) -> tuple[int, ...]:
        """MIDI channels of its voices, 1..16."""
        return tuple(way.channel + 1 for way in self.state.ways)

    @property
    def port(self) -> str:
        """Name of the output of its own; empty: it plays to the common one."""
        return self.state.ways[0].port if self.state.ways else ""

    def value(self, name: str) -> float:
        """Of a control: what was asked for last, else what the engine has, else the default."""
        if name in self._pending:
            return self._pending[name][0]
        return self.state.values.get(name, self.specs[name].default)

    def model_controls(self) -> list[str]:
        """The names of the model's own controls, in its order."""
        return [name for name in self.specs if name not in STRIP_NAMES and not name.startswith(POST)]

    def setup(self) -> PartSetup:
        """What brings it back after it was taken out: without the bars it has read and its snapshots."""
        values = {name: self.specs[name].show(self.value(name)) for name in self.specs}
        return PartSetup(
            model=self.told.model,
            name=self.name,
            channel=int(self.value("channel")),
            port=self.port,
            program=int(self.value("program")) or None,
            seed=self.state.seed,
            playing=self.is_on,
            controls={name: values[name] for name in self.model_controls()},
            post={name.removeprefix(POST): value for name, value in values.items() if name.startswith(POST)},
        )

    # --- what the engine tells -----------------------------------------------------------------------------

    def describe(self, told: PartDescribed) -> None:
        """Its controls, voices and bundle."""
        is_new = (told.model, told.title) != (self.told.model, self.told.title) or not self.is_described
        self.told = told
        self.specs = {name: spec for name, spec, _ in told.controls}
        self._is_loading, self._failure = False, ""
        if not self.state.values:
            values = {name: value for name, _, value in told.controls}
            self.state = PartState(part=told.name, values=values, playing=False, silent=False)
        if is_new:
            self.described.emit()
        self.changed.emit()

    def take_state(self, state: PartState) -> None:
        """As it is now. A value that the user is moving stays where his hand is."""
        shown = {name: self.value(name) for name in self.specs}
        old, self.state = self.state, state
        now = self._now()
        self._pending = {
            name: (value, at)
            for name, (value, at) in self._pending.items()
            if state.values.get(name) != value and now - at < PENDING_SECONDS
        }
        for name, before in shown.items():
            if self.value(name) != before:
                self.value_changed.emit(name, self.value(name))
        if _without_values(old) != _without_values(state):
            self.changed.emit()

    def forget_pending(self) -> None:
        """Something was refused: show what the engine has."""
        pending, self._pending = self._pending, {}
        if self.is_described:
            self._is_loading = False
        for name in pending:
            self.value_changed.emit(name, self.value(name))
        self.changed.emit()

    def take_load(self, load: PartLoad) -> None:
        """What its model costs."""
        if load != self.load:
            self.load = load
            self.load_changed.emit()

    def fail(self, text: str) -> None:
        """Its model raised an error."""
        self._set_health(False, text)

    def begin_loading(self) -> None:
        """Its model is being loaded; or the engine is gone and comes back."""
        self._set_health(True, self._failure)

    def works(self) -> None:
        """It has played something since it failed."""
        if self._failure:
            self._set_health(False, "")

    def _set_health(self, is_loading: bool, failure: str) -> None:
        if (is_loading, failure) != (self._is_loading, self._failure):
            self._is_loading, self._failure = is_loading, failure
            self.changed.emit()


def _without_values(state: PartState) -> tuple[object, ...]:
    return tuple(getattr(state, name) for name in state.__struct_fields__ if name != "values")
