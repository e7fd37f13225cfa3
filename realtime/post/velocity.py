"""How loud a note is for each velocity: curve, fixed velocity, level."""

from typing import Final

from realtime.music.note import MAX_VELOCITY, MIN_VELOCITY
from realtime.post.settings import PostSettings

VelocityTable = tuple[int, ...]  # by velocity 0..127, of which 0 is never asked for
UNCHANGED: Final[VelocityTable] = (MIN_VELOCITY, *range(MIN_VELOCITY, MAX_VELOCITY + 1))


def velocity_table(settings: PostSettings) -> VelocityTable:
    """The curve bends each note's own velocity, a fixed one takes its place, the level scales either."""
    gamma = 2.0**-settings.velocity_curve
    return tuple(
        clamped(settings.level * (settings.fixed_velocity or MAX_VELOCITY * (velocity / MAX_VELOCITY) ** gamma))
        for velocity in UNCHANGED
    )


def clamped(velocity: float) -> int:
    """The nearest velocity that MIDI has."""
    nearest = round(velocity)
    return MIN_VELOCITY if nearest < MIN_VELOCITY else MAX_VELOCITY if nearest > MAX_VELOCITY else nearest
