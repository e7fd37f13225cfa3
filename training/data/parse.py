"""Read one file -> melodies, packed for the cache and the pipe. As a program: a worker that reads file after file.

Frames on stdin and stdout: four bytes of length, then msgpack. What a parser prints goes to stderr.
"""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final, TypeVar

import msgspec

from realtime.errors import FileError
from realtime.music.melody_codec import Event, EventLine
from realtime.music.units import Meter
from training.data.melodies import read_abc_book, read_chorales, read_midi

T = TypeVar("T")
MEMORY_BYTES: Final = 4 << 30
SPLITS: Final = ("train", "valid", "test")


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A file to be read. `kind`: midi, abc (a book of tunes) or chorales (the grid of jsb-chorales)."""

    path: str
    kind: str = "midi"
    tracks: list[int] | None = None
    seconds: float = 20.0  # then the worker is killed


class PackedLine(msgspec.Struct, frozen=True, array_like=True):
    """A melody. `label`: its place in the file; lines with the same one belong together."""

    label: str
    split: str | None
    pitches: list[int]
    durations: list[int]
    start_tick: int
    meter: tuple[int, int]
    octaves: int

    def line(self) -> EventLine:
        """The melody itself."""
        events = tuple(Event(p, d) for p, d in zip(self.pitches, self.durations, strict=True))
        return EventLine(events, self.start_tick, Meter(*self.meter), self.octaves)


class Parsed(msgspec.Struct, frozen=True, array_like=True):
    """What a file held. `final`: reading it again would give the same."""

    lines: list[PackedLine] = []
    problems: list[str] = []
    final: bool = True


def parse(job: Job) -> Parsed:
    """Read the file; whatever is wrong with it becomes a problem."""
    path = Path(job.path)
    try:
        if job.kind == "abc":
            return _book(path)
        if job.kind == "chorales":
            return Parsed(list(_chorales(path)))
        lines = read_midi(path, tracks=job.tracks)
    except FileError as error:
        return Parsed(problems=[str(error).removeprefix(f"{path.name}: ")])
    except Exception as error:  # a parser may raise anything; one file must not end a run
        return Parsed(problems=[f"{type(error).__name__}: {str(error)[:80]}"])
    if not lines:
        return Parsed(problems=["no melody of at least 12 notes in it"])
    return Parsed([_packed("", None, line) for line in lines])


def _book(path: Path) -> Parsed:
    lines, problems = [], []
    for number, found in read_abc_book(path):
        if isinstance(found, FileError):
            problems.append(str(found).removeprefix(f"{path.name} "))
        else:
            lines += [_packed(number, None, line) for line in found]
    return Parsed(lines, problems)


def _chorales(path: Path) -> Iterator[PackedLine]:
    for split in SPLITS:
        with contextlib.suppress(KeyError):  # the file holds no such part
            for number, line in enumerate(read_chorales(path, split)):
                yield _packed(f"{split}#{number}", split, line)


def _packed(label: str, split: str | None, line: EventLine) -> PackedLine:
    pitches, durations = [e.pitch_id for e in line.events], [e.duration_id for e in line.events]
    meter = (line.meter.numerator, line.meter.denominator)
    return PackedLine(label, split, pitches, durations, line.start_tick, meter, line.octaves)


def write_frame(pipe: BinaryIO, value: object) -> None:
    """One frame."""
    data = msgspec.msgpack.encode(value)
    pipe.write(len(data).to_bytes(4, "big") + data)
    pipe.flush()


def read_frame(pipe: BinaryIO, kind: type[T]) -> T | None:
    """The next frame, or None at the end."""
    size = pipe.read(4)
    if len(size) < 4:
        return None
    data = pipe.read(int.from_bytes(size, "big"))
    return msgspec.msgpack.decode(data, type=kind)


def main() -> None:
    """Answer each job until stdin ends. The first frame says that the worker is ready."""
    with contextlib.suppress(ImportError, ValueError, OSError):  # no such limit on Windows
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    write_frame(out, Parsed())
    while (job := read_frame(sys.stdin.buffer, Job)) is not None:
        write_frame(out, parse(job))


if __name__ == "__main__":
    main()
