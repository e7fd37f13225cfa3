"""Tunes made up by a rule, for trying the machinery out without data."""

import random

from realtime.music.melody_codec import PITCH_LOW, Event, EventLine, nearest_duration
from realtime.music.units import PPQ, Meter
from training.data.corpus import Tune

SCALE = (0, 2, 4, 5, 7, 9, 11)


def generated_tunes(count: int, *, seed: int = 0, events: int = 48) -> list[Tune]:
    """Walks up and down a major scale in eighths and quarters; every fourth tune is for valid."""
    rng = random.Random(seed)
    tunes = []
    for number in range(count):
        degree, root = rng.randrange(7, 14), 60 - PITCH_LOW - 12
        line = []
        for _ in range(events):
            degree = min(20, max(0, degree + rng.choice((-2, -1, -1, 1, 1, 2))))
            pitch = root + 12 * (degree // 7) + SCALE[degree % 7]
            line.append(Event(pitch, nearest_duration(rng.choice((PPQ // 2, PPQ // 2, PPQ)))))
        tunes.append(
            Tune(
                name=f"generated-{number}",
                source="generated",
                split="valid" if number % 4 == 0 else "train",
                line=EventLine(tuple(line), 0, Meter()),
                style=0,
            )
        )
    return tunes
