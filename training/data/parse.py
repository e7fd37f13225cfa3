"""Read one file -> melodies or four-part pieces, packed for the cache and the pipe.

As a program: a worker that reads file after file.

Frames on stdin and stdout: four bytes of length, then msgpack. What a parser prints goes to stderr.
"""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final, TypeVar

import msgspec
import numpy as np

from realtime.errors import FileError
from realtime.music.chorale import VOICES, ChoraleGrid
from realtime.music.melody_codec import Event, EventLine
from realtime.music.units import Meter
from training.data.four_parts import FourParts, read_grid_parts, read_midi_parts, read_music21_parts
from training.data.melodies import read_abc_book, read_chorales, read_midi

T = TypeVar("T")
MEMORY_BYTES: Final = 4 << 30
SPLITS: Final = ("train", "valid", "test")


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A file to be read.

    `kind`: for melodies midi, abc (a book of tunes) or chorales (the grid of jsb-chorales); for four-part pieces
    those of `PART_READERS`.
    """

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


class PackedParts(msgspec.Struct, frozen=True, array_like=True):
    """A four-part piece."""

    label: str
    split: str | None
    symbols: bytes
    strikes: bytes
    struck: bool
    bar_steps: list[int]

    def parts(self) -> FourParts:
        """The piece itself."""
        symbol_VT = np.frombuffer(self.symbols, np.uint8).reshape(VOICES, -1)
        strike_VT = np.frombuffer(self.strikes, bool).reshape(VOICES, -1)
        grid = ChoraleGrid.of(symbol_VT, strike_VT)
        bars = tuple(self.bar_steps)
        return FourParts(label=self.label, grid=grid, struck=self.struck, bar_steps=bars, split=self.split)


class Parsed(msgspec.Struct, frozen=True, array_like=True):
    """What a file held. `final`: reading it again would give the same."""

    lines: list[PackedLine] = []
    problems: list[str] = []
    final: bool = True
    parts: list[PackedParts] = []


PART_READERS: Final = {"parts": read_midi_parts, "parts-music21": read_music21_parts, "parts-grid": read_grid_parts}


def parse(job: Job) -> Parsed:
    """Read the file; whatever is wrong with it becomes a problem."""
    path = Path(job.path)
    try:
        if job.kind == "abc":
            return _book(path)
        if job.kind == "chorales":
            return Parsed(list(_chorales(path)))
        if job.kind in PART_READERS:
            return Parsed(parts=[_packed_parts(found) for found in PART_READERS[job.kind](path)])
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


def _packed_parts(found: FourParts) -> PackedParts:
    symbols, strikes = found.grid.symbol_VS.astype(np.uint8).tobytes(), found.grid.strike_VS.tobytes()
    return PackedParts(found.label, found.split, symbols, strikes, found.struck, list(found.bar_steps))


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
