"""The controls of one part: its model's, its strip's and its post chain's, with the snapshots taken of them."""

import random
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import chain
from typing import Any, Final

import msgspec

from realtime.bundle.spec import BundleSpec, ControlSpec
from realtime.engine.kept import SNAPSHOTS, KeptBars
from realtime.engine.parts.keeping import phrases_of, point_of, setup_of, snapshot_of
from realtime.engine.parts.material import Point
from realtime.engine.parts.outlet import Route
from realtime.engine.reports import PartDescribed, PartState
from realtime.engine.setup import CHANNELS, POST, SEEDS, STRIP, PartSetup, controls_of
from realtime.errors import UsageError
from realtime.messages import Way
from realtime.music.note import DRUM_CHANNEL
from realtime.post import PostChain, PostSettings

SEED_SUFFIX: Final = "seed"


class Board:
    """All values are checked numbers; labels are only for people."""

    def __init__(self, setup: PartSetup, spec: BundleSpec) -> None:
        self._setup, self._spec = setup, spec
        self._specs = controls_of(spec)
        self._values = {name: control.default for name, (_, control) in self._specs.items()}
        self._values |= _strip_values(setup)
        given = chain(setup.controls.items(), ((POST + name, value) for name, value in setup.post.items()))
        for name, value in given:
            self._values[name] = self.parse(name, value)
        self._snapshots = {
            kept.slot: point_of(f"{setup.name}: snapshot {kept.slot}", spec.controls, kept) for kept in setup.snapshots
        }
        seed = setup.seed if setup.seed is not None else secrets.randbelow(SEEDS)
        self._point = Point(seed=seed, source=phrases_of(setup.source))

    def kept(self) -> PartSetup:
        """The setup as it has become: what a session file keeps."""
        return msgspec.structs.replace(
            setup_of(self._setup, self._spec.controls, self),
            seed=self._point.seed,
            source=KeptBars.of(self._point.source),
            snapshots=tuple(snapshot_of(n, self._spec.controls, p) for n, p in sorted(self._snapshots.items())),
        )

    def for_model(self, spec: BundleSpec, model: str) -> "Board":
        """The same board for another model: values of controls that both have are kept, snapshots too."""
        other = Board(msgspec.structs.replace(self._setup, model=model, controls={}, post={}, snapshots=()), spec)
        kept = {name: value for name, value in self._values.items() if name in other._specs}
        for name, value in kept.items():
            control = other._specs[name][1]
            if control.low <= value <= control.high:
                other._values[name] = value
        has = other._specs
        for slot, point in self._snapshots.items():
            other._snapshots[slot] = replace(point, controls={k: v for k, v in point.controls.items() if k in has})
        other._point = self._point
        return other

    def described(
        self, name: str, voices: tuple[str, ...], lockable: tuple[str, ...] = (), *, failed: str = ""
    ) -> PartDescribed:
        """The part with all its controls."""
        spec, values = self._spec, self._values
        return PartDescribed(
            name=name,
            kind=spec.kind,
            controls=tuple((key, control, values[key]) for key, (_, control) in self._specs.items()),
            model=self._setup.model,
            title=spec.title,
            voices=voices,
            lockable=lockable,
            takes_turns=spec.kind == "continue",
            failed=failed,
        )

    def state(self, name: str, *, playing: bool, silent: bool, ways: tuple[Way, ...], **more: Any) -> PartState:
        """The part as it is now; sets of names come in order."""
        more = {key: tuple(sorted(value)) if isinstance(value, frozenset) else value for key, value in more.items()}
        return PartState(
            part=name,
            values=dict(self._values),
            playing=playing,
            silent=silent,
            snapshots=tuple(sorted(self._snapshots)),
            ways=ways,
            **{"seed": self._point.seed, **more},
        )

    def __getitem__(self, name: str) -> float:
        return self._values[name]

    def label(self, name: str) -> str:
        """The name of a control's value."""
        control = self._control(name)
        return control.labels[int(self._values[name] - control.low)]

    def specs(self) -> dict[str, ControlSpec]:
        """All controls by the name they are set by."""
        return {name: control for name, (_, control) in self._specs.items()}

    def values(self) -> Mapping[str, float]:
        """All values by name."""
        return dict(self._values)

    def kind_of(self, name: str) -> str:
        """ "model", "strip" or "post"."""
        return self._specs[name][0]

    def parse(self, name: str, value: float | str) -> float:
        """A value or a label as this control takes it. Raises `UsageError`."""
        control = self._control(name)
        try:
            return control.parse(value) if isinstance(value, str) else control.check(value)
        except ValueError as error:
            raise UsageError(f"{self._setup.name}: {error}") from None

    def set(self, name: str, value: float | str) -> None:
        """Change one value. Raises `UsageError` on an unknown name or a value out of range."""
        self._values[name] = self.parse(name, value)
        if name == "channel":  # the voices follow it from now on, wherever each of them went before
            self._setup = msgspec.structs.replace(self._setup, channels=())

    def set_port(self, port: str) -> None:
        """Another output of the part's own; empty: the common one."""
        self._setup = msgspec.structs.replace(self._setup, port=port)

    @property
    def point(self) -> Point:
        """Where the music starts from, with the model's controls as they are now."""
        return replace(self._point, controls=self._model_values())

    @point.setter
    def point(self, point: Point) -> None:
        self._point = point
        self._values |= {name: value for name, value in point.controls.items() if name in self._specs}

    def reroll(self, names: tuple[str, ...], below: Callable[[int], int]) -> None:
        """Draw the named seed controls anew, or the part's own seed."""
        for name in names:
            control = self._control(name)
            if not name.endswith(SEED_SUFFIX):
                raise UsageError(f"{self._setup.name}: {name} is no seed; reroll takes {self._seed_names()}")
            self._values[name] = control.low + below(int(control.high - control.low) + 1)
        if not names:
            self._point = replace(self._point, seed=below(SEEDS))

    def set_seed(self, seed: int | None) -> None:
        """What is drawn from; None: whatever comes."""
        self._point = replace(self._point, seed=secrets.randbelow(SEEDS) if seed is None else seed)

    def store(self, slot: int) -> None:
        """Keep the present point in a slot."""
        self._snapshots[_checked(slot)] = self.point

    def slot(self, slot: int) -> Point:
        """What a slot keeps. Raises `UsageError` if it is empty."""
        if _checked(slot) not in self._snapshots:
            raise UsageError(f"{self._setup.name}: snapshot {slot} is empty; store one first")
        return self._snapshots[slot]

    def recall(self, slot: int) -> None:
        """Go back to a slot."""
        self.point = self.slot(slot)

    def random_step(self, size: float, rng: random.Random) -> None:
        """Move each continuous control of the model by up to `size` of its range."""
        for name, (kind, control) in self._specs.items():
            if kind == "model" and not control.integer and not control.labels:
                moved = self._values[name] + rng.uniform(-size, size) * (control.high - control.low)
                self._values[name] = min(control.high, max(control.low, moved))

    def chain(self) -> PostChain:
        """What shapes the notes."""
        values = {name.removeprefix(POST): value for name, value in self._values.items() if name.startswith(POST)}
        return PostChain(PostSettings.of(values))

    def route(self) -> Route:
        """Where the notes go."""
        first = int(self._values["channel"]) - 1
        given = tuple(channel - 1 for channel in self._setup.channels)
        return Route(
            channels=given or following_channels(first),
            port=self._setup.port,
            bank=int(self._values["bank"]),
            program=int(self._values["program"]),
        )

    def _model_values(self) -> dict[str, float]:
        return {name: self._values[name] for name, (kind, _) in self._specs.items() if kind == "model"}

    def _seed_names(self) -> str:
        return ", ".join(name for name in self._specs if name.endswith(SEED_SUFFIX)) or "no control here"

    def _control(self, name: str) -> ControlSpec:
        if name not in self._specs:
            raise UsageError(f"{self._setup.name} has no control {name!r} (it has {', '.join(self._specs)})")
        return self._specs[name][1]


