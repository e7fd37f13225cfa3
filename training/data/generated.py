"""Tunes made up by a rule, for trying the machinery out without data."""

import random

import numpy as np

from realtime.music.chorale import VOICES, symbol_of
from realtime.music.melody_codec import PITCH_LOW, Event, EventLine, nearest_duration
from realtime.music.units import PPQ, Meter
from training.data.chorales import Chorale
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


CHORD_ROOTS = (0, 3, 4, 5)  # degrees
VOICE_DEGREES = (14, 11, 9, 0)  # above middle C less an octave, when the chord is the tonic's


def generated_chorales(count: int, *, seed: int = 0, beats: int = 16) -> list[Chorale]:
    """A triad struck on every beat, its root in the bass, the other tones above; every fourth piece is for valid."""
    rng = random.Random(seed)
    pieces = []
    for number in range(count):
        roots = [rng.choice(CHORD_ROOTS) for _ in range(beats)]
        symbol_VB = np.array([[_chord_symbol(voice, root) for root in roots] for voice in range(VOICES)], np.uint8)
        symbol_VT = np.repeat(symbol_VB, 4, axis=1)
        strike_VT = np.tile(np.arange(4 * beats) % 4 == 0, (VOICES, 1))
        for step in range(2, 4 * beats, 4):  # passing notes, where there is room for one
            if rng.random() < 0.3:
                symbol_VT[0, step : step + 2] += 2
                strike_VT[0, step] = True
        side = "valid" if number % 4 == 0 else "train"
        pieces.append(
            Chorale(
                name=f"generated-{number}", source="generated", split=side, symbol_VT=symbol_VT, strike_VT=strike_VT
            )
        )
    return pieces


def _chord_symbol(voice: int, root: int) -> int:
    degree = VOICE_DEGREES[voice] + root
    return symbol_of(48 + 12 * (degree // 7) + SCALE[degree % 7])
