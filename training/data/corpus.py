"""Which melodies there are: data sets by name, licences, train/valid split, duplicates out, bad files reported."""

import csv
import hashlib
import importlib.util
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from realtime.errors import FileError
from realtime.music.melody_codec import REST, STYLES, EventLine
from training.data.melodies import read_abc_book, read_chorales, read_midi

INCIPIT: Final = 12  # intervals that name a tune: equal incipits fall on one side of the split
Row = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSpec:
    """How one data set is read, and under which licence it came."""

    style: str = "any"
    licence: str = "not stated: your own folder"
    source: str = "your own folder"
    tracks: Callable[[Row], list[int] | None] = lambda row: None
    takes: Callable[[Row], bool] = lambda row: True


@dataclass(frozen=True, slots=True, kw_only=True)
class Tune:
    """One melody of a data set."""

    name: str
    source: str
    split: str
    line: EventLine
    style: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """Melodies without duplicates, and one line for each file that could not be read."""

    tunes: tuple[Tune, ...]
    problems: tuple[str, ...] = field(default=())

    def split(self, name: str) -> list[Tune]:
        """The tunes of "train", "valid" or "test"."""
        return [tune for tune in self.tunes if tune.split == name]

    def note_counts(self, split: str = "train") -> dict[str, int]:
        """Sounding notes by data set."""
        counts: dict[str, int] = {}
        for tune in self.split(split):
            notes = sum(not event.is_rest for event in tune.line.events)
            counts[tune.source] = counts.get(tune.source, 0) + notes
        return counts


VOICES: Final = ("voice", "sing", "stimme", "chant", "gesang", "canto", "alto", "soprano", "tenor", "bass", "baritone")


def _voice_tracks(row: Row) -> list[int]:
    parts = row.get("parts", "").casefold().split("|")
    return [i for i, part in enumerate(parts) if any(word in part for word in VOICES) and "piano" not in part]


def _solo(row: Row) -> bool:
    return row.get("category") == "solo" and row.get("tracks") == "1" and float(row.get("overlap") or 1) < 0.2


CC0: Final = "CC0 1.0"
PUBLIC_DOMAIN: Final = "public domain"
SETS: Final[dict[str, SetSpec]] = {
    "bach-cello": SetSpec(
        style="strings", licence=PUBLIC_DOMAIN, source="Mutopia Project, BWV 1007, 1009-1011", tracks=lambda row: [0]
    ),
    "bach-violin-flute": SetSpec(
        style="strings",
        licence=PUBLIC_DOMAIN,
        source="github.com/salu133445/bach-violin-dataset; Mutopia Project, BWV 1013",
        tracks=lambda row: [0],
    ),
    "irish-cre": SetSpec(
        style="dance",
        licence="CC BY 4.0 (Bill Black; D. Diamond, A. Shahid Khattak, Polifonia project)",
        source="github.com/polifonia-project/folk_ngram_analysis, Ceol Rince na hEireann",
    ),
    "openscore-lieder": SetSpec(
        style="song", licence=CC0, source="github.com/OpenScore/Lieder, voice parts", tracks=_voice_tracks
    ),
    "mutopia-pd": SetSpec(licence=PUBLIC_DOMAIN, source="Mutopia Project, solo pieces", takes=_solo),
    "jsb-chorales": SetSpec(
        style="chorale",
        licence="none stated; pitches of public-domain music",
        source="github.com/czhuang/JSB-Chorales-dataset",
    ),
    "music21-folk": SetSpec(
        style="dance",
        licence="music21 corpus, with the permission of the encoders",
        source="music21: ryansMammoth, oneills1850, airdsAirs",
    ),
}
MUSIC21_FOLDERS: Final = ("ryansMammoth", "oneills1850", "airdsAirs")


