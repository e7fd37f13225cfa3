"""What every generator is: (request, state) -> (phrase, state), with the state passed in the open."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from realtime.bundle.spec import BundleSpec
from realtime.errors import UsageError
from realtime.music.note import Phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateRequest:
    """What to play, where and how."""

    context: Phrase  # what was played or generated so far; on the timeline, ends at or before start_tick
    start_tick: int
    length_ticks: int
    controls: Mapping[str, float] = field(default_factory=dict)  # by name, from spec.controls; absent = default


@dataclass(frozen=True, slots=True)
class GeneratorState:
    """All that carries over from one request to the next. Caches are not state: they only save time."""

    seed: int


class Generator(Protocol):
    """A loaded model. Same bundle, request, state and seed: same notes."""

    spec: BundleSpec

    def initial_state(self, seed: int) -> GeneratorState:
        """The state before any request."""

    def prepare(self, request: GenerateRequest) -> int:
        """Do what can be done before an answer to this context is asked for; returns the network's runs it took."""

    def generate(self, request: GenerateRequest, state: GeneratorState) -> tuple[Phrase, GeneratorState]:
        """The notes for [start_tick, start_tick + length_ticks) and the state after them."""


def resolve_controls(spec: BundleSpec, given: Mapping[str, float]) -> dict[str, float]:
    """All controls of the model: the given values, checked, over the defaults.

    Raises `UsageError` on an unknown name or a value out of range.
    """
    specs = {control.name: control for control in spec.controls}
    unknown = [name for name in given if name not in specs]
    if unknown:
        raise UsageError(f"{spec.name} has no control {unknown[0]!r} (it has {', '.join(specs)})")
    try:
        return {name: control.check(given.get(name, control.default)) for name, control in specs.items()}
    except ValueError as error:
        raise UsageError(str(error)) from None
