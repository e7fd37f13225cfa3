"""One part, and what the user asks of it: each a step to be taken back."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject

from gui.viewmodels.engine_host import EngineHost
from gui.viewmodels.told_part import LISTEN, ToldPart
from gui.viewmodels.undo import Undo
from realtime.engine import commands as ask
from realtime.engine.setup import PartSetup
from realtime.messages import Message


class PartModel(ToldPart):
    """A part of the rack."""

    def __init__(
        self, setup: PartSetup, place: int, host: EngineHost, undo: Undo, parent: QObject | None = None, **told: Any
    ) -> None:
        super().__init__(setup, place, parent=parent, **told)
        self._host, self._undo = host, undo
        self.current_slot: int | None = None  # of the snapshot that plays as it was kept
        self._place_asked: tuple[int, int, float] | None = None  # on the way between two snapshots

    def set(self, name: str, value: float) -> None:
        """Move a control. The steps of one gesture are one step of undo."""
        value = self.specs[name].check(value)
        before = self.value(name)
        if value == before:
            return
        self._put(name, value)
        if name in self.model_controls():
            self._leave_slot()
        shown = self.specs[name].name.replace("_", " ")
        self._did(
            tr("{part}: {control}").format(part=self.name, control=shown),
            lambda: self._put(name, before),
            lambda: self._put(name, value),
            (self.name, name),
        )

    def set_many(self, values: Mapping[str, float], text: str, key: object = None) -> None:
        """Move several controls as one step, such as both axes of a pad."""
        before = {name: self.value(name) for name in values}
        if before == dict(values):
            return
        self._put_all(values)
        self._leave_slot()
        self._did(text, lambda: self._put_all(before), lambda: self._put_all(values), key)

    def set_rule(self, name: str, value: str) -> None:
        """Change a rule of taking turns."""
        before = self.state.rules.get(name, "")
        if value == before:
            return
        self._step(
            tr("{part}: {control}").format(part=self.name, control=name),
            ask.SetRule(name, value, self.name),
            ask.SetRule(name, before, self.name),
            f"rule {name}",
        )

    def switch(self, is_on: bool) -> None:
        """Let it play or listen, or stop it."""
        if is_on == self.is_on:
            return
        text = (tr("{part} on") if is_on else tr("{part} off")).format(part=self.name)
        if self.takes_turns:
            labels = {True: "on", False: "off"}
            rule, back = (ask.SetRule(LISTEN, labels[on], self.name) for on in (is_on, not is_on))
            self._step(text, rule, back)
        else:
            launch, halt = ask.Launch(self.name), ask.Halt(self.name)
            self._step(text, launch if is_on else halt, halt if is_on else launch)

    def lock_names(self, names: Collection[str]) -> None:
        """Which voices or bars stay as they are."""
        before, after = frozenset(self.state.locks), frozenset(names)
        if before != after:
            text = tr("{part}: what stays").format(part=self.name)
            self._step(text, ask.SetLocks(after, self.name), ask.SetLocks(before, self.name))

    def set_port(self, port: str) -> None:
        """Send its notes to an output of its own; empty: to the common one. Raises `UsageError`."""
        before = self.port
        if port != before:
            text = tr("{part}: output").format(part=self.name)
            self._step(text, ask.SetPort(port, self.name), ask.SetPort(before, self.name))

    def mute_voices(self, names: Collection[str]) -> None:
        """Which voices are silent."""
        before, after = frozenset(self.state.muted), frozenset(names)
        if before != after:
            text = tr("{part}: mute").format(part=self.name)
            self._step(text, ask.MuteVoices(after, self.name), ask.MuteVoices(before, self.name))

    def set_seed(self, seed: int | None) -> None:
        """What it draws from; None: another one each time."""
        if seed != self.state.seed:
            text = tr("{part}: seed").format(part=self.name)
            self._step(text, ask.SetSeed(seed, self.name), ask.SetSeed(self.state.seed, self.name))

    def reroll(self, controls: tuple[str, ...] = ()) -> None:
        """Draw these seed controls anew, or the part's own seed."""
        self._leave_slot()
        text = tr("{part}: draw anew").format(part=self.name)
        seed = self.state.seed
        if controls:
            self._drawn(text, ask.Reroll(self.name, controls), controls)
        else:
            self._step(text, ask.Reroll(self.name), ask.SetSeed(seed, self.name))

    def random_step(self, size: float) -> None:
        """Move all sounding controls of the model a bit."""
        self._leave_slot()
        text = tr("{part}: random step").format(part=self.name)
        self._drawn(text, ask.RandomStep(size, self.name), tuple(self.model_controls()))

    def recall(self, slot: int) -> None:
        """Go back to a snapshot. Undone as far as controls go: the bars it had read are not kept."""
        text = tr("{part}: snapshot {slot}").format(part=self.name, slot=slot)
        self._drawn(text, ask.RecallSnapshot(slot, self.name), tuple(self.model_controls()))
        self._set_slot(slot)

    def store(self, slot: int) -> None:
        """Keep what it plays."""
        self._ask(ask.StoreSnapshot(slot, self.name))
        self._set_slot(slot)

    def morph(self, start: int, end: int, place: float) -> None:
        """Play a place on the way from one snapshot to another."""
        before, self._place_asked = self._place_asked, (start, end, place)
        self.current_slot = None
        first = self.model_controls()[0]
        back = ask.MorphBetween(*before, self.name) if before else ask.SetControl(first, self.value(first), self.name)
        self._step(
            tr("{part}: A to B").format(part=self.name), ask.MorphBetween(start, end, place, self.name), back, "morph"
        )

    def take(self, source: str, bars: int) -> None:
        """Read the last bars of a source and go on from them."""
        self._leave_slot()
        self._ask(ask.Take(self.name, source, bars))

    def hand_over(self) -> None:
        """It is its turn now."""
        self._ask(ask.HandOver(self.name))

    def swap(self, model: str) -> None:
        """Another bundle; the old one plays until it is there."""
        text = tr("{part}: another model").format(part=self.name)
        self.begin_loading()
        self._step(text, ask.SwapModel(model, self.name), ask.SwapModel(self.told.model, self.name))

    def try_again(self) -> None:
        """Its own model once more, after it failed."""
        self.begin_loading()
        self._ask(ask.SwapModel("", self.name))

    def end_gesture(self) -> None:
        """A drag is over: the next move is a step of its own."""
        self._undo.end_gesture()

    # --- inside --------------------------------------------------------------------------------------------

    def _put(self, name: str, value: float) -> None:
        """Ask, and show it at once."""
        if name in self.specs:
            self._pending[name] = value, self._now()
            self._ask(ask.SetControl(name, value, self.name))
            self.value_changed.emit(name, value)

    def _put_all(self, values: Mapping[str, float]) -> None:
        for name, value in values.items():
            if name in self.specs and value != self.value(name):
                self._put(name, value)

    def _ask(self, command: Any) -> None:
        self._host.ask(command)

    def _did(self, text: str, undo: Callable[[], object], redo: Callable[[], object], key: object = None) -> None:
        self._undo.did(text, undo, redo, key)

    def _step(self, text: str, command: Message, back: Message, key: str | None = None) -> None:
        """A command and the one that takes it back."""
        self._ask(command)
        merge = (self.name, key) if key else None
        self._did(text, lambda: self._ask(back), lambda: self._ask(command), merge)

    def _drawn(self, text: str, command: Message, names: Collection[str]) -> None:
        """A command after which the engine chooses values: what it chose is seen when it is taken back."""
        before = {name: self.value(name) for name in names}
        after: dict[str, float] = {}

        def undo() -> None:
            after.update({name: self.value(name) for name in names if name in self.specs})
            self._put_all({name: value for name, value in before.items() if value != after.get(name)})

        self._ask(command)
        self._did(text, undo, lambda: self._put_all(after))

    def _leave_slot(self) -> None:
        self._place_asked = None
        self._set_slot(None)

    def _set_slot(self, slot: int | None) -> None:
        if slot != self.current_slot:
            self.current_slot = slot
            self.changed.emit()


def tr(text: str) -> str:
    """In the user's language."""
    return QCoreApplication.translate("part", text)
