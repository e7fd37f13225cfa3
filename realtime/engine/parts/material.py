"""What is asked of a model that plays in cycles, and what it gives back. Frozen values that cross threads."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from realtime.bundle.spec import BundleSpec
from realtime.music.note import Phrase
from realtime.music.units import Meter


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What a part plays over one cycle: a phrase a voice, each from tick 0 to the cycle's end."""

    voices: tuple[Phrase, ...]
    length_ticks: int
    phrase: int = 0  # which of the phrases that follow on one another
    detail: object = None  # what the maker wants to find again in the next order


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Where the music of a part starts from: a snapshot is one of these."""

    controls: Mapping[str, float] = field(default_factory=dict)
    seed: int = 0
    source: tuple[Phrase, ...] = ()  # bars to read, a phrase a voice; none: the seed's own


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """A place on the way from one point to another."""

    start: Point
    end: Point
    place: float  # 0 = start, 1 = end


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Make the material of one cycle. `version` counts a part's changes: an older one's material is not wanted."""

    version: int
    cycle: int  # in which it is to be heard
    phrase: int  # the one that plays, or the next
    point: Point
    meter: Meter
    path: Path | None = None  # instead of the point
    locks: frozenset[str] = frozenset()  # names of voices or bars that stay as they are
    previous: Material | None = None  # what sounds before; the next phrase connects to it


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """An order's material."""

    order: Order
    material: Material
    seconds: float


class Maker(Protocol):
    """A model that fills cycles. Belongs to one thread. The same order gives the same material."""

    voice_names: tuple[str, ...]
    lock_names: tuple[str, ...]  # what can be locked
    touch_grid: str  # where a change is heard: one of LAUNCH_GRIDS
    connects: bool  # each cycle may be another phrase, which goes on from the last one

    @property
    def spec(self) -> BundleSpec:
        """The model's manifest."""

    def make(self, order: Order) -> Material:
        """The material. Raises `UsageError` on controls that the model does not have."""
