"""What a session file keeps of a part beside its settings: the bars it has read, and its snapshots."""

from collections.abc import Mapping
from typing import Final

import msgspec

from realtime.errors import UsageError
from realtime.music.note import Note, Phrase
from realtime.music.units import Meter

SNAPSHOTS: Final = 8  # slots a part
MAX_VOICES: Final = 16
MAX_BARS: Final = 64


class KeptBars(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Phrases from tick 0 on, one a voice. A note is "start pitch length velocity" (480 ticks a beat), then a comma."""

    meter: str = "4/4"
    length_ticks: int
    voices: tuple[str, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.voices) <= MAX_VOICES:
            raise ValueError(f"voices must be 1..{MAX_VOICES} texts, got {len(self.voices)}")
        try:
            longest = MAX_BARS * Meter.of(self.meter).bar_ticks
        except UsageError as error:
            raise ValueError(str(error)) from None
        if not 1 <= self.length_ticks <= longest:
            raise ValueError(f"length_ticks must be 1..{longest}, {MAX_BARS} bars, got {self.length_ticks}")
        self.phrases()

    @classmethod
    def of(cls, phrases: tuple[Phrase, ...]) -> "KeptBars | None":
        """Keep phrases of one meter and length; None if there are none."""
        if not phrases:
            return None
        voices = tuple(", ".join(map(_written, phrase.notes)) for phrase in phrases)
        return cls(meter=str(phrases[0].meter), length_ticks=phrases[0].length_ticks, voices=voices)

    def phrases(self) -> tuple[Phrase, ...]:
        """What was kept. Raises `ValueError`."""
        meter = Meter.of(self.meter)
        return tuple(
            Phrase.of(map(self._note, filter(None, voice.split(","))), meter=meter, length_ticks=self.length_ticks)
            for voice in self.voices
        )

    def _note(self, text: str) -> Note:
        words = text.split()
        if len(words) != 4 or not all(word.isascii() and word.isdigit() for word in words):
            raise ValueError(f"a note is 'start pitch length velocity' in whole numbers, got {text.strip()[:40]!r}")
        note = Note(*map(int, words))
        if note.end_tick > self.length_ticks:
            raise ValueError(f"note {text.strip()[:40]!r} ends after length_ticks = {self.length_ticks}")
        return note


def _written(note: Note) -> str:
    return f"{note.start_tick} {note.pitch} {note.duration_ticks} {note.velocity}"


class Snapshot(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a slot keeps: the model's controls, the seed, and the bars that were read."""

    slot: int  # 1..8
    seed: int = 0
    controls: Mapping[str, float | str] = {}
    source: KeptBars | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.slot <= SNAPSHOTS:
            raise ValueError(f"slot must be 1..{SNAPSHOTS}, got {self.slot}")
        if self.seed < 0:
            raise ValueError(f"seed must be at least 0, got {self.seed}")
