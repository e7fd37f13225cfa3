"""What every generator is: (request, state) -> (phrase, state), with the state passed in the open."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from realtime.bundle.spec import BundleSpec, resolve
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


@runtime_checkable
class InParts(Protocol):
    """A generator that plays in voices."""

    voice_names: tuple[str, ...]

    def parts(self, request: GenerateRequest, state: GeneratorState) -> tuple[Phrase, ...]:
        """What `generate` gives, one phrase a voice."""


def resolve_controls(spec: BundleSpec, given: Mapping[str, float]) -> dict[str, float]:
    """All controls of the model: the given values, checked, over the defaults.

    Raises `UsageError` on an unknown name or a value out of range.
    """
    return resolve(spec.name, spec.controls, given)