def _strip_values(setup: PartSetup) -> dict[str, float]:
    labels = {control.name: control.labels for control in STRIP}
    return {
        "mute": float(setup.mute),
        "solo": float(setup.solo),
        "lock": float(setup.lock),
        "launch": float(labels["launch"].index(setup.launch)),
        "evolve": float(setup.evolve),
        "on_miss": float(labels["on_miss"].index(setup.on_miss)),
        "lookahead": setup.lookahead_beats,
        "channel": float(setup.channels[0] if setup.channels else max(1, setup.channel)),
        "program": float(setup.program or 0),
        "bank": float(setup.bank or 0),
    }


def _checked(slot: int) -> int:
    if not 1 <= slot <= SNAPSHOTS:
        raise UsageError(f"snapshots are 1..{SNAPSHOTS}, got {slot}")
    return slot


def known(owner: str, names: frozenset[str], there: tuple[str, ...], what: str) -> frozenset[str]:
    """The names, all of which there are. Raises `UsageError` on another."""
    for name in sorted(names - set(there)):
        raise UsageError(f"{owner} has no {name!r} to {what} (it has {', '.join(there) or 'none'})")
    return names


def following_channels(first: int) -> tuple[int, ...]:
    """Channels for voices from `first` on, 0..15; the drums' is not used unless it is asked for."""
    return (first, *(channel for channel in range(first + 1, CHANNELS) if channel != DRUM_CHANNEL))
