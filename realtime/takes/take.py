"""A take: an answer, or bars that were caught, with all it takes to play it again or to make it again."""

import re
from collections.abc import Mapping
from typing import Final

import msgspec

from realtime.engine.kept import MAX_BARS
from realtime.messages import ChunkNote
from realtime.music.units import MAX_BPM, MIN_BPM, Meter

VERSION: Final = 1
ID: Final = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9]{3}")  # local date, time, number within the second: sorts by age
STAMP: Final = "%Y%m%d-%H%M%S"  # of an id
STAMP_LENGTH: Final = 15
ALL: Final = ""  # the source of a take of everything


class TakeVoice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One voice of a take, from tick 0 on. Raises `ValueError` for notes, channels and programs that MIDI has not."""

    name: str
    channel: int = 0  # 0..15
    program: int = 0  # 1..128; 0: none is sent
    notes: tuple[ChunkNote, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.channel <= 15:
            raise ValueError(f"channel must be 0..15, got {self.channel}")
        if not 0 <= self.program <= 128:
            raise ValueError(f"program must be 1..128, or 0 for none, got {self.program}")
        for n in self.notes:
            if not (0 <= n.start_tick and 0 <= n.pitch <= 127 and 1 <= n.duration_ticks and 1 <= n.velocity <= 127):
                raise ValueError(f"no such note: {msgspec.structs.astuple(n)} (start, pitch, duration, velocity)")


class Take(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Raises `ValueError` for an id that is no plain file name, a length or a tempo that cannot be."""

    version: int = VERSION
    id: str
    source: str  # the part that played it, "played" for the musician, empty for all
    voices: tuple[TakeVoice, ...]
    length_ticks: int
    bpm: float
    meter: str = "4/4"
    kind: str = ""  # of the part's model
    model: str = ""
    seed: int | None = None
    controls: Mapping[str, float] = {}

    def __post_init__(self) -> None:
        if not ID.fullmatch(self.id):
            raise ValueError(f"a take's id is like 20260131-235959-001, got {self.id[:40]!r}")
        longest = MAX_BARS * Meter.of(self.meter).bar_ticks
        if not 1 <= self.length_ticks <= longest:
            raise ValueError(f"length_ticks must be 1..{longest}, {MAX_BARS} bars, got {self.length_ticks}")
        if not MIN_BPM <= self.bpm <= MAX_BPM:
            raise ValueError(f"bpm must be {MIN_BPM:g}..{MAX_BPM:g}, got {self.bpm:g}")


def next_id(stamp: str, after: str = "") -> str:
    """The first id of a second (as `STAMP` writes it), or the one after the last that was given in it."""
    number = int(after[STAMP_LENGTH + 1 :]) + 1 if after.startswith(stamp) else 1
    return f"{stamp}-{number:03d}"
