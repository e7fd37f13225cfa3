"""Which melodies there are: data folders read in workers, split without leaks, and a list of what was left out."""

import csv
import importlib.util
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from realtime.errors import FileError
from realtime.music.melody_codec import STYLES, EventLine
from training.data.parse import Job
from training.data.sets import SETS, Row, SetSpec
from training.data.split import ORDER, Found, Placed, content_key, hash_split, place_all
from training.data.workers import FileRead, Pool

__all__ = ["SETS", "Corpus", "Problem", "ReadConfig", "SetSpec", "Tune", "content_key", "hash_split", "load_corpus"]
MUSIC21_FOLDERS: Final = ("ryansMammoth", "oneills1850", "airdsAirs")
SUFFIXES: Final = (".mid", ".midi")
GRID: Final = "jsb16_satb.npz"
LEAVE_OUT: Final = "leave_out.txt"
BOOK_SECONDS: Final = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tune:
    """One melody of a data set."""

    name: str
    source: str
    split: str
    line: EventLine
    style: int


@dataclass(frozen=True, slots=True)
class Problem:
    """A file, and why it could not be read."""

    file: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}: {self.reason}"


class Listed(Protocol):
    """What any corpus lists."""

    problems: tuple[Problem, ...]
    listing: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """Melodies without duplicates, one line for each file that could not be read, and where every melody went."""

    tunes: tuple[Tune, ...]
    problems: tuple[Problem, ...] = field(default=())
    listing: tuple[Mapping[str, Any], ...] = field(default=())

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


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadConfig:
    """How data folders are read. `unlabelled`: the split of a folder without an index.csv (default: by `hash_split`).

    `leave_out`: files with names of tunes to leave out, one a line, besides a folder's own leave_out.txt. `cache`: a
    folder for what was read, by content.
    """

    unlabelled: str | None = None
    leave_out: Sequence[Path] = ()
    cache: Path | None = None
    seconds: float = 20.0  # a MIDI file may take to be read


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file to be read, and what is known of it."""

    job: Job
    name: str
    file: str
    source: str
    spec: SetSpec
    work: str
    given: str | None


def load_corpus(
    folders: Sequence[Path] = (), *, unlabelled: str | None = None, config: ReadConfig | None = None
) -> Corpus:
    """Read the data folders, or music21's folk tunes if there are none. Of duplicates the held-out one is kept.

    Raises `FileError` if a folder is missing or nothing in it can be read.
    """
    config = config or ReadConfig(unlabelled=unlabelled)
    sources = [source for folder in folders for source in _folder(folder, config)] if folders else list(_music21())
    names = left_out_names([*config.leave_out, *(folder / LEAVE_OUT for folder in folders)])
    read, problems = read_sources(sources, names, config.cache)
    found = [item for source, file in read for item in _found(source, file) if item.name not in names]
    if not found:
        folders_named = ", ".join(str(folder) for folder in folders) or "music21's corpus"
        raise FileError(f"{folders_named}: no melody of at least 12 notes; --data takes folders of .mid files")
    placed = place_all(found, need_valid=config.unlabelled is None)
    return Corpus(
        tunes=tuple(_tune(item) for item in sorted(placed, key=side_order) if not item.reason),
        problems=tuple(problems),
        listing=tuple(listed(item) for item in placed),
    )


def read_sources(
    sources: Iterable[Source], names: Set[str], cache: Path | None
) -> tuple[list[tuple[Source, FileRead]], list[Problem]]:
    """The sources that are not among `names` with what they hold, and what could not be read."""
    wanted = [source for source in sources if not {source.name, source.file, Path(source.file).name} & names]
    read = list(zip(wanted, Pool(cache=cache).parse_all([source.job for source in wanted]), strict=True))
    return read, [Problem(source.file, reason) for source, file in read for reason in file.parsed.problems]


def write_lists(corpus: Listed, folder: Path) -> None:
    """`split.jsonl`: where every melody went, with hashes. `problems.jsonl`: what could not be read, and why."""
    _write_lines(folder / "split.jsonl", corpus.listing)
    _write_lines(folder / "problems.jsonl", ({"file": p.file, "reason": p.reason} for p in corpus.problems))


def left_out_names(lists: Iterable[Path]) -> set[str]:
    """Names of tunes, files or stems of files; lines that start with `#` are none. A missing list holds none."""
    names: set[str] = set()
    for path in lists:
        if path.is_file():
            names |= {line.strip() for line in path.read_text(encoding="utf-8").splitlines()}
    return {name for name in names if name and not name.startswith("#")}


def _folder(folder: Path, config: ReadConfig) -> Iterator[Source]:
    yield from folder_sources(folder, config, SETS.get(folder.name, SetSpec()), kinds=("midi", "chorales"))


def folder_sources(folder: Path, config: ReadConfig, spec: SetSpec, kinds: tuple[str, str]) -> Iterator[Source]:
    """The files of a data folder. `kinds`: how its .mid files are read, and how a grid file is.

    Raises `FileError` if the folder is missing.
    """
    if not folder.is_dir():
        raise FileError(f"{folder}: no such folder; --data takes a folder of .mid files, with or without an index.csv")
    grid = folder / GRID
    if grid.is_file():
        job = Job(path=str(grid), kind=kinds[1], seconds=BOOK_SECONDS)
        yield Source(job=job, name="chorale", file=GRID, source=folder.name, spec=spec, work="", given=None)
        return
    for path, row in _files(folder):
        if spec.takes(row):
            tracks = spec.tracks(row) if row else None
            name = path.relative_to(folder).as_posix()
            yield Source(
                job=Job(path=str(path), kind=kinds[0], tracks=tracks, seconds=config.seconds),
                name=path.stem,
                file=name,
                source=folder.name,
                spec=spec,
                work=row.get("group") or name,
                given=row.get("split") or config.unlabelled,
            )


def _files(folder: Path) -> Iterator[tuple[Path, Row]]:
    index = folder / "index.csv"
    if not index.is_file():
        files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
        yield from ((path, {}) for path in files)
        return
    with index.open(newline="", encoding="utf-8") as text:
        for row in csv.DictReader(text):
            if not row.get("file"):
                raise FileError(f'{index}: has no column "file"; it needs one, and "split" with train, valid or test')
            yield folder / row["file"], row


def music21_corpus() -> Path:
    """The folder of music21's pieces. Raises `FileError` where it is not installed."""
    module = importlib.util.find_spec("music21")  # located, not imported: the import costs 0.7 s and a cache on disk
    if module is None or module.origin is None:
        raise FileError("no --data given and music21 is not installed; `pip install hocket[train]` brings its corpus")
    return Path(module.origin).parent / "corpus"


