"""The chain itself: notes as the model made them in, notes as they sound out."""

from collections.abc import Iterable
from dataclasses import replace
from math import ceil

from realtime.music.note import Note
from realtime.music.units import Meter
from realtime.post import pitch, velocity
from realtime.post.chance import chances
from realtime.post.density import thinned
from realtime.post.settings import PostSettings
from realtime.post.timing import Groove

Placed = tuple[int, Note]  # start tick before the chain, note after it


class PostChain:
    """Pitch, density, timing, loudness. Immutable: any thread may use it.

    What becomes of a note depends on the settings and on its own tick, pitch and length, so however the timeline is
    cut into chunks, a note sounds at the same place in the same way. Two things look further:

    - `max_onsets` looks at a whole beat, counted from the bar line: while `needs_beats`, hand over whole ones
      (`in_beats` makes them of a stream).
    - Notes of one pitch that have come to overlap are cut at the next one's start, and of two on one tick the first
      stays. Over the border of two chunks the player does the same.

    Ticks count from a bar line, and all bars are of one meter.
    """

    def __init__(self, settings: PostSettings | None = None) -> None:
        self.settings = settings = settings or PostSettings()
        self._pitches = pitch.pitch_table(settings)
        self._velocities = velocity.velocity_table(settings)
        self._groove = Groove.of(
            quantise=settings.quantise,
            strength=settings.quantise_strength,
            swing=settings.swing,
            swing_grid=settings.swing_grid,
        )
        self._is_human = settings.humanise_ticks > 0 or settings.humanise_velocity > 0
        self._moves = self.reach_ticks > 0 or self._pitches != pitch.UNCHANGED
        self._changes_nothing = (
            not (self._moves or self._is_human or settings.max_onsets) and self._velocities == velocity.UNCHANGED
        )

    @property
    def reach_ticks(self) -> int:
        """No start moves further than this, early or late."""
        return self._groove.reach_ticks + ceil(self.settings.humanise_ticks)

    @property
    def needs_beats(self) -> bool:
        """Whether whole beats must be handed over, not single notes."""
        return self.settings.max_onsets > 0

    def apply(self, notes: Iterable[Note], meter: Meter) -> tuple[Note, ...]:
        """The notes as they sound, in order of start. `notes`: in order of start, too, as a `Phrase` has them."""
        return tuple(note for _, note in self.apply_placed(notes, meter))

    def apply_placed(self, notes: Iterable[Note], meter: Meter) -> list[Placed]:
        """As `apply`, each note with the start tick that it had before."""
        if self._changes_nothing:
            return [(note.start_tick, note) for note in notes]
        heard = [note for note in notes if self._pitches[note.pitch] != pitch.LEFT_OUT]
        most = self.settings.max_onsets
        placed = self._shaped(thinned(heard, most, meter) if most else heard, meter.bar_ticks)
        return untangled(placed) if self._moves else placed

    def _shaped(self, notes: Iterable[Note], bar_ticks: int) -> list[Placed]:
        moved, pitches, velocities, settings = self._groove.moved, self._pitches, self._velocities, self.settings
        placed: list[Placed] = []
        for note in notes:
            nominal_tick = note.start_tick
            start, end = moved(nominal_tick, nominal_tick + note.duration_ticks, bar_ticks)
            loudness = velocities[note.velocity]
            if self._is_human:
                in_time, in_velocity = chances(settings.humanise_seed, nominal_tick, note.pitch)
                shift = round(settings.humanise_ticks * in_time)
                start, end = start + shift, end + shift
                loudness = velocity.clamped(loudness + settings.humanise_velocity * in_velocity)
            placed.append((nominal_tick, Note(start, pitches[note.pitch], end - start, loudness)))
        return placed


def untangled(placed: list[Placed]) -> list[Placed]:
    """In order of start, no two notes of one pitch at once."""
    out: list[Placed] = []
    last: dict[int, int] = {}  # pitch -> place in `out`
    for nominal_tick, note in sorted(placed, key=lambda item: item[1].start_tick):
        place = last.get(note.pitch)
        if place is not None:
            before_tick, before = out[place]
            if before.start_tick == note.start_tick:
                continue
            if before.end_tick > note.start_tick:
                out[place] = before_tick, replace(before, duration_ticks=note.start_tick - before.start_tick)
        last[note.pitch] = len(out)
        out.append((nominal_tick, note))
    return out
