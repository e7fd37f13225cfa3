"""The one note type and the one phrase type. Both are frozen; an empty phrase is valid."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from realtime.music.units import Meter

MIN_PITCH, MAX_PITCH = 0, 127
MIN_VELOCITY, MAX_VELOCITY = 1, 127  # inclusive; velocity 0 exists only on the wire
DRUM_CHANNEL = 9


@dataclass(frozen=True, slots=True, order=True)
class Note:
    """One note. Ordered by start, then pitch."""

    start_tick: int
    pitch: int
    duration_ticks: int
    velocity: int = 80

    def __post_init__(self) -> None:
        if not MIN_PITCH <= self.pitch <= MAX_PITCH:
            raise ValueError(f"pitch must be 0..127, got {self.pitch}")
        if not MIN_VELOCITY <= self.velocity <= MAX_VELOCITY:
            raise ValueError(f"velocity must be 1..127, got {self.velocity}")
        if self.duration_ticks < 1:
            raise ValueError(f"duration must be at least 1 tick, got {self.duration_ticks}")

    @property
    def end_tick(self) -> int:
        """First tick at which the note no longer sounds."""
        return self.start_tick + self.duration_ticks

    def shifted(self, ticks: int) -> "Note":
        """The same note `ticks` later."""
        return replace(self, start_tick=self.start_tick + ticks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """Notes in order of start, and how long the phrase lasts (a phrase may end in silence)."""

    notes: tuple[Note, ...] = ()
    length_ticks: int = 0
    meter: Meter = field(default_factory=Meter)

    @classmethod
    def of(cls, notes: Iterable[Note], *, meter: Meter | None = None, length_ticks: int = 0) -> "Phrase":
        """Sort the notes; the length is at least that of the last note to end."""
        ordered = tuple(sorted(notes))
        end = max((note.end_tick for note in ordered), default=0)
        return cls(notes=ordered, length_ticks=max(end, length_ticks), meter=meter or Meter())

    def shifted(self, ticks: int) -> "Phrase":
        """The same phrase `ticks` later; the length grows with it."""
        return Phrase.of(
            (note.shifted(ticks) for note in self.notes),
            meter=self.meter,
            length_ticks=max(0, self.length_ticks + ticks),
        )
