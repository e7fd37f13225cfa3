"""Who is on which side: duplicates, transposed and near copies stay together; an index.csv's own split is kept."""

import hashlib
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from realtime.music.melody_codec import REST, EventLine

INCIPIT: Final = 12  # intervals that name a tune: equal incipits fall on one side of the split
PLAIN_INTERVALS: Final = 3  # an incipit of fewer kinds of intervals (a repeated note) names no tune
ORDER: Final = {"test": 0, "valid": 1, "train": 2}
LEFT_OUT: Final = "left out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A melody before it has a side. `work`: lines of one work stay together. `given`: the side its index says."""

    name: str
    source: str
    work: str
    line: EventLine
    style: int
    file_sha256: str = ""
    given: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A melody and its side, or why it is on none."""

    found: Found
    split: str
    key: str
    reason: str = ""


def content_key(line: EventLine) -> tuple[tuple[int, int], ...]:
    """The same for two lines that differ by transposition only."""
    base = next((event.pitch_id for event in line.events if not event.is_rest), 0)
    return tuple((REST if e.is_rest else e.pitch_id - base, e.duration_id) for e in line.events)


def content_hash(line: EventLine) -> str:
    """Of the content key."""
    return hashlib.sha256(repr(content_key(line)).encode()).hexdigest()


def incipit(line: EventLine) -> tuple[int, ...] | None:
    """The first intervals, where there are enough and they are not of too few kinds."""
    intervals = _first_intervals(line)
    return tuple(intervals) if len(intervals) == INCIPIT and len(set(intervals)) >= PLAIN_INTERVALS else None


def hash_split(line: EventLine) -> str:
    """Split by what the tune begins with: 10 % test (never read in training), 10 % valid, the rest train."""
    bucket = int(hashlib.sha256(repr(_first_intervals(line)).encode()).hexdigest(), 16) % 100
    return "test" if bucket < 10 else "valid" if bucket < 20 else "train"


def _first_intervals(line: EventLine) -> list[int]:
    pitches = [event.pitch_id for event in line.events if not event.is_rest][: INCIPIT + 1]
    return [b - a for a, b in itertools.pairwise(pitches)]


def place_all(found: Sequence[Found], *, need_valid: bool = True) -> list[Placed]:
    """A side for each melody; what is left out of duplicates and near copies says so.

    A melody without a given side follows the most held-out one it shares its content, its opening or its work with.
    One given to train is left out if a held-out one shares its content or its opening. `need_valid`: if chance puts
    no melody in valid, one work of at least two goes there.
    """
    keys = [content_hash(item.line) for item in found]
    sides = _sides(found, keys, need_valid)
    held_out = _openings_held_out(found, sides)
    seen: dict[str, str] = {}
    placed: dict[int, Placed] = {}
    for index in sorted(range(len(found)), key=lambda i: ORDER.get(sides[i], 3)):
        item, key, reason = found[index], keys[index], ""
        opening = incipit(item.line)
        if key in seen:
            reason = f"a copy of {seen[key]}"
        elif sides[index] == "train" and opening in held_out:
            reason = f"opens like {held_out[opening]}, which is held out"
        else:
            seen[key] = item.name
        placed[index] = Placed(found=item, split=LEFT_OUT if reason else sides[index], key=key, reason=reason)
    return [placed[index] for index in range(len(found))]


def _sides(found: Sequence[Found], keys: Sequence[str], need_valid: bool) -> list[str]:
    """Given sides as they are; the others by groups."""
    marks = [_marks(item, key) for item, key in zip(found, keys, strict=True)]
    free = [index for index, item in enumerate(found) if item.given is None]
    groups = list(_grouped([marks[index] for index in free]))
    given: dict[object, str] = {}
    for item, mark in zip(found, marks, strict=True):
        if item.given is not None:
            for one in mark:
                given[one] = min(given.get(one, item.given), item.given, key=lambda side: ORDER.get(side, 3))
    sides = [item.given or "" for item in found]
    hashed = []
    for group in groups:
        members = [free[i] for i in group]
        known = {given[one] for index in members for one in marks[index] if one in given}
        first = min(members, key=lambda index: keys[index])
        side = min(known, key=lambda s: ORDER.get(s, 3)) if known else hash_split(found[first].line)
        if not known:
            hashed.append((keys[first], members))
        for index in members:
            sides[index] = side
    if need_valid and "valid" not in sides and len(groups) > 1 and hashed:
        for index in min(hashed)[1]:
            sides[index] = "valid"
    return sides


def _marks(item: Found, key: str) -> list[object]:
    opening = incipit(item.line)
    return [key, (item.source, item.work), *([opening] if opening else [])]


def _openings_held_out(found: Sequence[Found], sides: Sequence[str]) -> dict[tuple[int, ...] | None, str]:
    pairs = [(incipit(item.line), item.name) for item, side in zip(found, sides, strict=True) if side != "train"]
    return {opening: name for opening, name in pairs if opening is not None}


def _grouped(marks: Sequence[Iterable[object]]) -> Iterator[list[int]]:
    """Indices that share a mark, directly or through others."""
    parent = list(range(len(marks)))
    owner: dict[object, int] = {}
    for index, own in enumerate(marks):
        for mark in own:
            parent[_root(parent, index)] = _root(parent, owner.setdefault(mark, index))
    groups: dict[int, list[int]] = {}
    for index in range(len(marks)):
        groups.setdefault(_root(parent, index), []).append(index)
    yield from groups.values()


def _root(parent: list[int], index: int) -> int:
    while parent[index] != index:
        parent[index] = parent[parent[index]]
        index = parent[index]
    return index
