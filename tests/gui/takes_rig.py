"""Takes as an engine would keep them."""

from pathlib import Path

from realtime.messages import ChunkNote
from realtime.takes.store import TakeStore
from realtime.takes.take import Take, TakeVoice

NOTES = (ChunkNote(0, 60, 240, 80), ChunkNote(480, 64, 480, 90), ChunkNote(1200, 67, 240, 70))
FIRST, SECOND, THIRD = IDS = tuple(f"20260131-2359{second}-001" for second in (10, 20, 30))


def take_of(take_id: str = FIRST, source: str = "continue", seed: int | None = 42, **fields: object) -> Take:
    voice = TakeVoice(name=source or "continue", channel=2, program=12, notes=NOTES)
    usual: dict[str, object] = {"kind": source, "model": source, "controls": {"temperature": 0.5}} if source else {}
    values = {"voices": (voice,), "length_ticks": 1920, "bpm": 120.0, **usual, **fields}
    return Take(id=take_id, source=source, seed=seed, **values)  # type: ignore[arg-type]


def keep_takes(folder: Path, *takes: Take) -> TakeStore:
    store = TakeStore(folder)
    for take in takes or tuple(map(take_of, IDS)):
        store.keep(take)
    return store
