"""Four-part pieces as grids of sixteenths: what the quartet and sketch models learn from.

Shapes: N windows, V voices, S steps of a window, T steps of a piece.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from realtime.errors import FileError
from realtime.music.chorale import STEPS, VOICES, ChoraleCodec, ChoraleGrid
from realtime.music.melody_codec import EventLine, MelodyCodec
from realtime.music.units import Meter
from training.data.corpus import (
    LEAVE_OUT,
    Problem,
    ReadConfig,
    Source,
    folder_sources,
    left_out_names,
    listed,
    music21_corpus,
    read_sources,
    side_order,
)
from training.data.four_parts import FourParts
from training.data.held_out_chorales import SAME_AS_JSB_TEST
from training.data.parse import Job
from training.data.sets import FOUR_PART_SETS, SetSpec
from training.data.split import Found, Placed, place_all
from training.data.workers import FileRead

GRID_KIND: Final = "parts-grid"
SCORE_SECONDS: Final = 60.0  # a MusicXML file may take
CHORALE, MELODY = ChoraleCodec(), MelodyCodec()
Symbols = npt.NDArray[np.uint8]
Strikes = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chorale:
    """One piece. `strike_VT` is None where the data does not tell a repeated note from a long one."""

    name: str
    source: str
    split: str
    symbol_VT: Symbols
    strike_VT: Strikes | None = None
    bar_steps: tuple[int, ...] = ()  # where the 4/4 bars begin; empty: the data does not say

    def __len__(self) -> int:
        return int(self.symbol_VT.shape[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoraleCorpus:
    """Four-part pieces, one line for each file that could not be read, and where every piece went."""

    tunes: tuple[Chorale, ...]
    problems: tuple[Problem, ...] = ()
    listing: tuple[dict[str, Any], ...] = field(default=())

    def split(self, name: str) -> list[Chorale]:
        """The pieces of "train", "valid" or "test"."""
        return [tune for tune in self.tunes if tune.split == name]

    def note_counts(self, split: str = "train") -> dict[str, int]:
        """Notes by data set; a repeated note counts once where the data does not show it."""
        counts: dict[str, int] = {}
        for tune in self.split(split):
            notes = int(ChoraleGrid.of(tune.symbol_VT, tune.strike_VT).strike_VS.sum())
            counts[tune.source] = counts.get(tune.source, 0) + notes
        return counts


def load_chorales(folders: Sequence[Path] = (), *, config: ReadConfig | None = None) -> ChoraleCorpus:
    """All four-part pieces of the data folders, or music21's chorales if there are none.

    Pieces that open alike or are copies of each other are on one side; a grid file keeps its own split as it is.
    Raises `FileError` if a folder is missing or holds no such piece.
    """
    config = config or ReadConfig()
    sources = (
        [source for folder in folders for source in _folder(folder, config)] if folders else list(music21_sources())
    )
    names = left_out_names([*config.leave_out, *(folder / LEAVE_OUT for folder in folders)])
    read, problems = read_sources(sources, names, config.cache)
    pairs = [pair for source, file in read for pair in _found(source, file) if pair[0].name not in names]
    if not pairs:
        named = ", ".join(str(folder) for folder in folders) or "music21's corpus"
        why = f" ({problems[0]})" if problems else ""
        raise FileError(
            f"{named}: no piece of four parts and at least two bars{why}; --data takes folders of .mid files"
        )
    placed = place_all([found for found, _ in pairs], need_valid=config.unlabelled is None)
    placed = [_standard(item) for item in placed]
    tunes = [(item, _chorale(item, parts)) for item, (_, parts) in zip(placed, pairs, strict=True) if not item.reason]
    return ChoraleCorpus(
        tunes=tuple(tune for _, tune in sorted(tunes, key=lambda pair: side_order(pair[0]))),
        problems=tuple(problems),
        listing=tuple(listed(item) for item in placed),
    )


def _folder(folder: Path, config: ReadConfig) -> Iterator[Source]:
    spec = FOUR_PART_SETS.get(folder.name, SetSpec())
    yield from folder_sources(folder, config, spec, kinds=("parts", GRID_KIND))


def music21_sources() -> Iterator[Source]:
    """Its chorales, but for those of the JSB test split."""
    name = "music21-chorales"
    for path in sorted((music21_corpus() / "bach").glob("bwv*.mxl")):
        if path.stem not in SAME_AS_JSB_TEST:
            job = Job(path=str(path), kind="parts-music21", seconds=SCORE_SECONDS)
            spec = FOUR_PART_SETS[name]
            yield Source(job=job, name=path.stem, file=path.name, source=name, spec=spec, work=path.stem, given=None)


def _found(source: Source, file: FileRead) -> Iterator[tuple[Found, FourParts]]:
    """As the split sees a piece: all voices one after another, so that its opening is the soprano's."""
    for packed in file.parsed.parts:
        parts = packed.parts()
        name = source.name if not parts.label else f"{source.name}#{parts.label}"
        if source.job.kind == GRID_KIND:
            name = f"{source.source}/{parts.label}"
        events = [event for voice in CHORALE.decode(parts.grid) for event in MELODY.encode(voice, played=False).events]
        found = Found(
            name=name,
            source=source.source,
            work=source.work or name,
            line=EventLine(tuple(events), 0, Meter()),
            style=0,
            file_sha256=file.sha256,
            given=parts.split or source.given,
        )
        yield found, parts


def _standard(item: Placed) -> Placed:
    """The pieces of a grid file stay where its standard split has them, though some melodies stand on both sides."""
    given = item.found.given
    if given is None or not item.reason or not item.found.name.startswith(f"{item.found.source}/{given}/"):
        return item
    return replace(item, split=given, reason="")


def _chorale(item: Placed, parts: FourParts) -> Chorale:
    return Chorale(
        name=item.found.name,
        source=item.found.source,
        split=item.split,
        symbol_VT=parts.grid.symbol_VS.astype(np.uint8),
        strike_VT=parts.grid.strike_VS if parts.struck else None,
        bar_steps=parts.bar_steps,
    )


def windows(tunes: Sequence[Chorale], hop: int, steps: int = STEPS) -> Symbols:
    """symbol_NVS: all windows of `steps` at every `hop` steps, none padded."""
    found = [
        tune.symbol_VT[:, first : first + steps] for tune in tunes for first in range(0, len(tune) - steps + 1, hop)
    ]
    return np.stack(found) if found else np.zeros((0, VOICES, steps), np.uint8)