def load_corpus(folders: Sequence[Path] = (), *, unlabelled: str | None = None) -> Corpus:
    """Read the data folders, or music21's folk tunes if there are none. Of duplicates the held-out one is kept.

    `unlabelled`: the split of a folder without an index.csv (default: by `hash_split`).

    Raises `FileError` if a folder is missing or nothing in it can be read.
    """
    found: list[Tune] = []
    problems: list[str] = []
    readers = [_folder(folder, unlabelled) for folder in folders] if folders else [_music21()]
    for items in readers:
        for item in items:
            if isinstance(item, Tune):
                found.append(item)
            else:
                problems.append(str(item))
    if not found:
        names = ", ".join(str(folder) for folder in folders) or "music21's corpus"
        raise FileError(f"{names}: no melody of at least 12 notes; --data takes folders of .mid files")
    return Corpus(tunes=tuple(_distinct(found)), problems=tuple(problems))


def content_key(line: EventLine) -> tuple[tuple[int, int], ...]:
    """The same for two lines that differ by transposition only."""
    base = next((event.pitch_id for event in line.events if not event.is_rest), 0)
    return tuple((REST if e.is_rest else e.pitch_id - base, e.duration_id) for e in line.events)


def hash_split(line: EventLine) -> str:
    """Split by what the tune begins with: 10 % test (never read in training), 10 % valid, the rest train."""
    pitches = [event.pitch_id for event in line.events if not event.is_rest][: INCIPIT + 1]
    intervals = [b - a for a, b in itertools.pairwise(pitches)]
    bucket = int(hashlib.sha256(repr(intervals).encode()).hexdigest(), 16) % 100
    return "test" if bucket < 10 else "valid" if bucket < 20 else "train"


def _distinct(tunes: Iterable[Tune]) -> Iterator[Tune]:
    order = {"test": 0, "valid": 1, "train": 2}
    seen = set()
    for tune in sorted(tunes, key=lambda tune: order.get(tune.split, 3)):
        key = content_key(tune.line)
        if key not in seen:
            seen.add(key)
            yield tune


def _folder(folder: Path, unlabelled: str | None) -> Iterator[Tune | FileError]:
    if not folder.is_dir():
        raise FileError(f"{folder}: no such folder; --data takes a folder of .mid files, with or without an index.csv")
    spec = SETS.get(folder.name, SetSpec())
    grid = folder / "jsb16_satb.npz"
    if grid.is_file():
        yield from _grid(folder.name, grid, spec)
        return
    for path, row in _files(folder):
        if not spec.takes(row):
            continue
        try:
            lines = read_midi(path, tracks=spec.tracks(row) if row else None)
        except FileError as error:
            yield error
            continue
        if not lines:
            yield FileError(f"{path.name}: no melody of at least 12 notes in it")
        yield from _tunes(path.stem, folder.name, spec, lines, row.get("split", unlabelled))


def _files(folder: Path) -> Iterator[tuple[Path, Row]]:
    index = folder / "index.csv"
    if index.is_file():
        with index.open(newline="", encoding="utf-8") as text:
            for row in csv.DictReader(text):
                yield folder / row["file"], row
    else:
        files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in {".mid", ".midi"})
        yield from ((path, {}) for path in files)


def _tunes(name: str, source: str, spec: SetSpec, lines: Sequence[EventLine], split: str | None) -> Iterator[Tune]:
    for number, line in enumerate(lines):
        yield Tune(
            name=name if len(lines) == 1 else f"{name}#{number}",
            source=source,
            split=split or hash_split(line),
            line=line,
            style=STYLES.index(spec.style),
        )


def _grid(source: str, path: Path, spec: SetSpec) -> Iterator[Tune]:
    for split in ("train", "valid", "test"):
        try:
            lines = read_chorales(path, split)
        except KeyError:  # the file holds no such part
            continue
        yield from _tunes(f"chorale-{split}", source, spec, lines, split)


def _music21() -> Iterator[Tune | FileError]:
    module = importlib.util.find_spec("music21")  # located, not imported: the import costs 0.7 s and a cache on disk
    if module is None or module.origin is None:
        raise FileError("no --data given and music21 is not installed; `pip install hocket[train]` brings its corpus")
    corpus = Path(module.origin).parent / "corpus"
    spec = SETS["music21-folk"]
    for folder in MUSIC21_FOLDERS:
        for path in sorted((corpus / folder).glob("*.abc")):
            for number, lines in read_abc_book(path):
                if isinstance(lines, FileError):
                    yield lines
                else:
                    yield from _tunes(f"{path.stem}:{number}", "music21-folk", spec, lines, None)
