"""The notes that a roll shows, by source, in arrays: what lies in a span of ticks is found without a loop. No Qt."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from realtime.music.note import Note

# Columns of an array of notes, one row a note, ordered by start.
START, END, PITCH, VELOCITY = range(4)
Rows = npt.NDArray[np.int64]
EMPTY: Rows = np.empty((0, 4), dtype=np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class RollRow:
    """One note in words: a line of the table that stands for the picture. Bars and beats count from 1."""

    source: str
    bar: int
    beat: float
    pitch: str
    beats: float  # how long it lasts
    velocity: int


@dataclass(frozen=True, slots=True)
class Span:
    """Ticks from `start` up to but not including `end`; empty where they are equal."""

    start: int
    end: int

    def __bool__(self) -> bool:
        return self.end > self.start


NOWHERE = Span(0, 0)


class NoteStore:
    """Notes of all sources. What changes them returns the span of ticks that has to be painted anew."""

    def __init__(self) -> None:
        self._rows: dict[str, Rows] = {}
        self._longest: dict[str, int] = {}  # ticks: how far before a span a note may begin that reaches into it

    def __len__(self) -> int:
        return sum(map(len, self._rows.values()))

    def count(self, source: str) -> int:
        """How many notes a source has."""
        return len(self.rows(source))

    def rows(self, source: str) -> Rows:
        """All notes of a source."""
        return self._rows.get(source, EMPTY)

    def put(self, source: str, notes: Iterable[Note]) -> Span:
        """Replace all notes of a source."""
        before, made = self.rows(source), _rows_of(notes)
        self._keep(source, made)
        return _span_of(np.concatenate((before, made)))

    def add(self, source: str, notes: Iterable[Note]) -> Span:
        """More notes of a source, in any order."""
        made = _rows_of(notes)
        if len(made):
            self._keep(source, _ordered(np.concatenate((self.rows(source), made))))
        return _span_of(made)

    def drop_from(self, source: str, tick: int) -> Span:
        """Forget the notes of a source that begin at `tick` or later."""
        rows = self.rows(source)
        first = int(np.searchsorted(rows[:, START], tick))
        self._keep(source, rows[:first])
        return _span_of(rows[first:])

    def replace_from(self, source: str, tick: int, notes: Iterable[Note]) -> Span:
        """`drop_from` and `add` in one; what is the same as before, up to the first difference, need not be painted."""
        rows, made = self.rows(source), _rows_of(notes)
        first = int(np.searchsorted(rows[:, START], tick))
        old, shared = rows[first:], min(len(rows) - first, len(made))
        differs = np.flatnonzero((old[:shared] != made[:shared]).any(axis=1))
        same = int(differs[0]) if len(differs) else shared
        self._keep(source, _ordered(np.concatenate((rows[:first], made))))
        return _span_of(np.concatenate((old[same:], made[same:])))

    def drop_before(self, tick: int) -> Span:
        """Forget what ended before `tick`, of all sources."""
        gone = [rows[rows[:, END] < tick] for rows in self._rows.values()]
        for source, rows in list(self._rows.items()):
            self._keep(source, rows[rows[:, END] >= tick])
        return _span_of(np.concatenate((EMPTY, *gone)))

    def between(self, source: str, start: float, end: float) -> Rows:
        """The notes of a source that sound somewhere in a span of ticks."""
        rows = self.rows(source)
        first, last = np.searchsorted(rows[:, START], (start - self._longest.get(source, 0), end))
        near = rows[first:last]
        return near[near[:, END] > start]

    def pitches(self) -> tuple[int, int] | None:
        """Lowest and highest pitch of all notes; None if there are none."""
        there = [rows[:, PITCH] for rows in self._rows.values() if len(rows)]
        return (int(min(p.min() for p in there)), int(max(p.max() for p in there))) if there else None

    def end_tick(self) -> int:
        """Where the last note ends."""
        return max((int(rows[:, END].max()) for rows in self._rows.values() if len(rows)), default=0)

    def _keep(self, source: str, rows: Rows) -> None:
        self._rows[source] = rows
        self._longest[source] = int((rows[:, END] - rows[:, START]).max()) if len(rows) else 0


def _rows_of(notes: Iterable[Note]) -> Rows:
    told = [(note.start_tick, note.end_tick, note.pitch, note.velocity) for note in notes]
    return _ordered(np.array(told, dtype=np.int64)) if told else EMPTY


def _ordered(rows: Rows) -> Rows:
    starts = rows[:, START]
    return rows if bool((starts[1:] >= starts[:-1]).all()) else rows[np.argsort(starts, kind="stable")]


def _span_of(rows: Rows) -> Span:
    return Span(int(rows[:, START].min()), int(rows[:, END].max())) if len(rows) else NOWHERE
