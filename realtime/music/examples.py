"""Real phrases to try things with: (pitch, sixteenths) pairs of music in the public domain; pitch 0 is a rest."""

from dataclasses import dataclass

from realtime.music.note import Note, Phrase
from realtime.music.units import STEP_TICKS, Meter

_PRELUDE_1 = [(43, 1), (50, 1), (59, 1), (57, 1), (59, 1), (50, 1), (59, 1), (50, 1)]
_PRELUDE_2 = [(43, 1), (52, 1), (60, 1), (59, 1), (60, 1), (52, 1), (60, 1), (52, 1)]


@dataclass(frozen=True, slots=True)
class Example:
    """A titled phrase."""

    title: str
    meter: Meter
    steps: tuple[tuple[int, int], ...]

    def phrase(self, start_tick: int = 0) -> Phrase:
        """The phrase from `start_tick` on, shaped a little louder on the beat and upwards."""
        notes, tick = [], start_tick
        for pitch, sixteenths in self.steps:
            length = sixteenths * STEP_TICKS
            if pitch:
                accent = 12 if (tick - start_tick) % (4 * STEP_TICKS) == 0 else 0
                notes.append(Note(tick, pitch, length * 9 // 10, 62 + accent + pitch % 12))
            tick += length
        return Phrase.of(notes, meter=self.meter, length_ticks=tick)


EXAMPLES = {
    "bach": Example(
        "J. S. Bach, Suite for solo cello BWV 1007, Prélude",
        Meter(4, 4),
        (*_PRELUDE_1, *_PRELUDE_1, *_PRELUDE_2, *_PRELUDE_2),
    ),
    "joy": Example(
        "L. van Beethoven, Ode to Joy",
        Meter(4, 4),
        (
            (64, 4), (64, 4), (65, 4), (67, 4), (67, 4), (65, 4), (64, 4), (62, 4),
            (60, 4), (60, 4), (62, 4), (64, 4), (64, 6), (62, 2), (62, 8),
        ),
    ),
    "jig": Example(
        "The Kesh Jig (traditional)",
        Meter(6, 8),
        (
            (67, 6), (67, 2), (69, 2), (71, 2), (69, 6), (69, 2), (71, 2), (74, 2),
            (76, 2), (74, 2), (74, 2), (79, 2), (74, 2), (74, 2), (76, 2), (74, 2), (71, 2), (74, 2), (71, 2), (69, 2),
        ),
    ),
}  # fmt: skip
