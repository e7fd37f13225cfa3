"""Takes for tests."""

from realtime.messages import ChunkNote
from realtime.takes.take import Take, TakeVoice


def take(number: int = 1, *, day: str = "20260131", **fields: object) -> Take:
    lead = TakeVoice(name="lead", channel=2, program=5, notes=(ChunkNote(0, 60, 240, 90), ChunkNote(480, 64, 480, 70)))
    drums = TakeVoice(name="drums", channel=9, notes=(ChunkNote(960, 36, 60, 100),))
    values = {"source": "band", "voices": (lead, drums), "length_ticks": 1440, "bpm": 96.0, "meter": "3/4", **fields}
    return Take(id=f"{day}-120000-{number:03d}", **values)  # type: ignore[arg-type]