def _music21() -> Iterator[Source]:
    corpus, name = music21_corpus(), "music21-folk"
    for folder in MUSIC21_FOLDERS:
        for path in sorted((corpus / folder).glob("*.abc")):
            job = Job(path=str(path), kind="abc", seconds=BOOK_SECONDS)
            yield Source(
                job=job, name=path.stem, file=path.name, source=name, spec=SETS[name], work=path.stem, given=None
            )


def _found(source: Source, file: FileRead) -> Iterator[Found]:
    pieces = Counter(packed.label for packed in file.parsed.lines)
    numbers: Counter[str] = Counter()
    for packed in file.parsed.lines:
        name = f"{source.name}:{packed.label}" if packed.label else source.name
        number = numbers[packed.label]
        numbers[packed.label] += 1
        yield Found(
            name=name if pieces[packed.label] == 1 else f"{name}#{number}",
            source=source.source,
            work=f"{source.work}:{packed.label}" if packed.label else source.work,
            line=packed.line(),
            style=STYLES.index(source.spec.style),
            file_sha256=file.sha256,
            given=packed.split or source.given,
        )


def side_order(item: Placed) -> int:
    """What is held out comes first."""
    return ORDER.get(item.split, 3)


def _tune(item: Placed) -> Tune:
    found = item.found
    return Tune(name=found.name, source=found.source, split=item.split, line=found.line, style=found.style)


def listed(item: Placed) -> dict[str, Any]:
    """A line of `split.jsonl`."""
    found = item.found
    line = {"name": found.name, "source": found.source, "split": item.split, "content": item.key}
    return {**line, "file_sha256": found.file_sha256, **({"reason": item.reason} if item.reason else {})}


def _write_lines(path: Path, lines: Iterable[Mapping[str, Any]]) -> None:
    partial = path.with_suffix(".partial")
    partial.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    partial.replace(path)
