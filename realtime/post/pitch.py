"""Which pitch sounds for each pitch: octave, scale lock, range."""

from functools import lru_cache
from typing import Final

from realtime.music.note import MAX_PITCH, MIN_PITCH
from realtime.music.scales import FILTER, SNAP, Scale, fold
from realtime.post.settings import PostSettings

PitchTable = tuple[int, ...]  # by pitch 0..127
LEFT_OUT: Final = -1  # what stands there for a pitch whose notes do not sound
PITCHES: Final = range(MIN_PITCH, MAX_PITCH + 1)
UNCHANGED: Final[PitchTable] = tuple(PITCHES)


def pitch_table(settings: PostSettings) -> PitchTable:
    """First the octave, then the scale, then the range, which keeps to the scale where it has a pitch of it."""
    low, high = sorted((settings.range_low, settings.range_high))
    scale = Scale.of_controls(settings.key, settings.scale) if settings.scale_lock else None
    return _table(settings.octave, scale, settings.scale_lock, low, high)


@lru_cache(maxsize=128)  # a slider that moves velocities makes a new chain, too
def _table(octave: int, scale: Scale | None, lock: int, low: int, high: int) -> PitchTable:
    inside = range(low, high + 1)
    allowed = [p for p in inside if scale is None or scale.contains(p)] or inside

    def sounding(pitch: int) -> int:
        if scale and lock == FILTER and not scale.contains(pitch):
            return LEFT_OUT
        moved = fold(pitch + 12 * octave)
        if scale and lock == SNAP:
            moved = scale.snap(moved)
        moved = fold(moved, low, high)
        return moved if moved in allowed else min(allowed, key=lambda p: (abs(p - moved), p))

    return tuple(sounding(pitch) for pitch in PITCHES)
