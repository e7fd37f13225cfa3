"""Keys and scales, and the monotone snap of pitches to them."""

from dataclasses import dataclass

from realtime.errors import UsageError
from realtime.music.note import MAX_PITCH, MIN_PITCH

PITCH_CLASSES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_SPELLINGS = {name: i for i, name in enumerate(PITCH_CLASSES)} | {
    "Db": 1, "D#": 3, "Gb": 6, "G#": 8, "A#": 10, "Cb": 11, "B#": 0, "Fb": 4, "E#": 5,
}  # fmt: skip

SCALES: dict[str, tuple[int, ...]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "harmonic-minor": (0, 2, 3, 5, 7, 8, 11),
    "melodic-minor": (0, 2, 3, 5, 7, 9, 11),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "locrian": (0, 1, 3, 5, 6, 8, 10),
    "major-pentatonic": (0, 2, 4, 7, 9),
    "minor-pentatonic": (0, 3, 5, 7, 10),
    "blues": (0, 3, 5, 6, 7, 10),
    "whole-tone": (0, 2, 4, 6, 8, 10),
    "chromatic": tuple(range(12)),
}
SCALE_LOCKS = ("off", "snap", "filter")
SNAP, FILTER = 1, 2  # places in SCALE_LOCKS


def pitch_class(name: str) -> int:
    """`"F#"` -> 6. Raises `UsageError` on an unknown name."""
    try:
        return _SPELLINGS[name[:1].upper() + name[1:].replace("♯", "#").replace("♭", "b")]
    except KeyError:
        raise UsageError(f"no such key: {name!r} (one of {', '.join(PITCH_CLASSES)})") from None


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale on a root pitch class (0 = C)."""

    root: int
    name: str = "major"

    def __post_init__(self) -> None:
        if self.name not in SCALES:
            raise UsageError(f"no such scale: {self.name!r} (one of {', '.join(SCALES)})")

    @classmethod
    def of_controls(cls, key: float, scale: float) -> "Scale":
        """From the values of the controls `key` and `scale`: places in PITCH_CLASSES and SCALES."""
        return cls(int(key), tuple(SCALES)[int(scale)])

    @property
    def pitch_classes(self) -> frozenset[int]:
        """The scale's pitch classes."""
        return frozenset((self.root + degree) % 12 for degree in SCALES[self.name])

    def contains(self, pitch: int) -> bool:
        """Whether the pitch belongs to the scale."""
        return pitch % 12 in self.pitch_classes

    def snap(self, pitch: int) -> int:
        """The nearest pitch of the scale, the lower on a tie.

        Monotone: a higher pitch never lands below a lower one, because each pitch goes to its nearest
        neighbour and ties always break the same way.
        """
        classes = self.pitch_classes
        for distance in range(12):
            for candidate in (pitch - distance, pitch + distance):
                if MIN_PITCH <= candidate <= MAX_PITCH and candidate % 12 in classes:
                    return candidate
        raise AssertionError("every scale has a pitch in every octave")  # pragma: no cover


def fold(pitch: int, low: int = MIN_PITCH, high: int = MAX_PITCH) -> int:
    """The pitch moved into low..high by as few octaves as it takes.

    A range that holds no such pitch (it is narrower than an octave) gives its nearer end.
    """
    if low <= pitch <= high:
        return pitch
    moved = low + (pitch - low) % 12 if pitch < low else high - (high - pitch) % 12
    nearer = low if pitch < low else high
    return moved if low <= moved <= high else nearer
